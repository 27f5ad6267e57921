import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditSummary } from '../../contract/audit';
import type { OpenedProject } from '../../contract/project';
import { CancelledError, InputError } from '../../core/base/errors';
import { engineClient } from '../client/engineClient';
import { useReading } from './reading';
import { useSession } from './session';
import { makeProject } from './testEngine';

const call = vi.spyOn(engineClient, 'call');
const audited = { rowCount: 1 } as unknown as AuditSummary; // only its presence is looked at

/** The next question waits until it is answered here. */
function hold(): { answer(project: OpenedProject): void; fail(error: unknown): void } {
  let [answer, fail]: [(value: unknown) => void, (error: unknown) => void] = [() => undefined, () => undefined];
  call.mockImplementationOnce(
    () =>
      new Promise<never>((resolve, reject) => {
        [answer, fail] = [resolve as (value: unknown) => void, reject];
      }),
  );
  return { answer: (project) => answer(project), fail: (error) => fail(error) };
}

async function openProject(part: Partial<OpenedProject> = {}): Promise<void> {
  call.mockResolvedValueOnce(makeProject(part));
  await useSession().openPath({ grant: 'g', display: 'rows.csv' }, 'source');
}

const settle = (): Promise<void> => new Promise((done) => setTimeout(done));

describe('useReading', () => {
  beforeEach(() => {
    setActivePinia(createPinia());
    call.mockReset();
  });

  it('lets what was said last win in the same project', async () => {
    await openProject();
    const [session, reading] = [useSession(), useReading()];
    const [slow, quick] = [hold(), hold()];
    const both = [reading.reread({ delimiter: ';' }), reading.reread({ delimiter: '|' })];
    quick.answer(makeProject({ dataset: { ...makeProject().dataset, rowCount: 2 } }));
    slow.answer(makeProject({ dataset: { ...makeProject().dataset, rowCount: 3 } }));
    await Promise.all(both);
    expect(session.dataset?.rowCount).toBe(2);
    expect(reading.asked).toBeNull();
  });

  it('takes a new project whatever is said meanwhile, and asks that of the new one', async () => {
    await openProject({ audit: audited });
    const [session, reading] = [useSession(), useReading()];
    await reading.reread({ header: false });
    expect(reading.toConfirm).toEqual({ header: false });
    const [first, second] = [hold(), hold()];
    const confirmed = reading.confirm();
    const later = reading.reread({ header: false, delimiter: ';' });
    await settle();
    expect(call).toHaveBeenCalledTimes(2);
    first.answer(makeProject({ opening: 'opening-2', folder: '/data/rows-2.assay' }));
    await confirmed;
    expect(session).toMatchObject({ folder: '/data/rows-2.assay', audit: null });
    await settle();
    expect(call).toHaveBeenLastCalledWith('dataset.reread', {
      dialect: { header: false, delimiter: ';' },
      asNewProject: false,
    });
    second.answer(makeProject({ opening: 'opening-2', folder: '/data/rows-2.assay' }));
    await later;
    expect(reading.asked).toBeNull();
  });

  it('asks a person again when the new project could not be made', async () => {
    await openProject({ audit: audited });
    const [session, reading] = [useSession(), useReading()];
    await reading.reread({ quote: "'" });
    const first = hold();
    const confirmed = reading.confirm();
    const later = reading.reread({ header: false });
    first.fail(new InputError('Line 2 never ends.'));
    await Promise.all([confirmed, later]);
    expect(reading.toConfirm).toEqual({ header: false });
    expect(session.audit).not.toBeNull();
  });

  it('drops an answer about a project that is no longer open, and says nothing of it', async () => {
    await openProject({ name: 'first' });
    const [session, reading] = [useSession(), useReading()];
    for (const end of ['answer', 'fail'] as const) {
      const late = hold();
      const asked = reading.reread({ header: false });
      await openProject({ name: 'second', folder: '/data/second.assay', opening: 'opening-2' });
      if (end === 'answer') late.answer(makeProject({ name: 'first' }));
      else late.fail(new CancelledError());
      await asked;
      expect(session.name).toBe('second');
      expect(reading.refused).toBeNull();
    }
  });
});

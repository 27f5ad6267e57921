import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, InputError, UnavailableError } from '../../core/base/errors';
import { engineClient } from '../client/engineClient';
import { shellClient } from '../client/shellClient';
import { useSession } from './session';
import { makeProject } from './testEngine';
import { useToasts } from './toasts';

const path = (name: string) => ({ grant: `grant-of-${name}`, display: name });
const call = vi.spyOn(engineClient, 'call');
const shell = vi.spyOn(shellClient, 'call');

describe('useSession', () => {
  beforeEach(() => {
    setActivePinia(createPinia());
    call.mockReset();
    shell.mockReset();
  });

  it('opens a file and knows where the analyst stopped', async () => {
    const session = useSession();
    call.mockResolvedValueOnce(makeProject({ place: 'review', view: '{"x":1}' }));
    expect(await session.openPath(path('rows.csv'), 'source')).toBe(true);
    expect(call).toHaveBeenCalledWith('project.openSource', { grant: 'grant-of-rows.csv' });
    expect(session).toMatchObject({ isOpen: true, place: 'review', view: '{"x":1}', opening: '', failure: null });
  });

  it('keeps a failure for Home to show, and shows no cancellation', async () => {
    const session = useSession();
    const error = new InputError('It is empty.');
    call.mockRejectedValueOnce(error);
    expect(await session.openPath(path('empty.csv'), 'source')).toBe(false);
    expect(session.failure).toEqual({ display: 'empty.csv', error });
    call.mockRejectedValueOnce(new CancelledError());
    await session.openPath(path('empty.csv'), 'source');
    expect(session.failure).toBeNull();
  });

  it('takes the project back that was open when another cannot be opened', async () => {
    const session = useSession();
    call.mockResolvedValueOnce(makeProject({ name: 'first' }));
    await session.openPath(path('first.csv'), 'source');
    call.mockRejectedValueOnce(new InputError('It is empty.'));
    call.mockResolvedValueOnce(makeProject({ name: 'first' }));
    expect(await session.openPath(path('empty.csv'), 'source')).toBe(false);
    expect(session.name).toBe('first');
    expect(session.failure).toBeNull();
    expect(useToasts().toasts).toMatchObject([{ title: 'empty.csv could not be opened', text: 'It is empty.' }]);
    expect(call).toHaveBeenLastCalledWith('project.openSource', { grant: 'grant-of-first.csv' });
  });

  it('lets the file opened last win, whichever answers first', async () => {
    const session = useSession();
    let answerSlow: (project: ReturnType<typeof makeProject>) => void = () => undefined;
    call.mockImplementationOnce(() => new Promise((resolve) => (answerSlow = resolve as typeof answerSlow)));
    const slow = session.openPath(path('slow.csv'), 'source');
    call.mockResolvedValueOnce(makeProject({ name: 'quick' }));
    await session.openPath(path('quick.csv'), 'source');
    answerSlow(makeProject({ name: 'slow' }));
    expect(await slow).toBe(false);
    expect(session).toMatchObject({ name: 'quick', opening: '' });
  });

  it('opens the project again after the engine died, and keeps it on screen if that fails for the same reason', async () => {
    const session = useSession();
    expect(await session.reopen()).toBe(false);
    call.mockResolvedValueOnce(makeProject({ name: 'mine' }));
    await session.openPath(path('mine.assay'), 'project');
    const { generation } = session;
    call.mockRejectedValueOnce(new UnavailableError('It stopped.'));
    expect(await session.reopen()).toBe(false);
    expect(session).toMatchObject({ name: 'mine', isOpen: true, failure: null, generation });
    call.mockResolvedValueOnce(makeProject({ name: 'mine' }));
    expect(await session.reopen()).toBe(true);
    expect(call).toHaveBeenLastCalledWith('project.openFolder', { grant: 'grant-of-mine.assay' });
    expect(session.generation).toBe(generation + 1);
  });

  it('counts rows while a file is read without touching what is known of its columns, and not afterwards', async () => {
    const session = useSession();
    session.takeReadSoFar({ rowCount: 5, issueCount: 0 });
    expect(session.dataset).toBeNull();
    const { dataset } = makeProject();
    call.mockResolvedValueOnce(makeProject({ dataset: { ...dataset, complete: false } }));
    await session.openPath(path('rows.csv'), 'source');
    const columns = session.dataset?.columns;
    session.takeReadSoFar({ rowCount: 5_000, issueCount: 2 });
    expect(session.dataset).toMatchObject({ complete: false, rowCount: 5_000, issueCount: 2 });
    expect(session.dataset?.columns).toBe(columns);
    session.takeDataset({ ...dataset, rowCount: 6_000 });
    session.takeReadSoFar({ rowCount: 5_500, issueCount: 0 });
    expect(session.dataset?.rowCount).toBe(6_000);
  });

  it('does not mind jobs of the project before that end while another is being opened', async () => {
    const session = useSession();
    call.mockResolvedValueOnce(makeProject({ name: 'first' }));
    await session.openPath(path('first.csv'), 'source');
    let answer: (project: ReturnType<typeof makeProject>) => void = () => undefined;
    call.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve as typeof answer)));
    const opening = session.openPath(path('second.csv'), 'source');
    const job = { id: 'l', stages: [], seconds: 0, secondsLeft: null, error: null } as const;
    session.takeFinished({ ...job, kind: 'load', state: 'cancelled' });
    expect(call).not.toHaveBeenCalledWith('dataset.summary', {});
    answer(makeProject({ name: 'second' }));
    await opening;
    call.mockRejectedValueOnce(new InputError('No dataset is open.'));
    session.takeFinished({ ...job, kind: 'audit', state: 'done' });
    call.mockResolvedValueOnce(makeProject({ name: 'third' }));
    await session.openPath(path('third.csv'), 'source');
    expect(session.name).toBe('third');
    expect(useToasts().toasts).toEqual([]);
  });

  it('does nothing when the dialog is closed without a choice', async () => {
    const session = useSession();
    shell.mockResolvedValueOnce(null);
    expect(await session.pickSource()).toBe(false);
    expect(call).not.toHaveBeenCalled();
  });

  it('counts writes under way, failed ones too', async () => {
    const session = useSession();
    const write = session.trackWrite(Promise.reject(new Error('full')));
    expect(session.writes).toBe(1);
    await expect(write).rejects.toThrow('full');
    expect(session.writes).toBe(0);
  });
});

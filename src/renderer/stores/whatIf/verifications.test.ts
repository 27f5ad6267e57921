import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import type { JobSnapshot } from '../../../contract/jobs';
import { InputError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { useJobs } from '../jobs';
import { useVerifications } from './verifications';
import { useWhatIf } from './whatIf';

const call = vi.spyOn(engineClient, 'call');
const answers: Record<string, (params: never) => unknown> = {};
const kept = (id: string) => ({ id });

const job = (id: string, state: JobSnapshot['state']): JobSnapshot => ({
  id,
  kind: 'verify',
  state,
  stages: [],
  seconds: 1,
  secondsLeft: null,
  error: state === 'failed' ? { code: 'numerical', message: 'It did not converge.', details: {} } : null,
});

describe('useVerifications', () => {
  beforeEach(() => {
    setActivePinia(createPinia());
    call.mockReset();
    call.mockImplementation(((name: string, params: never) => Promise.resolve(answers[name]?.(params))) as never);
    answers['review.open'] = () => ({ viewId: 'view-1', total: 3 });
    answers['review.page'] = () => ({ rows: [{ rank: 4 }] });
    answers['verify.start'] = () => ({ jobId: 'job-2' });
    answers['verify.list'] = () => ({ verifications: [kept('job-2'), kept('job-1')] });
    useWhatIf().choose('removed');
  });

  it('verifies the rows that are meant at that moment, and shows what was found when it is done', async () => {
    const store = useVerifications();
    await store.load();
    store.show('job-1');
    await store.start();
    expect(call).toHaveBeenCalledWith('verify.start', {
      selection: { kind: 'view', viewId: 'view-1', except: [] },
      repeats: 20,
      seed: 7,
      chosenBy: 'the removal list, 3 rows',
    });
    useJobs().take(job('job-2', 'running'));
    await nextTick();
    expect(store.running).toBe(true);
    expect(store.shown?.id).toBe('job-1');
    useJobs().take(job('job-2', 'done'));
    await nextTick();
    expect(store.running).toBe(false);
    expect(store.shown?.id).toBe('job-2');
  });

  it('takes up an end that comes before the answer to the start', async () => {
    const store = useVerifications();
    useJobs().take(job('job-2', 'done'));
    await store.start();
    await nextTick();
    await nextTick();
    expect(store.shown?.id).toBe('job-2');
  });

  it('keeps the earlier result when a run fails or is cancelled, and says so', async () => {
    const store = useVerifications();
    await store.load();
    await store.start();
    useJobs().take(job('job-2', 'failed'));
    await nextTick();
    expect(store.ended?.error?.message).toBe('It did not converge.');
    expect(store.shown?.id).toBe('job-2');
    useJobs().take(job('job-3', 'cancelled'));
    expect(store.ended?.state).toBe('cancelled');
  });

  it('starts nothing without rows, and says why the engine refused', async () => {
    const store = useVerifications();
    answers['review.open'] = () => ({ viewId: 'view-1', total: 0 });
    await store.start();
    expect(call).not.toHaveBeenCalledWith('verify.start', expect.anything());
    answers['review.open'] = () => Promise.reject(new InputError('no'));
    await store.start();
    expect(store.startError).toBeInstanceOf(InputError);
    expect(store.running).toBe(false);
  });

  it('names the most suspicious rows by the rank of the last of them', async () => {
    const whatIf = useWhatIf();
    whatIf.choose('top');
    whatIf.chooseTop(2);
    expect(await whatIf.resolve()).toMatchObject({ count: 3, words: 'the 2 most suspicious training rows' });
    expect(call).toHaveBeenLastCalledWith('review.open', {
      query: expect.objectContaining({
        filters: [
          { kind: 'in', column: 'split', values: ['train'] },
          { kind: 'range', column: 'rank', min: 1, max: 4 },
        ],
      }),
    });
  });
});

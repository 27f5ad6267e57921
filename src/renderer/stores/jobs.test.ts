import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../contract/jobs';
import { jobProgress, useJobs } from './jobs';

const stage = (state: 'waiting' | 'running' | 'done', done = 0, total = 0) => ({
  name: state,
  state,
  done,
  total,
  detail: '',
  seconds: 0,
});
const job = (id: string, state: JobSnapshot['state'], kind: JobSnapshot['kind'] = 'audit'): JobSnapshot => ({
  id,
  kind,
  state,
  stages: [stage('done', 5, 5), stage('running', 1, 4), stage('waiting')],
  seconds: 2,
  secondsLeft: 3,
  error: null,
});

describe('jobProgress', () => {
  it('counts stages alike and the running one by its part', () => {
    expect(jobProgress(job('a', 'running'))).toBeCloseTo(1.25 / 3, 12);
    expect(jobProgress({ ...job('a', 'running'), stages: [] })).toBe(0);
    expect(jobProgress({ ...job('a', 'running'), stages: [stage('running', 9, 4)] })).toBe(1);
    expect(jobProgress(job('a', 'done'))).toBe(1);
  });
});

describe('useJobs', () => {
  beforeEach(() => setActivePinia(createPinia()));

  it('knows the last job of each kind and those that run', () => {
    const jobs = useJobs();
    jobs.take(job('1', 'done'));
    jobs.take(job('2', 'running'));
    jobs.take(job('3', 'queued', 'export'));
    expect(jobs.audit?.id).toBe('2');
    expect(jobs.load).toBeNull();
    expect(jobs.active.map((one) => one.id)).toEqual(['2', '3']);
    jobs.replace([job('4', 'running', 'load')]);
    expect(jobs.audit).toBeNull();
    expect(jobs.load?.id).toBe('4');
  });

  it('resolves whoever waits for a job, before or after it ended', async () => {
    const jobs = useJobs();
    jobs.take(job('1', 'running'));
    const waiting = jobs.whenFinished('1');
    jobs.take(job('1', 'cancelling'));
    jobs.take(job('1', 'cancelled'));
    expect((await waiting).state).toBe('cancelled');
    expect((await jobs.whenFinished('1')).state).toBe('cancelled');
  });

  it('ends what the engine took with it, and tells which', async () => {
    const jobs = useJobs();
    jobs.take(job('1', 'running'));
    jobs.take(job('2', 'done', 'load'));
    const waiting = jobs.whenFinished('1');
    expect(jobs.interrupt('The engine stopped.').map((one) => one.id)).toEqual(['1']);
    expect(await waiting).toMatchObject({ state: 'failed', error: { message: 'The engine stopped.' } });
    expect(jobs.active).toEqual([]);
    expect(jobs.load?.state).toBe('done');
  });
});

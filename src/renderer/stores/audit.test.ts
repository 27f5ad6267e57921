import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { engineClient } from '../client/engineClient';
import { useAudit } from './audit';
import { useJobs } from './jobs';
import { useSession } from './session';
import { makeProject } from './testEngine';

const call = vi.spyOn(engineClient, 'call');
const estimate = { rows: 1, features: 2, classes: 2, memoryBytes: 3, diskBytes: 5, seconds: 4, warning: null };

async function openProject(part: Parameters<typeof makeProject>[0] = {}) {
  call.mockResolvedValueOnce(makeProject(part));
  await useSession().openPath({ grant: 'grant-of-rows', display: 'rows.csv' }, 'source');
  await nextTick();
}

describe('useAudit', () => {
  beforeEach(() => {
    setActivePinia(createPinia());
    vi.useFakeTimers();
    call.mockReset();
    call.mockResolvedValue(estimate);
    return () => vi.useRealTimers();
  });

  it('says why an audit cannot start', async () => {
    const audit = useAudit();
    expect(audit.hindrance).toBe('No data is open.');
    const { dataset } = makeProject();
    await openProject({ dataset: { ...dataset, blocked: 'There is one class only.' } });
    expect(audit.hindrance).toBe('There is one class only.');
    await openProject();
    expect(audit.hindrance).toBe('');
    audit.change({ experts: [] });
    expect(audit.hindrance).toMatch(/at least one expert/);
    audit.change({ experts: ['forest'] });
    expect(audit.hindrance).toBe('');
    audit.change({ experts: [] });
    await audit.start();
    expect(call).not.toHaveBeenCalledWith('audit.start', expect.anything());
  });

  it('waits for the file to be read before anything else', async () => {
    const audit = useAudit();
    const { dataset } = makeProject();
    await openProject({
      dataset: { ...dataset, complete: false, blocked: 'The file is still being read.' },
      jobs: [{ id: 'l', kind: 'load', state: 'running', stages: [], seconds: 0, secondsLeft: null, error: null }],
    });
    expect(audit.hindrance).toMatch(/still being read; the audit can start/);
    await vi.advanceTimersByTimeAsync(1000);
    expect(call).not.toHaveBeenCalledWith('audit.estimate', expect.anything());
  });

  it('estimates once the settings are still, and only the last of them', async () => {
    const audit = useAudit();
    await openProject();
    audit.change({ seed: 8 });
    await nextTick();
    audit.change({ seed: 9 });
    await vi.advanceTimersByTimeAsync(1000);
    const asked = call.mock.calls.filter(([method]) => method === 'audit.estimate');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.[1]).toMatchObject({ settings: { seed: 9 } });
    expect(audit.estimate).toEqual(estimate);
  });

  it('starts, runs as the job says, and cancels it', async () => {
    const audit = useAudit();
    await openProject();
    call.mockResolvedValueOnce({ jobId: 'j' });
    await audit.start();
    expect(call).toHaveBeenCalledWith('audit.start', { settings: audit.settings });
    const job = { id: 'j', kind: 'audit', stages: [], seconds: 0, secondsLeft: null, error: null } as const;
    useJobs().take({ ...job, state: 'running' });
    expect(audit.running).toBe(true);
    await audit.cancel();
    expect(call).toHaveBeenCalledWith('job.cancel', { jobId: 'j' });
    useJobs().take({ ...job, state: 'cancelled' });
    expect(audit.running).toBe(false);
  });
});

import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { InputError } from '../../core/base/errors';
import { engineClient } from '../client/engineClient';
import { shellClient } from '../client/shellClient';
import { useAudit } from './audit';
import { useJobs } from './jobs';
import { useSession } from './session';
import { makeProject } from './testEngine';

const call = vi.spyOn(engineClient, 'call');
const shell = vi.spyOn(shellClient, 'call');
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
    expect(call).toHaveBeenCalledWith('audit.start', { settings: audit.settings, encoders: [] });
    const job = { id: 'j', kind: 'audit', stages: [], seconds: 0, secondsLeft: null, error: null } as const;
    useJobs().take({ ...job, state: 'running' });
    expect(audit.running).toBe(true);
    await audit.cancel();
    expect(call).toHaveBeenCalledWith('job.cancel', { jobId: 'j' });
    useJobs().take({ ...job, state: 'cancelled' });
    expect(audit.running).toBe(false);
  });

  it('gives an audit the encoders that were chosen, until another project is open', async () => {
    const audit = useAudit();
    await openProject();
    shell.mockResolvedValueOnce({ grant: 'grant-of-model', display: 'model.onnx' });
    call.mockResolvedValueOnce({ name: 'mine/model.onnx' });
    await audit.chooseEncoder('pictures');
    expect(call).toHaveBeenLastCalledWith('audit.checkEncoder', { grant: 'grant-of-model', kind: 'pictures' });
    expect(audit.encoders.pictures?.name).toBe('mine/model.onnx');
    // The dialog was cancelled, or the file will not do: what was chosen before stays.
    shell.mockResolvedValueOnce(null);
    await audit.chooseEncoder('pictures');
    shell.mockResolvedValueOnce({ grant: 'grant-of-other', display: 'other.onnx' });
    call.mockRejectedValueOnce(new InputError('It is no network.'));
    await expect(audit.chooseEncoder('pictures')).rejects.toThrow('It is no network.');
    await audit.start();
    expect(call).toHaveBeenLastCalledWith('audit.start', { settings: audit.settings, encoders: ['grant-of-model'] });
    audit.leaveEncoder('pictures');
    await audit.start();
    expect(call).toHaveBeenLastCalledWith('audit.start', { settings: audit.settings, encoders: [] });
    shell.mockResolvedValueOnce({ grant: 'grant-of-model', display: 'model.onnx' });
    call.mockResolvedValueOnce({ name: 'mine/model.onnx' });
    await audit.chooseEncoder('text');
    await openProject({ folder: '/data/other.assay' });
    expect(audit.encoders).toEqual({});
  });
});

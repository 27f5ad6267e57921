import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import type { AuditSummary } from '../../../contract/audit';
import type { DatasetSummary } from '../../../contract/dataset';
import type { JobSnapshot } from '../../../contract/jobs';
import type { ReviewOverview } from '../../../contract/review';
import { InputError } from '../../../core/base/errors';
import { engineClient } from '../../client/engineClient';
import { useJobs } from '../jobs';
import { useSession } from '../session';
import { useReviewLayout } from './reviewLayout';
import { useReviewMap } from './reviewMap';
import { useReviewOverview } from './reviewOverview';
import { useReviewView } from './reviewView';
import { makeTestRow } from './testReviewRows';

const call = vi.spyOn(engineClient, 'call');
const answers: Record<string, (params: never) => unknown> = {};
const countOf = (name: string): number => call.mock.calls.filter(([asked]) => asked === name).length;
const settled = async (): Promise<void> => {
  await nextTick();
  await new Promise((done) => setTimeout(done));
};
const xy = Float32Array.of(0, 0, 1, 1, 2, 2);

describe('useReviewMap', () => {
  beforeEach(async () => {
    setActivePinia(createPinia());
    call.mockReset();
    call.mockImplementation((async (name: string, params: never) => answers[name]?.(params)) as never);
    answers['review.open'] = () => ({ viewId: 'view-1', total: 2 });
    answers['review.page'] = () => ({ rows: [makeTestRow(2), makeTestRow(0)] });
    answers['review.viewRows'] = () => ({ rows: Int32Array.of(2, 0) });
    answers['map.places'] = () => ({ places: { xy, varianceShare: 0.5 } });
    answers['map.values'] = ({ by }: { by: string }) => ({ values: new Float32Array(3), names: [by] });
    answers['map.start'] = () => ({ jobId: 'job-1' });
    const session = useSession();
    // As far as the map looks at them.
    session.audit = { startedAt: 'then' } as AuditSummary;
    session.dataset = { rowCount: 3 } as DatasetSummary;
    await useReviewView().open();
  });

  it('asks for nothing while no map is shown, then once, and tells which rows are in the list', async () => {
    const map = useReviewMap();
    await settled();
    expect(countOf('map.places')).toBe(0);
    const leave = map.show();
    await settled();
    expect(map.ready).toBe(true);
    expect(map.values?.by).toBe('given_label');
    expect([...(map.listed?.placeOfRow ?? [])]).toEqual([1, -1, 0]);
    leave();
    await settled();
    map.show();
    await settled();
    expect(countOf('map.places')).toBe(1);
    expect(countOf('map.values')).toBe(2);
  });

  it('asks for decisions again when one was made, and for labels not', async () => {
    const map = useReviewMap();
    const overview = useReviewOverview();
    map.show();
    await settled();
    const before = countOf('map.values');
    overview.overview = { pending: 1 } as ReviewOverview;
    await settled();
    expect(countOf('map.values')).toBe(before);
    useReviewLayout().setMap({ colour: 'decision' });
    await settled();
    expect(countOf('map.values')).toBe(before + 1);
    overview.overview = { pending: 0 } as ReviewOverview;
    await settled();
    expect(countOf('map.values')).toBe(before + 2);
  });

  it('has no classes to colour by where labels are numbers', async () => {
    useSession().audit = { startedAt: 'later', numbers: {} } as AuditSummary;
    useReviewLayout().setMap({ colour: 'suggested_label' });
    expect(useReviewMap().colour).toBe('suspicion');
  });

  it('says that a map was not made yet, and shows it when its job is done', async () => {
    const map = useReviewMap();
    answers['map.places'] = () => ({ places: null });
    useReviewLayout().setMap({ layout: { kind: 'umap' } });
    map.show();
    await settled();
    expect(map.missing).toBe(true);
    await map.start();
    const job = { id: 'job-1', kind: 'map', stages: [], seconds: 1, secondsLeft: null, error: null } as const;
    const take = (state: JobSnapshot['state']): void => useJobs().take({ ...job, stages: [], state });
    take('running');
    expect(map.running).toBe(true);
    answers['map.places'] = () => ({ places: { xy, varianceShare: null } });
    take('done');
    await settled();
    expect(map.running).toBe(false);
    expect(map.missing).toBe(false);
    expect(map.places?.xy).toEqual(xy);
  });

  it('keeps why it failed until it is asked again, and why a map was refused', async () => {
    const map = useReviewMap();
    answers['map.places'] = () => {
      throw new InputError('Too many rows.');
    };
    map.show();
    await settled();
    expect(map.failure).toMatchObject({ message: 'Too many rows.' });
    answers['map.places'] = () => ({ places: { xy, varianceShare: 0.5 } });
    map.retry();
    await settled();
    expect(map.failure).toBeNull();
    expect(map.ready).toBe(true);
    answers['map.start'] = () => {
      throw new InputError('A map is being made already.');
    };
    await map.start();
    expect(map.startError).toMatchObject({ message: 'A map is being made already.' });
  });
});

import type { ZodType } from 'zod';
import type { ReportRunKind } from '../../contract/report';
import { readMarks } from '../report/reportMarks';
import type { ProjectStore } from '../store/projectStore';

/** Runs of a kind that a project keeps: where, and in which form. */
interface KeptKind<Run> {
  readonly kind: ReportRunKind;
  readonly key: string;
  /** How many: the oldest go, but for those marked to be in the report. */
  readonly count: number;
  readonly schema: ZodType<Run>;
}

/** What the project has, latest first. What an older program left in another form is passed over. */
export async function readRuns<Run>(store: ProjectStore, { key, schema }: KeptKind<Run>): Promise<Run[]> {
  const kept = await store.meta.read(key);
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one: unknown) => {
    const parsed = schema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Keeps one more. */
export async function keepRun<Run extends { readonly id: string }>(
  store: ProjectStore,
  kept: KeptKind<Run>,
  run: Run,
): Promise<void> {
  const marked = new Set((await readMarks(store))[kept.kind]);
  const runs = [run, ...(await readRuns(store, kept))];
  await store.meta.write(
    kept.key,
    runs.filter(({ id }, at) => at < kept.count || marked.has(id)),
  );
}

import * as z from 'zod';
import { createRandom } from '../../core/base/random';
import type { SpotChecked } from '../../core/review/missedRows';
import type { ProjectStore } from '../store/projectStore';

/** Rows below a threshold that were drawn at random, to learn how many of those are wrong. */
const spotCheckSchema = z.object({
  /** When the audit was started whose suspicions decided what is below. */
  auditStartedAt: z.string(),
  threshold: z.number(),
  rows: z.array(z.int().nonnegative()),
  suspicions: z.array(z.number()),
});
type SpotCheck = z.infer<typeof spotCheckSchema>;

/** What was found so far, and the rows that are still to be looked at, in the order in which they were drawn. */
interface SpotChecks extends SpotChecked {
  readonly drawn: number;
  readonly open: readonly number[];
}

const metaKey = 'spotChecks';
/** The oldest go. */
const keptCount = 100;

/**
 * What the spot checks of the latest audit say of the rows below a threshold. Only samples that were drawn below it or
 * below a higher one count, and of these the rows below it: they are a random sample of them, others are not.
 */
export async function readSpotChecks(store: ProjectStore, threshold: number): Promise<SpotChecks> {
  const { rows: reviews } = store.decisions.state;
  const rows = new Set(
    (await readKept(store)).flatMap((one) =>
      isOfLatest(store, one) && one.threshold >= threshold
        ? one.rows.filter((_, at) => (one.suspicions[at] ?? 1) < threshold)
        : [],
    ),
  );
  const open: number[] = [];
  const found = { right: 0, wrong: 0 };
  for (const row of rows) {
    const kind = reviews.get(row)?.decision?.kind;
    if (kind === 'keep') found.right += 1;
    else if (kind === 'remove' || kind === 'relabel') found.wrong += 1;
    // Flagged rows were looked at, and nobody knows yet.
    else if (kind === undefined) open.push(row);
  }
  return { ...found, drawn: rows.size, open };
}

/** Draws up to `count` undecided rows below the threshold, each as likely as any other, and keeps which they are. */
export async function drawSpotCheck(store: ProjectStore, threshold: number, count: number): Promise<readonly number[]> {
  const kept = await readKept(store);
  const below = await store.review.readBelow(threshold);
  const random = createRandom(1 + kept.length);
  const drawn = Math.min(count, below.length);
  for (let at = 0; at < drawn; at++) {
    const other = at + random.integer(below.length - at);
    [below[at], below[other]] = [below[other], below[at]];
  }
  const rows = [...below.subarray(0, drawn)];
  if (rows.length === 0) return rows;
  const suspicions = (await store.review.readRows(rows)).map(({ suspicion }) => suspicion ?? 1);
  const { startedAt } = store.audits.requireLatest().summary;
  const check: SpotCheck = { auditStartedAt: startedAt, threshold, rows, suspicions };
  await store.meta.write(metaKey, [check, ...kept].slice(0, keptCount));
  return rows;
}

function isOfLatest(store: ProjectStore, { auditStartedAt }: SpotCheck): boolean {
  return auditStartedAt === store.audits.latest?.summary.startedAt;
}

/** Latest first. What another version left in another form is passed over. */
async function readKept(store: ProjectStore): Promise<SpotCheck[]> {
  const kept = await store.meta.read(metaKey);
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one: unknown) => {
    const parsed = spotCheckSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

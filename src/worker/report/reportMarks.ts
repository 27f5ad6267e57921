import { type MarkRequest, mostMarked, type ReportMarks, reportMarksSchema } from '../../contract/report';
import { InputError } from '../../core/base/errors';
import type { ProjectStore } from '../store/projectStore';

const metaKey = 'reportMarks';

/** The runs marked to be in the report; none where nobody marked any. */
export async function readMarks(store: ProjectStore): Promise<ReportMarks> {
  const parsed = reportMarksSchema.safeParse(await store.meta.read(metaKey));
  return parsed.success ? parsed.data : reportMarksSchema.parse({});
}

/**
 * Marks a run to be in the report, or takes the mark away.
 * @throws InputError for one mark too many.
 */
export async function writeMark(store: ProjectStore, { kind, id, marked }: MarkRequest): Promise<ReportMarks> {
  const marks = await readMarks(store);
  const others = marks[kind].filter((one) => one !== id);
  if (marked && others.length >= mostMarked) {
    throw new InputError(`${mostMarked} of them are in the report already: take one out before you put another in.`);
  }
  const next = { ...marks, [kind]: marked ? [...others, id] : others };
  await store.meta.write(metaKey, next);
  return next;
}

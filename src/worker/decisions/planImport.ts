import type { ImportGroup, StatedReview } from '../../contract/decisions';
import type { Decision, RowReview } from '../../core/review/decisions';
import { createTurns } from '../eventLoop';
import type { RowMatch } from './matchRows';
import type { StatedDecision, UnreadableLine } from './statedDecisions';

/** A line of a file beside what is decided here. */
export interface PlannedItem {
  readonly group: ImportGroup;
  readonly line: number;
  readonly name: string;
  readonly row: number | null;
  /** What the row would be; null where it cannot be said. */
  readonly theirs: StatedReview | null;
  /** The file names nobody: whoever takes it over counts as the reviewer. */
  readonly unsigned: boolean;
  readonly problem: string;
}

interface PlanContext {
  /** What is decided here, by row. */
  readonly own: ReadonlyMap<number, RowReview>;
  /** The label of a row as the review spells it; '' where it has none. */
  readonly givenLabelOf: (row: number) => string;
  /** Who reads the file, and when: for lines that do not say. */
  readonly reviewer: string;
  readonly time: string;
  /** What a label of the file means, for its given labels. */
  readonly readLabel: (text: string) => string | undefined;
}

/** Sorts the lines of a file by what they would do. Of lines about one row the first counts. */
export async function planImport(
  stated: readonly StatedDecision[],
  matches: readonly RowMatch[],
  unreadable: readonly UnreadableLine[],
  context: PlanContext,
): Promise<PlannedItem[]> {
  const turn = createTurns();
  const lineOf = new Map<number, { readonly line: number; readonly theirs: StatedReview }>();
  const planOne = (one: StatedDecision, k: number): PlannedItem => {
    const match = matches[k];
    const name = one.id ?? `row ${one.row ?? ''}`;
    const base = { line: one.line, name, unsigned: one.reviewer === null };
    if (match.kind === 'gone')
      return { ...base, group: 'gone', row: null, theirs: said(one, null, context), problem: goneWords };
    if (match.kind === 'several') {
      return {
        ...base,
        group: 'several',
        row: null,
        theirs: said(one, null, context),
        problem: severalWords(match.rows),
      };
    }
    const { row } = match;
    const theirs = said(one, row, context);
    const before = lineOf.get(row);
    if (before !== undefined) {
      const same = isSame(before.theirs, theirs);
      const problem = same ? '' : `Line ${before.line} says otherwise of the same row, and counts.`;
      return { ...base, group: same ? 'same' : 'unreadable', row, theirs, problem };
    }
    lineOf.set(row, { line: one.line, theirs });
    if (match.kind === 'changed' || isRelabelled(one, row, context)) {
      return { ...base, group: 'changed', row, theirs, problem: changedWords };
    }
    return { ...base, group: groupOf(theirs, context.own.get(row)), row, theirs, problem: '' };
  };
  const items: PlannedItem[] = [];
  for (const [k, one] of stated.entries()) {
    items.push(planOne(one, k));
    await turn();
  }
  const broken = unreadable.map(({ line, name, problem }): PlannedItem => ({
    group: 'unreadable',
    line,
    name,
    row: null,
    theirs: null,
    unsigned: false,
    problem,
  }));
  return [...items, ...broken].sort((a, b) => a.line - b.line);
}

const goneWords = 'No row here has this id or these cells. It was left out of the data, or this is another file.';
const changedWords =
  'The row has other cells here than where it was decided. Look at it again, or take the decision all the same.';

function severalWords(rows: readonly number[]): string {
  const some = rows.slice(0, 5).join(', ');
  return `Rows ${some}${rows.length > 5 ? ', …' : ''} can each be meant. Decide them here, or name one by its number.`;
}

/** The label that the file says the row had is not the one that it has. */
function isRelabelled({ givenLabel }: StatedDecision, row: number, { givenLabelOf, readLabel }: PlanContext): boolean {
  return givenLabel !== null && givenLabel.trim() !== '' && readLabel(givenLabel) !== givenLabelOf(row);
}

/** What a line says, as a review of its row. */
function said(one: StatedDecision, row: number | null, { givenLabelOf, reviewer, time }: PlanContext): StatedReview {
  return {
    decision: one.decision?.kind === 'label' ? ofLabel(one.decision.label, row, givenLabelOf) : one.decision,
    note: one.note,
    reviewer: one.reviewer ?? reviewer,
    time: one.time ?? time,
  };
}

/** A label that the row has already keeps it. */
function ofLabel(label: string, row: number | null, givenLabelOf: (row: number) => string): Decision {
  return row !== null && givenLabelOf(row) === label ? { kind: 'keep' } : { kind: 'relabel', label };
}

function groupOf(theirs: StatedReview, ours: RowReview | undefined): ImportGroup {
  if (ours === undefined) return 'applied';
  const merged = mergeReviews(theirs, ours);
  if (sameDecision(merged.decision, ours.decision) && merged.note === ours.note) return 'same';
  const overrules = ours.decision !== null && !sameDecision(merged.decision, ours.decision);
  return overrules || (ours.note !== '' && merged.note !== ours.note) ? 'conflict' : 'applied';
}

/** A row after theirs was taken: what they say nothing of stays. */
export function mergeReviews(theirs: StatedReview, ours: RowReview | undefined): RowReview {
  if (ours === undefined) return theirs;
  return { ...theirs, decision: theirs.decision ?? ours.decision, note: theirs.note === '' ? ours.note : theirs.note };
}

function isSame(a: StatedReview, b: StatedReview): boolean {
  return sameDecision(a.decision, b.decision) && a.note === b.note;
}

function sameDecision(a: Decision | null, b: Decision | null): boolean {
  if (a?.kind === 'relabel' && b?.kind === 'relabel') return a.label === b.label;
  return (a?.kind ?? null) === (b?.kind ?? null);
}

import type { BulkChoice, BulkPreview, Standing } from '../../../contract/review';
import { formatCount, formatPlural } from '../../../core/base/format';

const standings: Readonly<Record<Standing, string>> = {
  undecided: 'undecided',
  keep: 'kept',
  remove: 'removed',
  relabel: 'relabelled',
  later: 'flagged for later',
};

/** What is asked: "Remove 5,000 rows?". */
export function describeBulk(choice: BulkChoice, rows: number): string {
  const subject = formatPlural(rows, 'row');
  switch (choice.kind) {
    case 'keep':
      return `Keep ${subject}?`;
    case 'remove':
      return `Remove ${subject}?`;
    case 'later':
      return `Flag ${subject} for later?`;
    case 'restore':
      return `Take the decisions off ${subject}?`;
    case 'take':
      return `Take the suggested label for ${subject}?`;
    case 'class':
      return `Relabel ${subject} as ${choice.label}?`;
  }
}

/** A kind of rows in words: what they are and would be, and whether decisions are overwritten. */
export function describeChange({ from, to, rows, stay }: BulkPreview['changes'][number]): {
  readonly rows: string;
  readonly words: string;
  readonly overwrites: boolean;
} {
  if (stay === rows) return { rows: formatCount(rows), words: `stay ${standings[from]}`, overwrites: false };
  const same = stay === 0 ? '' : ` (${formatCount(stay)} stay as they are)`;
  const becomes =
    from === to ? `${standings[from]} → ${standings[to]} otherwise` : `${standings[from]} → ${standings[to]}`;
  return { rows: formatCount(rows), words: `${becomes}${same}`, overwrites: from !== 'undecided' };
}

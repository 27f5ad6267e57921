import type { ImportChoice, ImportGroup, ImportItem, ImportPreview, StatedReview } from '../contract/decisions';
import { formatCount, formatPlural } from '../core/base/format';
import { describeDecision } from '../core/review/reviewState';
import { terminalCell } from './terminalText';

/** Lines of a group that are printed; JSON has them all. */
const mostTold = 20;

const words: Readonly<Record<ImportGroup, string>> = {
  applied: 'new here',
  same: 'the same here already',
  conflict: 'decided otherwise here',
  changed: 'on rows whose cells have changed since',
  several: 'that can mean several rows',
  gone: 'on rows that are not here',
  unreadable: 'unreadable',
};

interface Outcome extends Pick<ImportChoice, 'conflicts' | 'changed'> {
  readonly change: { readonly title: string } | null;
  readonly dryRun: boolean;
}

/** What a file said, what became of it, and what was left, for people. */
export function describeImport(preview: ImportPreview, told: readonly ImportItem[], outcome: Outcome): string {
  const { counts, blank } = preview;
  const groups = (Object.keys(words) as ImportGroup[]).filter((group) => counts[group] > 0);
  const lines = groups.map(
    (group) => `  ${formatCount(counts[group]).padStart(9)}  ${words[group]}${fate(group, outcome)}`,
  );
  const problems = told.filter(({ problem, ours }) => problem !== '' || ours !== null);
  const more = problems.length - mostTold;
  return [
    `${terminalCell(preview.fileName, 255)}: ${formatPlural(preview.lines, 'line')} read as ${preview.reading.kind}` +
      (blank > 0 ? `, ${formatPlural(blank, 'other')} without a decision` : ''),
    ...lines,
    ...problems.slice(0, mostTold).map((item) => `  line ${item.line}, ${terminalCell(item.name, 60)}: ${tell(item)}`),
    ...(more > 0 ? [`  and ${formatPlural(more, 'more line')}: --json has them all`] : []),
    ending(outcome),
  ].join('\n');
}

function fate(group: ImportGroup, { conflicts, changed }: Outcome): string {
  if (group === 'conflict') return conflicts === 'theirs' ? ': theirs counts' : ': left as decided here';
  if (group === 'changed') return changed ? ': taken all the same' : ': left out';
  return '';
}

function tell({ theirs, ours, problem }: ImportItem): string {
  if (problem !== '') return terminalCell(problem, 300);
  return `theirs ${say(theirs)}, here ${say(ours)}`;
}

function say(review: StatedReview | null): string {
  if (review === null) return 'nothing';
  const decision = review.decision === null ? 'no decision' : describeDecision(review.decision, 'it');
  const by = review.reviewer === '' ? '' : ` by ${review.reviewer}`;
  const note = review.note === '' ? '' : ` (“${review.note}”)`;
  return terminalCell(`${decision}${by}${note}`, 120);
}

function ending({ change, dryRun }: Outcome): string {
  if (dryRun) return 'nothing was changed (--dry-run)';
  return change === null
    ? 'nothing was to be changed'
    : `${terminalCell(change.title, 300)}: done, one undo takes it back`;
}

import {
  type Column,
  type DatasetSummary,
  describeIssueCount,
  hasFilesAsRows,
  type RowIssue,
  type SourceFormat,
} from '../contract/dataset';
import { formatPlural } from '../core/base/format';
import { listed } from '../core/base/listed';
import { terminalCell } from './terminalText';

/** What a command says to people beside its result: on stderr, one a line. */
export interface Message {
  readonly level: 'note' | 'warning' | 'error';
  readonly text: string;
}

/** Problems told one by one; the rest are counted, or written by `--problems`. */
export const toldProblems = 10;
/** Characters of a message. */
const longest = 4_000;
/** Columns named one by one. */
const namedColumns = 12;

/** What has notes: a dataset, or a file. */
interface Noted {
  readonly notes: readonly DatasetSummary['notes'][number][];
  readonly issueCount: number;
  readonly format?: SourceFormat;
}

/**
 * The notes of a dataset, as the window shows them; the count of problems is told with the problems. `asNumbers`:
 * labels are taken as numbers, and nothing is said of them as classes.
 */
export function noteMessages({ notes, issueCount, format }: Noted, asNumbers = false): Message[] {
  const counted = describeIssueCount(issueCount, format).text;
  return notes
    .filter(({ text, ofClasses }) => (issueCount === 0 || text !== counted) && !(asNumbers && ofClasses === true))
    .map(({ level, text }) => ({ level: level === 'info' ? 'note' : level, text }));
}

/** What each column is for, so that one that was left out is seen to be, with the reason. */
export function describeRoles(columns: readonly Column[]): Message {
  const named = (role: Column['role']): readonly string[] =>
    columns
      .filter((column) => column.role === role)
      .map((column) => (role === 'id' ? describeChoice(column) : terminalCell(column.name)));
  const single = (['label', 'id', 'split', 'weight', 'group'] as const)
    .map((role) => ({ role, names: named(role) }))
    .filter(({ names }) => names.length > 0)
    .map(({ role, names }) => `${role} ${listed(names, namedColumns)}`);
  const features = columns.filter(({ role }) => role === 'feature').length;
  const probabilities = columns.filter(({ role }) => role === 'probability').length;
  const ignored = columns.filter(({ role }) => role === 'ignore');
  const leftOut = ignored.map(describeChoice);
  return {
    level: 'note',
    text: [
      `columns: ${[...single, formatPlural(features, 'feature'), ...(probabilities === 0 ? [] : [`${formatPlural(probabilities, 'column')} of predicted probabilities`])].join(', ')}`,
      ...(leftOut.length === 0 ? [] : [`left out: ${listed(leftOut, namedColumns)}`]),
    ].join('; '),
  };
}

/** A column that is no feature by a guess: why, and one of its cells, by which a wrong guess shows. */
function describeChoice({ name: own, reason, examples: [example] }: Column): string {
  const name = terminalCell(own);
  if (reason === '') return `${name} (as asked)`;
  return `${name} (${reason}${example === undefined || example === '' ? '' : `, as “${terminalCell(example)}”`})`;
}

/** The first problems by line or file, and how many there are. `listedIn`: the file that has them all. */
export function problemMessages(
  issues: readonly RowIssue[],
  total: number,
  options: { readonly file: string; readonly listedIn: string | undefined; readonly format?: SourceFormat },
): Message[] {
  if (total === 0) return [];
  const { file, listedIn, format } = options;
  // What is wrong with a file of a folder begins with its path.
  const place = ({ line, row, column }: RowIssue): string =>
    hasFilesAsRows(format)
      ? row === null
        ? ''
        : `row ${row}: `
      : `line ${line}${row === null ? '' : ` (row ${row})`}${column === null ? '' : `, column ${column}`}: `;
  const told = issues.slice(0, toldProblems).map((issue): Message => ({
    level: 'warning',
    text: `${place(issue)}${issue.message}`,
  }));
  const count = `${formatPlural(total, 'problem')} found while reading ${file}`;
  const rest = total > told.length ? `, the first ${told.length} above` : '';
  const where =
    listedIn !== undefined
      ? `; all of them are in ${listedIn}`
      : rest === ''
        ? ''
        : '; all of them with --problems FILE';
  return [...told, { level: 'warning', text: `${count}${rest}${where}` }];
}

/** Each message as a line of its own. */
export function messageLines(messages: readonly Message[]): string[] {
  return messages.map(({ level, text }) => `${level}: ${terminalCell(text, longest)}`);
}

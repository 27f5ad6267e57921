import type { Column, RowIssue } from '../../../contract/dataset';
import { formatCount, formatPlural } from '../../../core/base/format';
import { listed } from '../../../core/base/listed';
import { quoteCell } from '../cells/cellText';
import type { Note } from '../note';
import { type ColumnProfile, isNumeric } from './columnProfile';
import type { CellPlace } from './numberTally';
import { findSuspects } from './suspectValues';

/** Columns named one by one in notes of a kind; the others are counted. */
const shownColumns = 8;
/** Cells listed one by one in a column. */
const shownCells = 20;
/** A left-out column with at least this share of numbers is all but a number. */
const nearlyNumbers = 0.5;

interface Described {
  readonly column: Column;
  readonly profile: ColumnProfile;
}

/**
 * Cells that are no finite number in columns of numbers: treated as missing, and said so, the first ones of each
 * column.
 */
export function reportOddCells(columns: readonly Column[], profiles: readonly ColumnProfile[]): RowIssue[] {
  return numberColumns(columns, profiles).flatMap(({ column, profile }) => {
    const issue =
      (kind: string) =>
      ({ row, line, text }: CellPlace): RowIssue => ({
        row,
        line,
        column: column.name,
        kind: 'not-a-number',
        message: `"${text.slice(0, 40)}" is ${kind}; it is treated as missing.`,
      });
    const others = profile.numbers.other.flatMap((other) => other.cells.map(issue(`a number ${other.what}`)));
    return [
      ...profile.oddCells.map(issue('not a number')),
      ...others.slice(0, shownCells),
      ...profile.numbers.tally.infinities.map(issue('infinite or too large for a number')),
    ];
  });
}

/**
 * What an analyst should know of how cells were read: sentences with the column's name and a cell as the file spells
 * it.
 */
export function describeCells(columns: readonly Column[], profiles: readonly ColumnProfile[]): Note[] {
  const numeric = numberColumns(columns, profiles);
  const used = numeric.filter(({ column }) => column.role === 'feature');
  const features = columns.flatMap((column, index): Described[] => {
    const profile = profiles[index];
    return column.role === 'feature' && profile !== undefined ? [{ column, profile }] : [];
  });
  return [
    ...limit(numeric.flatMap(unreadCells), 'warning'),
    ...limit(used.flatMap(uncertainFormat), 'warning'),
    ...limit(used.flatMap(mixedUnits), 'warning'),
    ...limit(used.flatMap(suspects), 'warning'),
    ...limit(leftOut(columns, profiles), 'warning'),
    ...limit(used.flatMap(limits), 'info'),
    ...markers(features),
    ...decorated(used),
    ...limit(used.flatMap(sorted), 'info'),
    ...counters(columns, profiles),
  ];
}

/** Columns of numbers whose cells are used, or may be: labels and ids are what their cells say. */
function numberColumns(columns: readonly Column[], profiles: readonly ColumnProfile[]): Described[] {
  return columns.flatMap((column, index) => {
    const profile = profiles[index];
    const isUsed = column.role === 'feature' || column.role === 'ignore';
    return profile !== undefined && isUsed && isNumeric(column.type) ? [{ column, profile }] : [];
  });
}

function limit(texts: readonly string[], level: Note['level']): Note[] {
  const shown = texts.slice(0, shownColumns).map((text) => ({ level, text }));
  const more = texts.length - shown.length;
  if (more > 0)
    shown.push({
      level,
      text: `The same is to be said of ${formatCount(more)} more ${more === 1 ? 'column' : 'columns'}.`,
    });
  return shown;
}

function unreadCells({ column, profile }: Described): string[] {
  const { tally, other } = profile.numbers;
  const texts: string[] = [];
  const words = profile.oddCount;
  const [first] = profile.oddCells;
  if (words > 0 && first !== undefined) {
    const distinct = profile.oddTexts?.size;
    const what =
      distinct === 1 ? (words === 1 ? 'is' : 'are') : words === 1 ? 'is no number:' : 'are no numbers, such as';
    texts.push(
      `${formatPlural(words, 'cell')} of ${column.name} ${what} ${quoteCell(first.text)} (line ${formatCount(first.line)}): treated as missing.`,
    );
  }
  for (const { what, count: times, cells: places } of other) {
    const example =
      places[0] === undefined ? '' : ` (${quoteCell(places[0].text)} in line ${formatCount(places[0].line)})`;
    const scale = what.startsWith('with a') ? '' : ', perhaps on another scale';
    texts.push(
      `${formatPlural(times, 'cell')} of ${column.name} ${times === 1 ? 'is a number' : 'are numbers'} ${what}${example}${scale}: treated as missing. ` +
        'Write all of the column in one way to use them.',
    );
  }
  const [infinite] = tally.infinities;
  if (infinite !== undefined) {
    texts.push(
      `${formatPlural(tally.infinite, 'cell')} of ${column.name} ${tally.infinite === 1 ? 'is' : 'are'} infinite or too large for a number ` +
        `(${quoteCell(infinite.text)} in line ${formatCount(infinite.line)}): treated as missing.`,
    );
  }
  return texts;
}

function uncertainFormat({ column, profile }: Described): string[] {
  const { basis, format, either } = profile.numbers;
  if (either === null || (basis !== 'guess' && basis !== 'few-cells')) return [];
  const isPoint = /\d\.\d/.test(either.text);
  const asDecimal = isPoint === (format === 'point');
  const mark = isPoint ? 'point' : 'comma';
  const why = basis === 'guess' ? 'no cell of the column tells' : 'only a few cells tell';
  return [
    `${quoteCell(either.text)} of ${column.name} (line ${formatCount(either.line)}) may have a decimal ${mark} or separate thousands; ${why}. ` +
      `It is read ${asDecimal ? `with a decimal ${mark}` : 'as thousands'}; if that is wrong by a factor of 1,000, say which mark decimals have ` +
      `(--decimal ${format === 'point' ? ',' : '.'}).`,
  ];
}

function mixedUnits({ column, profile }: Described): string[] {
  const { unit, bare, tally } = profile.numbers;
  if (unit === '' || bare.count === 0 || bare.example === null) return [];
  if (bare.example.text.trim() === '0' && bare.count === 1) return [];
  return [
    `${formatPlural(bare.count, 'cell')} of ${column.name} ${bare.count === 1 ? 'has' : 'have'} no ${unit} (${quoteCell(bare.example.text)} in line ${formatCount(bare.example.line)}), ` +
      `the other ${formatCount(tally.count - bare.count)} have: all are read on one scale.`,
  ];
}

function suspects({ column, profile }: Described): string[] {
  // The farthest one tells; the others kept beside it are of its kind.
  const found = findSuspects(profile.numbers.tally).slice(0, 1);
  return found.map(({ extreme, from, to, isMarker }) => {
    const times =
      extreme.count === 1
        ? `A cell of ${column.name} is`
        : `${formatPlural(extreme.count, 'cell')} of ${column.name} are`;
    const what = `${times} ${quoteCell(extreme.text)} (line ${formatCount(extreme.line)}), far from the others, which lie between ${from} and ${to}`;
    return isMarker
      ? `${what}. If it stands for missing, say so: --missing ${extreme.text.trim()}. Until then it is a number, and decides the scale.`
      : `${what}: it decides the scale of the column, and the others hardly differ beside it. Check it.`;
  });
}

/** Columns that were left out of the features though they are nearly numbers, or vary as numbers do. */
function leftOut(columns: readonly Column[], profiles: readonly ColumnProfile[]): string[] {
  return columns.flatMap((column, index) => {
    const profile = profiles[index];
    if (profile === undefined || isNumeric(column.type) || column.type === 'date') return [];
    const isNear = profile.shareOfAnyNumbers >= nearlyNumbers;
    if (!isNear || (column.role !== 'ignore' && column.role !== 'id')) return [];
    const { other, tally } = profile.numbers;
    const examples = [profile.oddCells[0], ...other.map((each) => each.cells[0]), tally.low[0]]
      .filter((place) => place !== undefined)
      .slice(0, 2)
      .map((place) => quoteCell(place.text));
    const units = other.length > 0 ? 'not all of one unit or way of writing' : 'not all of them numbers';
    return [
      `${column.name} is left out of the features: its cells are ${units} (${examples.join(' and ')}), and too few of them can be read alike ` +
        `(${Math.floor(100 * profile.shareOfNumbers)} %). Correct it, say what stands for missing (--missing), or give it the type number.`,
    ];
  });
}

function limits({ column, profile }: Described): string[] {
  const { count: times, example } = profile.numbers.limits;
  if (example === null) return [];
  return [
    `${formatPlural(times, 'cell')} of ${column.name} ${times === 1 ? 'says' : 'say'} a limit, not a number (${quoteCell(example.text)} in line ${formatCount(example.line)}): read as the limit itself.`,
  ];
}

/** "Read as missing: “#N/A” in 212 cells of temp, …" */
function markers(features: readonly Described[]): Note[] {
  const found = features.flatMap(({ column, profile }) => {
    const [first, ...others] = profile.markers(column.type);
    if (first === undefined) return [];
    const more =
      others.length === 0
        ? ''
        : ` (also ${listed(
            others.map(({ text }) => quoteCell(text)),
            4,
          )})`;
    return [`${quoteCell(first.text)} in ${formatPlural(first.count, 'cell')} of ${column.name}${more}`];
  });
  return found.length === 0 ? [] : [{ level: 'info', text: `Read as missing: ${listed(found, shownColumns)}.` }];
}

/** "Signs beside numbers are not part of them: price “$1,234.50” (in $), share “12.3%” (in %, 12.3 % reads 12.3)." */
function decorated(used: readonly Described[]): Note[] {
  const found = used.flatMap(({ column, profile }) => {
    const { unit, tally } = profile.numbers;
    const example = tally.low[0];
    if (unit === '' || example === undefined) return [];
    return [`${column.name} is in ${unit} (${quoteCell(example.text)} reads ${String(example.value)})`];
  });
  return found.length === 0
    ? []
    : [{ level: 'info', text: `Numbers are read without the signs around them: ${listed(found, shownColumns)}.` }];
}

function sorted({ column, profile }: Described): string[] {
  const { low, high } = profile.numbers.tally;
  const first = low[0];
  if ((profile.counting !== 'sorted' && profile.counting !== 'counts-with-gaps') || first === undefined) return [];
  return [
    `${column.name} ${first.row < (high[0]?.row ?? 0) ? 'rises' : 'falls'} with every row (${quoteCell(first.text)} in line ${formatCount(first.line)}): a feature here; ignore it if it is a row number.`,
  ];
}

/** Row numbers that were left out. */
function counters(columns: readonly Column[], profiles: readonly ColumnProfile[]): Note[] {
  const found = columns.flatMap((column, index) => {
    const profile = profiles[index];
    const isLeftOut = column.role === 'id' || column.role === 'ignore';
    if (profile === undefined || !isLeftOut || column.type !== 'integer' || profile.counting === null) return [];
    return [`${column.name} ${column.reason}`];
  });
  return found.length === 0 ? [] : [{ level: 'info', text: `Row numbers are no features: ${listed(found)}.` }];
}

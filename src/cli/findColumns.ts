import { InputError } from '../core/base/errors';
import { formatCount } from '../core/base/format';
import { terminalCell } from './terminalText';

interface Named {
  readonly name: string;
}

/** Names said besides the one that is not there. */
const nearest = 5;
/** Names of a small table are all said. */
const listable = 30;

/**
 * The column of this name as the file spells it; else, where only one fits, the column whose name is the same but for
 * blanks around it and the Unicode form of its letters.
 * @throws InputError with the nearest names.
 */
export function findColumn<Column extends Named>(columns: readonly Column[], name: string, option: string): Column {
  const found = seekColumn(columns, name);
  if (found !== undefined) return found;
  throw new InputError(`${option}: there is no column “${name}”. ${describeNames(columns, name)}`, {
    details: { column: name },
  });
}

/**
 * The columns that one value of an option names: a column's whole name, or several separated by commas; a name between
 * quotation marks (doubled inside) may hold commas. The order is that of the text; none comes twice.
 * @throws InputError with the nearest names.
 */
export function findColumns<Column extends Named>(columns: readonly Column[], text: string, option: string): Column[] {
  const whole = seekColumn(columns, text);
  if (whole !== undefined) return [whole];
  const parts = splitNames(text);
  const found = new Set<Column>();
  for (let from = 0; from < parts.length;) {
    const end = longestName(columns, parts, from);
    found.add(findColumn(columns, joinParts(parts.slice(from, end)), option));
    from = end;
  }
  if (found.size === 0) throw new InputError(`${option}: name a column, or several separated by commas.`);
  return [...found];
}

interface NameIndex<Column extends Named> {
  readonly exact: ReadonlyMap<string, Column>;
  /** By plain name; null where several columns have it. */
  readonly plain: ReadonlyMap<string, Column | null>;
  /** Commas in the name that has most of them. */
  readonly commas: number;
}

/** Thousands of names are looked up among thousands of columns. */
const indices = new WeakMap<readonly Named[], NameIndex<Named>>();

function indexOf<Column extends Named>(columns: readonly Column[]): NameIndex<Column> {
  const known = indices.get(columns);
  // An index is made below of these same columns.
  if (known !== undefined) return known as NameIndex<Column>;
  const plain = new Map<string, Column | null>();
  for (const column of columns) {
    const name = plainName(column.name);
    plain.set(name, plain.has(name) ? null : column);
  }
  const index = {
    exact: new Map(columns.map((column) => [column.name, column] as const)),
    plain,
    commas: columns.reduce((most, { name }) => Math.max(most, name.split(',').length - 1), 0),
  };
  indices.set(columns, index);
  return index;
}

function seekColumn<Column extends Named>(columns: readonly Column[], name: string): Column | undefined {
  const { exact, plain } = indexOf(columns);
  return exact.get(name) ?? plain.get(plainName(name)) ?? seekAsShown(columns, name);
}

/** As messages spell it: what is invisible in a name can be copied from them. */
function seekAsShown<Column extends Named>(columns: readonly Column[], name: string): Column | undefined {
  if (!/[\\⟨]/.test(name)) return undefined;
  return columns.find((column) => terminalCell(column.name, Infinity) === name);
}

const plainName = (name: string): string => name.normalize('NFC').trim();

interface Part {
  /** As it stands in the text. */
  readonly raw: string;
  readonly name: string;
  readonly quoted: boolean;
}

/** Cuts at commas outside quotation marks. A mark inside a name, or one that is not closed, is a character of it. */
function splitNames(text: string): Part[] {
  const parts: Part[] = [];
  const quotedPart = /\s*"((?:[^"]|"")*)"\s*(?=,|$)/y;
  let at = 0;
  while (at <= text.length) {
    quotedPart.lastIndex = at;
    const quoted = quotedPart.exec(text);
    const comma = text.indexOf(',', at);
    const end = quoted !== null ? quotedPart.lastIndex : comma < 0 ? text.length : comma;
    const raw = text.slice(at, end);
    const name = quoted === null ? raw.trim() : quoted[1].replace(/""/g, '"');
    if (raw.trim() !== '') parts.push({ raw, name, quoted: quoted !== null });
    at = end + 1;
  }
  return parts;
}

/**
 * Parts that together are one name: a single one where that is a column, else as many as make a name with commas in it.
 * @returns the place behind them.
 */
function longestName(columns: readonly Named[], parts: readonly Part[], from: number): number {
  if (parts[from].quoted || seekColumn(columns, parts[from].name) !== undefined) return from + 1;
  for (let end = Math.min(parts.length, from + 1 + indexOf(columns).commas); end > from + 1; end--) {
    if (seekColumn(columns, joinParts(parts.slice(from, end))) !== undefined) return end;
  }
  return from + 1;
}

function joinParts(parts: readonly Part[]): string {
  const [only] = parts;
  return parts.length === 1
    ? only.name
    : parts
        .map(({ raw }) => raw)
        .join(',')
        .trim();
}

function describeNames(columns: readonly Named[], name: string): string {
  const names = columns.map((column) => column.name);
  const near = nearestNames(names, name);
  const some = (shown: readonly string[]): string => shown.map((one) => `“${one}”`).join(', ');
  const guess = near.length === 0 ? '' : `The nearest ${near.length === 1 ? 'is' : 'are'} ${some(near)}. `;
  if (names.length <= listable) return `${guess}The columns are: ${names.join(', ')}.`;
  return `${guess}There are ${formatCount(names.length)} columns: ${some(names.slice(0, 5))}, …, ${some(names.slice(-1))}.`;
}

/** Names that differ from this one by few letters, or hold it, nearest first. O(names · length²). */
export function nearestNames(names: readonly string[], wanted: string): string[] {
  const sought = plainName(wanted).toLowerCase();
  if (sought === '') return [];
  const allowed = Math.round(sought.length / 3);
  return names
    .map((name) => {
      const own = plainName(name).toLowerCase();
      const holds = sought.length >= 3 && own.includes(sought);
      return { name, distance: holds ? 0.5 : editDistance(own, sought, allowed) };
    })
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, nearest)
    .map(({ name }) => name);
}

/** Letters to insert, delete or replace; anything above `limit` where it is more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + Number(a[i - 1] !== b[j - 1])));
    }
    before = row;
  }
  return before[b.length];
}

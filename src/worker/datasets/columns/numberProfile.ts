import type { Dialect } from '../../../contract/dataset';
import { infinity, plain } from '../cells/cells';
import { detach } from '../cells/cellText';
import type { NumberFormat } from '../cells/numberFormat';
import { fitsUnit, takeApart, valueOf } from '../cells/numberText';
import { isKnownUnit, isShare, unitKey } from '../cells/numberUnits';
import { readPlainNumber } from '../cells/plainNumber';
import { type CellPlace, NumberTally } from './numberTally';
import { UnitTally } from './unitTally';

const point = '.'.charCodeAt(0);
/** A unit that is a word must stand in this share of a column's numbers; money and % are known for what they are. */
const wordUnitShare = 0.9;
/** Units counted in one column; further ones are no numbers. */
const maxUnits = 12;
/** Below this share, cells that tell the decimal mark may be slips of the pen. */
const tellingShare = 0.02;

/** Why numbers are read with a decimal point or comma. */
type FormatBasis =
  /** The analyst said so. */
  | 'said'
  /** Cells that can be read in one way only. */
  | 'cells'
  /** A few such cells, while most could be read either way. */
  | 'few-cells'
  /** The other columns of the file. */
  | 'file'
  /** Nothing tells: "1.234" may be 1234. */
  | 'guess';

/** How the numbers of a column are read, and what they are. */
export interface NumberReading {
  readonly format: NumberFormat;
  readonly basis: FormatBasis;
  /** Whether any number has a mark that `format` decides about. */
  readonly isMarked: boolean;
  readonly unit: string;
  /** Of the cells that are read. */
  readonly tally: NumberTally;
  /** A cell that could be read either way. */
  readonly either: CellPlace | null;
  /** Bare numbers that are read in a column with a unit. */
  readonly bare: { readonly count: number; readonly example: CellPlace | null };
  /** Numbers that are not read: of another unit, or with the other decimal mark. */
  readonly other: readonly { readonly what: string; readonly count: number; readonly cells: readonly CellPlace[] }[];
  /** Cells that say a limit (<0.05), and one of them. */
  readonly limits: { readonly count: number; readonly example: CellPlace | null };
  /** Whether a separator of thousands was seen. */
  readonly grouped: boolean;
}

/**
 * All numbers of a column while its cells stream by, in every way they can be read; {@link read} decides which one it
 * is.
 */
export class NumberProfile {
  readonly #bare = new UnitTally('');
  readonly #units = new Map<string, UnitTally>();
  #longWhole = 0;
  #limits = 0;
  #limit: CellPlace | null = null;
  readonly #grouped = { point: false, comma: false };
  #count = 0;

  /** Numbers in any way of writing. */
  get count(): number {
    return this.#count;
  }

  /**
   * Counts a cell that {@link scanPlain} told to be of `kind`. Returns its digits as a number where it is whole however
   * it is read (1,234 and 1.234 are 1234), else NaN; undefined when it is no number.
   */
  add(kind: number, cell: string, row: number, line: number): number | undefined {
    const bare = this.#bare;
    if (kind === plain.whole) {
      const value = valueOfPlain(cell);
      this.#count++;
      if (cell.length > 3 && Math.abs(value) >= 1000) this.#longWhole++;
      bare.addBoth(value, cell, row, line);
      return value;
    }
    if (kind === plain.decimal) {
      const value = valueOfPlain(cell);
      this.#count++;
      bare.addPoint(value, cell, row, line);
      return value;
    }
    if (kind === plain.either) {
      this.#count++;
      const value = Number(cell);
      bare.addEither(value, true, cell, row, line);
      return Math.round(1000 * value);
    }
    return kind === plain.open ? this.#addOpen(cell, row, line) : undefined;
  }

  #addOpen(cell: string, row: number, line: number): number | undefined {
    const parts = takeApart(cell);
    if (parts === null) {
      const value = infinity(cell);
      if (Number.isNaN(value)) return undefined;
      this.#count++;
      this.#bare.addUncounted(value, cell, row, line);
      return NaN;
    }
    const point = valueOf(parts, 'point');
    const comma = valueOf(parts, 'comma');
    if (Number.isNaN(point) && Number.isNaN(comma)) return undefined;
    const tally = this.#tallyOf(parts.unit);
    if (tally === undefined) return undefined;
    this.#count++;
    if (!Number.isNaN(point) && hasOther(parts.body, '.')) this.#grouped.point = true;
    if (!Number.isNaN(comma) && hasOther(parts.body, ',')) this.#grouped.comma = true;
    if (parts.limit) {
      this.#limits++;
      this.#limit ??= { text: detach(cell), row, line };
    }
    if (point === comma) {
      tally.addBoth(point, cell, row, line);
      return point;
    }
    if (Number.isNaN(comma)) tally.addPoint(point, cell, row, line);
    else if (Number.isNaN(point)) tally.addComma(comma, cell, row, line);
    else if (Math.abs(point) < Math.abs(comma)) tally.addEither(point, true, cell, row, line);
    else tally.addEither(comma, false, cell, row, line);
    return Number.isNaN(comma)
      ? point
      : Number.isNaN(point)
        ? comma
        : Math.abs(point) > Math.abs(comma)
          ? point
          : comma;
  }

  #tallyOf(unit: string): UnitTally | undefined {
    if (unit === '') return this.#bare;
    const key = unitKey(unit);
    const known = this.#units.get(key);
    if (known !== undefined || this.#units.size >= maxUnits) return known;
    const made = new UnitTally(detach(unit));
    this.#units.set(key, made);
    return made;
  }

  /** Evidence for decimal points or commas that the column's own cells give: what other columns may go by. */
  get evidence(): NumberFormat | null {
    const telling = this.#telling();
    return isTelling(telling) ? (telling.comma > telling.point ? 'comma' : 'point') : null;
  }

  /**
   * Decides on decimal mark and unit: `said` by the analyst, `file` by the other columns, `semicolons` = these cut the
   * file's cells.
   */
  read(said: Dialect['decimal'], file: NumberFormat | null, semicolons: boolean): NumberReading {
    const { format, basis } = this.#chooseFormat(said, file, semicolons);
    const own = this.#chooseUnit();
    const { unit } = own;
    const tally = new NumberTally();
    own.give(tally, format);
    let bare = 0;
    if (unit !== '' && !isShare(unit)) {
      this.#bare.give(tally, format);
      bare = this.#bare.count;
    } else if (unit !== '') {
      // Zero is zero without a sign of percent, too.
      tally.count += this.#bare.zeros;
      tally.integers += this.#bare.zeros;
    }
    const merged = unit === '' || isShare(unit) ? [own] : [own, this.#bare];
    const pointFirst = merged.map((part) => part.firstEitherPoint);
    const commaFirst = merged.map((part) => part.firstEitherComma);
    // Separators of thousands are the ones in doubt.
    const either = (format === 'comma' ? [...pointFirst, ...commaFirst] : [...commaFirst, ...pointFirst]).find(
      (place) => place !== null,
    );
    return {
      format,
      basis,
      isMarked: merged.some((part) => part.count > (part.both?.count ?? 0)),
      unit,
      tally,
      either: either ?? null,
      bare: { count: bare, example: bare === 0 ? null : (this.#bare.firstCells[0] ?? null) },
      other: [...this.#otherUnits(own), ...otherMark(merged, format)],
      limits: { count: this.#limits, example: this.#limit },
      grouped: this.#grouped[format] || (format === 'comma' && own.eitherPoint > 0),
    };
  }

  #telling(): Telling {
    const all = [this.#bare, ...this.#units.values()];
    return {
      alike: all.reduce((sum, part) => sum + part.alike, 0),
      point: all.reduce((sum, part) => sum + part.onlyPoint, 0),
      comma: all.reduce((sum, part) => sum + part.onlyComma, 0),
      either: all.reduce((sum, part) => sum + part.eitherPoint + part.eitherComma, 0),
    };
  }

  #chooseFormat(
    said: Dialect['decimal'],
    file: NumberFormat | null,
    semicolons: boolean,
  ): { format: NumberFormat; basis: FormatBasis } {
    if (said !== 'auto') return { format: said === ',' ? 'comma' : 'point', basis: 'said' };
    const telling = this.#telling();
    const found = telling.comma > telling.point ? 'comma' : 'point';
    const all = [this.#bare, ...this.#units.values()];
    const eitherPoint = all.reduce((sum, part) => sum + part.eitherPoint, 0);
    if (isTelling(telling)) {
      // Where both marks stand before decimals, 1.234 among decimal commas may be one more of the others.
      const mixed = telling.point > 0 && telling.comma > 0;
      const doubtful = found === 'comma' ? eitherPoint : telling.either - eitherPoint;
      return { format: found, basis: mixed && doubtful > 0 ? 'few-cells' : 'cells' };
    }
    if (file !== null || telling.either === 0) return { format: file ?? 'point', basis: 'file' };
    if (telling.point + telling.comma > 0) return { format: found, basis: 'few-cells' };
    // Numbers below 1,000 without a mark and none above: the point comes with thousands. Else it is a decimal point.
    const short = (this.#bare.both?.count ?? 0) - this.#longWhole;
    const groups = eitherPoint > 0 ? eitherPoint >= 3 && short > 0 && this.#longWhole === 0 : semicolons;
    return { format: groups ? 'comma' : 'point', basis: 'guess' };
  }

  /** The unit under which most cells are read. */
  #chooseUnit(): UnitTally {
    let best = this.#bare;
    let most = this.#bare.count;
    for (const tally of this.#units.values()) {
      const { unit } = tally;
      if (!isKnownUnit(unit) && tally.count < wordUnitShare * this.#count) continue;
      const readable = tally.count + (isShare(unit) ? this.#bare.zeros : this.#bare.count);
      if (readable >= most) {
        best = tally;
        most = readable;
      }
    }
    return best;
  }

  #otherUnits(own: UnitTally): { what: string; count: number; cells: readonly CellPlace[] }[] {
    const chosen = own.unit;
    const bare = this.#bare.count - this.#bare.zeros;
    const parts = [...this.#units.values()]
      .filter((tally) => tally !== own)
      .map((tally) => ({
        what: isKnownUnit(tally.unit) ? `in ${tally.unit}` : `with “${tally.unit}”`,
        count: tally.count,
        cells: tally.firstCells,
      }));
    if (chosen !== '' && isShare(chosen) && bare > 0) {
      const cells = this.#bare.firstCells.filter(({ text }) => !fitsUnit('', chosen, Number(text)));
      parts.push({ what: `without ${chosen}`, count: bare, cells });
    }
    return parts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  }
}

/** What Number() reads, which takes several times as long for the numbers of most files. */
function valueOfPlain(cell: string): number {
  const value = readPlainNumber(cell, 0, cell.length, point);
  return Number.isNaN(value) ? Number(cell) : value;
}

/** Cells that can be read in one way only, and in either. */
interface Telling {
  readonly point: number;
  readonly comma: number;
  readonly alike: number;
  readonly either: number;
}

/**
 * Whether cells that can be read in one way only decide for the others. 0.394 does among numbers such as 4.732: all
 * have three decimals. One 2.5 among them does not.
 */
function isTelling({ point, comma, alike, either }: Telling): boolean {
  const most = Math.max(point, comma);
  return most > tellingShare * either || (alike > 0 && 2 * alike > most);
}

/** Whether there is a separator beside the decimal mark. */
function hasOther(body: string, mark: string): boolean {
  for (const sign of body) if ((sign < '0' || sign > '9') && sign !== mark) return true;
  return false;
}

/** Cells that are numbers under the other decimal mark only. */
function otherMark(
  parts: readonly UnitTally[],
  format: NumberFormat,
): { what: string; count: number; cells: readonly CellPlace[] }[] {
  const count = parts.reduce((sum, part) => sum + (format === 'point' ? part.onlyComma : part.onlyPoint), 0);
  if (count === 0) return [];
  const cells = parts.flatMap((part) => (format === 'point' ? part.commaCells : part.pointCells));
  return [{ what: format === 'point' ? 'with a decimal comma' : 'with a decimal point', count, cells }];
}

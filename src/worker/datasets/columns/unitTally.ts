import { detach } from '../cells/cellText';
import type { NumberFormat } from '../cells/numberFormat';
import { type CellPlace, NumberTally } from './numberTally';

/** Cells kept as examples. */
const keptPlaces = 10;

/** Numbers of one unit, by the decimal marks under which they can be read. */
export class UnitTally {
  constructor(
    /** As the column's first cell with it spells it. */
    readonly unit: string,
  ) {}

  /** Numbers however they are read; with a decimal point only; with a decimal comma only. */
  both: NumberTally | null = null;
  point: NumberTally | null = null;
  comma: NumberTally | null = null;
  /** "1.234" and "1,234", as decimals. */
  pointOrGroups: NumberTally | null = null;
  commaOrGroups: NumberTally | null = null;
  onlyPoint = 0;
  onlyComma = 0;
  /** Of these, how many have three decimals, as those that could be read either way have. */
  alike = 0;
  eitherPoint = 0;
  eitherComma = 0;
  zeros = 0;
  firstEitherPoint: CellPlace | null = null;
  firstEitherComma: CellPlace | null = null;
  /** The first cells of each kind. */
  readonly pointCells: CellPlace[] = [];
  readonly commaCells: CellPlace[] = [];
  readonly bothCells: CellPlace[] = [];

  get count(): number {
    return (this.both?.count ?? 0) + this.onlyPoint + this.onlyComma + this.eitherPoint + this.eitherComma;
  }

  addBoth(value: number, cell: string, row: number, line: number): void {
    this.addUncounted(value, cell, row, line);
    if (value === 0) this.zeros++;
    remember(this.bothCells, cell, row, line);
  }

  addPoint(value: number, cell: string, row: number, line: number): void {
    this.onlyPoint++;
    if (cell.charAt(cell.length - 4) === '.') this.alike++;
    (this.point ??= new NumberTally()).add(value, cell, row, line);
    if (value === 0) this.zeros++;
    remember(this.pointCells, cell, row, line);
  }

  addComma(value: number, cell: string, row: number, line: number): void {
    this.onlyComma++;
    if (cell.charAt(cell.length - 4) === ',') this.alike++;
    (this.comma ??= new NumberTally()).add(value, cell, row, line);
    if (value === 0) this.zeros++;
    remember(this.commaCells, cell, row, line);
  }

  /** A word for infinity: a number in every reading, but no example of one. */
  addUncounted(value: number, cell: string, row: number, line: number): void {
    (this.both ??= new NumberTally()).add(value, cell, row, line);
  }

  addEither(decimal: number, isPoint: boolean, cell: string, row: number, line: number): void {
    if (isPoint) {
      this.eitherPoint++;
      this.firstEitherPoint ??= { text: detach(cell), row, line };
      (this.pointOrGroups ??= new NumberTally()).add(decimal, cell, row, line);
    } else {
      this.eitherComma++;
      this.firstEitherComma ??= { text: detach(cell), row, line };
      (this.commaOrGroups ??= new NumberTally()).add(decimal, cell, row, line);
    }
  }

  /** Some of its cells, in the order of rows. */
  get firstCells(): CellPlace[] {
    const cells = [...this.bothCells, ...this.pointCells, ...this.commaCells];
    for (const place of [this.firstEitherPoint, this.firstEitherComma]) if (place !== null) cells.push(place);
    return cells.sort((a, b) => a.row - b.row).slice(0, keptPlaces);
  }

  /** Into `tally` what is read with this decimal mark. */
  give(tally: NumberTally, format: NumberFormat): void {
    const isPoint = format === 'point';
    const parts = [
      this.both,
      isPoint ? this.point : this.comma,
      isPoint ? this.pointOrGroups : this.commaOrGroups,
      (isPoint ? this.commaOrGroups : this.pointOrGroups)?.inThousands() ?? null,
    ];
    for (const part of parts) if (part !== null) tally.merge(part);
  }
}

function remember(cells: CellPlace[], text: string, row: number, line: number): void {
  if (cells.length < keptPlaces) cells.push({ text: detach(text), row, line });
}

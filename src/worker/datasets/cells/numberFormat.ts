/** How numbers are written in a column. Groups of three may be separated: 1,234.5 (point) or 1.234,5 (comma). */
export type NumberFormat = 'point' | 'comma';

/** Order of the parts of dates written with dots or slashes; ISO 8601 is always read. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

/** How the cells of a column become numbers: JSON through and through. */
export interface NumberStyle {
  readonly format: NumberFormat;
  /** What its numbers are of: "%", "$", "kg"; left out or '' for bare ones. */
  readonly unit?: string;
  /**
   * Subtracted from every number, exactly, before anything else: a cell's digits, as Number() reads them. For columns
   * whose numbers differ only beyond their first digits (time stamps in nanoseconds).
   */
  readonly origin?: string;
  /** Then multiplied with this power of two, where the numbers are too large or too small to be squared. */
  readonly factor?: number;
}

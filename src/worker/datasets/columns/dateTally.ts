import { parseDate } from '../cells/cells';
import { detach } from '../cells/cellText';
import type { DateOrder } from '../cells/numberFormat';

const dateOrders = ['ymd', 'dmy', 'mdy'] as const;

/** Dates that one order of day, month and year reads: how many, the earliest and the latest (in days). */
class OrderTally {
  count = 0;
  #min = { days: Infinity, text: '' };
  #max = { days: -Infinity, text: '' };

  add(days: number, cell: string): void {
    if (Number.isNaN(days)) return;
    this.count++;
    if (days < this.#min.days) this.#min = { days, text: detach(cell) };
    if (days > this.#max.days) this.#max = { days, text: detach(cell) };
  }

  get range(): [string, string] | null {
    return this.#min.text === '' ? null : [this.#min.text, this.#max.text];
  }
}

/** All dates of a column while its cells stream by, in every order they can be read. */
export class DateTally {
  readonly #orders: Readonly<Record<DateOrder, OrderTally>> = {
    ymd: new OrderTally(),
    dmy: new OrderTally(),
    mdy: new OrderTally(),
  };

  add(cell: string): void {
    // Most texts are told from dates by their first character.
    const code = cell.charCodeAt(0);
    if (cell.length > 40 || (code > 32 && (code < 48 || code > 57) && code < 128)) return;
    // Year first reads the same in every order.
    const days = parseDate(cell, 'ymd');
    if (!Number.isNaN(days)) {
      for (const order of dateOrders) this.#orders[order].add(days, cell);
      return;
    }
    this.#orders.dmy.add(parseDate(cell, 'dmy'), cell);
    this.#orders.mdy.add(parseDate(cell, 'mdy'), cell);
  }

  /** The order that reads most of them. */
  get order(): DateOrder {
    const { ymd, dmy, mdy } = this.#orders;
    // Where every date can be read both ways (no day above 12), month first as in the language of most such files.
    return dmy.count > mdy.count ? 'dmy' : mdy.count > ymd.count ? 'mdy' : 'ymd';
  }

  /** How many that order reads. */
  get count(): number {
    return this.#orders[this.order].count;
  }

  /** The earliest and the latest, as the file writes them; null without dates. */
  get range(): [string, string] | null {
    return this.#orders[this.order].range;
  }
}

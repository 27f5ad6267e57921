import type { Dialect } from '../../../contract/dataset';

/**
 * What parts the text of a file into records and cells; the rest of a dialect concerns bytes, lines above, and values.
 */
export type TextDialect = Pick<Dialect, 'delimiter' | 'quote' | 'newline'> &
  Partial<Pick<Dialect, 'escape' | 'comment'>>;

export type QuoteTrouble = 'stray-quote' | 'unclosed-quote';

/** Where a cell stands in the text, its quotes included, the blanks around them not. */
export interface CellSpan {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** A quote behind blanks opens a quoted cell only where its end is found within so many characters. */
const blankLedReach = 64 * 1024;
const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;

/**
 * Reads records character by character, wherever a look at whole lines is not enough. Quotes open a cell at its
 * beginning, blanks before them not counted; inside a cell that is not quoted they are characters. A quote inside a
 * quoted cell that is neither escaped nor at the cell's end is a character too, and a trouble. Where the escape is not
 * the quote itself, it also takes the meaning off delimiters and ends of line, quoted or not. A delimiter of one blank
 * stands for any run of blanks.
 */
export class RecordScanner {
  /** Of the record read last. */
  cells: string[] = [];
  end = 0;
  trouble: QuoteTrouble | null = null;
  /** Filled only when asked for. */
  readonly spans: CellSpan[] | null;

  readonly #text: string;
  readonly #isLast: boolean;
  readonly #delimiter: string;
  readonly #quote: string;
  readonly #newline: string;
  /** '' where quotes are doubled. */
  readonly #escape: string;
  readonly #isAligned: boolean;
  #nextDelimiter = -1;
  #nextNewline = -1;

  constructor(text: string, dialect: TextDialect, isLast: boolean, wantsSpans = false) {
    this.#text = text;
    this.#isLast = isLast;
    this.#delimiter = dialect.delimiter;
    this.#quote = dialect.quote;
    this.#newline = dialect.newline === '\r' ? '\r' : '\n';
    this.#escape = escapeOf(dialect);
    this.#isAligned = dialect.delimiter === ' ';
    this.spans = wantsSpans ? [] : null;
  }

  /** Reads the record that begins at `at`; false when the text ends before it does and goes on elsewhere. */
  read(at: number): boolean {
    this.cells = [];
    this.trouble = null;
    let next = this.#isAligned ? this.#skipBlanks(at) : at;
    for (;;) {
      const opening = this.#openingQuote(next);
      if (opening === -2) return false;
      const end = opening === -1 ? this.#readPlain(next) : this.#readQuoted(opening);
      if (end === -1) return false;
      if (end === this.#text.length) return this.#finish(end);
      if (!this.#text.startsWith(this.#delimiter, end)) return this.#finish(this.#afterNewline(end));
      next = end + this.#delimiter.length;
      if (this.#isAligned) {
        next = this.#skipBlanks(next);
        if (next === this.#text.length) return this.#isLast && this.#finish(next);
        if (this.#isNewline(next)) return this.#finish(this.#afterNewline(next));
      }
    }
  }

  #finish(end: number): boolean {
    this.end = end;
    return true;
  }

  /**
   * Place of the quote that opens the cell beginning at `at`; −1: it is not quoted; −2: more text is needed to tell.
   */
  #openingQuote(at: number): number {
    if (this.#quote === '') return -1;
    const text = this.#text;
    if (text.startsWith(this.#quote, at)) return at;
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== TAB) return -1;
    const place = this.#skipBlanks(at);
    if (!text.startsWith(this.#quote, place)) return -1;
    const closing = this.#nextFreeQuote(place + 1, place + blankLedReach);
    if (closing === -1) return this.#isLast || text.length > place + blankLedReach ? -1 : -2;
    const after = this.#skipBlanks(closing + 1);
    if (after === text.length) return this.#isLast ? place : -2;
    return this.#isCellEnd(after) ? place : -1;
  }

  /** The next quote that is not escaped; −1 when there is none before `limit`. */
  #nextFreeQuote(from: number, limit: number): number {
    for (let at = this.#text.indexOf(this.#quote, from); at !== -1 && at < limit;) {
      if (this.#isEscaped(at, from)) at = this.#text.indexOf(this.#quote, at + 1);
      else if (this.#text.startsWith(this.#quote, at + 1)) at = this.#text.indexOf(this.#quote, at + 2);
      else return at;
    }
    return -1;
  }

  /**
   * Takes the quoted cell whose quote is at `opening`; returns the place behind it, −1 when the text ends too early.
   */
  #readQuoted(opening: number): number {
    const text = this.#text;
    const from = opening + 1;
    let special = false;
    for (let at = from; ;) {
      const quote = text.indexOf(this.#quote, at);
      if (quote === -1) {
        if (!this.#isLast) return -1;
        this.trouble = 'unclosed-quote';
        this.#take(text.slice(from), opening, text.length, true, special);
        return text.length;
      }
      at = quote + 1;
      if (this.#isEscaped(quote, from)) {
        special = true;
        continue;
      }
      if (at === text.length && !this.#isLast) return -1;
      if (text.startsWith(this.#quote, at)) {
        special = true;
        at++;
        continue;
      }
      const after = this.#isAligned ? at : this.#skipBlanks(at);
      if (after === text.length ? this.#isLast : this.#isCellEnd(after)) {
        this.#take(text.slice(from, quote), opening, at, true, special || this.#escape !== '');
        return after;
      }
      if (after === text.length) return -1;
      if (text.charCodeAt(after) === CR && after + 1 === text.length && !this.#isLast) return -1;
      this.trouble ??= 'stray-quote';
    }
  }

  /** Takes the cell that begins at `from` without quotes. */
  #readPlain(from: number): number {
    const text = this.#text;
    let delimiter = this.#findDelimiter(from);
    let newline = this.#findNewline(from);
    let special = false;
    if (this.#escape !== '') {
      for (let at = text.indexOf(this.#escape, from); at !== -1; at = text.indexOf(this.#escape, at + 2)) {
        if (at > Math.min(delimiter, newline)) break;
        special = true;
        if (at + 1 === delimiter) delimiter = this.#findDelimiter(at + 2);
        if (at + 1 === newline) newline = this.#findNewline(at + 2);
        if (at + 2 === newline && text.charCodeAt(at + 1) === CR) newline = this.#findNewline(at + 3);
      }
    }
    if (delimiter < newline) {
      this.#take(text.slice(from, delimiter), from, delimiter, false, special);
      return delimiter;
    }
    if (newline === Infinity) {
      if (!this.#isLast) return -1;
      this.#take(text.slice(from), from, text.length, false, special);
      return text.length;
    }
    const end = newline > from && this.#newline === '\n' && text.charCodeAt(newline - 1) === CR ? newline - 1 : newline;
    this.#take(text.slice(from, end), from, end, false, special);
    return end;
  }

  #take(raw: string, start: number, end: number, quoted: boolean, special: boolean): void {
    this.cells.push(special ? this.#unescape(raw, quoted) : raw);
    this.spans?.push({ start, end, quoted });
  }

  #unescape(raw: string, quoted: boolean): string {
    if (this.#escape === '') return raw.split(this.#quote + this.#quote).join(this.#quote);
    let text = '';
    for (let i = 0; i < raw.length; i++) {
      const c = raw.charAt(i);
      const next = raw.charAt(i + 1);
      const escapes =
        c === this.#escape
          ? next === this.#quote || next === this.#escape || (next !== '' && !quoted && this.#isSpecial(raw, i + 1))
          : quoted && c === this.#quote && next === this.#quote;
      text += escapes ? next : c;
      if (escapes) i++;
    }
    return text;
  }

  #isSpecial(raw: string, at: number): boolean {
    const code = raw.charCodeAt(at);
    return code === LF || code === CR || raw.startsWith(this.#delimiter, at);
  }

  /** An odd number of escapes stands before the quote. */
  #isEscaped(at: number, from: number): boolean {
    if (this.#escape === '') return false;
    let before = at;
    while (before > from && this.#text.startsWith(this.#escape, before - 1)) before--;
    return (at - before) % 2 === 1;
  }

  #isCellEnd(at: number): boolean {
    return this.#text.startsWith(this.#delimiter, at) || this.#isNewline(at);
  }

  #isNewline(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    if (this.#newline === '\r') return code === CR;
    return code === LF || (code === CR && this.#text.charCodeAt(at + 1) === LF);
  }

  #afterNewline(at: number): number {
    return this.#newline === '\n' && this.#text.charCodeAt(at) === CR ? at + 2 : at + 1;
  }

  #skipBlanks(from: number): number {
    const text = this.#text;
    const tabParts = this.#delimiter.startsWith('\t');
    let at = from;
    for (let code = text.charCodeAt(at); code === SPACE || (code === TAB && !tabParts); code = text.charCodeAt(at))
      at++;
    return at;
  }

  #findDelimiter(from: number): number {
    if (this.#nextDelimiter < from) this.#nextDelimiter = orInfinity(this.#text.indexOf(this.#delimiter, from));
    return this.#nextDelimiter;
  }

  #findNewline(from: number): number {
    if (this.#nextNewline < from) this.#nextNewline = orInfinity(this.#text.indexOf(this.#newline, from));
    return this.#nextNewline;
  }
}

function orInfinity(place: number): number {
  return place === -1 ? Infinity : place;
}

/** The escape of a dialect in which it is not the quote itself; '' where quotes are doubled. */
export function escapeOf({ quote, escape = quote }: Pick<TextDialect, 'quote' | 'escape'>): string {
  return escape === quote || (quote === '' && escape === '"') ? '' : escape;
}

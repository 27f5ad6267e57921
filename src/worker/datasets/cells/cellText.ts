/**
 * A copy of a text that does not hold on to the block it was cut from. Short strings are copies anyway (V8 makes slices
 * from 13 characters on).
 */
export function detach(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}

/** At most `length` characters, never half a surrogate pair, with … for what is left out. */
export function shorten(text: string, length = 60): string {
  if (text.length <= length) return text;
  const end = (text.charCodeAt(length - 2) & 0xfc00) === 0xd800 ? length - 2 : length - 1;
  return `${text.slice(0, end)}…`;
}

/** A cell in a sentence: “1.5”. */
export function quoteCell(text: string): string {
  return `“${shorten(text.trim(), 40)}”`;
}

/**
 * What is left of a page, a document or a broken encoding where a text should be. Repeats are bounded: no text takes
 * longer than its length times a constant.
 */
const tagNames =
  'html|head|body|title|meta|link|script|style|div|span|p|br|hr|a|b|i|u|s|em|strong|font|center|img|table|tbody|thead|tr|td|th|ul|ol|li|dl|dt|dd|h[1-6]|pre|code|blockquote|form|input|button|select|option|label|iframe|sup|sub|small|big|section|article|header|footer|nav|xml|item|ref|quote';
const patterns = [
  // Tags (attributes have a sign of equality), comments and declarations.
  new RegExp(`<(?:${tagNames})(?:\\s(?=[^<>]{0,1000}=)[^<>]{0,1000})?\\s?/?>`, 'gi'),
  /<\/[a-z][\w:-]{0,40}>/gi,
  /<!(?:--|doctype\b|\[cdata\[)[^>]{0,1000}>/gi,
  // Character references.
  /&(?:#\d{2,7}|#x[\da-f]{2,6}|nbsp|amp|lt|gt|quot|apos|copy|reg|hellip|mdash|ndash|[lr][sd]quo|bull|middot|euro|[a-z]{1,2}(?:uml|acute|grave|circ|tilde|cedil|ring|slash));/gi,
  // Commands and environments of LaTeX.
  /\\(?:begin|end|textbf|textit|emph|frac|sqrt|cite[pt]?|ref|label|section|subsection|item|mathrm|mathbf|left|right|sum|int|alpha|beta|gamma|lambda|sigma|theta)\b(?:\{[^{}]{0,200}\})?/g,
  // Tags in square brackets.
  /\[\/?(?:b|i|u|url|img|quote|code|size|color|list)(?:=[^[\]]{0,200})?\]/gi,
  // UTF-8 that was read as Windows-1252, once or twice, and characters that were lost.
  /[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|â€[\u0080-\u00bf\u0152\u0153\u0160\u0161\u2018-\u203a\u02dc\u2122]?/g,
  /\ufffd/g,
  // Bytes of mails as quoted-printable writes them.
  /=(?:[89A-F][\dA-F]|3D|20(?=\r?\n))/g,
];
const address = /\b(?:https?:\/\/|www\.)[^\s<>"]{1,2000}/gi;
/** From this share of a text on addresses are all there is. */
const mostlyAddresses = 0.8;

/** Share of a text's characters that are markup, broken characters or, where there is little else, addresses: 0–1. */
export function markupShare(text: string): number {
  const length = text.replace(/\s+/g, '').length;
  if (length === 0) return 0;
  // Most texts have none of the characters that markup begins with.
  let marked = 0;
  if (/[<&\\[=ÃÂâ\ufffd]/.test(text)) for (const pattern of patterns) marked += matched(text, pattern);
  const addresses = text.includes('://') || text.includes('www.') ? matched(text, address) : 0;
  const all = addresses >= mostlyAddresses * length ? marked + addresses : marked;
  return Math.min(1, all / length);
}

function matched(text: string, pattern: RegExp): number {
  let characters = 0;
  for (const [found] of text.matchAll(pattern)) characters += found.replace(/\s+/g, '').length;
  return characters;
}

/** The text without tags, entities and addresses, each a blank: what a language is recognised in. */
export function withoutMarkup(text: string): string {
  if (!/[<&\\[:]|www\./.test(text)) return text;
  return patterns.slice(0, 4).reduce((plain, pattern) => plain.replace(pattern, ' '), text.replace(address, ' '));
}

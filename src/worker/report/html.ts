import { isolatedText } from '../../core/base/visibleText';

/** Markup that was made here: nothing in it is text of the data. */
export class Html {
  constructor(readonly markup: string) {}
}

type Part = Html | string | number | readonly Html[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of the data or of a person as it is shown: what would hide or reorder is visible, and nothing is markup. */
function textOf(text: string): string {
  return isolatedText(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Markup with text and other markup in it; every text in it is escaped, so it may stand between tags or in quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.map((fixed, at) => fixed + (at < parts.length ? render(parts[at] ?? '') : '')).join('');
  return new Html(markup);
}

function render(part: Part): string {
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(({ markup }) => markup).join('');
  return textOf(String(part));
}

import { Tokenizer } from '@huggingface/tokenizers';

/** Characters that a token takes at most on average, for how much of a long text is looked at first. */
const charactersAToken = 16;
/** Tokens more than wanted that part of a text must have where it was cut within a word. */
const spare = 128;

/** Turns texts into the numbers of their tokens, as Python's tokenizers do with truncation. */
export class TokenReader {
  readonly #tokenizer: Tokenizer;
  readonly #most: number;

  /** @throws Error when `json` is no tokenizer of a kind that is known. */
  constructor(json: unknown, most: number) {
    this.#tokenizer = new Tokenizer(Object(json) as object, {});
    this.#most = most;
  }

  /** At most as many as wanted, special ones among them; of a longer text the first, and the special one at its end. */
  read(text: string): readonly number[] {
    const most = this.#most;
    for (let length = charactersAToken * most; length < text.length; length *= 2) {
      const { part, whole } = cut(text, length);
      const ids = this.#encode(part);
      if (ids.length >= most + (whole ? 1 : spare)) return truncate(ids, most);
    }
    return truncate(this.#encode(text), most);
  }

  #encode(text: string): readonly number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: true }).ids;
  }
}

function truncate(ids: readonly number[], most: number): readonly number[] {
  return ids.length <= most ? ids : [...ids.slice(0, most - 1), ids[ids.length - 1]];
}

/** The beginning of a text of about that length, up to the end of a word where one ends in its second half. */
function cut(text: string, length: number): { readonly part: string; readonly whole: boolean } {
  for (let end = length; end > length / 2; end--) {
    if (/\s/.test(text[end])) return { part: text.slice(0, end), whole: true };
  }
  // Never between the halves of a character.
  const code = text.charCodeAt(length - 1);
  return { part: text.slice(0, code >= 0xd800 && code < 0xdc00 ? length - 1 : length), whole: false };
}

import { BugError } from '../../core/base/errors';
import type { TermKind } from '../../core/text/terms';
import type { TextTerms } from '../../core/text/textModel';
import type { ProjectStore } from '../store/projectStore';
import type { StoredArray } from '../store/storeTypes';

/** No term has a line feed: words are letters and digits, and blanks part what pieces are cut from. */
const between = '\n';

/** Names of the arrays that keep terms of that kind. */
function namesFor(terms: TermKind): Record<'vocabulary' | 'idf' | 'directions', string> {
  return { vocabulary: `text-${terms}-terms`, idf: `text-${terms}-idf`, directions: `text-${terms}-directions` };
}

/** Terms as arrays of an audit. At most 50,000 terms and 100 directions: 20 MB. */
export function termArrays({ terms, vocabulary, idf, directions }: TextTerms): Readonly<Record<string, StoredArray>> {
  const names = namesFor(terms);
  const text = new TextEncoder().encode(vocabulary.join(between));
  return {
    [names.vocabulary]: { data: text, shape: [text.length] },
    [names.idf]: { data: idf, shape: [idf.length] },
    [names.directions]: { data: directions, shape: [idf.length, directions.length / Math.max(1, idf.length)] },
  };
}

/** The terms of the latest audit; null where it kept none of that kind (an earlier version did not). */
export async function readTerms({ audits }: ProjectStore, terms: TermKind): Promise<TextTerms | null> {
  const names = namesFor(terms);
  const kept = audits.latest?.arrayNames ?? [];
  if (!Object.values(names).every((name) => kept.includes(name))) return null;
  const text = (await audits.readArray(names.vocabulary)).data;
  const idf = (await audits.readArray(names.idf)).data;
  const directions = (await audits.readArray(names.directions)).data;
  const vocabulary =
    text instanceof Uint8Array ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(text).split(between) : [];
  if (
    !(idf instanceof Float64Array) ||
    !(directions instanceof Float32Array) ||
    vocabulary.length !== idf.length ||
    directions.length % idf.length !== 0
  ) {
    throw new BugError('The arrays of this audit are not of the kind they were written in.');
  }
  return { terms, vocabulary, idf, directions };
}

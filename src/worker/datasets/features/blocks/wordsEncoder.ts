import { formatCount, formatPercent, formatPlural } from '../../../../core/base/format';
import type { TermKind } from '../../../../core/text/terms';
import type { TextFacts, TextTerms } from '../../../../core/text/textModel';
import type { BlockEncoder, BlockRequest, BlockVectors } from './blockTypes';
import { nameBlock } from './blockTypes';
import { describeBlank, describeTexts, scanTexts } from './scanTexts';

/** Learns from texts and makes vectors of them, elsewhere: see TextThread. */
interface TextVectors {
  learn(texts: readonly string[]): Promise<void>;
  /** null: no text has a term. */
  fit(onShare: (share: number) => void): Promise<TextFacts | null>;
  keep(): Promise<TextTerms>;
  embed(texts: readonly string[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Shares of the work: counting the words of the labelled rows, the decomposition, and the vectors of all rows. */
const fitFrom = 0.3;
const embedFrom = 0.7;

/**
 * Texts by their words: weights of words (TF-IDF) of all columns of a block together, as one text, and of these the
 * leading directions (core/text). Two passes over the cells. `open` begins with texts anew.
 */
export function createWordsEncoder(open: (terms: TermKind) => TextVectors, terms: TermKind): BlockEncoder {
  return {
    passes: 4,
    async encode(request) {
      const texts = open(terms);
      // A fit is long and does not look at the signal: the thread that does it is ended.
      const watch = setInterval(() => {
        if (request.signal.cancelled) void texts.close();
      }, cancelEveryMs);
      try {
        return await encodeWith(texts, terms, request);
      } finally {
        clearInterval(watch);
        await texts.close();
      }
    },
  };
}

const cancelEveryMs = 50;

async function encodeWith(texts: TextVectors, terms: TermKind, request: BlockRequest): Promise<BlockVectors> {
  const { columns, parts, labelledRows, openVectors, signal, onShare } = request;
  const [own] = parts;
  const total = parts.reduce((sum, { rows }) => sum + rows, 0);
  await scanTexts([own], request, async (found, firstRow) => {
    onShare((fitFrom * firstRow) / Math.max(1, own.rows));
    return texts.learn(found.filter((_, row) => labelledRows[firstRow + row] === 1));
  });
  signal.throwIfCancelled();
  const facts = await texts.fit((share) => onShare(fitFrom + (embedFrom - fitFrom) * share));
  if (facts === null || facts.dimensions === 0) {
    return { kind: 'none', columns, reason: 'no word in the labelled rows', cautions: [] };
  }
  const kept = await texts.keep();
  const writer = await openVectors(facts.dimensions);
  let blank = 0;
  await scanTexts(parts, request, async (found, firstRow) => {
    blank += found.filter((text) => text === '').length;
    onShare(embedFrom + ((1 - embedFrom) * firstRow) / Math.max(1, total));
    await writer.append(await texts.embed(found));
  });
  const name = nameBlock(columns);
  return {
    kind: 'vectors',
    columns,
    vectors: await writer.finish(),
    names: Array.from({ length: facts.dimensions }, (_, k) => `${name}: ${unit(terms)} ${k + 1}`),
    method: { kind: 'words', terms, ...facts },
    terms: kept,
    notes: [describeWords(describeTexts(columns), terms, facts)],
    // Said once, by words.
    cautions: terms === 'words' ? describeBlank(name, blank) : [],
  };
}

function unit(terms: TermKind): string {
  return terms === 'words' ? 'words' : 'pieces';
}

/** What a column of texts became, in words. */
function describeWords(described: string, terms: TermKind, facts: TextFacts): string {
  const { dimensions, varianceShare, leastTexts, texts, fittedTexts } = facts;
  const what = terms === 'words' ? 'words' : 'pieces of words (3 to 5 characters)';
  const rare = leastTexts > 1 ? `, those in at least ${formatCount(leastTexts)} rows` : '';
  const sample = fittedTexts < texts ? `, found in ${formatCount(fittedTexts)} of the rows` : '';
  return `${described} are taken by ${formatCount(facts.vocabulary)} ${what}${rare}, weighed by TF-IDF, in ${formatPlural(dimensions, 'dimension')} that hold ${formatPercent(varianceShare, 0)} of the variance${sample}.`;
}

import { dimensionsFor } from '../../core/text/textLearner';
import type { ComputeClient } from '../compute/thread/computeClient';
import type { BlockEncoders } from '../datasets/features/blocks/blockTypes';
import { createWordsEncoder } from '../datasets/features/blocks/wordsEncoder';

/**
 * How columns of each type become vectors; a new method is an encoder here. Texts by words and by pieces of words, side
 * by side: on mails with planted errors that ranks better than either alone (docs/ranking.md).
 */
export function createBlockEncoders(compute: Pick<ComputeClient, 'openTexts'>): BlockEncoders {
  return {
    text: textTerms.map((kind) => createWordsEncoder((terms) => compute.openTexts(terms), kind)),
  };
}

const textTerms = ['words', 'characters'] as const;

/** Features of texts, of so many labelled rows: no more than that. */
export function textFeatures(labelledRows: number): number {
  return textTerms.length * dimensionsFor(labelledRows);
}

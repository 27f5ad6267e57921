import type { ComputeClient } from '../compute/thread/computeClient';
import type { BlockEncoders } from '../datasets/features/blocks/blockTypes';
import { createWordsEncoder } from '../datasets/features/blocks/wordsEncoder';

/** How columns of each type become vectors. A new method is an encoder here. */
export function createBlockEncoders(compute: Pick<ComputeClient, 'openTexts'>): BlockEncoders {
  return { text: createWordsEncoder((terms) => compute.openTexts(terms), 'words') };
}

import type { AuditSettings } from '../../contract/audit';
import { InputError } from '../../core/base/errors';
import { dimensionsFor } from '../../core/text/textLearner';
import type { ComputeClient } from '../compute/thread/computeClient';
import { type AxesFinder, createAxesEncoder } from '../datasets/features/blocks/axesEncoder';
import type { BlockEncoder, BlockEncoders } from '../datasets/features/blocks/blockTypes';
import { createListEncoder } from '../datasets/features/blocks/listEncoder';
import { createPictureEncoder, type TakeLooks } from '../datasets/features/blocks/pictureEncoder';
import { createTextEncoder } from '../datasets/features/blocks/textEncoder';
import { createWordsEncoder } from '../datasets/features/blocks/wordsEncoder';
import type { Encoders } from '../encoders/encoders';
import type { PictureReader } from '../pictures/thread/pictureThreads';
import { openPictureVectors } from './pictureVectors';
import { untilCancelled } from './untilCancelled';

/** What jobs compute and encode with. */
export interface JobTools {
  readonly compute: ComputeClient;
  readonly encoders: Encoders;
  readonly pictures: PictureReader;
}

/**
 * How columns of each type become vectors; a new method is an encoder here. Texts by words and by pieces of words, side
 * by side: on mails with planted errors that ranks better than either alone. A network beside words did not rank better
 * than words alone (docs/ranking.md).
 */
export function createBlockEncoders(
  { compute, encoders, pictures }: JobTools,
  { text, pictures: way, backend }: Pick<AuditSettings, 'text' | 'pictures' | 'backend'>,
  takeLooks?: TakeLooks,
): BlockEncoders {
  const words = textTerms.map((kind) => createWordsEncoder((terms) => compute.openTexts(terms), kind));
  const network = createTextNetwork(encoders);
  // Who points at an encoder wants it used.
  const ways = {
    auto: encoders.isOwn('text') ? [...words, network] : words,
    words,
    encoder: [network],
    both: [...words, network],
  };
  const seen = createAxesEncoder(
    createPictureEncoder((root) => openPictureVectors(root, way, { pictures, encoders }), takeLooks),
    createAxesFinder(compute, backend),
    pictureFeatures,
  );
  return { text: ways[text], picture: [seen], vector: [createListEncoder()] };
}

const textTerms = ['words', 'characters'] as const;
/** Of a text by the encoder that set-up brings. */
const networkNumbers = 384;

/** Features of texts, of so many labelled rows: no more than that. */
export function textFeatures(labelledRows: number, settings: Pick<AuditSettings, 'text'>): number {
  const words = settings.text === 'encoder' ? 0 : textTerms.length * dimensionsFor(labelledRows);
  return words + (usesNetwork(settings) ? networkNumbers : 0);
}

/** Whether a network reads the texts. */
export function usesNetwork({ text }: Pick<AuditSettings, 'text'>): boolean {
  return text === 'encoder' || text === 'both';
}

/** With some columns of numbers beside them they are a table still, which forests judge (mostForestFeatures). */
const mostPictureAxes = 150;

/** Features of pictures, of so many labelled rows: no more than that. */
export function pictureFeatures(labelledRows: number): number {
  return dimensionsFor(labelledRows, mostPictureAxes);
}

/** Axes do not depend on the seed of an audit. */
const axesSeed = 1;

function createAxesFinder(compute: ComputeClient, backend: AuditSettings['backend']): AxesFinder {
  return {
    find: (features, most, signal, onShare) =>
      untilCancelled(signal, (abort) =>
        compute.findAxes(
          { input: { features, most }, backend, seed: axesSeed },
          { signal: abort, onProgress: ({ done, total }) => onShare(done / total) },
        ),
      ),
    place: (features, axes, signal) =>
      untilCancelled(signal, (abort) =>
        compute.placeOnAxes({ input: { features, axes }, backend, seed: axesSeed }, { signal: abort }),
      ),
  };
}

function createTextNetwork(encoders: Encoders): BlockEncoder {
  return createTextEncoder(async () => {
    const encoder = await encoders.find('text');
    if (encoder?.settings.kind !== 'text') {
      throw new InputError(
        'There is no encoder of texts on this machine. Run "npm run setup" to get it, or take texts by their words.',
      );
    }
    const { name, sha256, numbers, tokens } = encoder.settings;
    return {
      method: { kind: 'encoder', encoder: name, sha256, key: encoder.key, numbers, tokens },
      open: () => encoders.open(encoder),
    };
  });
}

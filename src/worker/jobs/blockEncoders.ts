import type { AuditSettings } from '../../contract/audit';
import { InputError } from '../../core/base/errors';
import { mostForestFeatures } from '../../core/ranking/suspicion/expertNames';
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
 * than words alone. Pictures by the network and by their pixels, side by side: better than either alone as well
 * (docs/ranking.md). Long lists of numbers by their axes.
 */
export function createBlockEncoders(
  { compute, encoders, pictures }: JobTools,
  { text, pictures: asked, backend }: Pick<AuditSettings, 'text' | 'pictures' | 'backend'>,
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
  const finder = createAxesFinder(compute, backend);
  const seen = async (): Promise<readonly BlockEncoder[]> => {
    const used = await choosePictureWays(asked, encoders);
    return used.map((way, k) =>
      createAxesEncoder(
        createPictureEncoder(
          (root) => openPictureVectors(root, way, { pictures, encoders }),
          picturePasses[way],
          // Once is enough.
          k === 0 ? takeLooks : undefined,
        ),
        finder,
        { most: (labelledRows) => dimensionsFor(labelledRows, mostAxes(used, way)), unit: way },
      ),
    );
  };
  const lists = createAxesEncoder(createListEncoder(), finder, {
    most: (labelledRows, numbers) => listFeatures(numbers, labelledRows),
    unit: 'numbers',
  });
  return { text: async () => ways[text], picture: seen, vector: async () => [lists] };
}

/** Ways of taking texts that are side by side. */
export const textTerms = ['words', 'characters'] as const;
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

type PictureWay = 'encoder' | 'pixels';

/** How much longer each takes than to read the rows once. */
const picturePasses: Readonly<Record<PictureWay, number>> = { encoder: 200, pixels: 20 };

/** Ways of taking pictures that are side by side. @throws InputError when one is asked for and not there. */
async function choosePictureWays(asked: AuditSettings['pictures'], encoders: Encoders): Promise<readonly PictureWay[]> {
  if (asked === 'pixels') return ['pixels'];
  if ((await encoders.find('pictures')) === null) {
    if (asked === 'auto') return ['pixels'];
    throw new InputError(
      'There is no encoder of pictures on this machine. Run "npm run setup" to get it, or take pictures by their pixels.',
    );
  }
  return asked === 'encoder' ? ['encoder'] : ['encoder', 'pixels'];
}

/**
 * Axes of one way beside the others, at most. With 50 columns of numbers they are a table still, which forests judge
 * (mostForestFeatures).
 */
function mostAxes(used: readonly PictureWay[], way: PictureWay): number {
  if (used.length === 1) return 150;
  return way === 'encoder' ? 100 : 50;
}

/** Features of pictures, of so many labelled rows, where there is an encoder: no more than that. */
export function pictureFeatures(labelledRows: number, { pictures }: Pick<AuditSettings, 'pictures'>): number {
  const used: readonly PictureWay[] = pictures === 'auto' || pictures === 'both' ? ['encoder', 'pixels'] : [pictures];
  return used.reduce((sum, way) => sum + dimensionsFor(labelledRows, mostAxes(used, way)), 0);
}

/** Axes of a list that is longer than a table that forests judge. Of more, labels rank no better (docs/ranking.md). */
const mostListAxes = 100;

/** Features of lists of so many numbers, of so many labelled rows. */
export function listFeatures(numbers: number, labelledRows: number): number {
  return numbers <= mostForestFeatures ? numbers : dimensionsFor(labelledRows, mostListAxes);
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

import { createHash } from 'node:crypto';
import type { TypedRow } from '../../contract/explain';
import { BugError, InputError } from '../../core/base/errors';
import { createFloat32Rows } from '../../core/base/featureRows';
import type { CancellationSignal } from '../../core/job/jobContext';
import { TextModel } from '../../core/text/textModel';
import { CellBlock } from '../datasets/cells/cellBlock';
import { parseVector } from '../datasets/cells/vectorText';
import type { FeatureBlock, FeaturePipeline } from '../datasets/datasetTypes';
import { applyFeaturePipeline } from '../datasets/features/applyFeaturePipeline';
import { joinTexts, missingWords } from '../datasets/features/blocks/scanTexts';
import type { Encoders } from '../encoders/encoders';
import { readTerms } from '../review/storedTerms';
import type { ProjectStore } from '../store/projectStore';

/**
 * The features of a row that is in no file, made of its texts as the latest audit made those of its rows: nothing is
 * learnt anew. Cells that were not typed are blank, as missing ones are.
 * @throws InputError where that cannot be done: pictures are not typed, and an encoder or its axes may be gone.
 */
export async function encodeTypedRow(
  store: ProjectStore,
  encoders: Encoders,
  { cells }: TypedRow,
  signal: CancellationSignal,
): Promise<Float64Array> {
  const { pipeline } = store.audits.requireLatest();
  const { columns } = store.sources;
  for (const { column } of cells) {
    if (columns[column] === undefined) throw new InputError(`There is no column ${column} in this data.`);
  }
  const textOf = new Map(cells.map(({ column, text }) => [column, text]));
  const textsOf = (block: FeatureBlock): string[] =>
    block.columns.map((name) => textOf.get(columns.find((column) => column.name === name)?.index ?? -1) ?? '');
  const vectors: Float32Array[] = [];
  for (const block of pipeline.blocks ?? [])
    vectors.push(await encodeBlock(store, encoders, block, textsOf(block), signal));
  const features = new Float64Array(pipeline.features.length);
  await applyFeaturePipeline(pipeline, {
    scan: async (indices, onBlock) =>
      onBlock(
        CellBlock.ofColumns(
          0,
          indices.map((index) => [textOf.get(index) ?? '']),
        ),
      ),
    blocks: { vectors: vectors.map((vector) => createFloat32Rows(vector, 1, vector.length)), offset: 0, rows: 1 },
    take: (block) => features.set(block),
    signal,
  });
  return features;
}

/** The vector of one row, by the method that the audit used. */
async function encodeBlock(
  store: ProjectStore,
  encoders: Encoders,
  { method, width }: FeatureBlock,
  cells: readonly string[],
  signal: CancellationSignal,
): Promise<Float32Array> {
  const missing = missingWords(store.sources.source?.dialect.missing ?? []);
  const { text } = joinTexts(cells, missing);
  switch (method.kind) {
    case 'words': {
      const kept = await readTerms(store, method.terms);
      if (kept === null)
        throw new InputError('The audit is of an earlier version, which did not keep its words. Audit again.');
      const { directions, vocabulary } = kept;
      const data = Float64Array.from(directions);
      const model = new TextModel({
        ...kept,
        directions: { rows: vocabulary.length, columns: width, data },
        facts: method,
      });
      return model.embed([text]);
    }
    case 'encoder': {
      if (method.principal !== undefined) throw withoutAxes();
      const encoder = await encoders.find('text');
      if (encoder?.key !== method.key) {
        throw new InputError(
          `The audit took texts by the encoder ${method.encoder}, which is not the one in use now. Choose it again, or audit again.`,
        );
      }
      if (text === '') return new Float32Array(width);
      const network = await encoders.open(encoder);
      try {
        const digests = [createHash('sha256').update(text).digest()];
        return await network.encode({ digests, load: () => text }, signal, () => undefined);
      } finally {
        await network.close();
      }
    }
    case 'lists': {
      if (method.principal !== undefined) throw withoutAxes();
      const list = parseVector(cells[0] ?? '');
      if (list?.length !== width) {
        throw new InputError(
          `A list of ${width} numbers, as [0.1, 0.2, …], is needed for an embedding. Type or paste it.`,
        );
      }
      return Float32Array.from(list);
    }
    case 'pictures':
      throw new InputError('A picture cannot be typed. Add it to the data, and audit again to have it explained.');
  }
}

function withoutAxes(): InputError {
  return new InputError(
    'The audit took these vectors along axes that it did not keep. Add the row to the data, and audit again to have it explained.',
  );
}

/** What of the pipeline a column is: its features' places. */
export function placesByColumn({ features }: FeaturePipeline): ReadonlyMap<string | null, readonly number[]> {
  const places = new Map<string | null, number[]>();
  features.forEach(({ column }, place) => {
    const known = places.get(column);
    if (known === undefined) places.set(column, [place]);
    else known.push(place);
  });
  if (places.size === 0) throw new BugError('A pipeline without a feature.');
  return places;
}

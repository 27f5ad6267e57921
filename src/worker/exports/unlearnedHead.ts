import type { DatasetSummary } from '../../contract/dataset';
import type { StudiedHead } from '../../core/study/runStudy';
import type { UnlearnAnswer } from '../../core/study/unlearnStudy';
import type { HeadData } from '../jobs/studyRequest';
import { formatNpyHeader, npyTypeOf } from '../store/npy/npyFormat';
import type { StagedFiles } from './stagedFiles';

export const unlearnedHeadFiles = ['head.npy', 'unlearned.json'] as const;

/** A head that has unlearned rows, and what it was made from. */
interface UnlearnedHead {
  readonly answer: UnlearnAnswer;
  readonly head: StudiedHead;
  readonly data: Pick<HeadData, 'classes' | 'pipeline'>;
  readonly source: DatasetSummary['source'];
  /** Rows of the label list that had their label already. */
  readonly unchangedLabels: number;
  /** More for the manifest. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Adds `head.npy` (float64, a row of features for each output: classes in their order; one output for logistic, towards
 * the second class, and ridge), and `unlearned.json`: what was unlearned, the proof, how features are made of the
 * columns, and the SHA-256 of both input and head.
 * @throws StorageError
 */
export async function addUnlearnedHead(
  staged: StagedFiles,
  { answer, head, data, source, unchangedLabels, facts }: UnlearnedHead,
): Promise<void> {
  const { theta, removed, relabelled, trust, ...proof } = answer;
  const width = data.pipeline.features.length;
  const shape = [theta.length / width, width];
  const [headFile, manifestFile] = unlearnedHeadFiles;
  const written = await staged.add(headFile, async (writer) => {
    await writer.write(formatNpyHeader(npyTypeOf(theta), shape));
    await writer.write(new Uint8Array(theta.buffer, theta.byteOffset, theta.byteLength));
  });
  const nameOf = (label: number): string | number => data.classes[label] ?? label;
  const manifest = {
    application: 'Assay',
    ...facts,
    createdAt: new Date().toISOString(),
    input: { file: source.name, bytes: source.bytes, sha256: source.sha256 },
    // The ridge term stays that of all rows: nλ with n = ridgeRows.
    head: {
      ...head,
      classes: data.classes,
      trainRows: head.trainRows - removed.length,
      ridgeRows: head.trainRows,
    },
    features: data.pipeline,
    removed: [...removed],
    relabelled: Array.from(relabelled.rows, (row, at) => ({ row, label: nameOf(relabelled.labels[at]) })),
    unchangedLabels,
    ...proof,
    trust: trust.sentences,
    outputs: [{ file: written.fileName, bytes: written.bytes, sha256: written.sha256, shape }],
  };
  await staged.add(manifestFile, (writer) => writer.write(`${JSON.stringify(manifest, null, 2)}\n`));
}

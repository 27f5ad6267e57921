import type { AuditSettings } from '../../contract/audit';
import type { Column } from '../../contract/dataset';
import type { FeatureSource } from '../compute/featureSource';
import type { FeaturePipeline } from '../datasets/datasetTypes';
import { readWeights, type RowWeights } from '../labels/readWeights';
import type { ProjectStore } from '../store/projectStore';
import { encodeFeatures, type EncodeOptions } from './encodeFeatures';
import { chooseSplit, findLabelledData, findVouched, weighedParts } from './labelledData';
import { drawRandomSplit, readResponses } from './responses';
import { blankRows, findSetAside, type SetAside } from './setAsideRows';

/** What is computed with where the label is a number. Rows of a separate validation file come after `rows`. */
export interface NumberData {
  readonly rows: number;
  readonly label: Column;
  readonly features: FeatureSource;
  /** NaN = no label. */
  readonly labels: Float64Array;
  readonly split: Uint8Array;
  /** See `AuditInput.vouched`. */
  readonly vouched: Uint8Array | undefined;
  /** Of all rows. */
  readonly rowWeights: RowWeights;
  readonly pipeline: FeaturePipeline;
  /** Rows that have a label in the file and none here. */
  readonly setAside: SetAside;
}

/** @throws InputError when labels, features or split do not allow it; StorageError when the disk is full. */
export async function buildNumberData(
  store: ProjectStore,
  settings: AuditSettings,
  options: EncodeOptions,
): Promise<NumberData> {
  const { signal } = options;
  const found = findLabelledData(store, settings);
  const { rows, label, validationRows } = found;
  const labels = new Float64Array(rows + validationRows);
  const setAside = await findSetAside(store, label, settings);
  const scan = blankRows(store.sources.scan, setAside.rows);
  const own = labels.subarray(0, rows);
  const missing = store.sources.source?.dialect.missing ?? [];
  own.set(await readResponses(scan, label, rows, signal, missing));
  if (validationRows > 0) {
    const validationScan = blankRows(store.sources.scanValidation, setAside.validationRows);
    labels.set(await readResponses(validationScan, label, validationRows, signal, missing), rows);
  }
  const draw = (): Uint8Array => drawRandomSplit(own, settings.validationShare, settings.seed);
  const split = await chooseSplit({ scan, columns: store.sources.columns }, found, settings, draw, signal);
  const vouched = findVouched(store.sources, found, settings, split);
  const rowWeights = await readWeights({
    columns: store.sources.columns,
    parts: weighedParts(store, found),
    isLabelled: (row) => !Number.isNaN(labels[row]),
    signal,
  });
  const labelledRows = Uint8Array.from(own, (y) => (Number.isNaN(y) ? 0 : 1));
  const { features, pipeline } = await encodeFeatures(store, found, labelledRows, settings, options);
  return { rows, label, features, labels, split, vouched, rowWeights, pipeline, setAside };
}

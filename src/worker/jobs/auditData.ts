import type { AuditSettings } from '../../contract/audit';
import type { Labelling } from '../../contract/audit';
import { findTwins, spellingMap } from '../../core/labels/labelReading';
import type { FeatureSource } from '../compute/featureSource';
import type { FeaturePipeline, Labels } from '../datasets/datasetTypes';
import { readLabels, readLabelsAs } from '../datasets/labels';
import { checkTrainingRows, drawStratifiedSplit } from '../datasets/splits';
import { type Predictions, readPredictions } from '../labels/readPredictions';
import { readWeights, type RowWeights } from '../labels/readWeights';
import type { ProjectStore } from '../store/projectStore';
import { encodeFeatures, type EncodeOptions } from './encodeFeatures';
import { chooseSplit, findLabelledData, findVouched, weighedParts } from './labelledData';
import { blankRows, findSetAside, type SetAside } from './setAsideRows';

/** What an audit computes with. Rows of a separate validation file come after the dataset's own `rows`. */
export interface AuditData {
  readonly rows: number;
  /** All rows: those of `rows`, and those of a separate validation file. */
  readonly features: FeatureSource;
  readonly labels: Labels;
  readonly labelling: Labelling;
  readonly split: Uint8Array;
  /** Classes that may be the same, see `AuditInput.twins`; left out where there are none. */
  readonly twins?: Int32Array;
  /** See `AuditInput.vouched`. */
  readonly vouched: Uint8Array | undefined;
  /** Of all rows. */
  readonly predictions: Predictions;
  /** Of all rows. */
  readonly rowWeights: RowWeights;
  readonly pipeline: FeaturePipeline;
  /** Rows that have a label in the file and none here. */
  readonly setAside: SetAside;
}

/**
 * Class labels, split and features as the settings and the columns' roles ask for them.
 * @throws InputError when the labels or the features do not allow an audit; StorageError when the disk is full.
 */
export async function buildAuditData(
  store: ProjectStore,
  settings: AuditSettings,
  options: EncodeOptions,
): Promise<AuditData> {
  const { signal } = options;
  const data = findLabelledData(store, settings);
  const { rows, label, validationRows } = data;
  const setAside = await findSetAside(store, label, settings);
  const scan = blankRows(store.sources.scan, setAside.rows);
  const reading = store.log.state.labelReading(label.name);
  const spellings = spellingMap(reading);
  const own = await readLabels(scan, label, rows, { signal, spellings });
  const { classes } = own;
  const draw = (): Uint8Array => drawStratifiedSplit(own, settings.validationShare, settings.seed);
  const split = await chooseSplit({ scan, columns: store.sources.columns }, data, settings, draw, signal);
  checkTrainingRows(own, split.subarray(0, rows));
  const vouched = findVouched(store.sources, data, settings, split);
  const labels = new Int32Array(rows + validationRows);
  labels.set(own.codes);
  if (validationRows > 0) {
    const merge = reading?.choice === 'merge';
    const validationScan = blankRows(store.sources.scanValidation, setAside.validationRows);
    const options = { signal, spellings, merge };
    labels.set(await readLabelsAs(classes, validationScan, label, validationRows, options), rows);
  }
  const predictions = await readPredictions({
    columns: store.sources.columns,
    classes,
    parts: [
      { scan, rows },
      ...(validationRows > 0 ? [{ scan: store.sources.scanValidation, rows: validationRows }] : []),
    ],
    signal,
  });
  const rowWeights = await readWeights({
    columns: store.sources.columns,
    parts: weighedParts(store, data),
    isLabelled: (row) => labels[row] >= 0,
    signal,
  });
  const labelledRows = Uint8Array.from(own.codes, (code) => (code >= 0 ? 1 : 0));
  const { features, pipeline } = await encodeFeatures(store, data, labelledRows, settings, options);
  const labelling = { column: label.name, index: label.index, spellings: [...spellings], asSpelt: own.asSpelt };
  const twins = findTwins(classes, reading);
  return {
    rows,
    features,
    labels: { classes, codes: labels },
    labelling,
    split,
    vouched,
    predictions,
    rowWeights,
    pipeline,
    setAside,
    ...(twins === undefined ? {} : { twins }),
  };
}

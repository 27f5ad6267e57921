import type { HeadSettings } from '../../contract/audit';
import { InputError } from '../../core/base/errors';
import { splitCodes } from '../../core/base/splitCodes';
import { headKindFor } from '../../core/models/headKind';
import type { ProjectStore } from '../store/projectStore';
import { buildAuditData } from './auditData';
import { encodeFeatures, type EncodeOptions } from './encodeFeatures';
import { chooseSplit, findLabelledData } from './labelledData';
import { drawRandomSplit, readResponses } from './responses';
import { blankRows, findSetAside } from './setAsideRows';
import type { HeadData } from './studyRequest';

/** @throws InputError when labels, features or split do not allow it. */
export async function buildHeadData(
  store: ProjectStore,
  settings: HeadSettings,
  options: EncodeOptions,
): Promise<HeadData> {
  const { head } = settings;
  if (head === 'ridge') return buildRidgeData(store, settings, options);
  const data = await buildAuditData(store, { ...settings, head }, options);
  const { classes } = data.labels;
  if (head === 'logistic' && classes.length !== 2) {
    throw new InputError(`A logistic head needs two classes, and there are ${classes.length}. Use softmax.`);
  }
  return {
    input: {
      features: data.features,
      labels: data.labels.codes,
      classes: classes.length,
      split: data.split,
      unpenalised: data.pipeline.intercept ? [data.features.columns - 1] : [],
      kind: head === 'auto' ? headKindFor(classes.length) : head,
      l2: settings.l2,
    },
    rows: data.rows,
    classes,
    pipeline: data.pipeline,
  };
}

/** The label as numbers. */
async function buildRidgeData(store: ProjectStore, settings: HeadSettings, options: EncodeOptions): Promise<HeadData> {
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
  const trainRows = Uint8Array.from(own, (y, row) => (!Number.isNaN(y) && split[row] === splitCodes.train ? 1 : 0));
  const { features, pipeline } = await encodeFeatures(store, found, trainRows, settings, options);
  return {
    input: {
      features,
      labels,
      classes: 0,
      split,
      unpenalised: pipeline.intercept ? [features.columns - 1] : [],
      kind: 'ridge',
      l2: settings.l2,
    },
    rows,
    classes: [],
    pipeline,
  };
}

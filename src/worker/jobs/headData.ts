import type { AuditSettings } from '../../contract/audit';
import { InputError } from '../../core/base/errors';
import { headKindFor } from '../../core/models/headKind';
import { takesNumbers } from '../labels/numericLabel';
import type { ProjectStore } from '../store/projectStore';
import { buildAuditData } from './auditData';
import type { EncodeOptions } from './encodeFeatures';
import { findLabelledData } from './labelledData';
import { buildNumberData } from './numberData';
import type { HeadData } from './studyRequest';

/** @throws InputError when labels, features or split do not allow it. */
export async function buildHeadData(
  store: ProjectStore,
  settings: AuditSettings,
  options: EncodeOptions,
): Promise<HeadData> {
  const { head } = settings;
  const { label, rows } = findLabelledData(store, settings);
  if (takesNumbers(settings, label, rows)) return buildRidgeData(store, settings, options);
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
      rowWeights: data.rowWeights.weights,
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
async function buildRidgeData(store: ProjectStore, settings: AuditSettings, options: EncodeOptions): Promise<HeadData> {
  const { rows, features, labels, split, rowWeights, pipeline } = await buildNumberData(store, settings, options);
  return {
    input: {
      features,
      labels,
      classes: 0,
      split,
      rowWeights: rowWeights.weights,
      unpenalised: pipeline.intercept ? [features.columns - 1] : [],
      kind: 'ridge',
      l2: settings.l2,
    },
    rows,
    classes: [],
    pipeline,
  };
}

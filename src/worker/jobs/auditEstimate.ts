import { freemem } from 'node:os';
import type { AuditEstimate, AuditSettings } from '../../contract/audit';
import type { DatasetSummary } from '../../contract/dataset';
import type { AuditStage } from '../../core/base/jobContext';
import type { BackendName } from '../../core/linalg/linearAlgebra';
import { maxLevels } from '../datasets/fitFeaturePipeline';
import type { PlannedStage } from './job';

/** Sizes that decide what an audit costs. */
export interface AuditSize {
  readonly rows: number;
  /** Features after encoding, the intercept included. */
  readonly features: number;
  readonly classes: number;
}

export function estimateSize(dataset: DatasetSummary, settings: AuditSettings): AuditSize {
  let features = settings.intercept ? 1 : 0;
  for (const column of dataset.columns) {
    if (column.role !== 'feature') continue;
    if (column.type === 'category' || column.type === 'text') {
      features += Math.min(column.distinct ?? maxLevels, maxLevels) + (column.missing > 0 ? 1 : 0);
    } else {
      features += column.missing > 0 ? 2 : 1;
    }
  }
  return { rows: dataset.rowCount, features, classes: Math.max(2, dataset.classCount) };
}

/** Useful arithmetic per second of the large products, measured on two cores of 2026; only ratios matter much. */
const rates: Readonly<Record<BackendName, number>> = { native: 12e9, wasm: 6e9, float64: 1e9 };

/** Hessians made while λ is chosen, and for the final fit. */
const lambdaHessians = 22;
const fitHessians = 4;
/** Work (queries · references · (features + 20)) up to which neighbours are searched exactly, and how much of it a second does. */
const exactNeighbours: Readonly<Record<BackendName, { readonly most: number; readonly rate: number }>> = {
  native: { most: 4e12, rate: 4e10 },
  wasm: { most: 1e11, rate: 2.5e9 },
  float64: { most: 1e11, rate: 2.5e9 },
};
/** Beyond, a graph is built row by row. */
const approximateSecondsPerRow = 1.5e-3;

/** How long each stage will take, about: good for a progress bar, corrected as the audit runs. */
export function planStages(size: AuditSize, settings: AuditSettings, backend: BackendName): PlannedStage[] {
  const { rows: n, features: d, classes: C } = size;
  const rate = rates[backend];
  const binary = C === 2 && settings.head !== 'softmax';
  const parameters = binary ? d : C * d;
  const blocks = binary ? 1 : (C * (C + 1)) / 2;
  const hessian = (2 * n * d * d * blocks) / rate + parameters ** 3 / 3 / Math.min(rate, 4e9) + (n * d * C) / 4e8;
  const influence = hessian + (n * C ** 3) / 2e8;
  const search = n * n * (d + 20);
  const exact = exactNeighbours[backend];
  const neighbours = search <= exact.most ? search / exact.rate : n * approximateSecondsPerRow;
  const seconds: Record<AuditStage, number> = {
    features: 0.1 + (n * d) / 4e6,
    lambda: settings.l2 === 'auto' ? lambdaHessians * hessian : 0,
    fit: fitHessians * hessian,
    influence,
    neighbours: settings.useNeighbours ? neighbours : 0,
    ranking: 0.05 + (200 * n * C) / 1e8,
    saving: 0.1 + n / 3e5,
  };
  return Object.entries(seconds).map(([name, expectedSeconds]) => ({ name, expectedSeconds }));
}

/** An estimate before starting. Memory is that of the engine at its peak. */
export function estimateAudit(dataset: DatasetSummary, settings: AuditSettings, backend: BackendName): AuditEstimate {
  const size = estimateSize(dataset, settings);
  const { rows, features, classes } = size;
  const parameters = classes === 2 && settings.head !== 'softmax' ? features : classes * features;
  const base = backend === 'float64' ? 150e6 : 450e6;
  const memoryBytes =
    base + 8 * rows * features * (backend === 'native' ? 2.2 : 1.2) + 8 * rows * classes * 6 + 8 * parameters ** 2 * 4;
  const seconds = planStages(size, settings, backend).reduce((sum, stage) => sum + stage.expectedSeconds, 0);
  return { rows, features, classes, memoryBytes, seconds, warning: warn(memoryBytes, freemem(), seconds) };
}

function warn(memoryBytes: number, free: number, seconds: number): string | null {
  if (memoryBytes > free) {
    const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
    return `This needs about ${gib(memoryBytes)} GiB, and ${gib(free)} GiB are free. Give fewer columns the role “feature”, or close other programs.`;
  }
  if (seconds > 1_800) return 'This will take a long time. Fewer features, or a fixed λ, make it faster.';
  return null;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditSettingsSchema } from '../../src/contract/audit';
import type { Column } from '../../src/contract/dataset';
import { mapScores } from '../../src/contract/scoreColumns';
import { splitCodes } from '../../src/core/base/splitCodes';
import { findSource } from '../../src/worker/datasets/findSource';
import { writeFiles } from '../../src/worker/datasets/folders/testFolder';
import { Job } from '../../src/worker/jobs/job';
import { loadSource } from '../../src/worker/jobs/loadJob';
import { reasonNamesByBit } from '../../src/worker/review/reasonText';
import { createProject, type ProjectStore } from '../../src/worker/store/projectStore';

export interface AuditedProject {
  readonly folder: string;
  readonly file: string;
  readonly store: ProjectStore;
  remove(): Promise<void>;
}

/**
 * A project made from a real file, with scores that are easy to recognise: suspicion of row i is 1 − i/n, so that row 0
 * is the most suspicious. For tests of what happens after an audit.
 */
export async function createAuditedProject(options: {
  /** Of a data file; left out where the data are a folder. */
  readonly bytes?: Buffer;
  readonly fileName?: string;
  /** Files beside the data file, or of the folder `data`, whose columns keep the roles that they are given. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly labelColumn: string;
  readonly idColumn?: string;
  /** Rows that validate. */
  readonly validation?: readonly number[];
}): Promise<AuditedProject> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-project-'));
  const { bytes, files = {} } = options;
  const file = join(folder, options.fileName ?? (bytes === undefined ? 'data' : 'data.csv'));
  writeFiles(bytes === undefined ? file : folder, files);
  if (bytes !== undefined) writeFileSync(file, bytes);
  const store = await createProject(join(folder, 'data.assay'), { name: 'data' });
  const job = new Job({ id: 'load', kind: 'load', stages: [], notify: () => undefined });
  job.begin();
  const inspection = await (await findSource(file)).inspect();
  const source = await loadSource(store, { inspection, onProgress: () => undefined }, job);
  const roleOf = ({ name, role }: Column): Column['role'] =>
    bytes === undefined ? role : name === options.labelColumn ? 'label' : name === options.idColumn ? 'id' : 'ignore';
  await store.sources.saveColumns(
    store.sources.columns.map((column) => ({
      ...column,
      role: roleOf(column),
    })),
  );
  const label = store.sources.columns.find((column) => column.role === 'label');
  if (label === undefined) throw new Error(`no column ${options.labelColumn}`);
  const n = source.rowCount;
  const cells = await store.sources.readCells(Array.from({ length: n }, (_, row) => row));
  const classes = [...new Set(cells.map((row) => row[label.index]))].filter((name) => name !== '').sort();
  const numbers = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: n }, (_, row) => value(row));
  const split = new Uint8Array(n).fill(splitCodes.train);
  options.validation?.forEach((row) => (split[row] = splitCodes.validation));
  const labels = Int32Array.from(cells, (row) => classes.indexOf(row[label.index]));
  const trained = (row: number, value: number): number =>
    split[row] === splitCodes.train && labels[row] >= 0 ? value : NaN;
  const metrics = { rows: n, loss: 0.5, accuracy: 0.9 };
  await store.audits.replace({
    summary: {
      settings: auditSettingsSchema.parse({}),
      startedAt: '2026-01-01T00:00:00.000Z',
      seconds: 1,
      stageSeconds: {},
      backend: { name: 'float64', description: 'plain' },
      head: {
        kind: classes.length === 2 ? 'logistic' : 'softmax',
        classes,
        features: 1,
        parameters: 1,
        l2: 1e-3,
        relativeGradientNorm: 1e-10,
        iterations: 3,
        conditionEstimate: 10,
      },
      l2Curve: [],
      l2OnEdge: false,
      featureNames: ['x', 'intercept'],
      droppedColumns: [],
      train: metrics,
      leaveOneOut: metrics,
      validation: null,
      test: null,
      unlabelled: 0,
      effectiveParameters: 1,
      maxLeverage: 0.5,
      highLeverageRows: 0,
      transitionMatrix: [],
      expertWeights: [],
      neighbours: { method: 'off', recall: null },
      warnings: [],
    },
    columns: {
      ...mapScores(() => numbers(() => NaN)),
      loss: numbers((row) => row / 7),
      probability: numbers((row) => Math.exp(-row / 7)),
      looProbability: numbers((row) => trained(row, Math.exp(-row / 5))),
      looLoss: numbers((row) => trained(row, row / 5)),
      leverage: numbers((row) => trained(row, 1 / (row + 2))),
      selfInfluenceIf: numbers((row) => trained(row, row * 1e-17)),
      selfInfluenceRif: numbers((row) => trained(row, row * 2e-17)),
      valLossIf: numbers((row) => trained(row, -1e-3 / (row + 1))),
      valLossRif: numbers((row) => trained(row, -2e-3 / (row + 1))),
      suspicion: numbers((row) => (labels[row] < 0 ? NaN : 1 - row / n)),
      suspicionLogOdds: numbers((row) => (labels[row] < 0 ? NaN : n - row)),
      rank: Int32Array.from({ length: n }, (_, row) => (labels[row] < 0 ? 0 : row + 1)),
      suggestedLabel: Int32Array.from(labels, (code) => (code + 1) % classes.length),
      reasons: new Uint32Array(n).fill(1),
      nearestDistance: numbers(() => 1),
    },
    split,
    labels,
    classes,
    reasonNames: reasonNamesByBit,
    pipeline: { version: 1, standardize: true, intercept: true, columns: [], features: [], dropped: [], notes: [] },
    arrays: {},
  });
  return {
    folder,
    file,
    store,
    async remove() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

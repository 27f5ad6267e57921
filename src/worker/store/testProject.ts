import { execFileSync } from 'node:child_process';
import type { AuditSummary } from '../../contract/audit';
import { mapScores } from '../../contract/scoreColumns';
import type { AuditColumns } from '../../core/audit/auditTypes';
import { createRandom } from '../../core/base/random';
import type { FeaturePipeline } from '../datasets/datasetTypes';
import { inspectCsv } from '../datasets/inspectCsv';
import { readCsv } from '../datasets/readCsv';
import { databaseFile } from './projectFolder';
import { createProject, type ProjectStore } from './projectStore';
import type { AuditToStore } from './storeTypes';

/** A project made of a CSV file, as a load job makes it. Tests only. */
export async function projectOf(csvFile: string, folder: string): Promise<ProjectStore> {
  const { dialect, columnNames } = await inspectCsv(csvFile);
  const store = await createProject(folder);
  const writer = await store.sources.write(columnNames.length);
  const read = await readCsv(csvFile, {
    dialect,
    onBlock: (block) => writer.append(block),
    onRestart: () => writer.restart(),
  });
  const { rowCount, issueCount, columns, pictures, notes } = read;
  await writer.finish({
    fingerprint: read.source,
    dialect: read.dialect,
    rowCount,
    issueCount,
    columns,
    pictures,
    notes,
  });
  return store;
}

export const testSummary: AuditSummary = {
  settings: {
    head: 'auto',
    l2: 'auto',
    intercept: true,
    standardize: true,
    scale: 'auto',
    text: 'auto',
    pictures: 'auto',
    backend: 'auto',
    seed: 7,
    ragged: 'set-aside',
    validation: 'auto',
    validationShare: 0.2,
    experts: ['head', 'neighbours10', 'neighbours30'],
    rounds: 1,
    issues: 'auto',
    validationLabels: 'weighted',
    validationClean: false,
  },
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  stageSeconds: {},
  backend: { name: 'float64', description: 'test' },
  head: {
    kind: 'logistic',
    classes: ['a', 'b'],
    features: 1,
    parameters: 1,
    l2: 1,
    relativeGradientNorm: 0,
    iterations: 1,
    conditionEstimate: 1,
  },
  l2Curve: [],
  l2OnEdge: false,
  featureNames: ['x', 'intercept'],
  droppedColumns: [],
  train: { rows: 1, loss: 0, accuracy: 1 },
  leaveOneOut: { rows: 1, loss: 0, accuracy: 1 },
  validation: null,
  test: null,
  unlabelled: 0,
  effectiveParameters: 1,
  maxLeverage: 0,
  highLeverageRows: 0,
  transitionMatrix: [],
  expertWeights: [],
  neighbours: { method: 'off', recall: null },
  warnings: [],
};

const testPipeline: FeaturePipeline = {
  version: 1,
  standardize: true,
  intercept: true,
  columns: [],
  features: [],
  dropped: [],
  notes: [],
};

/**
 * Scores of n rows drawn by a seed, of the shape a real audit has: some rows unlabelled, some in validation and test
 * (without leave-one-out and influence), ranks by suspicion. Tests only.
 */
export function randomAudit(n: number, seed: number, classes: readonly string[] = ['a', 'b', 'c']): AuditToStore {
  const random = createRandom(seed);
  const split = Uint8Array.from({ length: n }, () => [0, 0, 0, 1, 2][random.integer(5)] ?? 0);
  const labels = Int32Array.from({ length: n }, () => random.integer(classes.length + 1) - 1);
  const labelled = (row: number): boolean => (labels[row] ?? -1) >= 0;
  const trained = (row: number): boolean => labelled(row) && split[row] === 0;
  const numbers = (applies: (row: number) => boolean): Float64Array =>
    Float64Array.from({ length: n }, (_, row) =>
      applies(row) ? random.normal() * 10 ** (random.integer(20) - 15) : NaN,
    );
  // Few different values, so that ties occur.
  const suspicion = Float64Array.from({ length: n }, (_, row) => (labelled(row) ? random.integer(41) / 40 : NaN));
  const suspicionLogOdds = suspicion.map((value) => Math.log((value + 1e-9) / (1 - value + 1e-9)));
  const order = Array.from({ length: n }, (_, row) => row)
    .filter(labelled)
    .sort((a, b) => (suspicion[b] ?? 0) - (suspicion[a] ?? 0) || a - b);
  const rank = new Int32Array(n);
  order.forEach((row, place) => (rank[row] = place + 1));
  const columns: AuditColumns = {
    ...mapScores(() => numbers(trained)),
    loss: numbers(labelled),
    probability: numbers(labelled),
    suspicion,
    suspicionLogOdds,
    rank,
    suggestedLabel: Int32Array.from({ length: n }, () => random.integer(classes.length)),
    reasons: Uint32Array.from({ length: n }, () => random.integer(8)),
    nearestDistance: numbers(() => true),
  };
  return {
    summary: testSummary,
    columns,
    split,
    labels,
    classes,
    reasonNames: ['first', 'second', 'third'],
    pipeline: testPipeline,
    arrays: { theta: { data: Float64Array.of(seed, 0.1, -1e300), shape: [3] } },
  };
}

/**
 * Opens the database of a project in another process, which DuckDB's lock forbids while this one has it. Tests
 * only. @throws
 */
export function openElsewhere(folder: string): void {
  const script =
    "require('@duckdb/node-api').DuckDBInstance.create(process.argv[1]).then((found) => found.closeSync())" +
    '.catch((error) => { console.error(error.message); process.exitCode = 1; });';
  execFileSync(process.execPath, ['-e', script, databaseFile(folder)], { cwd: __dirname, stdio: 'pipe' });
}

import { cpus } from 'node:os';
import type { AuditEstimate, AuditSettings } from '../../contract/audit';
import type { DatasetSummary } from '../../contract/dataset';
import { expertsOf } from '../../contract/experts';
import { rowSpaceWork } from '../../core/head/openingShare';
import { type AuditStage, auditStages } from '../../core/job/jobContext';
import type { BackendName } from '../../core/linalg/linearAlgebra';
import type { HeadSize } from '../../core/models/headSize';
import {
  isExactAffordable,
  judgesByEstimates,
  searchesByEstimates,
  searchSampleSize,
  startsByGradients,
} from '../../core/models/headSize';
import { forestSteps, isForest } from '../../core/ranking/forest/forestExpert';
import { numberForestSteps } from '../../core/ranking/numbers/numberExperts';
import { discriminantWork } from '../../core/ranking/suspicion/discriminant';
import { type ExpertName, mostForestFeatures } from '../../core/ranking/suspicion/expertNames';
import { isNeighbours } from '../../core/ranking/suspicion/experts';
import { isSearchedBeside } from '../compute/beside/searchThread';
import { largestMatrixBytes } from '../compute/featureSource';
import { planNeighbours } from '../compute/neighbours/planNeighbours';
import { maxLevels } from '../datasets/features/categoryLearner';
import { featureColumns } from '../datasets/features/featureColumns';
import { smallNumbers } from '../pictures/smallPixels';
import { auditCounts, backendRates, commonRates, singlePrecisionWork, startSeconds } from './auditCosts';
import { listFeatures, pictureFeatures, textFeatures } from './blockEncoders';
import type { PlannedStage } from './job';
import type { MachineSpace } from './machineSpace';
import { encodingSeconds, learningBytes, measureMedia, type MediaSize, searchDelay } from './mediaCosts';

/** Of a picture by the encoder that set-up brings, and by small pixels and colours. */
const pictureNumbers = 1280 + smallNumbers;

/** Sizes that decide what an audit costs. */
interface AuditSize {
  readonly rows: number;
  /** Features after encoding, the intercept included. */
  readonly features: number;
  /** 0 for numeric labels. */
  readonly classes: number;
  /** Texts and pictures that vectors are made of, none of which may have been read before; default none. */
  readonly media?: MediaSize;
  /** Numbers that a row's vectors have on the way to features, on disk in single precision; default none. */
  readonly vectors?: number;
}

export function estimateSize(dataset: DatasetSummary, settings: AuditSettings): AuditSize {
  let features = settings.intercept ? 1 : 0;
  // All columns of texts are read as one, and so are those of pictures.
  let texts = 0;
  let pictures = 0;
  let lists = 0;
  let listed = 0;
  const labelled = dataset.rowCount - dataset.unlabelled;
  for (const column of featureColumns(dataset.columns)) {
    if (column.type === 'text') {
      texts = textFeatures(labelled, settings);
    } else if (column.type === 'picture') {
      pictures++;
    } else if (column.type === 'vector') {
      listed += column.numbers ?? 1;
      lists += listFeatures(column.numbers ?? 1, labelled);
    } else if (column.type === 'category') {
      features += Math.min(column.distinct ?? maxLevels, maxLevels) + (column.missing > 0 ? 1 : 0);
    } else {
      features += column.missing > 0 ? 2 : 1;
    }
  }
  const axes = pictures > 0 ? pictureFeatures(labelled, settings) : 0;
  const ofNumbers = settings.head === 'ridge' || (settings.head === 'auto' && dataset.numericLabel === true);
  return {
    rows: dataset.rowCount,
    features: features + lists + texts + axes,
    classes: ofNumbers ? 0 : Math.max(2, dataset.classCount),
    ...(texts > 0 || pictures > 0 ? { media: measureMedia(dataset) } : {}),
    vectors: listed + lists + texts + axes + pictures * pictureNumbers,
  };
}

/** K: outputs of the head, 1 for the logistic one. */
function outputsFor({ classes }: AuditSize, settings: AuditSettings): number {
  return classes === 0 || (classes === 2 && settings.head !== 'softmax') ? 1 : classes;
}

/** Whether H is formed. */
function isExactHead(size: AuditSize, K: number): boolean {
  return isExactAffordable(headSizeOf(size, K));
}

/**
 * What the head is fitted to: fewer rows than features take part by their own coordinates (core/models/rowSpace.ts).
 */
function headRows(size: AuditSize): AuditSize {
  return { ...size, features: Math.min(size.features, size.rows + 1) };
}

/** Seconds of finding these coordinates: products of all rows with each other, and their factorisation. */
function rowSpaceSeconds({ rows: n, features: d }: AuditSize, backend: BackendName): number {
  return n + 1 < d ? rowSpaceWork(n, d) / backendRates[backend].exact : 0;
}

function headSizeOf({ rows, features: columns }: AuditSize, K: number): HeadSize {
  return { outputs: K, parameters: K * columns, features: { rows, columns } };
}

/** Seconds of the parts that stages are made of. */
interface PartSeconds {
  /** Gradient or logits: all rows once. */
  readonly pass: number;
  /** H and its factor. */
  readonly hessian: number;
  /** H⁻¹ and the leverages of all rows. */
  readonly forms: number;
}

/** Newton with H in full, O(n·d²·K²/2 + p³). */
function exactParts({ rows: n, features: d }: AuditSize, K: number, backend: BackendName): PartSeconds {
  const rate = backendRates[backend];
  const p = K * d;
  const read = (n * d) / rate.pass;
  const gramRate = n * d * d < singlePrecisionWork ? Math.min(rate.exact, rate.gram) : rate.gram;
  const grams = (n * d * d * K * (K + 1)) / 2 / gramRate;
  return {
    pass: read + (2 * n * d * K) / rate.exact + (n * K) / commonRates.rowMath,
    hessian: read + grams + p ** 3 / 6 / rate.factor,
    forms: read + grams + p ** 3 / 3 / rate.factor + (n * K ** 3) / commonRates.rowAlgebra,
  };
}

/**
 * Heads too large to form H: fitted by gradients alone, each a pass; leverages from Kronecker factors, whose
 * larger one is XᵀX.
 */
function largeParts(size: AuditSize, K: number, backend: BackendName): PartSeconds {
  const { rows: n, features: d } = size;
  const rate = backendRates[backend];
  const { pass } = exactParts(size, K, backend);
  const read = (n * d) / rate.pass;
  const factors = (n * d * d) / rate.gram + (d ** 3 + K ** 3) / rate.factor;
  return {
    pass,
    hessian: auditCounts.passesPerNewtonStep * pass,
    forms: 2 * read + factors + (n * d * K) / rate.gram + (n * K ** 3) / commonRates.rowAlgebra,
  };
}

/** The search for λ by estimated losses: passes, and Kronecker factors at each λ. */
function estimatedSearchSeconds(size: AuditSize, K: number, backend: BackendName): number {
  const { points, compared, passes } = auditCounts.lambdaByEstimates;
  const pointSeconds = (rows: number): number => {
    const { pass, forms } = largeParts({ ...size, rows }, K, backend);
    return passes * pass + forms;
  };
  const sampled = searchSampleSize(headSizeOf(size, K), size.rows);
  return points * pointSeconds(sampled ?? size.rows) + (sampled === undefined ? 0 : compared * pointSeconds(size.rows));
}

/** How long each stage will take, about: good for a progress bar, corrected as the audit runs. */
export function planStages(size: AuditSize, settings: AuditSettings, backend: BackendName): PlannedStage[] {
  const { rows: n, features: d, classes: C } = size;
  const K = outputsFor(size, settings);
  const head = headRows(size);
  const parts = (isExactHead(head, K) ? exactParts : largeParts)(head, K, backend);
  const cost = (counts: { readonly hessians: number; readonly passes: number; readonly forms?: number }): number =>
    counts.hessians * parts.hessian + counts.passes * parts.pass + (counts.forms ?? 0) * parts.forms;
  const searchSeconds = (): number =>
    searchesByEstimates(headSizeOf(head, K)) ? estimatedSearchSeconds(head, K, backend) : cost(auditCounts.lambda);
  const byGradients = isExactHead(head, K) && startsByGradients(headSizeOf(head, K));
  const fromZero = byGradients ? auditCounts.fitByGradients : auditCounts.fit;
  const whole = cost(settings.l2 === 'auto' ? auditCounts.fitAfterSearch : fromZero);
  // The head of the training rows beside that of all labelled ones.
  const second = settings.validation === 'none' ? 0 : 1;
  const fit = whole + second * cost(auditCounts.fitAfterSearch);
  const shown = cost(auditCounts.influence);
  // Leverages of the head that judges labels are estimated where those of the training rows are not.
  const judged = judgesByEstimates(headSizeOf(head, K), n)
    ? auditCounts.influence.passes * parts.pass + largeParts(head, K, backend).forms
    : shown;
  const influence = shown + second * judged;
  const experts = judgesOf(settings, size.features);
  const again = settings.rounds - 1;
  const headAgain = experts.includes('head') ? again * (cost(auditCounts.fitAfterSearch) + judged) : 0;
  const search = experts.some(isNeighbours) ? neighbourSeconds(n, d, backend) : 0;
  const isBeside = backend === 'native' && isSearchedBeside(n * d, search);
  const lambda = rowSpaceSeconds(size, backend) + (settings.l2 === 'auto' ? searchSeconds() : parts.pass);
  // What is left of it when the influence is known.
  const delay = size.media === undefined ? 0 : searchDelay(size.media, settings);
  const neighbours = (isBeside ? Math.max(0.05, search - lambda - fit - influence) : search) + delay;
  const before = lambda + fit + influence + neighbours;
  const seconds: Record<AuditStage, number> = {
    features:
      (n * d) / commonRates.cells +
      (8 * n * d) / commonRates.diskBytes +
      (size.media === undefined ? 0 : encodingSeconds(size.media, settings)),
    lambda,
    fit,
    influence,
    neighbours,
    ranking:
      (n * C * settings.rounds) / commonRates.ranked +
      headAgain +
      (C > 0 && experts.includes('discriminant') ? settings.rounds * discriminantWork(n, head.features, C) : 0) /
        backendRates[backend].gram +
      second * cost(auditCounts.effects) +
      forestSeconds(size, settings, before),
    saving: n / commonRates.savedRows,
  };
  return auditStages.map((name) => ({ name, expectedSeconds: startSeconds[name] + seconds[name] }));
}

/** Given predictions take no time. `features`: with the intercept. */
function judgesOf(settings: AuditSettings, features: number): readonly ExpertName[] {
  return expertsOf(settings, { features: features - Number(settings.intercept), predictions: false });
}

/** Every row's neighbours among all rows. */
function neighbourSeconds(n: number, d: number, backend: BackendName): number {
  return planNeighbours(n, n, d, backend === 'native').expectedSeconds;
}

/** Of the trees that all processors grow, those that grow beside a stage: one processor has that. */
const besideShare = Math.max(0, 1 - 1 / cpus().length);

/** `before`: seconds in which the forests of the first round grow beside other stages. */
function forestSeconds(size: AuditSize, settings: AuditSettings, before: number): number {
  const { rows: n, features: d, classes } = size;
  // In each of two rounds.
  if (classes === 0) return d > mostForestFeatures ? 0 : (2 * numberForestSteps(n, d)) / commonRates.treeSteps;
  const forests = judgesOf(settings, d).filter(isForest).length;
  const once = (forests * forestSteps(n, d)) / commonRates.treeSteps;
  return Math.max(0, once - before * besideShare) + (settings.rounds - 1) * once;
}

/** Values in bins, and the sums of shares of each forest. */
function forestBytes(size: AuditSize, settings: AuditSettings): number {
  const { rows: n, features: d, classes: C } = size;
  const forests = judgesOf(settings, size.features).filter(isForest).length;
  return forests === 0 ? 0 : n * (d + 4 * C * forests);
}

/** DuckDB and the engine's own objects beside an audit. */
const engineBytes = 250e6;
/**
 * Text of cells on its way to features, and DuckDB reading it (its limit is 512 MB): gone before anything is computed.
 */
const cellBytes = 550e6;
/** Numbers (8 bytes) a row takes in columns, roles and the like, and for each output and class. */
const numbersPerRow = 36;
const numbersPerOutput = 8;
const numbersPerClass = 5;
/** Row numbers and distances of 30 neighbours, and candidates while they are looked for. */
const neighbourBytesPerRow = 30 * 12 + 100;
/** Rows in single precision that the search holds, at most. */
const neighbourRowBytes = 2 ** 29;

/** The engine's memory at its peak: reading features, or computing with them. */
export function estimateMemory(size: AuditSize, settings: AuditSettings, backend: BackendName): number {
  const { rows: n, features: d, classes: C } = size;
  const K = outputsFor(size, settings);
  const { features: width } = headRows(size);
  const p = K * width;
  // The coordinates, their parts by panels, and those as the backend holds them.
  const coordinates = width < d ? 3 * 8 * n * width : 0;
  const { baseBytes, residentBytes } = backendRates[backend];
  const matrix = 8 * n * d <= largestMatrixBytes ? 8 * n * d : 0;
  const resident = Math.min(residentBytes, 12 * n * d);
  const perRow = 8 * n * (numbersPerRow + numbersPerOutput * K + numbersPerClass * C);
  const searched = n * neighbourBytesPerRow + Math.min(neighbourRowBytes, 4 * n * (d + 1));
  const neighbours = judgesOf(settings, size.features).some(isNeighbours) ? searched : 0;
  const forests = forestBytes(size, settings);
  const head = coordinates + (isExactHead(headRows(size), K) ? 8 * p ** 2 * 5 : 8 * (width ** 2 * 6 + p * 60));
  const learning = cellBytes + (size.media === undefined ? 0 : learningBytes(size.media, settings));
  return baseBytes + engineBytes + matrix + Math.max(learning, resident + perRow + neighbours + forests + head);
}

/**
 * What an audit needs of the project's disk: features and the vectors they are made of, which go when they are made,
 * class probabilities, scores. The audit before goes only when the new one is recorded.
 */
export function estimateDisk({ rows: n, features: d, classes: C, vectors = 0 }: AuditSize): number {
  return 8 * n * d + 4 * n * vectors + 4 * n * C + 200 * n;
}

/** An estimate before starting. Memory is that of the engine at its peak. */
export function estimateAudit(
  dataset: DatasetSummary,
  settings: AuditSettings,
  backend: BackendName,
  space: MachineSpace,
): AuditEstimate {
  const size = estimateSize(dataset, settings);
  const memoryBytes = estimateMemory(size, settings, backend);
  const diskBytes = estimateDisk(size);
  const seconds = planStages(size, settings, backend).reduce((sum, stage) => sum + stage.expectedSeconds, 0);
  const warning = warn({ memoryBytes, diskBytes, seconds }, settings, space);
  const features = size.features - Number(settings.intercept);
  return { ...size, features, memoryBytes, diskBytes, seconds, warning };
}

/** Seconds after which an audit is called long. */
const longSeconds = 1_800;

function warn(
  needs: { readonly memoryBytes: number; readonly diskBytes: number; readonly seconds: number },
  settings: AuditSettings,
  space: MachineSpace,
): string | null {
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const sentences: string[] = [];
  if (needs.memoryBytes > space.memoryBytes) {
    sentences.push(
      `This needs about ${gib(needs.memoryBytes)} of memory, and ${gib(space.memoryBytes)} are free. Give fewer columns the role “feature”, or close other programs.`,
    );
  }
  if (space.diskBytes !== null && needs.diskBytes > space.diskBytes) {
    sentences.push(
      `The features and scores need about ${gib(needs.diskBytes)} on the disk that holds the project, and ${gib(space.diskBytes)} are free there. Free some space, or give fewer columns the role “feature”.`,
    );
  }
  if (sentences.length === 0 && needs.seconds > longSeconds) {
    const cures =
      settings.l2 === 'auto' ? 'Fewer features, or a fixed λ, make it faster.' : 'Fewer features make it faster.';
    sentences.push(`This will take about ${Math.round(needs.seconds / 60)} minutes. ${cures}`);
  }
  return sentences.length === 0 ? null : sentences.join(' ');
}

import { countBelow, deviationsPerMedianDistance, median } from '../base/statistics';

/** One column as it is measured: a cell and a number for each row of a sample. */
export interface MeasuredColumn {
  /** Text of the cells; '' = missing. */
  readonly cells: readonly string[];
  /** The same as numbers, NaN where a cell is none; null for columns that are not ordered. */
  readonly numbers: Float64Array | null;
}

/** What a column says about the label by itself. */
export interface ColumnTell {
  /** Share of the rows whose label it predicts without having seen it, 0 … 1. */
  readonly accuracy: number;
  /**
   * It gives the label away: without exception, as a column with no more values than there are classes, or so nearly
   * that it depends on what other columns say.
   */
  readonly tells: 'exactly' | 'as a code' | 'nearly' | 'by order' | 'no';
}

interface Rule {
  readonly errors: number;
  /** Mean over the classes of the share of their rows that are predicted right. */
  readonly balanced: number;
}

/** Errors below which a column tells the label nearly: a fiftieth of the rows. */
const fewErrors = 0.02;
/** Nearly, too: of the errors that guessing the largest class makes, a tenth is left … */
const errorsLeft = 0.1;
/** … or every class is recognised this well, where one of them is nearly all there is. */
const recognised = 0.975;
/**
 * Numbers of two classes form clusters of their own when their medians are so many robust standard deviations apart.
 */
const clusterGap = 8;
/** Numbers of more values than this are measurements, not codes. */
const codes = (classes: number): number => Math.max(10, 3 * classes);
/** Rows on either side in the order of a column that predict a row. */
const sideRows = 5;
/** Classes of fewer rows are not counted among the recognised ones. */
const leastClass = 5;

/**
 * How well a column alone predicts the label, each row by the others: by the majority of the rows with the same value
 * (so that an id, different in every row, predicts nothing), by that of its neighbours in the order of the numbers, by
 * the cluster it falls into, and by whether its cell is missing or the commonest value. O(n log n).
 */
export function measureColumn({ cells, numbers }: MeasuredColumn, labels: Int32Array, classes: number): ColumnTell {
  const sizes = countClasses(labels, classes);
  const n = labels.length;
  const majority = n - Math.max(...sizes);
  const values = codeValues(cells);
  const byValue = judge(predictByValue(values.codes, values.count, labels, sizes), labels, sizes);
  const special = judge(predictByValue(values.special, 3, labels, sizes), labels, sizes);
  const tells = (rule: Rule): boolean =>
    rule.errors <= Math.max(1, fewErrors * n) && (rule.errors <= errorsLeft * majority || rule.balanced >= recognised);
  const isCode = numbers === null || values.count <= codes(classes);
  const discrete = (isCode && tells(byValue)) || tells(special);
  let errors = Math.min(byValue.errors, special.errors);
  let ordered = false;
  let clustered = false;
  if (numbers !== null) {
    const order = sortRows(numbers);
    const byNeighbours = judge(predictByNeighbours(order, labels, classes), labels, sizes);
    errors = Math.min(errors, byNeighbours.errors);
    const clusters = findClusters(numbers, labels, sizes);
    if (clusters !== null) {
      const byCluster = judge(clusters.predicted, labels, sizes);
      errors = Math.min(errors, byCluster.errors);
      clustered = clusters.gap >= clusterGap && tells(byCluster);
    }
    ordered = isInRuns(numbers, order, labels, sizes);
  }
  const accuracy = 1 - errors / n;
  if (discrete || clustered) {
    if (discrete && Math.min(byValue.errors, special.errors) === 0) return { accuracy, tells: 'exactly' };
    return { accuracy, tells: values.count <= classes && tells(byValue) ? 'as a code' : 'nearly' };
  }
  return { accuracy, tells: ordered ? 'by order' : 'no' };
}

export function countClasses(labels: Int32Array, classes: number): Int32Array {
  const sizes = new Int32Array(classes);
  for (const label of labels) sizes[label]++;
  return sizes;
}

function judge(predicted: Int32Array, labels: Int32Array, sizes: Int32Array): Rule {
  const right = new Int32Array(sizes.length);
  let errors = 0;
  for (let i = 0; i < labels.length; i++) {
    if (predicted[i] === labels[i]) right[labels[i]]++;
    else errors++;
  }
  let sum = 0;
  let counted = 0;
  for (let c = 0; c < sizes.length; c++) {
    if (sizes[c] < leastClass) continue;
    sum += right[c] / sizes[c];
    counted++;
  }
  return { errors, balanced: counted < 2 ? 0 : sum / counted };
}

interface CodedValues {
  readonly codes: Int32Array;
  readonly count: number;
  /** 0 = missing, 1 = the commonest other value, 2 = any other. */
  readonly special: Int32Array;
}

function codeValues(cells: readonly string[]): CodedValues {
  const codeOf = new Map<string, number>();
  const counts: number[] = [];
  const codes = new Int32Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    let code = codeOf.get(cells[i]);
    if (code === undefined) {
      code = counts.length;
      codeOf.set(cells[i], code);
      counts.push(0);
    }
    counts[code]++;
    codes[i] = code;
  }
  const missing = codeOf.get('') ?? -1;
  let commonest = -1;
  counts.forEach((count, code) => {
    if (code !== missing && (commonest < 0 || count > counts[commonest])) commonest = code;
  });
  const special = codes.map((code) => (code === missing ? 0 : code === commonest ? 1 : 2));
  return { codes, count: counts.length - (missing < 0 ? 0 : 1), special };
}

/**
 * Each row's class by the other rows with its value: the commonest one, −1 where two are equally common, the largest
 * class where there are none.
 */
function predictByValue(codes: Int32Array, count: number, labels: Int32Array, sizes: Int32Array): Int32Array {
  const C = sizes.length;
  const inValue = new Map<number, number>();
  const total = new Int32Array(count + 1);
  // The two commonest classes of each value: without a row of the first, the second may be as common.
  const first = new Int32Array(count + 1).fill(-1);
  for (let i = 0; i < labels.length; i++) {
    const key = codes[i] * C + labels[i];
    inValue.set(key, (inValue.get(key) ?? 0) + 1);
    total[codes[i]]++;
  }
  const firstCount = new Int32Array(count + 1);
  const secondCount = new Int32Array(count + 1);
  for (const [key, rows] of inValue) {
    const value = Math.floor(key / C);
    if (rows > firstCount[value]) {
      secondCount[value] = firstCount[value];
      firstCount[value] = rows;
      first[value] = key % C;
    } else if (rows > secondCount[value]) secondCount[value] = rows;
  }
  const largest = sizes.indexOf(Math.max(...sizes));
  return codes.map((value, i) => {
    if (total[value] === 1) return largest;
    if (first[value] !== labels[i]) return first[value];
    return firstCount[value] - 1 > secondCount[value] ? first[value] : -1;
  });
}

/** Rows whose number is one, ascending; equal numbers in the order of their rows. */
function sortRows(numbers: Float64Array): Int32Array {
  // Without a function that compares, sorting is many times as fast; then each row looks for its place.
  const ascending = numbers.filter((value) => !Number.isNaN(value)).sort();
  const order = new Int32Array(ascending.length);
  const taken = new Int32Array(ascending.length);
  for (let row = 0; row < numbers.length; row++) {
    if (Number.isNaN(numbers[row])) continue;
    const first = countBelow(ascending, numbers[row]);
    order[first + taken[first]++] = row;
  }
  return order;
}

/**
 * Each row's class by the five rows before and the five after it in the order: the commonest one, the earliest of those
 * that are; −1 where there is no number. O(n · sideRows).
 */
function predictByNeighbours(order: Int32Array, labels: Int32Array, classes: number): Int32Array {
  const predicted = new Int32Array(labels.length).fill(-1);
  const inOrder = Int32Array.from(order, (row) => labels[row]);
  const n = inOrder.length;
  const counts = new Int32Array(classes);
  for (let i = 0; i < Math.min(n, sideRows); i++) counts[inOrder[i]]++;
  for (let at = 0; at < n; at++) {
    if (at + sideRows < n) counts[inOrder[at + sideRows]]++;
    counts[inOrder[at]]--;
    predicted[order[at]] = commonestNear(inOrder, at, counts);
    counts[inOrder[at]]++;
    if (at >= sideRows) counts[inOrder[at - sideRows]]--;
  }
  return predicted;
}

/** `counts`: of the classes of the rows on either side of place `at`. */
function commonestNear(inOrder: Int32Array, at: number, counts: Int32Array): number {
  const end = Math.min(inOrder.length, at + sideRows + 1);
  let best = -1;
  let most = 0;
  for (let i = Math.max(0, at - sideRows); i < end; i++) {
    if (i === at || counts[inOrder[i]] <= most) continue;
    best = inOrder[i];
    most = counts[best];
  }
  return best;
}

/**
 * The class with the nearest median for each row, and how far apart the medians are in robust standard deviations; null
 * where a class has no numbers.
 */
function findClusters(
  numbers: Float64Array,
  labels: Int32Array,
  sizes: Int32Array,
): { readonly predicted: Int32Array; readonly gap: number } | null {
  const members: number[][] = Array.from(sizes, () => []);
  for (let i = 0; i < labels.length; i++) if (!Number.isNaN(numbers[i])) members[labels[i]].push(numbers[i]);
  const centres = members.flatMap((values, label) => {
    if (values.length < leastClass) return [];
    const centre = median(values);
    const spread = deviationsPerMedianDistance * median(values.map((value) => Math.abs(value - centre)));
    return [{ label, centre, spread }];
  });
  if (centres.length < 2) return null;
  centres.sort((a, b) => a.centre - b.centre);
  let gap = Number.POSITIVE_INFINITY;
  for (let k = 1; k < centres.length; k++) {
    const distance = centres[k].centre - centres[k - 1].centre;
    const spread = Math.max(centres[k].spread, centres[k - 1].spread);
    gap = Math.min(gap, distance === 0 ? 0 : spread === 0 ? Number.POSITIVE_INFINITY : distance / spread);
  }
  const predicted = Int32Array.from(numbers, (value) => {
    if (Number.isNaN(value)) return -1;
    let best = centres[0];
    for (const centre of centres) if (Math.abs(value - centre.centre) < Math.abs(value - best.centre)) best = centre;
    return best.label;
  });
  return { predicted, gap };
}

/** Whether every class is one unbroken run in the order of the numbers: the label is a step function of the column. */
function isInRuns(numbers: Float64Array, order: Int32Array, labels: Int32Array, sizes: Int32Array): boolean {
  const present = sizes.filter((size) => size > 0).length;
  if (order.length < labels.length || labels.length < 50 || sizes.some((size) => size > 0 && size < leastClass)) {
    return false;
  }
  let runs = 1;
  for (let at = 1; at < order.length; at++) {
    if (labels[order[at]] === labels[order[at - 1]]) continue;
    if (numbers[order[at]] === numbers[order[at - 1]]) return false;
    runs++;
  }
  return runs === present;
}

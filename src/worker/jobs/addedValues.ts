import type { Explanation } from '../../contract/explain';
import { gatherRows } from '../../core/base/gatherRows';
import type { HeadKind } from '../../core/models/headKind';
import { featureContributions } from '../../core/study/featureContributions';
import { openFeatures } from '../compute/featureSource';
import type { ProjectStore } from '../store/projectStore';
import type { HeadData } from './studyRequest';
import { placesByColumn } from './typedRow';

/** Columns that are named; the rest are told in sum. */
const namedColumns = 12;
/** Characters of a cell that are kept with it. */
const keptCharacters = 200;

type Values = NonNullable<Explanation['values']>;

/**
 * What the values of a row add to the margin of class `a` over class `b`, column by column. `x`: its features where
 * they are in no file. Exact: the head is linear. O(d), and a read of one row.
 */
export async function addUpValues(
  store: ProjectStore,
  { input, pipeline }: Pick<HeadData, 'input' | 'pipeline'>,
  row: {
    readonly number: number;
    readonly x: Float64Array | undefined;
    readonly textOf: (column: number) => string | undefined;
  },
  a: number,
  b: number,
): Promise<Values | null> {
  const { kind, theta } = input;
  if (theta === undefined || !hasClasses(kind)) return null;
  const adds = featureContributions({ kind, theta }, row.x ?? readRow(input.features, row.number), a, b);
  const sums = [...placesByColumn(pipeline)].map(([column, places]) => ({
    column,
    adds: places.reduce((sum, place) => sum + adds[place], 0),
  }));
  const base = sums.find(({ column }) => column === null)?.adds ?? 0;
  const columns = sums
    .flatMap(({ column, adds: added }) => (column === null ? [] : [{ column, adds: added }]))
    .sort((one, other) => Math.abs(other.adds) - Math.abs(one.adds));
  const named = columns.slice(0, namedColumns);
  const rest = columns.slice(namedColumns);
  const texts = await readTexts(
    store,
    row,
    named.map(({ column }) => column),
  );
  return {
    columns: named.map((one, at) => ({ ...one, text: texts[at] })),
    others: { columns: rest.length, adds: rest.reduce((sum, one) => sum + one.adds, 0) },
    base,
  };
}

function hasClasses(kind: HeadKind): kind is Exclude<HeadKind, 'ridge'> {
  return kind !== 'ridge';
}

function readRow(source: HeadData['input']['features'], row: number): Float64Array {
  const opened = openFeatures(source);
  try {
    return gatherRows(opened.rows, Int32Array.of(row)).data;
  } finally {
    opened.close();
  }
}

/** The cells behind columns by name; '' of what is made of several. */
async function readTexts(
  store: ProjectStore,
  row: {
    readonly number: number;
    readonly textOf: (column: number) => string | undefined;
    readonly x: Float64Array | undefined;
  },
  names: readonly string[],
): Promise<string[]> {
  const indices = names.map((name) => store.sources.columns.find((column) => column.name === name)?.index);
  const known = indices.filter((index) => index !== undefined);
  const cells =
    row.x === undefined
      ? ((await store.sources.readCells([row.number], known))[0] ?? [])
      : known.map((index) => row.textOf(index) ?? '');
  const textOf = new Map(known.map((index, at) => [index, cells[at] ?? '']));
  return indices.map((index) => (index === undefined ? '' : (textOf.get(index) ?? '')).slice(0, keptCharacters));
}

import type { FileReading, ReadingChoice } from '../../contract/decisions';
import type { DecisionTable, TableRecord } from './decisionTable';

/** What the data calls its own columns, and how many rows it has. */
interface KnownNames {
  readonly idColumn: string | undefined;
  readonly labelColumn: string;
  readonly rowCount: number;
}

/** How a file is read: its columns by their places, and where what it says begins. */
export interface DecisionReading {
  readonly choice: FileReading;
  /** Empty where there is none. */
  readonly header: readonly string[];
  readonly records: readonly TableRecord[];
  /** The place of a column of Assay's or cleanlab's own; undefined where the file has none of that name. */
  readonly placeOf: (name: string) => number | undefined;
}

const rowNames = ['row', 'index', 'row_number'];
const labelNames = ['label', 'new_label', 'corrected_label', 'suggested_label', 'class', 'target', 'y'];
const noteNames = ['note', 'notes', 'comment', 'comments', 'remark'];

/**
 * Finds out what a file says by its header, as far as nobody has said it: Assay's own `decisions.csv` by its columns
 * `content` and `decision`, label issues by `is_label_issue`, a sheet of labels by a column of rows and one of labels;
 * everything else that names rows is a list of rows to remove, with a header or without.
 */
export function findReading(
  { records }: DecisionTable,
  known: KnownNames,
  wanted: ReadingChoice = {},
): DecisionReading {
  const names = (records[0]?.cells ?? []).map((cell) => cell.trim());
  const lower = names.map((name) => name.toLowerCase());
  const placeOf = (name: string): number | undefined => orUndefined(lower.indexOf(name));
  const first = (...places: readonly (number | undefined)[]): number | null =>
    places.find((place) => place !== undefined) ?? null;
  const own = (name: string | undefined): number | undefined =>
    name === undefined ? undefined : orUndefined(names.indexOf(name));

  const byId = first(own(known.idColumn), placeOf('id'));
  // pandas writes the number of a row without a name for it.
  const byRow = first(...rowNames.map(placeOf), names[0] === '' && names.length > 1 ? 0 : undefined);
  const labelled = first(own(known.labelColumn), ...labelNames.map(placeOf));
  const note = first(...noteNames.map(placeOf));
  const named = byId ?? byRow;
  const isIssues = placeOf('is_label_issue') !== undefined;
  const hasHeader = named !== null || isIssues || (labelled !== null && names.length > 1);

  const kind = wanted.kind ?? guessKind();
  function guessKind(): FileReading['kind'] {
    if (!hasHeader) return 'removal';
    if (placeOf('content') !== undefined && placeOf('decision') !== undefined) return 'decisions';
    if (isIssues) return 'issues';
    // A removal list of Assay's has no label, but a decision.
    return labelled !== null && placeOf('decision') === undefined ? 'labels' : 'removal';
  }
  const body = hasHeader ? records.slice(1) : records;
  const by = wanted.by ?? guessNaming();
  function guessNaming(): FileReading['by'] {
    if (!hasHeader) return known.idColumn === undefined ? 'row' : 'id';
    if (byId !== null && known.idColumn !== undefined) return 'id';
    if (byRow !== null) return 'row';
    return byId === null && body.length === known.rowCount ? 'place' : 'id';
  }
  const guessed = by === 'id' ? (byId ?? 0) : by === 'row' ? (byRow ?? 0) : null;
  return {
    choice: {
      kind,
      by,
      names: wanted.names === undefined ? guessed : wanted.names,
      label: wanted.label === undefined ? labelled : wanted.label,
      note: wanted.note === undefined ? note : wanted.note,
      issuesAs: wanted.issuesAs ?? 'later',
    },
    header: hasHeader ? names : [],
    records: body,
    placeOf: hasHeader ? placeOf : () => undefined,
  };
}

function orUndefined(place: number): number | undefined {
  return place < 0 ? undefined : place;
}

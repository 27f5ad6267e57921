import Papa from 'papaparse';
import { InputError } from '../../core/base/errors';
import { visibleText } from '../../core/base/visibleText';
import { IdLookup } from '../rows/idLookup';
import { type NameableRows, rowOfNumber, rowsOfId } from '../rows/removalFile';
import { readColumn } from '../rows/removalLines';
import { AnnotationTexts, type ReadAnnotations } from './readAnnotations';

/** What messages call it. */
const fileName = 'file of annotations';

const annotatorNames = [
  'annotator',
  'annotator_id',
  'labeller',
  'labeler',
  'rater',
  'worker',
  'worker_id',
  'user',
  'user_id',
];
const labelNames = ['label', 'annotation', 'answer', 'class', 'response', 'value'];

/** What lines of annotations are read against. */
interface AnnotatedRows extends NameableRows {
  readonly idColumn: string | undefined;
}

/**
 * Labels of a table with one line a label: who (any text), of which row (`row` by its number, else its id), and what.
 * `names`: what the three columns are called, row, annotator, label; they are known by their usual names otherwise. A
 * line without a label says nothing. Annotators in the order in which they come up.
 * @throws InputError naming the line that names no row or no annotator.
 */
export function readLabelLines(text: string, known: AnnotatedRows, names?: readonly string[]): ReadAnnotations {
  const plain = text.replace(/^\ufeff/, '');
  if (plain.trim() === '') throw new InputError(`The ${fileName} is empty.`);
  const firstLine = plain.slice(0, plain.search(/[\r\n]|$/));
  const delimiter = [',', '\t', ';', '|'].find((one) => firstLine.includes(one)) ?? ',';
  const [header = []] = Papa.parse<string[]>(plain, { delimiter, preview: 1 }).data;
  const places = findPlaces(
    header.map((cell) => cell.trim()),
    known.idColumn,
    names,
  );
  const ids = places.byNumber || known.ids === undefined ? undefined : new IdLookup(known.ids);
  if (!places.byNumber && ids === undefined) {
    throw new InputError(
      `The ${fileName} names rows by “${shown(header[places.row])}”, and no column of the data is the id. Name it by --id, or give rows by number in a column “row”.`,
    );
  }
  const [rows, annotators, labels] = [places.row, places.annotator, places.label].map((place) =>
    readColumn(plain, delimiter, place),
  );
  const numberOf = new Map<string, number>();
  const texts = new AnnotationTexts();
  rows.forEach((name, at) => {
    if (labels[at].text.trim() === '') return;
    const who = annotators[at].text.trim();
    if (who === '') throw new InputError(`Line ${name.line} of the ${fileName} names no annotator.`);
    let annotator = numberOf.get(who);
    if (annotator === undefined) numberOf.set(who, (annotator = numberOf.size));
    const found = ids === undefined ? [rowOfNumber(name, known, fileName)] : rowsOfId(name, ids, known, fileName);
    for (const row of found) texts.add(row, annotator, labels[at].text);
  });
  return texts.gather(known.rowCount, [...numberOf.keys()]);
}

interface Places {
  readonly row: number;
  readonly byNumber: boolean;
  readonly annotator: number;
  readonly label: number;
}

function findPlaces(header: readonly string[], idColumn: string | undefined, names?: readonly string[]): Places {
  const lower = header.map((name) => name.toLowerCase());
  if (names !== undefined) {
    const [row, annotator, label] = names.map((name) => {
      const place = header.indexOf(name) >= 0 ? header.indexOf(name) : lower.indexOf(name.toLowerCase());
      if (place >= 0) return place;
      throw new InputError(
        `The ${fileName} has no column “${shown(name)}”; its columns are ${header.map(shown).join(', ')}.`,
      );
    });
    return { row, byNumber: lower[row] === 'row' && header[row] !== idColumn, annotator, label };
  }
  const find = (wanted: readonly string[]): number => lower.findIndex((name) => wanted.includes(name));
  const own = idColumn === undefined ? -1 : header.indexOf(idColumn);
  const byId = own >= 0 ? own : lower.indexOf('id');
  const row = byId >= 0 ? byId : lower.indexOf('row');
  const annotator = find(annotatorNames);
  const label = find(labelNames);
  if (row < 0 || annotator < 0 || label < 0) {
    throw new InputError(
      `The ${fileName} needs a header that names the row (“id”, ${idColumn === undefined || idColumn === 'id' ? '' : `“${shown(idColumn)}” `}or “row”), the annotator (“annotator”) and ` +
        `the label (“label”); its columns are ${header.map(shown).join(', ')}. Other names: --annotation-columns ROW,ANNOTATOR,LABEL.`,
    );
  }
  return { row, byNumber: byId < 0, annotator, label };
}

function shown(text: string): string {
  return visibleText(text, { limit: 120, keepBlanks: true });
}

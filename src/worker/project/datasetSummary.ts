import { basename } from 'node:path';
import type { AuditSettings } from '../../contract/audit';
import {
  type Column,
  type DatasetSummary,
  describeIssueCount,
  type Dialect,
  type Leakage,
  type Pictures,
  type SaidDialect,
  type SourceFormat,
} from '../../contract/dataset';
import { formatCount, formatPlural } from '../../core/base/format';
import type { EmbeddingsChoice } from '../datasets/datasetTypes';
import { explainNoFeature, featureColumns } from '../datasets/features/featureColumns';
import { maxClasses } from '../datasets/labels';
import type { Note } from '../datasets/note';
import { describeSimilarLabels, quoteLabel } from '../labels/describeLabels';
import type { LabelSummary } from '../labels/labelSummary';
import { isNumberOrClass, isNumericLabel, takesNumbers } from '../labels/numericLabel';
import { describeLeak, leakConsequence, openLeaks } from '../leakage/describeLeakage';

const shownClasses = 200;

/** What is known of a data file, so far while it is being read. */
export interface SourceFacts {
  readonly path: string;
  readonly format: SourceFormat;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly complete: boolean;
  readonly rowCount: number;
  readonly dialect: Dialect;
  readonly said: SaidDialect;
  readonly columns: readonly Column[];
  readonly pictures: Pictures | null;
  readonly issueCount: number;
  readonly notes: readonly Note[];
  /** The second file whose vectors are joined. */
  readonly embeddings: EmbeddingsChoice | undefined;
}

interface SummaryInput extends SourceFacts {
  readonly duplicateRows: number | null;
  /** null while the file is being read, or when no column is the label. */
  readonly labels: LabelSummary | null;
  /** null while not known. */
  readonly leakage: Leakage | null;
  /** Why the audit there is does not speak of these data; null when it does, or there is none. */
  readonly auditOutdated: string | null;
  /** Of the file whose rows validate; null where there is none. */
  readonly validationPath: string | null;
}

export function summarizeDataset(input: SummaryInput): DatasetSummary {
  return {
    source: { path: input.path, name: basename(input.path), bytes: input.bytes, sha256: input.sha256 },
    format: input.format,
    complete: input.complete,
    rowCount: input.rowCount,
    dialect: input.dialect,
    said: input.said,
    columns: [...input.columns],
    pictures: input.pictures,
    classes: input.labels === null ? null : input.labels.classes.slice(0, shownClasses),
    classCount: input.labels?.classCount ?? 0,
    numericLabel: hasNumericLabel(input),
    unlabelled: input.labels?.unlabelled ?? 0,
    issueCount: input.issueCount,
    duplicateRows: input.duplicateRows,
    similarLabels: hasNumericLabel(input) ? null : (input.labels?.similar ?? null),
    leakage: input.leakage,
    auditOutdated: input.auditOutdated,
    embeddings: input.embeddings === undefined ? null : describeEmbeddings(input.embeddings),
    validationFile: input.validationPath === null ? null : basename(input.validationPath),
    notes: describeData(input),
    blocked: explainBlocked(input, 'auto'),
  };
}

function describeEmbeddings({ path, id }: EmbeddingsChoice): DatasetSummary['embeddings'] {
  return { name: basename(path), id: id ?? null };
}

/** What an analyst should know before auditing, most important first. */
function describeData(input: SummaryInput): Note[] {
  const notes: Note[] = [...input.notes];
  const { labels, rowCount, leakage, columns } = input;
  const isNumeric = hasNumericLabel(input);
  if (labels !== null && isNumeric) {
    notes.push({
      level: 'info',
      text: `The label ${labels.column} is a number of many values: an audit looks for wrong numbers, by a ridge head, unless classes are asked for (logistic, softmax).`,
    });
  }
  if (input.auditOutdated !== null) notes.push({ level: 'warning', text: input.auditOutdated });
  const label = columns.find(({ role }) => role === 'label');
  if (label !== undefined && isNumberOrClass(label, rowCount)) {
    notes.push({
      level: 'info',
      text: `The ${formatCount(label.distinct ?? 0)} whole numbers of the label ${label.name} are taken as classes; the head ridge (--head ridge) takes them as numbers.`,
      ofClasses: true,
    });
  }
  const weight = columns.find(({ role }) => role === 'weight');
  if (weight !== undefined) notes.push({ level: 'info', text: describeWeight(weight) });
  if (labels !== null && !isNumeric) {
    for (const text of describeSimilarLabels(labels.column, labels.similarity)) {
      notes.push({ level: 'warning', text, ofClasses: true, card: 'labels' });
    }
    if (leakage !== null) {
      for (const leak of openLeaks(leakage)) {
        notes.push({
          level: 'warning',
          text: `${describeLeak(leak, labels.column, leakage)} ${leakConsequence(leak)}`,
          ofClasses: true,
          card: 'leak',
        });
      }
    }
    if (labels.padded.rows > 0) {
      notes.push({
        level: 'info',
        text: `${formatCount(labels.padded.rows)} labels in ${labels.column} have blanks around them, which do not count (${quoteLabel(labels.padded.example)}).`,
        ofClasses: true,
      });
    }
  }
  // What is no number is known of its own cells only: see the problems of reading.
  if (isNumeric && columns.some(({ role, missing }) => role === 'label' && missing > 0)) {
    notes.push({
      level: 'info',
      text: 'Rows whose label is missing or no number get a suggestion, and take no part in the fit.',
    });
  }
  if (labels !== null && !isNumeric && labels.unlabelled > 0) {
    notes.push({
      level: 'info',
      text: `${formatCount(labels.unlabelled)} of ${formatCount(rowCount)} rows ${labels.unlabelled === 1 ? 'has no label: it gets a suggestion, and takes' : 'have no label: they get a suggestion, and take'} no part in the fit.`,
    });
  }
  const rare = isNumeric ? [] : (labels?.classes.filter((entry) => entry.count < 3) ?? []);
  if (rare.length > 0) {
    const names = rare.slice(0, 3).map((entry) => `“${entry.label}”`);
    notes.push({
      level: 'warning',
      text: `${rare.length === 1 ? 'A class has' : `${formatCount(rare.length)} classes have`} fewer than 3 rows (${names.join(', ')}${rare.length > 3 ? ', …' : ''}): too few to judge their labels.`,
      ofClasses: true,
    });
  }
  if (input.complete) {
    for (const column of mostMissing(input.columns)) {
      notes.push({
        level: 'warning',
        text: `${formatCount(column.missing)} of ${formatCount(rowCount)} cells in ${column.name} are missing: ${describeFilling(column)}.`,
      });
    }
    if (input.duplicateRows !== null && input.duplicateRows > 0) {
      notes.push({
        level: 'warning',
        text: `${formatPlural(input.duplicateRows, 'row repeats', 'rows repeat')} another row exactly.`,
      });
    }
    notes.push(describeIssueCount(input.issueCount, input.format));
  }
  const order = { error: 0, warning: 1, info: 2 } as const;
  return notes.sort((a, b) => order[a.level] - order[b.level]);
}

function describeWeight({ name, range }: Column): string {
  if (range !== null && range[0] === range[1]) return `All rows weigh the same in ${name}.`;
  const numbers = range === null ? '' : ` (${range[0]} to ${range[1]})`;
  return `Rows count by their weights in ${name}${numbers}: in the fit, in what removing them does, and in all means. A row of weight 0 trains no head; its label is judged.`;
}

function mostMissing(columns: readonly Column[]): Column[] {
  return featureColumns(columns)
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => b.missing - a.missing)
    .slice(0, 5);
}

function describeFilling(column: Column): string {
  if (column.type === 'text') return 'rows without text stand where no word is known';
  if (column.type === 'vector') return 'rows without a list stand at 0 in all its numbers';
  if (column.type === 'picture') return 'rows without a picture stand at 0 in all its numbers';
  return column.type === 'category' ? 'missing is a value of its own' : 'filled with the mean, and marked';
}

function hasNumericLabel({ columns, rowCount }: Pick<SummaryInput, 'columns' | 'rowCount'>): boolean {
  const label = columns.find(({ role }) => role === 'label');
  return label !== undefined && isNumericLabel(label, rowCount);
}

/** Why an audit with this head cannot start, and what to do; null when it can. */
export function explainBlocked(
  { complete, columns, labels, rowCount }: Pick<SummaryInput, 'complete' | 'columns' | 'labels' | 'rowCount'>,
  head: AuditSettings['head'],
): string | null {
  if (!complete) return 'The file is still being read.';
  const label = columns.find((column) => column.role === 'label');
  if (label === undefined) return 'No column is the label. Give one column the role “label”.';
  // Without a label that can be audited, features are no matter yet.
  const classes = takesNumbers({ head }, label, rowCount) ? null : labels;
  const unfit = classes === null ? null : explainUnfitLabel(label.name, classes, rowCount);
  if (unfit !== null) return unfit;
  const unweighable = explainUnfitWeight(columns);
  if (unweighable !== null) return unweighable;
  const nothing = explainNoFeature(columns);
  if (nothing !== null) return nothing;
  return classes === null ? null : explainAlike(label.name, classes);
}

function explainUnfitWeight(columns: readonly Column[]): string | null {
  const weight = columns.find(({ role }) => role === 'weight');
  if (weight === undefined || ['number', 'integer', 'boolean'].includes(weight.type)) return null;
  return `The cells of the weight column ${weight.name} are no numbers. Give the role “weight” to another column, or “ignore” to this one.`;
}

function explainUnfitLabel(name: string, labels: LabelSummary, rowCount: number): string | null {
  if (labels.classCount === 0) {
    return `Every cell of the label column ${name} is blank. Choose another label column.`;
  }
  if (labels.classCount === 1) {
    const [only] = labels.classes;
    return `The label column ${name} has one class only (“${only?.label ?? ''}”). An audit needs two or more.`;
  }
  if (labels.classCount > maxClasses || labels.classCount > (rowCount - labels.unlabelled) / 2) {
    return `The label column ${name} has ${formatCount(labels.classCount)} different values in ${formatCount(rowCount)} rows: it looks like an id or a number, not a class. Choose another label column, or audit it as a number (ridge).`;
  }
  return null;
}

function explainAlike(name: string, labels: LabelSummary): string | null {
  if (labels.similarity.state === 'open') {
    const { sure } = labels.similarity;
    const spellings = sure.reduce((sum, group) => sum + group.spellings.length, 0);
    return `${formatCount(spellings)} labels in ${name} look alike, as ${quoteLabel(sure[0].spellings[0].label)} and ${quoteLabel(sure[0].spellings[1].label)}. Merge them or keep them as they are: an audit needs to know its classes.`;
  }
  return null;
}

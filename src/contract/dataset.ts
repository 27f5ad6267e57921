import * as z from 'zod';
import { formatPlural } from '../core/base/format';

/** Rows, places and columns are kept as 32-bit numbers: what is larger names nothing. */
export const mostRows = 2 ** 31 - 1;

/** A 0-based row number in input order: the identity of a row everywhere in Assay. */
export const rowSchema = z.int().min(0).max(mostRows);

/** How numbers write their decimals: found for each column by its cells, or said for the whole file. */
const decimalSchema = z.enum(['auto', '.', ',']);

const dialectParts = {
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']),
  byteOrderMark: z.boolean(),
  delimiter: z.string().min(1).max(16),
  /** One character, or '' where nothing is quoted. */
  quote: z.string().max(1),
  /**
   * The character before a quote that is part of a quoted cell: the quote itself where quotes are doubled, or a
   * backslash.
   */
  escape: z.string().max(1),
  newline: z.enum(['\n', '\r\n', '\r']),
  header: z.boolean(),
  /** Lines above the header (or above the first row, without one) that are no part of the table. */
  skipLines: z.int().nonnegative().max(1_000_000),
  /** What lines begin with that are no rows, wherever they stand; '' where there are none. */
  comment: z.string().max(16),
  decimal: decimalSchema,
  /** What the analyst says stands for a missing cell, beside the markers that are always read so. */
  missing: z.array(z.string().max(100)).max(100),
};

/**
 * How a delimited text file is written, and how its cells are read. Every part is found by looking at the file, and
 * every part may be said by the analyst instead. What older projects stored lacks some parts.
 */
export const dialectSchema = z.object({
  ...dialectParts,
  escape: dialectParts.escape.default('"'),
  skipLines: dialectParts.skipLines.default(0),
  comment: dialectParts.comment.default(''),
  decimal: dialectParts.decimal.default('auto'),
  missing: dialectParts.missing.default([]),
});
export type Dialect = z.infer<typeof dialectSchema>;

/** What the analyst says of a dialect, apart from what is found: parts left out are found. */
export const saidDialectSchema = z.object({
  encoding: dialectParts.encoding.exactOptional(),
  delimiter: dialectParts.delimiter.exactOptional(),
  quote: dialectParts.quote.exactOptional(),
  escape: dialectParts.escape.exactOptional(),
  header: dialectParts.header.exactOptional(),
  skipLines: dialectParts.skipLines.exactOptional(),
  comment: dialectParts.comment.exactOptional(),
  decimal: dialectParts.decimal.exactOptional(),
  missing: dialectParts.missing.exactOptional(),
});
export type SaidDialect = z.infer<typeof saidDialectSchema>;

/** CSV as RFC 4180 has it. */
export const plainDialect: Dialect = {
  encoding: 'utf-8',
  byteOrderMark: false,
  delimiter: ',',
  quote: '"',
  escape: '"',
  newline: '\n',
  header: true,
  skipLines: 0,
  comment: '',
  decimal: 'auto',
  missing: [],
};

/**
 * `picture`: cells are paths of picture files, relative to where the data lie. `vector`: cells are lists of numbers,
 * equally many in each.
 */
export const columnTypes = ['number', 'integer', 'boolean', 'date', 'category', 'text', 'picture', 'vector'] as const;
export const columnTypeSchema = z.enum(columnTypes);
export type ColumnType = z.infer<typeof columnTypeSchema>;

/**
 * What a column is for. `ignore`d columns are kept in every export but take no part in the audit. `probability`: what
 * another model gives one class, without having seen the row's label. `weight`: how much the row counts in the fit and
 * in means.
 */
export const columnRoles = ['id', 'label', 'feature', 'split', 'weight', 'group', 'probability', 'ignore'] as const;
export const columnRoleSchema = z.enum(columnRoles);
export type ColumnRole = z.infer<typeof columnRoleSchema>;

/** How the cells of a column are read, where that is not plain to see. */
const columnReadingSchema = z.object({
  /** 1,234.5 = point; 1.234,5 = comma. */
  decimal: z.enum(['point', 'comma']),
  /** "%", "$", "kg": what its numbers are of; '' for bare numbers. 12.3 % reads 12.3. */
  unit: z.string().max(20),
  /** Whether thousands are separated. */
  grouped: z.boolean(),
  /** Cells that say a limit, as <0.05, and one of them: read as the limit. */
  limits: z.object({ count: z.int().nonnegative(), example: z.string() }),
  /** What stood for missing, blanks apart, most frequent first. */
  markers: z.array(z.object({ text: z.string(), count: z.int().positive() })).max(20),
  /** Cells of a column of numbers that are read as none, and one of them; treated as missing. */
  unread: z.object({ count: z.int().nonnegative(), example: z.string() }),
});
export type ColumnReading = z.infer<typeof columnReadingSchema>;

export const columnSchema = z.object({
  /** 0-based place in the file. */
  index: z.int().nonnegative(),
  /** The header's text, made unique ("age", "age (2)"); "column 3" where the header is blank or there is none. */
  name: z.string(),
  type: columnTypeSchema,
  role: columnRoleSchema,
  /** Why this role was guessed, for people: "named like a label, 10 values". Empty once the analyst has chosen. */
  reason: z.string(),
  missing: z.int().nonnegative(),
  /** Distinct non-missing values; null above the counting limit. */
  distinct: z.int().nonnegative().nullable(),
  /** Smallest and largest value of number and date columns, as they stand in the file. */
  range: z.tuple([z.string(), z.string()]).nullable(),
  examples: z.array(z.string()),
  /**
   * How numbers are written (1,234.5 = point; 1.234,5 = comma), or the order of day, month and year in dates with dots
   * or slashes; left out for other columns.
   */
  format: z.enum(['point', 'comma', 'ymd', 'dmy', 'mdy']).optional(),
  /** Of lists of numbers: how many most of them have. */
  numbers: z.int().positive().optional(),
  /** Left out where there is nothing to say. */
  reading: columnReadingSchema.optional(),
});
export type Column = z.infer<typeof columnSchema>;

/** Something wrong with one row of data: it is data, not a failure, and the row is kept. */
export const rowIssueSchema = z.object({
  /** 0-based row; null when the text could not be read as a row. */
  row: rowSchema.nullable(),
  /** 1-based line in the file where the row starts; of a folder, the number of the file in its natural order. */
  line: z.int().positive(),
  /** Name of the column, where the trouble is in one cell. */
  column: z.string().nullable(),
  kind: z.enum([
    'too-few-cells',
    'too-many-cells',
    'unclosed-quote',
    'stray-quote',
    'bad-bytes',
    'not-a-number',
    'other',
  ]),
  /** What is wrong, what was expected, and what was done: "12 cells instead of 14; the missing ones are left blank". */
  message: z.string(),
});
export type RowIssue = z.infer<typeof rowIssueSchema>;

/** Columns that together are a small grey picture (pixels row by row), so that rows can be drawn. */
export const picturesSchema = z.object({
  columns: z.array(z.int().nonnegative()),
  width: z.int().positive(),
  height: z.int().positive(),
  /** The cell value drawn darkest. */
  max: z.number().positive(),
});
export type Pictures = z.infer<typeof picturesSchema>;

/** A line as it stands in the file, with what it was taken for. */
const rawLineSchema = z.object({
  /** 1-based. */
  line: z.int().positive(),
  /** Cut after {@link rawLineLength} characters; without its end of line. */
  text: z.string(),
  /** `skipped`: above the header, or otherwise no part of the table. */
  kind: z.enum(['skipped', 'comment', 'blank', 'header', 'row']),
  /** Where delimiters stand that part cells: offsets in `text`. */
  cuts: z.array(z.int().nonnegative()),
});
export type RawLine = z.infer<typeof rawLineSchema>;
export const rawLineLength = 500;

/**
 * Why each part of a dialect is as it is, in a few words: "found, 100 % of rows", "line 4", "set by you"; '' = not
 * known.
 */
const dialectReasonsSchema = z.object({
  delimiter: z.string(),
  quote: z.string(),
  escape: z.string(),
  encoding: z.string(),
  header: z.string(),
  skipLines: z.string(),
  comment: z.string(),
  decimal: z.string(),
  missing: z.string(),
});
export type DialectReasons = z.infer<typeof dialectReasonsSchema>;

/** Of a project that was stored before reasons were. */
export const unknownReasons: DialectReasons = {
  delimiter: '',
  quote: '',
  escape: '',
  encoding: '',
  header: '',
  skipLines: '',
  comment: '',
  decimal: '',
  missing: '',
};

/** The first rows of a file, cells as the text they are; null marks a cell that the row does not have. */
export const previewSchema = z.object({
  dialect: dialectSchema,
  columns: z.array(columnSchema),
  rows: z.array(z.array(z.string().nullable())),
  reasons: dialectReasonsSchema.default(unknownReasons),
  /** The first dozen lines of the file. */
  rawLines: z.array(rawLineSchema).default([]),
});
export type Preview = z.infer<typeof previewSchema>;

/**
 * What data are kept as: a delimited text file, or a folder of pictures or texts, each a row, or a zip archive of one.
 */
export const sourceFormatSchema = z.enum(['delimited', 'folder', 'zip']);
export type SourceFormat = z.infer<typeof sourceFormatSchema>;

/** Whether each row is a file. Older projects do not say what their data are kept as: a table. */
export function hasFilesAsRows(format: SourceFormat | undefined): boolean {
  return format === 'folder' || format === 'zip';
}

const sourceFileSchema = z.object({
  /** For display only. */
  path: z.string(),
  name: z.string(),
  bytes: z.number().nonnegative(),
  sha256: z.string().nullable(),
});

const classCountSchema = z.object({ label: z.string(), count: z.int().nonnegative() });

const spellingSchema = z.object({ label: z.string(), count: z.int().nonnegative() });
/** Spellings that look like one label. */
const similarGroupSchema = z.object({
  /** The spelling suggested for all. */
  label: z.string(),
  spellings: z.array(spellingSchema),
  /** In what they differ: “capitals”, “hidden characters”. */
  likeness: z.array(z.string()),
});
export type SimilarGroup = z.infer<typeof similarGroupSchema>;

/** Labels that look alike, and what was decided about them. */
const similarLabelsSchema = z.object({
  column: z.string(),
  /** open: undecided, and an audit waits for it. */
  state: z.enum(['none', 'open', 'merged', 'kept']),
  /** Surely one label each; at most 200. */
  sure: z.array(similarGroupSchema),
  /** Perhaps one label each: kept apart unless they are merged too. At most 200. */
  perhaps: z.array(similarGroupSchema),
  /** Classes with every spelling for itself, with the sure ones merged, and with all of them merged. */
  classesApart: z.int().nonnegative(),
  classesMerged: z.int().nonnegative(),
  classesAllMerged: z.int().nonnegative(),
});
export type SimilarLabelsSummary = z.infer<typeof similarLabelsSchema>;

/** How well single columns tell the label, on a sample of the labelled rows, each row by the others. */
export const leakageSchema = z.object({
  rows: z.int().nonnegative(),
  /** What guessing the largest class is right in. */
  majority: z.number(),
  /** Columns (several, where only together) that give the label away, most accurate first. */
  leaks: z.array(z.object({ columns: z.array(z.string()).min(1), accuracy: z.number(), example: z.string() })),
  /** The best other columns. */
  others: z.array(z.object({ column: z.string(), accuracy: z.number() })),
  /** Columns of which the analyst says that they are real features. */
  accepted: z.array(z.string()),
});
export type Leakage = z.infer<typeof leakageSchema>;

/** Everything known about the data. `complete` is false while the file is still being read. */
export const datasetSummarySchema = z.object({
  source: sourceFileSchema,
  format: sourceFormatSchema.default('delimited'),
  complete: z.boolean(),
  rowCount: z.int().nonnegative(),
  dialect: dialectSchema,
  /** The parts of it that the analyst said; the rest was found. */
  said: saidDialectSchema.default({}),
  columns: z.array(columnSchema),
  pictures: picturesSchema.nullable(),
  /** Of the label column; null when no column has that role. At most 200, most frequent first. */
  classes: z.array(classCountSchema).nullable(),
  classCount: z.int().nonnegative(),
  /** The label is a number of many values, and is audited as one unless classes are asked for. */
  numericLabel: z.boolean().optional(),
  unlabelled: z.int().nonnegative(),
  issueCount: z.int().nonnegative(),
  /** Rows that repeat an earlier row in every cell but the id; null while not known. */
  duplicateRows: z.int().nonnegative().nullable(),
  /** null when no column is the label, or nothing looks alike. */
  similarLabels: similarLabelsSchema.nullable(),
  /** null while not known, or when there is nothing to measure. */
  leakage: leakageSchema.nullable(),
  /** Why the audit there is does not speak of the classes there are now; null when it does, or there is none. */
  auditOutdated: z.string().nullable(),
  /** Things worth knowing, in words, most important first. */
  notes: z.array(
    z.object({
      level: z.enum(['info', 'warning', 'error']),
      text: z.string(),
      /** Of labels as classes: nothing to somebody who takes them as numbers. */
      ofClasses: z.literal(true).optional(),
      /** The window says it with a card of its own, and buttons. */
      card: z.enum(['labels', 'leak']).optional(),
    }),
  ),
  /** The second file whose vectors were joined, and the column that they were joined by; null where there is none. */
  embeddings: z.object({ name: z.string(), id: z.string().nullable() }).nullable().default(null),
  /** Name of the file whose rows validate by default; null where there is none. */
  validationFile: z.string().nullable(),
  /** Why an audit cannot start with these roles, in words; null when it can. */
  blocked: z.string().nullable(),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

/** The note of a dataset that counts what was wrong in its file. */
export function describeIssueCount(
  issues: number,
  format: SourceFormat = 'delimited',
): { level: 'info' | 'warning'; text: string } {
  const isFolder = hasFilesAsRows(format);
  if (issues === 0) return { level: 'info', text: isFolder ? 'No unreadable files.' : 'No unreadable lines.' };
  const text = `${formatPlural(issues, 'problem')} found while reading: see the list by ${isFolder ? 'file' : 'line'}.`;
  return { level: 'warning', text };
}

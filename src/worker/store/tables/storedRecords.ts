import * as z from 'zod';
import { auditSettingsSchema, type AuditSummary, auditSummarySchema } from '../../../contract/audit';
import {
  columnSchema,
  dialectSchema,
  picturesSchema,
  saidDialectSchema,
  sourceFormatSchema,
} from '../../../contract/dataset';
import { StorageError } from '../../../core/base/errors';
import type { AuditRecord, SourceRecord } from '../storeTypes';
import { cellColumns, type CellGroup } from './cellTable';
import type { Database } from './database';
import { MetaTable } from './metaTable';
import { type TableKind, tableName } from './schema';

/** What a project says of itself, as it is read back: whoever wrote it, it is data, and has to be of this form. */

const mostRows = 2 ** 31 - 1;
const generation = z.int().positive().max(1_000_000_000);
const sentence = z.string().max(100_000);

const entry = z
  .string()
  .max(100_000)
  .refine((path) => !path.split('/').some((part) => ['', '.', '..'].includes(part)));
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const stampParts = { path: z.string().min(1).max(100_000), bytes: z.int().nonnegative(), mtimeMs: z.number(), sha256 };

const sourceRecordSchema = z.object({
  fingerprint: z.object({
    ...stampParts,
    listing: sha256.optional(),
    entry: entry.optional(),
    embeddings: z.object({ ...stampParts, entry: entry.optional(), id: z.string().max(100_000).optional() }).optional(),
  }),
  format: sourceFormatSchema.optional(),
  dialect: dialectSchema,
  said: saidDialectSchema.optional(),
  rowCount: z.int().nonnegative().max(mostRows),
  issueCount: z.int().nonnegative(),
  columns: z.array(columnSchema).min(1),
  pictures: picturesSchema.nullable(),
  notes: z.array(z.looseObject({ level: z.enum(['info', 'warning', 'error']), text: sentence })).max(10_000),
});

const storedSourceSchema = z.object({
  generation,
  cellsPerText: z.int().positive().max(100_000).optional(),
  cellsPerList: z.int().positive().max(100_000).nullish(),
  record: z.looseObject(sourceRecordSchema.shape),
});

/** How cells were encoded is only handed on to the manifest; the rest is used. */
const pipelineSchema = z.looseObject({
  version: z.literal(1),
  standardize: z.boolean(),
  intercept: z.boolean(),
  columns: z.array(z.looseObject({ index: z.int().nonnegative(), name: z.string() })),
  features: z.array(z.looseObject({ name: z.string() })),
  blocks: z
    .array(
      z.looseObject({
        columns: z.array(z.string()).min(1),
        first: z.int().nonnegative(),
        width: z.int().positive(),
        scale: z.number().positive(),
        method: z.looseObject({ kind: z.string() }),
      }),
    )
    .optional(),
  embeddings: z
    .array(z.object({ first: z.string(), last: z.string(), columns: z.int().positive(), scale: z.number().positive() }))
    .optional(),
  dropped: z.array(z.object({ column: z.string(), reason: z.string() })),
  notes: z.array(sentence),
});

/**
 * Audits of earlier versions do not say how columns were scaled: each by its own; nor how labels of validation rows
 * were taken: as given.
 */
const settingsSchema = auditSettingsSchema.extend({
  scale: auditSettingsSchema.shape.scale.removeDefault().default('columns'),
  validationLabels: auditSettingsSchema.shape.validationLabels.removeDefault().default('given'),
});

/** Audits of earlier versions count the intercept among the features of their head; their names do as well. */
function countFeatures<Summary extends Pick<AuditSummary, 'settings' | 'head' | 'featureNames'>>(
  summary: Summary,
): Summary {
  const features = summary.featureNames.length - Number(summary.settings.intercept);
  return { ...summary, head: { ...summary.head, features } };
}

const auditRecordSchema = z.looseObject({
  generation,
  summary: auditSummarySchema.extend({ settings: settingsSchema }).transform(countFeatures),
  classes: z.array(z.string()),
  reasonNames: z.array(z.string()).max(32),
  pipeline: pipelineSchema,
  arrayNames: z.array(z.string().regex(/^[a-z][a-zA-Z0-9-]{0,60}$/)).max(100),
});

export interface StoredSource {
  readonly generation: number;
  /** Where the cells of several columns are one text, or, in projects of earlier versions, a list: see CellTable. */
  readonly cellsPerText?: number;
  readonly cellsPerList?: number | null;
  readonly record: SourceRecord;
}

export function storedGroup({ cellsPerText, cellsPerList = null }: StoredSource): CellGroup | null {
  if (cellsPerText !== undefined) return { kind: 'texts', size: cellsPerText };
  return cellsPerList === null ? null : { kind: 'lists', size: cellsPerList };
}

/** @throws StorageError when what is kept under the name is of another form, or does not fit the rows. */
export async function readStoredSource(
  database: Database,
  kind: Extract<TableKind, 'source' | 'validation'>,
): Promise<StoredSource | null> {
  const what = kind === 'source' ? 'what it says of its data' : 'what it says of its validation rows';
  const stored = await new MetaTable(database).read(kind);
  if (stored === undefined) return null;
  const parsed = storedSourceSchema.safeParse(stored);
  if (!parsed.success) throw altered(database, what, parsed.error);
  // The schema says the same as the type, but for parts that are only handed on.
  const source = parsed.data as StoredSource;
  await checkRows(database, tableName(kind, source.generation), source, what);
  return source;
}

/** The rows there are, and no others: numbers of rows and columns are used without another look. */
async function checkRows(database: Database, table: string, source: StoredSource, what: string): Promise<void> {
  const { rowCount, columns, pictures } = source.record;
  const layout = cellColumns({ columnCount: columns.length, group: storedGroup(source) });
  const [found] = await database.rows(
    "SELECT count(*) FROM system.main.duckdb_columns() WHERE NOT internal AND table_name = $1 AND regexp_matches(column_name, '^(separator|[cgj][0-9]+)$')",
    [table],
  );
  if (Number(found?.[0]) !== layout.length) throw altered(database, what);
  const last = layout[layout.length - 1]?.split(' ')[0] ?? '';
  await database.rows(`SELECT ${last} FROM ${table} LIMIT 0`).catch((error: unknown) => {
    throw altered(database, what, error);
  });
  if (columns.some(({ index }, at) => index !== at)) throw altered(database, what);
  if (pictures !== null && pictures.columns.some((column) => column >= columns.length)) throw altered(database, what);
  const [rows] = await database.rows(`SELECT count(*), min(row_no), max(row_no) FROM ${table}`);
  const [count, least, most] = rows ?? [];
  const fits = Number(count) === rowCount && (rowCount === 0 || (Number(least) === 0 && Number(most) === rowCount - 1));
  if (!fits) throw altered(database, what);
}

/** @throws StorageError as {@link readStoredSource} does. */
export async function readStoredAudit(database: Database, rowCount: number | null): Promise<AuditRecord | null> {
  const what = 'what it says of its audit';
  const stored = await new MetaTable(database).read('audit');
  if (stored === undefined) return null;
  const parsed = auditRecordSchema.safeParse(stored);
  if (!parsed.success) throw altered(database, what, parsed.error);
  // As above.
  const record = parsed.data as unknown as AuditRecord;
  const [rows] = await database.rows(
    `SELECT count(*), min(row_no), max(row_no), max(given), max(suggested) FROM ${tableName('scores', record.generation)}`,
  );
  const [count, first, last, given, suggested] = (rows ?? []).map(Number);
  const fits =
    count === rowCount &&
    (count === 0 ||
      (first === 0 && last === count - 1 && given < record.classes.length && suggested < record.classes.length));
  if (!fits) throw altered(database, what);
  return record;
}

/** The roles of the columns, which are as many as the data has. @throws StorageError */
export function parseColumns(
  database: Database,
  stored: unknown,
  source: StoredSource | null,
): SourceRecord['columns'] {
  const what = 'what it says of its columns';
  if (stored === undefined) return [];
  const parsed = z.array(columnSchema).safeParse(stored);
  if (!parsed.success) throw altered(database, what, parsed.error);
  const fits = source === null || parsed.data.length === source.record.columns.length;
  if (!fits || parsed.data.some(({ index }, at) => index !== at)) throw altered(database, what);
  return parsed.data;
}

function altered(database: Database, what: string, cause?: unknown): StorageError {
  return new StorageError(
    `The project ${database.place} is damaged or was altered: ${what} is not as Assay writes it. ` +
      'Restore it from a backup, or open the data file again to start a new one.',
    { details: { folder: database.place }, cause },
  );
}

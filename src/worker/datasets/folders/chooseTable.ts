import { basename } from 'node:path';
import { InputError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';
import { listed } from '../../../core/base/listed';
import { visibleText } from '../../../core/base/visibleText';
import { partsBelow } from '../../pictures/partsBelow';
import { shorten } from '../cells/cellText';
import { inspectCsv } from '../inspectCsv';
import { kindByName } from './fileKinds';
import { findLayout } from './folderLayout';
import type { ListedFiles } from './listedFiles';
import type { FolderFile } from './listFolder';

const tableEnding = /\.(csv|tsv|tab|psv)$/i;
/** Beside pictures, each is looked into: of more tables than these, none is meant by itself. */
const mostTables = 12;

/**
 * The table that a folder or archive is, rather than its files: one that names the pictures beside it, or the only
 * table where there are no pictures and no folders of texts. Null where the files are the rows.
 * @throws InputError where several tables may be meant.
 */
export async function chooseTable(files: ListedFiles, all: readonly FolderFile[]): Promise<FolderFile | null> {
  const ofKind = (kind: string): FolderFile[] => all.filter(({ path }) => kindByName(path) === kind);
  const tables = all.filter(({ path }) => tableEnding.test(path));
  if (tables.length === 0) return null;
  // Tables of this name are read with the files that they describe.
  const own = tables.filter(({ path }) => kindByName(path) !== 'metadata');
  if (ofKind('picture').length > 0) return only(files, await findNaming(files, own, all));
  const texts = ofKind('text').map(({ path }) => path);
  if (texts.length > 0 && own.length < tables.length) return null;
  return hasClasses(texts) ? null : only(files, tables);
}

function only({ root, kind }: ListedFiles, [table, ...others]: readonly FolderFile[]): FolderFile | null {
  if (table === undefined) return null;
  if (others.length === 0) return table;
  const names = [table, ...others].map(({ path }) => `“${visibleText(shorten(path))}”`);
  throw new InputError(
    `${basename(root)} holds ${formatCount(names.length)} tables: ${listed(names)}. ${kind === 'folder' ? 'Open' : 'Unpack it and open'} the one that you mean.`,
    { details: { path: root } },
  );
}

/** Texts in folders of classes are rows; a readme is not. */
function hasClasses(paths: readonly string[]): boolean {
  const { hasLabel, place } = findLayout(paths, false);
  if (!hasLabel) return false;
  const labels = paths.flatMap((path) => {
    const found = place(path);
    return typeof found === 'string' ? [] : [found.label];
  });
  return new Set(labels).size > 1;
}

/** The tables of which some of the first rows name a picture that is there. */
async function findNaming(
  files: ListedFiles,
  tables: readonly FolderFile[],
  all: readonly FolderFile[],
): Promise<FolderFile[]> {
  if (tables.length > mostTables) return [];
  const paths = new Set(all.map(({ path }) => path));
  const naming: FolderFile[] = [];
  for (const table of tables) {
    // What cannot be read as a table names nothing; it is told among the files that are no rows.
    const found = await inspectCsv(files.table(table)).catch((error: unknown) => {
      if (error instanceof InputError) return null;
      throw error;
    });
    const pictures = found?.preview.columns.filter(({ type }) => type === 'picture') ?? [];
    const folder = table.path.split('/').slice(0, -1);
    const isThere = (cell: string | null | undefined): boolean => {
      const parts = partsBelow((cell ?? '').trim());
      return parts !== null && paths.has([...folder, ...parts].join('/'));
    };
    if (pictures.some(({ index }) => found?.preview.rows.some((row) => isThere(row[index])))) naming.push(table);
  }
  return naming;
}

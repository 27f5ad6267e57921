import type { Column } from '../../../contract/dataset';
import { InputError } from '../../../core/base/errors';
import { formatCount, formatPlural } from '../../../core/base/format';
import { listed } from '../../../core/base/listed';
import { visibleText } from '../../../core/base/visibleText';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import { shorten } from '../cells/cellText';
import { ColumnProfile } from '../columns/columnProfile';
import { inferColumns } from '../columns/guessRoles';
import { nameColumns } from '../dialect/columnNames';
import type { Looking } from '../looking';
import type { Note } from '../note';
import { chooseFiles, type ChosenFiles } from './chooseFiles';
import type { MediaKind } from './fileKinds';
import { findLayout } from './folderLayout';
import type { ListedFiles } from './listedFiles';
import type { FolderFile, FolderListing, LeftOut } from './listFolder';
import { type Metadata, readMetadata } from './metadata';

/** A file that is a row, with its cells but for the one that is its contents. */
interface PlannedRow {
  readonly file: FolderFile;
  /** After the id and the contents: label, split, and what tables say of it. */
  readonly cells: readonly string[];
}

/** What a folder is as a dataset, before its files are read. */
export interface FolderPlan {
  readonly kind: MediaKind;
  /** Id, contents, label and split where folders tell them, and the fields of tables. */
  readonly columns: readonly Column[];
  readonly rows: readonly PlannedRow[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Note[];
}

const idReason = 'where each file lies in the folder';
const contentReasons = { picture: 'a picture in each file', text: 'the text in each file' } as const;

/**
 * Which files of a folder are rows, and what folders and tables say of them. Nothing but tables is read: O(files).
 * @throws InputError when there is nothing that could be a row; CancelledError
 */
export async function planFolder(files: ListedFiles, listing: FolderListing, looking: Looking): Promise<FolderPlan> {
  const { root } = files;
  const { signal, tell } = looking;
  const chosen = await chooseFiles(files, listing.files, signal);
  if (chosen === null) throw new InputError(describeEmpty(root, listing), { details: { path: root } });
  const paths = chosen.rows.map(({ path }) => path);
  const metadata = await readMetadata(files, chosen.metadata, new Set(paths), looking);
  const layout = findLayout(paths, metadata.tables.length > 0);
  const what = chosen.kind === 'picture' ? 'picture' : 'text';
  const leftOut: LeftOut[] = [
    ...listing.leftOut,
    ...chosen.others.map(({ path }) => ({ path, message: `is no ${what} by its name` })),
    ...metadata.leftOut,
  ];
  const rows: PlannedRow[] = [];
  let deeper: { count: number; path: string } = { count: 0, path: '' };
  const turn = createTurns(signal, () =>
    tell(`Placing ${formatCount(rows.length)} of ${formatPlural(paths.length, 'file')} in classes`),
  );
  for (const file of chosen.rows) {
    await turn();
    const place = layout.place(file.path);
    if (typeof place === 'string') {
      leftOut.push({ path: file.path, message: place });
      continue;
    }
    if (place.deeper) deeper = { count: deeper.count + 1, path: deeper.path || file.path };
    const said = metadata.cells.get(file.path);
    if (said === undefined && metadata.tables.length > 0) {
      leftOut.push({
        path: file.path,
        message: `is not in ${metadata.tables.join(', ')}: it is a row with blank cells`,
      });
    }
    rows.push({
      file,
      cells: [
        ...(layout.hasLabel ? [place.label] : []),
        ...(layout.hasSplit ? [place.split] : []),
        ...metadata.fields.map((_, at) => said?.[at] ?? ''),
      ],
    });
  }
  if (rows.length === 0) throw new InputError(describeEmpty(root, listing), { details: { path: root } });
  return {
    kind: chosen.kind,
    columns: await describeColumns(chosen.kind, layout, metadata, rows, signal),
    rows,
    leftOut,
    notes: [...metadata.notes, ...describeFiles(listing, chosen, leftOut, rows, deeper)],
  };
}

function describeEmpty(root: string, { files, leftOut, hidden }: FolderListing): string {
  const there =
    files.length > 0
      ? `${formatPlural(files.length, 'file')}, but neither pictures (PNG, JPEG, WebP, GIF, BMP) nor texts (.txt, .md, .eml)`
      : leftOut.length > 0
        ? `nothing that can be read: ${shorten(leftOut[0].path)} ${leftOut[0].message}`
        : hidden > 0
          ? 'hidden files only'
          : 'no files';
  return `${root} holds ${there}. Choose a folder of pictures or of texts, in folders named as their classes, or a CSV file.`;
}

async function describeColumns(
  kind: MediaKind,
  { hasLabel, hasSplit }: { readonly hasLabel: boolean; readonly hasSplit: boolean },
  { fields }: Metadata,
  rows: readonly PlannedRow[],
  signal: CancellationSignal,
): Promise<Column[]> {
  // A table that says the label means it: the folder a file lies in is something else then.
  const isSaid = fields.some((field) => field.trim().toLowerCase() === 'label');
  const own = [...(hasLabel ? [isSaid ? 'folder' : 'label'] : []), ...(hasSplit ? ['split'] : [])];
  const { names } = nameColumns(['file_name', kind, ...own, ...fields], 2 + own.length + fields.length);
  const profiles = names.slice(2).map(() => new ColumnProfile(names.length));
  const turn = createTurns(signal);
  for (const [row, { cells }] of rows.entries()) {
    for (const [k, profile] of profiles.entries()) profile.add(cells[k] ?? '', row, row + 1);
    await turn();
  }
  const described = inferColumns(names.slice(2), profiles).map((column) => ({ ...column, index: column.index + 2 }));
  if (hasLabel && isSaid)
    Object.assign(described[0], { type: 'category', role: 'ignore', reason: 'the folder each file lies in' });
  if (hasLabel && !isSaid) {
    for (const column of described) {
      if (column.role === 'label')
        Object.assign(column, { role: 'ignore', reason: 'the label is the folder of a file' });
    }
    const { blank, labelValues } = profiles[0];
    const counts = { missing: blank, distinct: labelValues?.size ?? null, range: null };
    // A class that is called 7 is no number.
    Object.assign(described[0], counts, { type: 'category', role: 'label', reason: 'the folder each file lies in' });
  }
  if (hasSplit) {
    for (const column of described) {
      if (column.role === 'split')
        Object.assign(column, { role: 'ignore', reason: 'the split is the folder of a file' });
    }
    const reason = 'the folder that names the split';
    Object.assign(described[own.length - 1], { type: 'category', role: 'split', reason });
  }
  const examples = rows.slice(0, 5).map(({ file }) => shorten(file.path));
  const base = { missing: 0, distinct: null, range: null };
  return [
    { ...base, index: 0, name: names[0], type: 'text', role: 'id', reason: idReason, examples },
    {
      ...base,
      index: 1,
      name: names[1],
      type: kind,
      role: 'feature',
      reason: contentReasons[kind],
      examples: kind === 'picture' ? examples : [],
    },
    ...described,
  ];
}

function describeFiles(
  { hidden, emptyFolders }: FolderListing,
  chosen: ChosenFiles,
  leftOut: readonly LeftOut[],
  rows: readonly PlannedRow[],
  deeper: { readonly count: number; readonly path: string },
): Note[] {
  const notes: Note[] = [];
  const say = (level: Note['level'], text: string): void => void notes.push({ level, text });
  const name = (path: string): string => `“${visibleText(shorten(path))}”`;
  const [first] = leftOut;
  if (first !== undefined) {
    say(
      'warning',
      `${formatPlural(leftOut.length, 'thing')} in the folder ${leftOut.length === 1 ? 'is' : 'are'} not read as a row or not quite as expected (the first: ${name(first.path)} ${first.message}): see the problems.`,
    );
  }
  if (deeper.count > 0) {
    say(
      'warning',
      `${formatPlural(deeper.count, 'file lies', 'files lie')} deeper than the folders of classes (${name(deeper.path)}): the upper folder is taken for the class.`,
    );
  }
  const odd = rows.filter(({ file }) => /[\u0000-\u001f\u007f]/.test(file.path));
  if (odd.length > 0) {
    say(
      'warning',
      `${formatPlural(odd.length, 'file has a name', 'files have names')} with line breaks or control characters (${name(odd[0].file.path)}); lists name ${odd.length === 1 ? 'it' : 'them'} as ${odd.length === 1 ? 'it is' : 'they are'}.`,
    );
  }
  if (emptyFolders.length > 0) {
    say(
      'info',
      `${formatPlural(emptyFolders.length, 'folder is', 'folders are')} empty: ${listed(emptyFolders.map(name))}.`,
    );
  }
  if (hidden > 0)
    say('info', `${formatPlural(hidden, 'hidden file is', 'hidden files are')} not read (as .DS_Store and Thumbs.db).`);
  if (chosen.metadata.length > 0) {
    say(
      'info',
      `Read beside the files: ${listed(chosen.metadata.map(({ path }) => name(path)))} (${formatCount(rows.length)} rows).`,
    );
  }
  return notes;
}

import type { Column } from '../../contract/dataset';
import type { Picture } from '../../contract/pictures';
import { InputError } from '../../core/base/errors';
import { thumbnailsFolder } from '../cacheFolders';
import { sourceFolder } from '../datasets/sourceFolder';
import { RecentPictures } from '../pictures/recentPictures';
import type { PictureReader } from '../pictures/thread/pictureThreads';
import type { ProjectStore } from '../store/projectStore';

interface ProjectPicturesOptions {
  readonly store: ProjectStore;
  readonly threads: PictureReader;
  /** Whether the files that the data name may be read: see {@link isChosenHere}. */
  readonly isTrusted: () => boolean;
}

const foreign =
  'This project came from elsewhere, and its pictures are not read because a project names them. Open its data on this machine.';

/**
 * The same reader for jobs, which make features of pictures: where the files that the data name may not be read, a job
 * fails and says why.
 */
export function readWhereTrusted(pictures: PictureReader, isTrusted: () => boolean): PictureReader {
  return {
    read: (file, wish, options) =>
      isTrusted() ? pictures.read(file, wish, options) : Promise.reject(new InputError(foreign)),
  };
}

/** Pictures up to this side are kept on disk. */
const keptSide = 256;

/** The column whose pictures are shown: of several, the first one that is not ignored. */
export function findPictureColumn(columns: readonly Column[]): Column | undefined {
  const all = columns.filter(({ type }) => type === 'picture');
  return all.find(({ role }) => role !== 'ignore') ?? all[0];
}

/** Pictures of rows for the window: by number, from files below the folder of the data and from nowhere else. */
export class ProjectPictures {
  readonly #options: ProjectPicturesOptions;
  readonly #recent = new RecentPictures();
  readonly #closing = new AbortController();

  constructor(options: ProjectPicturesOptions) {
    this.#options = options;
  }

  /**
   * In the order asked for. What is wrong with a picture is said in its place.
   * @throws InputError when there are no pictures, or no such row; CancelledError when the project is closed meanwhile.
   */
  async read(rows: readonly number[], side: number): Promise<Picture[]> {
    const { store, isTrusted } = this.#options;
    const { columns, source } = store.sources;
    const column = findPictureColumn(columns);
    if (source === null || column === undefined) throw new InputError('This dataset has no pictures.');
    const missing = rows.find((row) => row >= source.rowCount);
    if (missing !== undefined) {
      throw new InputError(`There is no row ${missing}: the dataset has ${source.rowCount} rows.`);
    }
    if (!isTrusted()) return rows.map(() => ({ kind: 'problem', problem: foreign }));
    const root = sourceFolder(source.format, source.fingerprint);
    const cells = await store.sources.readCells(rows, [column.index]);
    return Promise.all(cells.map(([path = '']) => this.#readOne(root, path, side)));
  }

  /** What is being read ends as cancelled. */
  close(): void {
    this.#closing.abort();
  }

  async #readOne(root: string, path: string, side: number): Promise<Picture> {
    if (path === '') return { kind: 'problem', problem: 'The row names no picture.' };
    // Large ones are looked at now and then, and take as much room as a hundred others.
    const wish = { kind: 'fit', side, ...(side <= keptSide ? { thumbnails: thumbnailsFolder() } : {}) } as const;
    return this.#recent.get(`${side} ${path}`, () =>
      this.#options.threads.read({ root, path }, wish, { urgent: true, signal: this.#closing.signal }),
    );
  }
}

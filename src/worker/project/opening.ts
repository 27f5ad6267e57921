import { existsSync } from 'node:fs';
import type { Preview } from '../../contract/dataset';
import { InputError } from '../../core/base/errors';
import { closeAfter } from '../closeAll';
import { findSource } from '../datasets/findSource';
import { unwatched } from '../datasets/looking';
import type { Inspection } from '../datasets/sourceFormat';
import { databaseFile, draftFolder } from '../store/projectFolder';
import { createProject, openProject, type ProjectStore } from '../store/projectStore';
import type { SourceRecord } from '../store/storeTypes';
import type { DataFile } from './dataFile';
import { readPreview } from './preview';
import {
  chooseProjectFolder,
  findProjectOf,
  isChosenHere,
  maxReadingAttempts,
  type Origin,
  originOf,
  projectTitle,
  readOrigin,
  writeOrigin,
} from './projectFolders';

/** A project's store, open, and its data as far as they are known. Whoever takes it closes the store. */
export interface Opening {
  readonly store: ProjectStore;
  readonly origin: Origin;
  readonly preview: Preview;
  /** Of a file that is to be read; null where it has been. */
  readonly inspection: Inspection | null;
  /** The data file is one that a person chose here, not one that a project from elsewhere names. */
  readonly sourceIsChosen: boolean;
  readonly notice: string;
}

/**
 * Opens the project made from exactly this file or folder earlier, or makes a new one.
 * @throws InputError when it cannot be read as a dataset; CancelledError: nothing has been made then.
 */
export async function openSource(path: string, projectsFolder: string, looking = unwatched): Promise<Opening> {
  // Whoever picks a project among folders means the project.
  if (existsSync(databaseFile(path))) return openFolder(path, looking);
  const found = await findSource(path, undefined, looking);
  const origin = originOf(found);
  const known = findProjectOf(origin, projectsFolder);
  if (known !== undefined) return openFolder(known, looking, found.stamp.path);
  const inspection = await found.inspect(undefined, looking);
  looking.signal.throwIfCancelled();
  return openNew(chooseProjectFolder(origin, projectsFolder), { origin, inspection });
}

/** Makes a new project in `folder`. */
export async function openNew(folder: string, { origin, inspection }: DataFile): Promise<Opening> {
  const asked: Origin = { ...origin, said: inspection.said };
  const store = await createProject(folder, {
    name: projectTitle(origin, folder),
    // From the first moment a project is found by its data file.
    prepare: () => writeOrigin(folder, asked),
  });
  return { store, origin: asked, preview: inspection.preview, inspection, sourceIsChosen: true, notice: '' };
}

/**
 * Opens a project folder. Reading that was interrupted is to start again where a person chose that file here, or
 * does so now: `chosen`.
 * @throws InputError when it is no project, or its data cannot be read to the end; CancelledError
 */
export async function openFolder(folder: string, looking = unwatched, chosen?: string): Promise<Opening> {
  needProject(folder);
  const store = await openProject(folder);
  try {
    const origin = readOrigin(folder);
    const { source } = store.sources;
    const isChosen = origin !== undefined && (origin.path === chosen || isChosenHere(origin));
    if (source !== null) {
      const preview = await readPreview(store, source);
      const known = origin ?? recordedOrigin(source);
      return { store, origin: known, preview, inspection: null, sourceIsChosen: isChosen, notice: '' };
    }
    const unread = await needReadable(folder, origin, isChosen);
    const found = await findSource(unread.path, unread.embeddings, looking);
    const inspection = await found.inspect(unread.said, looking);
    const notice = 'Reading was interrupted; it starts again.';
    return { store, origin: unread, preview: inspection.preview, inspection, sourceIsChosen: true, notice };
  } catch (error) {
    return closeAfter(error, [() => store.close()]);
  }
}

/** @throws InputError when there is no such project, or not yet. */
function needProject(folder: string): void {
  if (existsSync(databaseFile(folder))) return;
  if (existsSync(draftFolder(folder))) {
    throw new InputError(
      `The project in ${folder} was never finished: the command that made it is still running, or was killed. Run it again.`,
    );
  }
  throw new InputError(
    `${folder} is not an Assay project: it has no file project.duckdb. Choose a folder named ….assay.`,
  );
}

/** The data file of a project that has no rows. @throws InputError when it is not to be read by itself. */
async function needReadable(folder: string, origin: Origin | undefined, isChosen: boolean): Promise<Origin> {
  if (origin === undefined) {
    throw new InputError(`The project in ${folder} has no data. Delete the folder and open the data file again.`);
  }
  const { path, attempts } = origin;
  if (!isChosen) {
    throw new InputError(
      `The project ${folder} was made elsewhere, and its data was not read to the end. ` +
        `It names the file ${path}, which is not read because a project says so: open that file itself if it is the right one.`,
      { details: { path } },
    );
  }
  if (attempts < maxReadingAttempts) return origin;
  await writeOrigin(folder, { ...origin, attempts: 0 });
  throw new InputError(
    `Reading ${path} was begun ${attempts} times and never ended, so it is not tried again by itself. Open the file once more to try again.`,
    { details: { path } },
  );
}

/** As far as the project itself knows it. */
function recordedOrigin({ fingerprint, said }: SourceRecord): Origin {
  const { sha256: _sha256, ...stamp } = fingerprint;
  return originOf({ stamp }, said);
}

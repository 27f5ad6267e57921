import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  app,
  clipboard,
  dialog,
  ipcMain,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  nativeTheme,
  shell,
} from 'electron';
import * as z from 'zod';
import { isWithinBounds, shellBounds } from '../contract/messageBounds';
import type { Result } from '../contract/result';
import {
  type GrantedPath,
  type Sample,
  type ShellEvent,
  type ShellMethod,
  shellMethods,
  type ShellResult,
} from '../contract/shell';
import { shellChannels } from '../contract/wire';
import { BugError, InputError, serializeWithoutStacks } from '../core/base/errors';
import type { EngineProcess } from './engineProcess';
import type { GrantTable } from './grants';
import type { RecentProjects } from './recentProjects';
import { isAppPage } from './security';
import type { SettingsStore } from './settingsStore';
import { systemTheme } from './systemTheme';
import type { MainWindow } from './window';

interface ShellServices {
  readonly window: MainWindow;
  readonly settings: SettingsStore;
  readonly recent: RecentProjects;
  readonly grants: GrantTable;
  readonly engine: EngineProcess;
  readonly openPath: (path: string) => void;
  readonly send: (event: ShellEvent) => void;
}

type Handlers = {
  [M in ShellMethod]: (
    params: z.output<(typeof shellMethods)[M]['params']>,
  ) => Promise<ShellResult<M>> | ShellResult<M>;
};

const samples: readonly Sample[] = [
  {
    id: 'digits',
    title: 'Digits',
    description: '1,797 small images; one label in ten is wrong on purpose. Start here.',
  },
  {
    id: 'reviews',
    title: 'Reviews',
    description: '967 short texts about food: great or not? Some ratings are wrong on purpose, some are arguable.',
  },
  {
    id: 'fashion',
    title: 'Fashion',
    description: '600 pictures of clothes, in a folder for each kind; one in ten lies in the wrong folder.',
  },
  { id: 'credit', title: 'Credit', description: '4,454 loan decisions: numbers, categories, missing cells.' },
];

const sampleFiles: Readonly<Record<Sample['id'], string>> = {
  digits: 'digits.csv',
  reviews: 'reviews.csv',
  fashion: 'fashion.zip',
  credit: 'credit.csv',
};

const sourceFilters = [
  { name: 'Delimited text and zip archives', extensions: ['csv', 'tsv', 'txt', 'tab', 'psv', 'zip'] },
  { name: 'All files', extensions: ['*'] },
];

const encoderFilters = [
  { name: 'ONNX networks', extensions: ['onnx'] },
  { name: 'All files', extensions: ['*'] },
];

const listFilters = [
  { name: 'Delimited text', extensions: ['csv', 'tsv', 'txt', 'tab', 'psv'] },
  { name: 'All files', extensions: ['*'] },
];

const embeddingsFilters = [
  { name: 'Delimited text, NumPy arrays', extensions: ['csv', 'tsv', 'txt', 'tab', 'psv', 'npy'] },
  { name: 'All files', extensions: ['*'] },
];

/** Answers the window's shell calls: sender checked, method known, parameters checked, errors as values. */
export function registerShellCalls(services: ShellServices): void {
  const handlers = createHandlers(services);

  const fromOwnPage = (event: IpcMainEvent | IpcMainInvokeEvent): boolean =>
    event.senderFrame !== null &&
    event.sender === services.window.contents &&
    event.senderFrame === event.sender.mainFrame &&
    isAppPage(event.senderFrame.url);

  ipcMain.handle(shellChannels.call, async (event, method: unknown, params: unknown): Promise<Result<unknown>> => {
    try {
      if (!fromOwnPage(event)) throw new BugError('A message came from a page that is not ours.');
      if (!isWithinBounds(params, shellBounds)) throw new BugError('A message is too large, or holds what none holds.');
      if (typeof method !== 'string' || !Object.prototype.hasOwnProperty.call(shellMethods, method)) {
        throw new BugError(
          `There is no shell method named ${typeof method === 'string' ? method.slice(0, 100) : typeof method}.`,
        );
      }
      const name = method as ShellMethod; // checked on the line above
      const parsed = shellMethods[name].params.parse(params);
      // The handler of a method takes what that method's schema gives: the table is typed so, a lookup loses it.
      const handler = handlers[name] as (params: unknown) => unknown;
      return { ok: true, value: await handler(parsed) };
    } catch (error) {
      return { ok: false, error: serializeWithoutStacks(error) };
    }
  });

  ipcMain.on(shellChannels.requestPort, (event) => {
    if (!fromOwnPage(event)) return;
    services.engine.connect(event.sender);
    services.send({ kind: 'engine', state: services.engine.state });
  });

  ipcMain.on(shellChannels.dropped, (event, paths: unknown) => {
    if (!fromOwnPage(event) || !isWithinBounds(paths, shellBounds)) return;
    const parsed = z.array(z.string().min(1).max(70_000)).max(1).safeParse(paths);
    if (parsed.success) parsed.data.forEach(services.openPath);
  });
}

function createHandlers({ window, settings, recent, grants, engine }: ShellServices): Handlers {
  let exportFolder: string | undefined;

  const pick = async (options: Electron.OpenDialogOptions): Promise<string | undefined> => {
    const owner = window.browserWindow;
    const answer = await (owner === undefined ? dialog.showOpenDialog(options) : dialog.showOpenDialog(owner, options));
    return answer.canceled ? undefined : answer.filePaths[0];
  };

  return {
    async pickSource() {
      const path = await pick({ title: 'Open a dataset', properties: ['openFile'], filters: sourceFilters });
      return path === undefined ? null : grants.add(path, 'source');
    },
    async pickFolder() {
      const path = await pick({ title: 'Open a folder of pictures or texts', properties: ['openDirectory'] });
      return path === undefined ? null : grants.add(path, 'source');
    },
    async pickProject() {
      const path = await pick({
        title: 'Open an Assay project (a folder named ….assay)',
        properties: ['openDirectory'],
      });
      return path === undefined ? null : grants.add(path, 'project');
    },
    async pickEncoder() {
      const path = await pick({
        title: 'Choose an encoder: an ONNX file',
        properties: ['openFile'],
        filters: encoderFilters,
      });
      return path === undefined ? null : grants.add(path, 'encoder');
    },
    async pickEmbeddings() {
      const path = await pick({
        title: 'Choose a table of embeddings with a column of ids, or a .npy file',
        properties: ['openFile'],
        filters: embeddingsFilters,
      });
      return path === undefined ? null : grants.add(path, 'embeddings');
    },
    async pickDecisions() {
      const path = await pick({
        title: 'Choose decisions: a decisions.csv, a list of rows, or a sheet of labels',
        properties: ['openFile'],
        filters: listFilters,
      });
      return path === undefined ? null : grants.add(path, 'decisions');
    },
    async pickExportFolder(): Promise<GrantedPath | null> {
      const path = await pick({
        title: 'Choose the folder to export to',
        buttonLabel: 'Export here',
        properties: ['openDirectory', 'createDirectory'],
      });
      if (path === undefined) return null;
      exportFolder = path;
      return { ...grants.add(path, 'export'), display: path };
    },
    samples: () => [...samples],
    openSample({ id }) {
      return grants.add(join(resourcesFolder(), 'samples', sampleFiles[id]), 'source');
    },
    recentProjects: () => recent.list(),
    openRecent({ id }) {
      const folder = recent.folderOf(id);
      if (folder === undefined || !existsSync(folder)) {
        throw new InputError('The folder of this project is gone. Take it off the list, or put the folder back.');
      }
      return grants.add(folder, 'project');
    },
    forgetRecent({ id }) {
      recent.forget(id);
      return {};
    },
    showExportFolder() {
      if (exportFolder !== undefined) void shell.openPath(exportFolder);
      return {};
    },
    settings: () => settings.current,
    async saveSettings(next) {
      nativeTheme.themeSource = systemTheme(next.theme);
      engine.post({ kind: 'reviewer', name: next.reviewer });
      return settings.save(next);
    },
    restartEngine() {
      engine.restart();
      return {};
    },
    copyText({ text }) {
      clipboard.writeText(text);
      return {};
    },
  };
}

/** The folder of bundled resources: beside the packaged application, or in the checkout. */
function resourcesFolder(): string {
  return app.isPackaged ? join(process.resourcesPath, 'resources') : join(__dirname, '../../resources');
}

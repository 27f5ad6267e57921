import { join } from 'node:path';
import { app, nativeTheme } from 'electron';
import log from 'electron-log/main';
import type { ShellEvent } from '../contract/shell';
import { shellChannels } from '../contract/wire';
import { EngineProcess } from './engineProcess';
import { GrantTable } from './grants';
import { registerShellCalls } from './ipc';
import { installMenu } from './menu';
import { switchNetworkOff } from './offline';
import { classifyPath, pathsFromArguments } from './openRequests';
import { findPrintOrder, printFile } from './printFile';
import { printPage } from './printPage';
import { RecentProjects } from './recentProjects';
import { denyEverythingRemote, registerAppProtocol, registerAppScheme } from './security';
import { SettingsStore } from './settingsStore';
import { systemTheme } from './systemTheme';
import { MainWindow } from './window';
import { WindowPlaceStore } from './windowPlace';

/** Composition root of the main process: every service is made here, in the order in which they need each other. */

const userDataSwitch = app.commandLine.getSwitchValue('user-data-dir');
if (userDataSwitch !== '') app.setPath('userData', userDataSwitch);

log.transports.file.resolvePathFn = () => join(app.getPath('userData'), 'logs', 'main.log');
log.transports.console.level = 'warn';
process.on('uncaughtException', (error) => log.error('uncaught', error));
process.on('unhandledRejection', (reason) => log.error('unhandled', reason));

switchNetworkOff();
registerAppScheme();

const order = findPrintOrder();
if (order !== undefined) {
  // Beside whatever window is open: it has settings and a profile of its own, or none.
  app.disableHardwareAcceleration();
  void app.whenReady().then(() => {
    denyEverythingRemote();
    return printFile(order);
  });
} else if (app.requestSingleInstanceLock()) {
  void app.whenReady().then(start, (error: unknown) => log.error('start', error));
} else {
  app.quit();
}

function start(): void {
  const settings = new SettingsStore(app.getPath('userData'));
  nativeTheme.themeSource = systemTheme(settings.current.theme);
  const recent = new RecentProjects(app.getPath('userData'));
  const grants = new GrantTable();
  const window = new MainWindow(settings, new WindowPlaceStore(app.getPath('userData')));
  const send = (event: ShellEvent): void => window.send(shellChannels.event, event);

  const engine = new EngineProcess({
    entry: join(__dirname, 'engine.js'),
    options: () => ({
      version: app.getVersion(),
      projectsFolder: join(app.getPath('userData'), 'projects'),
      reviewer: settings.current.reviewer,
    }),
    grants,
    onState: (state) => send({ kind: 'engine', state }),
    onMessage: (message) => {
      if (message.kind === 'project') recent.note(message);
      else if (message.kind === 'print') void answerPrint(message);
    },
    log,
  });

  const answerPrint = async ({ id, page }: { readonly id: number; readonly page: string }): Promise<void> => {
    try {
      engine.post({ kind: 'printed', id, pdf: new Uint8Array(await printPage(page)) });
    } catch (error) {
      log.error('print', error);
      const problem = error instanceof Error ? error.message.slice(0, 1_000) : 'It failed.';
      engine.post({ kind: 'notPrinted', id, problem: `The report could not be printed. ${problem}` });
    }
  };

  const openPath = (path: string): void => {
    const what = classifyPath(path);
    if (what === undefined) return;
    send({ kind: 'open', path: grants.add(path, what), what });
  };

  registerAppProtocol(join(__dirname, '../renderer'));
  denyEverythingRemote();
  registerShellCalls({ window, settings, recent, grants, engine, openPath, send });
  const installAgain = installMenu({
    recent: () => recent.list(),
    send,
    openRecent: (id) => {
      const folder = recent.folderOf(id);
      if (folder !== undefined) openPath(folder);
    },
    toggleDevTools: () => window.toggleDevTools(),
    quit: () => app.quit(),
  });
  recent.onChange(installAgain);

  engine.start();
  window.open();
  window.onceLoaded(() => pathsFromArguments(process.argv, app.isPackaged).forEach(openPath));

  app.on('second-instance', (_event, argv, workingFolder) => {
    window.focus();
    pathsFromArguments(argv, app.isPackaged, workingFolder).forEach(openPath);
  });
  app.on('activate', () => window.open());
  app.on('window-all-closed', () => app.quit());

  let shuttingDown = false;
  app.on('before-quit', (event) => {
    if (shuttingDown) return;
    shuttingDown = true;
    event.preventDefault();
    void engine.shutdown().finally(() => app.quit());
  });
}

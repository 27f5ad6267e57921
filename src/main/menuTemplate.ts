import type { MenuItemConstructorOptions } from 'electron';
import type { RecentProject, ShellEvent } from '../contract/shell';
import { visibleText } from '../core/base/visibleText';

type MenuCommand = Extract<ShellEvent, { kind: 'command' }>['command'];

interface MenuOptions {
  readonly platform: NodeJS.Platform;
  /** Latest first. */
  readonly recent: readonly RecentProject[];
  readonly run: (command: MenuCommand) => void;
  readonly openRecent: (id: string) => void;
  readonly toggleDevTools: () => void;
  readonly quit: () => void;
}

const shownRecent = 10;
/** Of a project's name. */
const nameLength = 60;
const separator: MenuItemConstructorOptions = { type: 'separator' };

/**
 * The application menu as the platform expects it. Undo and redo have no accelerator here: the window handles their
 * keys itself, so that they undo typing in a text field and decisions elsewhere; and none selects everything or closes
 * the window, which other keys would come too near to.
 */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const { platform, run, toggleDevTools, quit } = options;
  const isMac = platform === 'darwin';
  const item = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => run(command),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const about = item('About Assay', 'about');
  const settings = item('Settings…', 'settings', 'CmdOrCtrl+,');
  const quitItem: MenuItemConstructorOptions = {
    label: isMac ? 'Quit Assay' : 'Quit',
    accelerator: 'CmdOrCtrl+Q',
    click: quit,
  };
  return [
    ...(isMac ? [appMenu(about, settings, quitItem)] : []),
    {
      label: '&File',
      submenu: [
        item('Open file…', 'open', 'CmdOrCtrl+O'),
        item('Open folder…', 'open-folder'),
        item('Open project…', 'open-project', 'CmdOrCtrl+Shift+O'),
        { label: 'Open recent', submenu: recentItems(options) },
        item('Home', 'home'),
        separator,
        item('Export…', 'export', 'CmdOrCtrl+E'),
        ...(isMac ? [] : [separator, settings, separator, quitItem]),
      ],
    },
    {
      label: '&Edit',
      submenu: [
        item('Undo', 'undo'),
        item('Redo', 'redo'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        separator,
        item('Search or run…', 'palette'),
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        separator,
        { label: 'Developer tools', accelerator: 'F12', click: toggleDevTools },
      ],
    },
    {
      label: '&Window',
      role: 'window',
      submenu: [{ role: 'minimize' }, { role: 'zoom' }, ...(isMac ? [separator, { role: 'front' } as const] : [])],
    },
    { label: '&Help', role: 'help', submenu: [item('Keys', 'help'), ...(isMac ? [] : [about])] },
  ];
}

function appMenu(
  about: MenuItemConstructorOptions,
  settings: MenuItemConstructorOptions,
  quitItem: MenuItemConstructorOptions,
): MenuItemConstructorOptions {
  const ways: MenuItemConstructorOptions[] = [{ role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }];
  return { label: 'Assay', submenu: [about, separator, settings, separator, ...ways, separator, quitItem] };
}

function recentItems({ recent, openRecent }: MenuOptions): MenuItemConstructorOptions[] {
  const there = recent.filter(({ available }) => available).slice(0, shownRecent);
  if (there.length === 0) return [{ label: 'Nothing opened yet', enabled: false }];
  return there.map(({ id, name }) => ({
    // A single & would underline the letter behind it.
    label: visibleText(name, { limit: nameLength }).replace(/&/g, '&&'),
    click: () => openRecent(id),
  }));
}

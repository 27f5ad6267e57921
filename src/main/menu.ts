import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { ShellEvent } from '../contract/shell';

type Command = Extract<ShellEvent, { kind: 'command' }>['command'];

interface MenuOptions {
  readonly send: (event: ShellEvent) => void;
  readonly toggleDevTools: () => void;
  readonly quit: () => void;
}

/**
 * The application menu. Undo and redo have no accelerator here: the window handles their keys itself, so that they undo
 * typing in a text field and decisions elsewhere.
 */
export function installMenu({ send, toggleDevTools, quit }: MenuOptions): void {
  const item = (label: string, command: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => send({ kind: 'command', command }),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: '&File',
        submenu: [
          item('Open file…', 'open', 'CmdOrCtrl+O'),
          item('Open folder…', 'open-folder'),
          item('Open project…', 'open-project', 'CmdOrCtrl+Shift+O'),
          item('Home', 'home'),
          separator,
          item('Export…', 'export', 'CmdOrCtrl+E'),
          separator,
          item('Settings…', 'settings', 'CmdOrCtrl+,'),
          separator,
          { label: 'Quit', accelerator: 'CmdOrCtrl+Q', click: quit },
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
      { label: '&Help', submenu: [item('Keys', 'help'), item('About Assay', 'about')] },
    ]),
  );
}

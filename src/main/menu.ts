import { Menu } from 'electron';
import type { RecentProject, ShellEvent } from '../contract/shell';
import { menuTemplate } from './menuTemplate';

interface MenuOptions {
  readonly recent: () => readonly RecentProject[];
  readonly send: (event: ShellEvent) => void;
  readonly openRecent: (id: string) => void;
  readonly toggleDevTools: () => void;
  readonly quit: () => void;
}

/** Installs the application menu. @returns what installs it again, when the recent projects are others. */
export function installMenu({ recent, send, ...rest }: MenuOptions): () => void {
  const install = (): void => {
    const template = menuTemplate({
      ...rest,
      platform: process.platform,
      recent: recent(),
      run: (command) => send({ kind: 'command', command }),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  install();
  return install;
}

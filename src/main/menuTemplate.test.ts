import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import type { RecentProject } from '../contract/shell';
import { menuTemplate } from './menuTemplate';

const project: RecentProject = {
  id: 'a',
  name: 'R&D\u202e',
  rows: 1,
  decided: 0,
  pending: 1,
  exported: false,
  openedAt: '',
  available: true,
};

function build(platform: NodeJS.Platform, recent: readonly RecentProject[] = []) {
  const calls = { run: vi.fn(), openRecent: vi.fn(), toggleDevTools: vi.fn(), quit: vi.fn() };
  return { calls, template: menuTemplate({ platform, recent, ...calls }) };
}

/** All items of all menus. */
function flatten(items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);
}

describe('the application menu', () => {
  it('has the menus of the platform, and what quits where it belongs', () => {
    const labels = (platform: NodeJS.Platform) => build(platform).template.map(({ label }) => label);
    expect(labels('linux')).toEqual(['&File', '&Edit', '&View', '&Window', '&Help']);
    expect(labels('darwin')).toEqual(['Assay', '&File', '&Edit', '&View', '&Window', '&Help']);
    for (const platform of ['linux', 'win32', 'darwin'] as const) {
      const { template, calls } = build(platform);
      const quits = flatten(template).filter(({ accelerator }) => accelerator === 'CmdOrCtrl+Q');
      expect(quits).toHaveLength(1);
      quits[0].click?.(undefined as never, undefined, undefined as never);
      expect(calls.quit).toHaveBeenCalledOnce();
      const menu = template[0];
      const own = flatten(Array.isArray(menu.submenu) ? menu.submenu : []).some(({ label }) => label === 'Settings…');
      expect(own).toBe(true);
    }
  });

  it('opens recent projects that are there, by names that show what they are', () => {
    expect(flatten(build('linux').template).find(({ label }) => label === 'Nothing opened yet')?.enabled).toBe(false);
    const gone = { ...project, id: 'b', name: 'gone', available: false };
    const { template, calls } = build('linux', [project, gone]);
    const items = flatten(template);
    expect(items.some(({ label }) => label === 'gone')).toBe(false);
    items.find(({ label }) => label === 'R&&D⟨U+202E⟩')?.click?.(undefined as never, undefined, undefined as never);
    expect(calls.openRecent).toHaveBeenCalledExactlyOnceWith('a');
  });
});

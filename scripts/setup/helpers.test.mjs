import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listInputs, quickStamp } from './build.mjs';
import { hasDisplay } from './display.mjs';
import { recordsAgree } from './packages.mjs';
import { cacheFolder, userFolder } from './paths.mjs';
import { alignColumns, judgeRanking } from './sampleAudit.mjs';
import { launchArguments } from './sandbox.mjs';
import { checkNode } from './setUp.mjs';
import { missingLibraries, packagesFor } from './systemLibraries.mjs';

describe('folders', () => {
  it('honours ASSAY_CACHE, then an absolute XDG_CACHE_HOME, then the home folder', () => {
    expect(cacheFolder({ ASSAY_CACHE: '/c', XDG_CACHE_HOME: '/x' }, 'linux', '/h')).toBe('/c');
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux', '/h')).toBe('/x/assay');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux', '/h')).toBe('/h/.cache/assay');
    expect(cacheFolder({}, 'darwin', '/h')).toBe('/h/Library/Caches/assay');
  });

  it('takes the folder in which npm was called for the user’s', () => {
    expect(userFolder({ INIT_CWD: '/somewhere' })).toBe('/somewhere');
    expect(userFolder({})).toBe(process.cwd());
  });
});

describe('packages', () => {
  const wanted = {
    packages: {
      '': { name: 'assay' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/other-platform': { version: '2.0.0', optional: true },
    },
  };

  it('accepts what npm recorded when versions agree; packages for other platforms may be missing', () => {
    expect(recordsAgree(wanted, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(true);
  });

  it('refuses another version, a missing package and an optional one in the wrong version', () => {
    expect(recordsAgree(wanted, { packages: { 'node_modules/a': { version: '1.0.1' } } })).toBe(false);
    expect(recordsAgree(wanted, { packages: {} })).toBe(false);
    const optional = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/other-platform': { version: '1.0.0' } };
    expect(recordsAgree(wanted, { packages: optional })).toBe(false);
  });
});

describe('system libraries', () => {
  const output = [
    '\tlinux-vdso.so.1 (0x00007ffd)',
    '\tlibgtk-3.so.0 => not found',
    '\tlibnss3.so => /lib/x86_64-linux-gnu/libnss3.so (0x00007f)',
    '\tlibgtk-3.so.0 => not found',
    '\tlibasound.so.2 => not found',
  ].join('\n');

  it('reads the missing ones from ldd, each once', () => {
    expect(missingLibraries(output)).toEqual(['libgtk-3.so.0', 'libasound.so.2']);
    expect(missingLibraries('\tstatically linked')).toEqual([]);
  });

  it('knows the packages that bring them, each once', () => {
    expect(packagesFor(['libgtk-3.so.0', 'libgdk-3.so.0', 'libasound.so.2'])).toEqual([
      ['libgtk-3-0t64', 'libgtk-3-0'],
      ['libasound2t64', 'libasound2'],
    ]);
  });
});

describe('build stamp', () => {
  it('sees changed, new and removed sources, and ignores tests', async () => {
    const root = await fs.mkdtemp(path.join(tmpdir(), 'assay-stamp-'));
    try {
      await fs.mkdir(path.join(root, 'src', 'core'), { recursive: true });
      await fs.writeFile(path.join(root, 'src', 'core', 'a.ts'), 'one');
      const stamp = async () => quickStamp(await listInputs(root, ['src', 'missing.json']));
      const first = await stamp();
      await fs.writeFile(path.join(root, 'src', 'core', 'a.test.ts'), 'test');
      expect(await stamp()).toBe(first);
      await fs.writeFile(path.join(root, 'src', 'core', 'a.ts'), 'longer');
      const second = await stamp();
      expect(second).not.toBe(first);
      await fs.writeFile(path.join(root, 'src', 'b.vue'), '');
      const third = await stamp();
      expect(third).not.toBe(second);
      await fs.rm(path.join(root, 'src', 'b.vue'));
      expect(await stamp()).toBe(second);
    } finally {
      await fs.rm(root, { recursive: true, force: true });
    }
  });
});

describe('launching', () => {
  it('finds a display by X or Wayland on Linux, and always elsewhere', () => {
    expect(hasDisplay({}, 'linux')).toBe(false);
    expect(hasDisplay({ DISPLAY: '' }, 'linux')).toBe(false);
    expect(hasDisplay({ DISPLAY: ':0' }, 'linux')).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
    expect(hasDisplay({}, 'darwin')).toBe(true);
  });

  it('turns the sandbox off for root only', () => {
    expect(launchArguments(true)).toEqual(['--no-sandbox']);
    expect(launchArguments(false)).toEqual([]);
  });

  it('asks for Node 20', () => {
    expect(() => checkNode('18.19.1')).toThrow('needs Node 20');
    expect(() => checkNode('20.0.0')).not.toThrow();
    expect(() => checkNode('24.1.0')).not.toThrow();
  });
});

it('counts how many changed labels are among the most suspicious rows', () => {
  const row = (id, rank, suggested) => ({ id, rank, given_label: '0', suggested_label: suggested });
  const scores = [row('c', '3', '0'), row('a', '1', '7'), row('b', '2', '5'), row('d', '', '0')];
  const truth = [
    { id: 'a', original_label: '7' },
    { id: 'c', original_label: '4' },
  ];
  const result = judgeRanking(scores, truth);
  expect(result).toMatchObject({ changed: 2, found: 1, corrected: 1 });
  expect(result.first.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

it('aligns a table to its widest cells', () => {
  expect(
    alignColumns([
      ['rank', 'id'],
      ['1', 'digit-0001'],
    ]),
  ).toEqual(['rank          id', '   1  digit-0001']);
});

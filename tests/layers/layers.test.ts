import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Files by path; the first one breaks the rule. */
type Offender = Readonly<Record<string, string>>;

/** A folder of core, and one that it stands below or beside: [who imports, what it must not]. */
const upwards = [
  ['base', 'linalg'],
  ['linalg', 'labels'],
  ['labels', 'review'],
  ['job', 'models'],
  ['review', 'job'],
  ['models', 'influence'],
  ['text', 'influence'],
  ['influence', 'validation'],
  ['media', 'l2'],
  ['l2', 'head'],
  ['ranking', 'l2'],
  ['validation', 'ranking'],
  ['leakage', 'audit'],
  ['head', 'audit'],
  ['audit', 'session'],
  ['session', 'study'],
  ['study', 'annotators'],
  ['annotators', 'session'],
] as const;

/** Types alone, as those are what tied the floors together before there were rules. */
function importUpwards([low, high]: readonly [string, string]): [string, Offender] {
  return [
    `core-floor-${low}`,
    {
      [`src/core/${low}/below.ts`]: `export type { ${high} } from '../${high}/above';\n`,
      [`src/core/${high}/above.ts`]: `export type ${high} = number;\n`,
    },
  ];
}

/** Files that break a rule, per rule. */
const offenders: Readonly<Record<string, Offender>> = {
  ...Object.fromEntries(upwards.map(importUpwards)),
  'core-room-has-a-floor': {
    'src/core/attic/x.ts': "export type { Loft } from '../audit/loft';\n",
    'src/core/audit/loft.ts': 'export type Loft = number;\n',
  },
  'no-cycles': {
    'src/core/base/one.ts': "import type { Two } from './two';\nexport type One = Two;\n",
    'src/core/base/two.ts': "import type { One } from './one';\nexport interface Two {\n  readonly one?: One;\n}\n",
  },
  'reached-or-removed': {
    'src/cli/forgotten.ts': 'export const forgotten = 1;\n',
  },
  'core-stands-alone': {
    'src/core/base/a.ts': "export { b } from '../../contract/b';\n",
    'src/contract/b.ts': 'export const b = 1;\n',
  },
  'core-is-pure': { 'src/core/base/c.ts': "import { join } from 'node:path';\nexport const c = join('a');\n" },
  'contract-uses-core': {
    'src/contract/d.ts': "export { e } from '../worker/e';\n",
    'src/worker/e.ts': 'export const e = 1;\n',
  },
  'worker-is-below-cli': {
    'src/worker/f.ts': "export { g } from '../cli/g';\n",
    'src/cli/g.ts': 'export const g = 1;\n',
  },
  'cli-uses-worker': { 'src/cli/h.ts': "export { i } from '../main/i';\n", 'src/main/i.ts': 'export const i = 1;\n' },
  'cli-meets-a-face': {
    'src/cli/w.ts':
      "export type { Job } from '../worker/jobs/job';\nexport { open } from '../worker/project/openProject';\n",
    'src/worker/jobs/job.ts': 'export type Job = number;\n',
    'src/worker/project/openProject.ts': 'export const open = 1;\n',
  },
  'main-is-thin': { 'src/main/j.ts': "export { e } from '../worker/e';\n" },
  'preload-is-thin': { 'src/preload/k.ts': "export { e } from '../worker/e';\n" },
  'renderer-uses-contract': {
    'src/renderer/l.ts': "export { m } from '../core/models/m';\n",
    'src/core/models/m.ts': 'export const m = 1;\n',
  },
  'tensorflow-in-compute': { 'src/worker/n.ts': "export { tensor } from '@tensorflow/tfjs-core';\n" },
  'onnxruntime-in-encoders': { 'src/worker/x.ts': "export { Tensor } from 'onnxruntime-node';\n" },
  'duckdb-in-store': { 'src/worker/o.ts': "export { DuckDBInstance } from '@duckdb/node-api';\n" },
  'canvas-in-pictures': { 'src/worker/pictures/w.ts': "export { createCanvas } from '@napi-rs/canvas';\n" },
  'electron-at-the-edge': { 'src/worker/p.ts': "export { app } from 'electron';\n" },
  'renderer-without-node': { 'src/renderer/q.ts': "import { join } from 'node:path';\nexport const q = join('a');\n" },
  'components-not-client': {
    'src/renderer/R.vue':
      '<script setup lang="ts">\nimport { s } from \'./client/s\';\n\nconst t = s;\n</script>\n\n<template>{{ t }}</template>\n',
    'src/renderer/client/s.ts': 'export const s = 1;\n',
  },
  'no-tests-in-code': {
    'src/main/u.ts': "export { v } from './v.test';\n",
    'src/main/v.test.ts': 'export const v = 1;\n',
  },
};

/** A process begins here: it reaches all of them but the one that nobody does, and may break any other rule by it. */
const entry = 'src/cli/assay.ts';

function importOffenders(): string {
  return Object.entries(offenders)
    .filter(([rule]) => rule !== 'reached-or-removed')
    .flatMap(([, files]) => Object.keys(files))
    .map((path) => `import './${relative(dirname(entry), path).replace(/\.ts$/, '')}';\n`)
    .join('');
}

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

const root = resolve(__dirname, '../..');
let folder: string;
/** Those of the entry left out. */
let violations: readonly Violation[];
let rules: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-layers-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.base.json', 'tsconfig.node.json', 'package.json']) {
    symlinkSync(join(root, file), join(folder, file));
  }
  for (const files of [...Object.values(offenders), { [entry]: importOffenders() }]) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const output = await promisify(execFile)(
    process.execPath,
    [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'],
    { cwd: folder, maxBuffer: 1 << 26 },
  ).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const { summary } = JSON.parse(output.stdout) as {
    summary: { violations: Violation[]; ruleSetUsed: { forbidden: { name: string }[] } };
  };
  violations = summary.violations.filter(({ from }) => from !== entry);
  rules = summary.ruleSetUsed.forbidden.map(({ name }) => name);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the layers', () => {
  it.each(Object.entries(offenders))('rule %s fires at the file that breaks it, and at no other', (name, files) => {
    const broken = violations.filter(({ rule }) => rule.name === name).map(({ from }) => from);
    expect(broken).toEqual(Object.keys(files).slice(0, 1));
  });

  it('has an offender for every rule', () => {
    expect(Object.keys(offenders).sort()).toEqual([...rules].sort());
  });
});

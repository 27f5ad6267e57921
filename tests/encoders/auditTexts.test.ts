import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from '../cli/builtCli';
import { encodersSkipReason } from './installedEncoder';

let cli: BuiltCli;
let folder: string;
let data: string;
beforeAll(async () => {
  cli = await buildCli();
  folder = mkdtempSync(join(tmpdir(), 'assay-texts-'));
  data = join(folder, 'texts.csv');
  const kinds = [
    ['good', 'The weather is lovely and the children play in the garden all'],
    ['bad', 'Send money now to win a prize, this offer ends at midnight and it is number'],
  ] as const;
  const lines = Array.from({ length: 40 }, (_, k) => {
    const [label, text] = kinds[k % 2];
    return `"${text} ${['day', 'morning', 'week', 'summer', 'year'][k % 5]} ${k}, as ever",${label}`;
  });
  writeFileSync(data, `text,label\n${lines.join('\n')}\n`);
});
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

const audit = (way: string, out: string): ReturnType<BuiltCli['run']> =>
  cli.run('audit', data, '--label', 'label', '--text', way, '--out', join(folder, out), '--backend', 'float64');

describe('assay audit --text', () => {
  it('says what to do where there is no encoder', async () => {
    const { code, stderr } = await audit('encoder', 'none');
    expect(code).toBe(2);
    expect(stderr).toContain('There is no encoder of texts on this machine. Run "npm run setup" to get it');
    expect((await audit('auto', 'auto')).code).toBe(0);
  });

  it.skipIf(encodersSkipReason() !== undefined)('puts words and encoder side by side, and says so', async () => {
    const modules = join(dirname(cli.entry), '../..', 'node_modules');
    mkdirSync(modules);
    symlinkSync(resolve(__dirname, '../../node_modules/.assay'), join(modules, '.assay'));
    const { code, stderr } = await audit('both', 'both');
    expect(stderr).toContain('are turned into 384 numbers each by the encoder all-MiniLM-L6-v2 (int8)');
    expect(code).toBe(0);
    const manifest = readFileSync(join(folder, 'both', 'manifest.json'), 'utf8');
    expect(manifest).toContain('"kind": "encoder"');
    expect(manifest).toContain('8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6');
    expect(manifest).toContain('"kind": "words"');
  });
});

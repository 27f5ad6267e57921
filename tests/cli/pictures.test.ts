import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/base/random';
import { makePng } from '../../src/worker/pictures/testPictures';
import { buildCli, type BuiltCli } from './builtCli';

const folder = mkdtempSync(join(tmpdir(), 'assay-pictures-'));
const data = join(folder, 'stripes');
const installed = resolve(__dirname, '../../node_modules/.assay/encoders');
const cacheBefore = process.env.ASSAY_CACHE;
let cli: BuiltCli;

/** 60 pictures of stripes that lie and 60 that stand, in random colours; one of each in the other's folder. */
beforeAll(async () => {
  const random = createRandom(5);
  const shade = (from: number): number => from + Math.floor(70 * random.uniform());
  for (let i = 0; i < 120; i++) {
    const lies = i % 2 === 0;
    const [dark, light] = [
      [shade(20), shade(20), shade(20)],
      [shade(160), shade(160), shade(160)],
    ] as const;
    const width = 3 + (i % 4);
    const picture = makePng(32, 32, (x, y) => (Math.floor((lies ? y : x) / width) % 2 === 0 ? dark : light));
    const filed = i === 50 || i === 71 ? !lies : lies;
    const place = join(data, filed ? 'lie' : 'stand');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${i}.png`), picture);
  }
  writeFileSync(join(data, 'lie', 'broken.png'), makePng(32, 32, () => [1, 2, 3]).subarray(0, 60));
  // What tests encode is not kept among what the person has encoded.
  process.env.ASSAY_CACHE = join(folder, 'cache');
  cli = await buildCli();
}, 180_000);

afterAll(() => {
  cli.remove();
  if (cacheBefore === undefined) delete process.env.ASSAY_CACHE;
  else process.env.ASSAY_CACHE = cacheBefore;
  rmSync(folder, { recursive: true, force: true });
});

interface Ranked {
  readonly id: string;
  readonly rank: number;
}

async function audit(out: string, ...more: string[]): Promise<{ ranked: Ranked[]; stderr: string; manifest: string }> {
  const place = join(folder, out);
  const { code, stderr } = await cli.run('audit', data, '--out', place, '--overwrite', ...more);
  expect(stderr).not.toMatch(/^error/m);
  expect(code).toBe(0);
  const [header, ...lines] = readFileSync(join(place, 'scores.csv'), 'utf8').trim().split('\n');
  const names = header.split(',');
  const ranked = lines
    .map((line) => line.split(','))
    .map((cells) => ({ id: cells[names.indexOf('id')], rank: Number(cells[names.indexOf('rank')]) }))
    .sort((a, b) => a.rank - b.rank);
  return { ranked, stderr, manifest: readFileSync(join(place, 'manifest.json'), 'utf8') };
}

function bytesBelow(place: string): number {
  return readdirSync(place, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(place, entry.name);
    return sum + (entry.isDirectory() ? bytesBelow(path) : statSync(path).size);
  }, 0);
}

describe('assay audit FOLDER of pictures', () => {
  it('says what it took them by, and which it could not read', async () => {
    const { ranked, stderr, manifest } = await audit('small');
    expect(ranked).toHaveLength(121);
    expect(stderr).toMatch(
      /The pictures of picture are turned into 256 numbers each by their small pixels and colours/,
    );
    expect(stderr).toMatch(/1 picture of picture could not be read, .*broken\.png/);
    expect(stderr).toMatch(/Of the 256 numbers of picture the features are where a row lies along 15 principal axes/);
    expect(manifest).toMatch(/"by": "their small pixels and colours"/);
    expect(JSON.parse(manifest)).toMatchObject({
      audit: { settings: { pictures: 'auto' } },
      features: { blocks: [{ width: 15, method: { numbers: 256, principal: { axes: 15, fittedRows: 121 } } }] },
    });
    const asked = await cli.run('audit', data, '--out', join(folder, 'asked'), '--pictures', 'encoder');
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('There is no encoder of pictures on this machine. Run "npm run setup" to get it');
  }, 60_000);

  it.runIf(existsSync(join(installed, 'pictures', 'encoder.json')))(
    'finds those in the wrong folder by the encoder, and encodes none of them again',
    async () => {
      const link = join(dirname(cli.entry), '../../node_modules/.assay/encoders');
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(installed, link);
      try {
        const { ranked, manifest, stderr } = await audit('network');
        const first = ranked.filter(({ rank }) => rank === 1 || rank === 2).map(({ id }) => id);
        expect(first.sort()).toEqual(['lie/71.png', 'stand/50.png']);
        expect(JSON.parse(manifest)).toMatchObject({
          features: {
            blocks: [
              { width: 15, method: { by: 'the encoder EfficientNet-lite0', numbers: 1280 } },
              { width: 15, method: { by: 'their small pixels and colours', numbers: 256 } },
            ],
          },
        });
        // Said once, though both could not read it.
        expect(stderr.match(/1 picture of picture could not be read/g)).toHaveLength(1);
        const kept = bytesBelow(join(folder, 'cache', 'vectors'));
        expect(kept).toBeGreaterThan(120 * 4 * 1280);
        const again = await audit('again');
        expect(again.ranked).toEqual(ranked);
        const pixels = await audit('pixels', '--pictures', 'pixels');
        expect(pixels.manifest).toMatch(/"by": "their small pixels and colours"/);
        expect(bytesBelow(join(folder, 'cache', 'vectors'))).toBe(kept);
      } finally {
        unlinkSync(link);
      }
    },
    120_000,
  );
});

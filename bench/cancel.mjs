/**
 * `node bench/cancel.mjs [rounds] [seed]`: interrupts audits of wide tables by SIGINT at random moments of every stage,
 * and prints how long each took to end, in milliseconds. Fails where anything was written or left, or one took longer
 * than a second. Needs a build (`npm run assay -- info`).
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const rounds = Number(process.argv[2] ?? 2);
let state = Number(process.argv[3] ?? 1) >>> 0;
const limitMs = 1_000;
const command = resolve(import.meta.dirname, '../out/main/assay.js');

/** Mulberry32: [0, 1). */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

function writeTable(file, rows, columns, classes) {
  const lines = [['label', ...Array.from({ length: columns }, (_, j) => `x${j}`)].join(',')];
  for (let i = 0; i < rows; i++) {
    const cells = Array.from({ length: columns }, () => (random() + random() - 1 + (i % classes) / 10).toFixed(3));
    lines.push([`class ${i % classes}`, ...cells].join(','));
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

/** Whether the results are there, all of them, each as the manifest has it: the signal came when they were complete. */
function isWhole(out) {
  const manifest = join(out, 'manifest.json');
  if (!existsSync(manifest)) return false;
  const { outputs } = JSON.parse(readFileSync(manifest, 'utf8'));
  const names = readdirSync(out).filter((name) => name !== 'manifest.json');
  const hash = (name) =>
    createHash('sha256')
      .update(readFileSync(join(out, name)))
      .digest('hex');
  return (
    outputs.length > 0 &&
    names.length === outputs.length &&
    outputs.every(({ file, sha256 }) => existsSync(join(out, file)) && hash(file) === sha256)
  );
}

/** Sends SIGINT `delay` ms after a stage's first line; resolves when the process is gone. */
function interrupt(file, stage, delay, folder) {
  return new Promise((done) => {
    // Its temporary files are to be seen: a temporary folder of its own.
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const args = [
      command,
      'audit',
      file,
      '--label',
      'label',
      '--out',
      join(folder, 'out'),
      '--project',
      join(folder, 'kept/p.assay'),
    ];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TMPDIR: temporary },
    });
    let text = '';
    let sent = 0;
    child.stderr.on('data', (data) => {
      text += data;
      if (sent !== 0 || !text.includes(`${stage} `)) return;
      sent = -1;
      setTimeout(() => {
        sent = performance.now();
        child.kill('SIGINT');
      }, delay);
    });
    child.on('exit', (code, signal) => {
      const whole = isWhole(join(folder, 'out'));
      // The project takes its place after the results: it is whole only beside all of them.
      const kept = existsSync(join(folder, 'kept')) ? readdirSync(join(folder, 'kept')).join() : null;
      const left = [
        ...readdirSync(temporary),
        ...(existsSync(join(folder, 'out')) && !whole ? ['out'] : []),
        ...(kept !== null && !(whole && kept === 'p.assay') ? [`kept/${kept}`] : []),
      ];
      done({ code, signal, left, whole, ms: sent > 0 ? performance.now() - sent : null, text });
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), 'assay-cancel-'));
let failures = 0;
let worst = 0;
try {
  const tables = [
    ['60 × 5,000 × 3', 60, 5_000, 3],
    ['20,000 × 1,024 × 2', 20_000, 1_024, 2],
  ];
  for (const [name, rows, columns, classes] of tables) {
    const file = join(folder, 'data.csv');
    writeTable(file, rows, columns, classes);
    for (const stage of [
      'reading',
      'features',
      'lambda',
      'fit',
      'influence',
      'neighbours',
      'ranking',
      'saving',
      'exporting',
    ]) {
      for (let round = 0; round < rounds; round++) {
        const place = mkdtempSync(join(folder, 'run-'));
        const delay = Math.floor(random() * (rows > 1_000 ? 4_000 : 400));
        const { code, signal, left, whole, ms, text } = await interrupt(file, stage, delay, place);
        const ended = code === 130 || signal === 'SIGINT';
        // A signal may come when everything has been done.
        const late = code === 0;
        const bad = ms === null ? code !== 0 : !late && (!ended || left.length > 0 || ms > limitMs);
        if (bad) failures++;
        if (ms !== null && !late) worst = Math.max(worst, ms);
        const how =
          ms === null
            ? 'never there'
            : late
              ? 'was done'
              : `${ms.toFixed(0)} ms${signal ? ` (${signal})` : ''}${whole ? ', results whole' : ''}`;
        console.log(
          `${name}  ${stage} + ${delay} ms: ${how}${left.length > 0 && !late && ms !== null ? `, left ${left}` : ''}${bad ? `  FAILED ${text.slice(-300)}` : ''}`,
        );
        rmSync(place, { recursive: true, force: true });
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`slowest ${worst.toFixed(0)} ms, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

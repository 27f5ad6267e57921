import fs from 'node:fs/promises';
import path from 'node:path';
import { readJson } from '../setup/files.mjs';
import { projectRoot, stateFolder } from '../setup/paths.mjs';
import { runLive } from '../setup/run.mjs';
import { SetupError } from '../setup/setupError.mjs';
import { add, countCheck, countPlaywright, countVitest, nothing } from './counts.mjs';

const inModules = (...parts) => path.join(projectRoot, 'node_modules', ...parts);

const checks = {
  lint: [
    ['ESLint', inModules('eslint', 'bin', 'eslint.js'), ['.']],
    ['Prettier', inModules('prettier', 'bin', 'prettier.cjs'), ['--check', '.']],
    [
      'Layers (dependency-cruiser)',
      inModules('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      ['--config', '.dependency-cruiser.cjs', 'src'],
    ],
  ],
  types: [
    ['Types (Node)', inModules('typescript', 'bin', 'tsc'), ['--noEmit', '-p', 'tsconfig.node.json']],
    ['Types (window)', inModules('vue-tsc', 'bin', 'vue-tsc.js'), ['--noEmit', '-p', 'tsconfig.web.json']],
  ],
};

function title(text) {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(3, 76 - text.length))}`);
}

async function runChecks(list) {
  let counts = nothing;
  for (const [name, script, args] of list) {
    title(name);
    const code = await runLive(process.execPath, [script, ...args], { cwd: projectRoot, seconds: 15 * 60 });
    if (code === 0) console.log(`${name}: passed`);
    counts = add(counts, countCheck(code));
  }
  return counts;
}

async function freshReport(name) {
  const file = path.join(stateFolder, 'reports', `${name}.json`);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.rm(file, { force: true });
  return file;
}

/** Unit, golden, layer and script tests. */
async function runUnit(extra) {
  title('Unit and golden tests (vitest)');
  const file = await freshReport('vitest');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...extra];
  const code = await runLive(process.execPath, [inModules('vitest', 'vitest.mjs'), ...args], {
    cwd: projectRoot,
    seconds: 60 * 60,
  });
  return countVitest(await readJson(file), code);
}

/** Tests in the real window. */
async function runWindow(extra, env) {
  title('Window tests (Playwright in Electron)');
  const file = await freshReport('playwright');
  const code = await runLive(
    process.execPath,
    [inModules('@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json', ...extra],
    {
      cwd: projectRoot,
      seconds: 60 * 60,
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    },
  );
  return countPlaywright(await readJson(file), code);
}

/** The runners by name, in the order in which `npm test` runs them; each gives its counts. */
export const runners = {
  lint: () => runChecks(checks.lint),
  types: () => runChecks(checks.types),
  unit: ({ extra }) => runUnit(extra),
  e2e: ({ extra, env }) => runWindow(extra, env),
};

/**
 * `npm test -- unit e2e`: the leading names choose runners (none: all); what follows goes to the chosen runner, which
 * then has to be a single one.
 * @throws {SetupError} for what cannot be understood
 */
export function chooseRunners(args) {
  const names = Object.keys(runners);
  const firstOther = args.findIndex((arg) => !names.includes(arg));
  const chosen = [...new Set(firstOther === -1 ? args : args.slice(0, firstOther))];
  const extra = firstOther === -1 ? [] : args.slice(firstOther);
  if (extra.length > 0 && (chosen.length !== 1 || !['unit', 'e2e'].includes(chosen[0]))) {
    throw new SetupError(
      `Cannot understand "${extra[0]}". Choose among: ${names.join(', ')}; then, for unit or e2e alone, its own arguments.`,
    );
  }
  return { chosen: chosen.length > 0 ? chosen : names, extra };
}

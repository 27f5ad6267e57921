import { basename, resolve } from 'node:path';
import { InputError } from '../core/base/errors';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import type { StudiedHead } from '../core/study/runStudy';
import type { RemovalStrategy } from '../core/validation/removalStrategies';
import { removalStrategies } from '../core/validation/removalStrategies';
import type { FidelityResult } from '../core/validation/runFidelity';
import { checkOutputs, StagedFiles } from '../worker/exports/stagedFiles';
import { drawFidelityChart } from './fidelityChart';
import { describeFidelity, fidelityCsv, fidelitySummary } from './fidelityReport';
import type { Installation } from './installation';
import { describeRidgeConvention } from './parseOptions';
import { readsOf } from './readData';
import { listWritten, printResult } from './terminal';
import { type SourceOptions, withSource } from './withProject';

export interface FidelityCommandOptions extends SourceOptions {
  readonly out: string;
  readonly sizes?: readonly number[];
  readonly repeats: number;
  readonly margins: number;
  readonly strategies?: readonly string[];
  readonly lds: number;
  readonly ridgeConvention: RidgeConvention;
  readonly json?: boolean;
}

const fileNames = ['fidelity.csv', 'summary.json', 'fidelity.svg'] as const;

/** `assay fidelity`: predicted against retrained over many removal sets; a table, a summary and a chart into `--out`. */
export async function runFidelityCommand(
  data: string | undefined,
  options: FidelityCommandOptions,
  installation: Installation,
): Promise<void> {
  const strategies = chooseStrategies(options.strategies);
  if (options.lds > 0 && options.lds < 3) throw new InputError('--lds: at least 3 subsets are needed, or 0 for none.');
  const out = resolve(options.out);
  const output = { fileNames, overwrite: options.overwrite === true };
  await checkOutputs(out, { ...output, reads: readsOf(data, options) });
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    const { answer, head: studied } = await study('fidelity', () => ({
      seed: options.seed,
      strategies,
      repetitions: options.repeats,
      margins: options.margins,
      datamodelSubsets: options.lds,
      ridgeConvention: options.ridgeConvention,
      ...(options.sizes === undefined ? {} : { shares: options.sizes }),
    }));
    const name = data === undefined ? project.store.name : basename(data);
    const summary = fidelitySummary(answer, studied, {
      data: name,
      seed: options.seed,
      repetitions: options.repeats,
      ridge_convention: options.ridgeConvention,
    });
    const reads = readsOf(data, options, project.store);
    const staged = await StagedFiles.start(out, { ...output, reads });
    await writeFiles(staged, answer, studied, summary, name);
    progress.clear();
    const convention = describeRidgeConvention(options.ridgeConvention);
    printResult(options, { ...summary, files: fileNames }, () =>
      [describeFidelity(answer, studied, name), ...convention, listWritten(out, fileNames)].join('\n'),
    );
  });
}

async function writeFiles(
  staged: StagedFiles,
  answer: FidelityResult,
  head: StudiedHead,
  summary: Record<string, unknown>,
  name: string,
): Promise<void> {
  const texts: Readonly<Record<(typeof fileNames)[number], string>> = {
    'fidelity.csv': fidelityCsv(answer.rows),
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
    'fidelity.svg': drawFidelityChart(answer, { measurement: 'validation_loss', data: name, head: head.kind }),
  };
  try {
    for (const file of fileNames) await staged.add(file, (writer) => writer.write(texts[file]));
    await staged.commit();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** @throws InputError for a strategy that is not known, naming those that are. */
export function chooseStrategies(names: readonly string[] | undefined): RemovalStrategy[] {
  if (names === undefined) return [...removalStrategies];
  return [...new Set(names)].map((name) => {
    const strategy = removalStrategies.find((known) => known === name);
    if (strategy === undefined) {
      throw new InputError(`--strategies: “${name}” is not one of ${removalStrategies.join(', ')}.`);
    }
    return strategy;
  });
}

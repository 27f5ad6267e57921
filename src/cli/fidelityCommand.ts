import { basename, resolve } from 'node:path';
import { InputError } from '../core/base/errors';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import { removalStrategies } from '../core/validation/removalStrategies';
import { checkOutputs, StagedFiles } from '../worker/exports/stagedFiles';
import { addTable } from '../worker/exports/tableFile';
import { chooseNames } from './chooseNames';
import { drawFidelityChart } from './fidelityChart';
import { describeFidelity, fidelitySummary, fidelityTable } from './fidelityReport';
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
  const strategies = chooseNames(options.strategies ?? removalStrategies, removalStrategies, '--strategies');
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
    const name = data === undefined ? project.describe().name : basename(data);
    const summary = fidelitySummary(answer, studied, {
      data: name,
      seed: options.seed,
      repetitions: options.repeats,
      ridge_convention: options.ridgeConvention,
    });
    await StagedFiles.write(out, { ...output, reads: readsOf(data, options, project) }, async (staged) => {
      await addTable(staged, 'fidelity.csv', fidelityTable(answer.rows));
      await staged.add('summary.json', (writer) => writer.write(`${JSON.stringify(summary, null, 2)}\n`));
      const chart = { measurement: 'validation_loss', data: name, head: studied.kind } as const;
      await staged.add('fidelity.svg', (writer) => writer.write(drawFidelityChart(answer, chart)));
    });
    progress.clear();
    const convention = describeRidgeConvention(options.ridgeConvention);
    printResult(options, { ...summary, files: fileNames }, () =>
      [describeFidelity(answer, studied, name), ...convention, listWritten(out, fileNames)].join('\n'),
    );
  });
}

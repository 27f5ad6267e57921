import type { Command } from 'commander';
import { InputError } from '../core/base/errors';
import type { HeadData } from '../worker/jobs/studyRequest';
import { describeExplanation, explanationJson } from './explainReport';
import { nearestNames } from './findColumns';
import type { Installation } from './installation';
import { parseCount, parsePath, parsePositiveCount } from './parseOptions';
import { withSourceOptions } from './sourceOptions';
import { printResult } from './terminal';
import { terminalCell } from './terminalText';
import { type SourceOptions, withSource } from './withProject';

interface ExplainCommandOptions extends SourceOptions {
  readonly row: string;
  readonly rightClass?: string;
  readonly count: number;
  readonly retrainings: number;
  readonly limit: number;
  readonly json?: boolean;
}

/** Classes that an error names. */
const saidClasses = 20;

/** Adds `assay explain`. */
export function addExplainCommand(program: Command, installation: Installation): void {
  const explain = program
    .command('explain')
    .description('tell which training rows are behind the prediction of a row, and what has to go to change it')
    .argument(
      '[data]',
      'CSV, TSV or other delimited text, or a folder of pictures or texts; or --project instead',
      parsePath,
    )
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .requiredOption('--row <row>', 'the row: its id, or its number (row:12 is a number in any case)')
    .option('--right-class <label>', 'what it should be predicted as (default: its label)')
    .option('--count <count>', 'training rows to list on either side', parsePositiveCount, 10)
    .option('--retrainings <count>', 'of these rows, and of sets of them, retrained without', parseCount, 3)
    .option(
      '--limit <count>',
      'the largest set to try; each size tried costs a Newton step or a retraining: lower it where the data are large',
      parsePositiveCount,
      1000,
    );
  withSourceOptions(explain, 'study')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Rows are found by their RIF effect on the margin of the predicted class over the
right one (over the next best, where the prediction is right). Sets are verified
by retraining. Example:
  assay explain data.csv --label kind --id name --row r17`,
    )
    .action(async (data: string | undefined, options: ExplainCommandOptions) =>
      runExplainCommand(data, options, installation),
    );
}

/** `assay explain`: the training rows behind one prediction, and what has to go to change it. */
async function runExplainCommand(
  data: string | undefined,
  options: ExplainCommandOptions,
  installation: Installation,
): Promise<void> {
  if (options.head === 'ridge') {
    throw new InputError(
      'A ridge head predicts numbers, and no class to be explained. What each training row does to a prediction or its loss: assay influence --head ridge ' +
        '--measure margin:ROW,loss:ROW.',
    );
  }
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    const known: { data?: HeadData } = {};
    const { answer } = await study('explain', async (headData) => {
      known.data = headData;
      const { rightClass, count, retrainings, limit } = options;
      return {
        row: await project.rows.find(options.row, '--row'),
        rightClass: rightClass === undefined ? undefined : findClass(headData.classes, rightClass),
        count,
        retrainings,
        limit,
      };
    });
    const names = {
      classes: known.data?.classes ?? [],
      labels: known.data?.input.labels ?? new Int32Array(0),
      ids: await project.rows.readIds(),
    };
    progress.clear();
    printResult(options, explanationJson(answer, names), () => describeExplanation(answer, names));
  });
}

/** @throws InputError naming the classes. */
function findClass(classes: readonly string[], text: string): number {
  const found = classes.indexOf(text) >= 0 ? classes.indexOf(text) : classes.indexOf(text.trim());
  if (found >= 0) return found;
  const [near] = nearestNames(classes, text);
  const guess = near === undefined ? '' : ` The nearest is “${terminalCell(near)}”.`;
  const some = classes.slice(0, saidClasses).map((name) => terminalCell(name));
  const all = classes.length > saidClasses ? `${some.join(', ')}, … (${classes.length} in all)` : some.join(', ');
  throw new InputError(`--right-class: there is no class “${terminalCell(text)}”.${guess} The classes are: ${all}.`);
}

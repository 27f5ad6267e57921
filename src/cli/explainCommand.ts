import { InputError } from '../core/base/errors';
import type { HeadData } from '../worker/jobs/studyRequest';
import { describeExplanation, explanationJson } from './explainReport';
import { nearestNames } from './findColumns';
import type { Installation } from './installation';
import { printResult } from './terminal';
import { terminalCell } from './terminalText';
import { type SourceOptions, withSource } from './withProject';

export interface ExplainCommandOptions extends SourceOptions {
  readonly row: string;
  readonly rightClass?: string;
  readonly count: number;
  readonly retrainings: number;
  readonly limit: number;
  readonly json?: boolean;
}

/** Classes that an error names. */
const saidClasses = 20;

/** `assay explain`: the training rows behind one prediction, and what has to go to change it. */
export async function runExplainCommand(
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
        row: await project.rows.find(options.row),
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

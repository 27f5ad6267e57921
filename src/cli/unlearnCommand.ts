import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../core/base/errors';
import { checkOutputs, StagedFiles } from '../worker/exports/stagedFiles';
import { addUnlearnedHead, unlearnedHeadFiles } from '../worker/exports/unlearnedHead';
import type { HeadData } from '../worker/jobs/studyRequest';
import type { Installation } from './installation';
import { parsePath } from './parseOptions';
import { readsOf } from './readData';
import { readListFile } from './readListFile';
import { withSourceOptions } from './sourceOptions';
import { listWritten, printResult } from './terminal';
import { describeUnlearning, type UnlearnFacts, unlearningJson } from './unlearnReport';
import { withValidationLabels } from './validationLabels';
import { type SourceOptions, withSource } from './withProject';

interface UnlearnCommandOptions extends SourceOptions {
  readonly remove?: string;
  readonly relabel?: string;
  readonly verify?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds `assay unlearn`. */
export function addUnlearnCommand(program: Command, installation: Installation): void {
  const unlearn = program
    .command('unlearn')
    .description('make the model forget rows, or learn other labels, by Newton steps, and prove how near it is')
    .argument(
      '[data]',
      'CSV, TSV or other delimited text, or a folder of pictures or texts; or --project instead',
      parsePath,
    )
    .option('--project <dir>', 'an audited project: its fitted model is studied', parsePath)
    .option('--remove <file>', 'rows to forget: a removal_list.csv, or one row number or id a line', parsePath)
    .option('--relabel <file>', 'new labels: columns row or id, and label; or a corrected copy of the data', parsePath)
    .option('--out <dir>', 'folder for the new model: head.npy and unlearned.json', parsePath)
    .option('--verify', 'fit from scratch as well: time and distance');
  withValidationLabels(withSourceOptions(unlearn, 'study'), 'study')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
The certificate bounds how far the unlearned model is from the one that training
without these rows would give, without training it. head.npy has one row of
features for each class (one row for two classes: towards the second);
unlearned.json says how features are made of the columns. Example:
  assay unlearn --project data.assay --remove results/removal_list.csv --out unlearned --verify`,
    )
    .action(async (data: string | undefined, options: UnlearnCommandOptions) =>
      runUnlearnCommand(data, options, installation),
    );
}

/** `assay unlearn`: the model without some rows, or with other labels, by Newton steps, and the proof of it. */
async function runUnlearnCommand(
  data: string | undefined,
  options: UnlearnCommandOptions,
  installation: Installation,
): Promise<void> {
  const { remove, relabel } = options;
  if (remove === undefined && relabel === undefined) {
    throw new InputError('Say what to unlearn: --remove FILE, --relabel FILE, or both.');
  }
  const out = options.out === undefined ? undefined : resolve(options.out);
  const lists = [
    ...(remove === undefined ? [] : [{ path: resolve(remove), what: 'the file of --remove' }]),
    ...(relabel === undefined ? [] : [{ path: resolve(relabel), what: 'the file of --relabel' }]),
  ];
  const output = { fileNames: unlearnedHeadFiles, overwrite: options.overwrite === true };
  if (out !== undefined) await checkOutputs(out, { ...output, reads: [...readsOf(data, options), ...lists] });
  const removal = remove === undefined ? undefined : await readListFile(remove, '--remove');
  const labels = relabel === undefined ? undefined : await readListFile(relabel, '--relabel');
  await withSource(data, options, installation, async ({ project, study, progress }) => {
    const known: { data?: HeadData; unchanged: number } = { unchanged: 0 };
    const { answer, head } = await study('unlearn', async (headData) => {
      known.data = headData;
      const removed = removal === undefined ? new Int32Array(0) : (await project.rows.findNamed(removal)).rows;
      const none = { rows: new Int32Array(0), labels: new Float64Array(0), unchanged: 0 };
      const { unchanged, ...relabelled } =
        labels === undefined ? none : await project.rows.findLabels(labels, headData);
      known.unchanged = unchanged;
      return { removed, relabelled, verify: options.verify === true };
    });
    const { pipeline, classes = [] } = known.data ?? {};
    if (out !== undefined && pipeline !== undefined) {
      const reads = [...readsOf(data, options, project), ...lists];
      await StagedFiles.write(out, { ...output, reads }, (staged) =>
        addUnlearnedHead(staged, {
          answer,
          head,
          data: { classes, pipeline },
          source: project.dataset.summary().source,
          unchangedLabels: known.unchanged,
          facts: { version: installation.version },
        }),
      );
    }
    progress.clear();
    const facts: UnlearnFacts = { head, unchangedLabels: known.unchanged };
    const files = out === undefined ? {} : { folder: out, files: unlearnedHeadFiles };
    printResult(options, { ...unlearningJson(answer, facts), ...files }, () =>
      [describeUnlearning(answer, facts), ...(out === undefined ? [] : [listWritten(out, unlearnedHeadFiles)])].join(
        '\n',
      ),
    );
  });
}

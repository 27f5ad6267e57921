import { resolve } from 'node:path';
import { InputError } from '../core/base/errors';
import { checkOutputs, StagedFiles } from '../worker/exports/stagedFiles';
import { addUnlearnedHead, unlearnedHeadFiles } from '../worker/exports/unlearnedHead';
import type { HeadData } from '../worker/jobs/studyRequest';
import type { Installation } from './installation';
import { readsOf } from './readData';
import { readListFile } from './readListFile';
import { listWritten, printResult } from './terminal';
import { describeUnlearning, type UnlearnFacts, unlearningJson } from './unlearnReport';
import { type SourceOptions, withSource } from './withProject';

export interface UnlearnCommandOptions extends SourceOptions {
  readonly remove?: string;
  readonly relabel?: string;
  readonly verify?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** `assay unlearn`: the model without some rows, or with other labels, by Newton steps, and the proof of it. */
export async function runUnlearnCommand(
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
        addUnlearnedHead(staged, project.store, {
          answer,
          head,
          data: { classes, pipeline },
          facts: { version: installation.version, unchangedLabels: known.unchanged },
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

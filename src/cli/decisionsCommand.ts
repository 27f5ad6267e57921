import { type Command, Option } from 'commander';
import {
  type DecisionFileKind,
  decisionFileKinds,
  type ImportGroup,
  type ImportItem,
  type ImportPreview,
  type ReadingChoice,
} from '../contract/decisions';
import { InputError } from '../core/base/errors';
import { listed } from '../core/base/listed';
import type { OpenProject } from '../worker/project/openProject';
import { addCompareCommand } from './compareCommand';
import { describeImport } from './decisionsReport';
import type { Installation } from './installation';
import { parsePath } from './parseOptions';
import { printResult } from './terminal';
import { withEngine } from './withEngine';
import { openAudited } from './withProject';

interface ImportOptions {
  readonly project: string;
  readonly kind?: DecisionFileKind;
  readonly rowsBy?: 'id' | 'row' | 'place';
  readonly rowColumn?: string;
  readonly labelColumn?: string;
  readonly noteColumn?: string;
  readonly issuesAs?: 'later' | 'relabel';
  readonly conflicts: 'ours' | 'theirs';
  readonly takeChanged?: boolean;
  readonly reviewer: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Groups whose lines are told one by one. */
const toldGroups: readonly ImportGroup[] = ['conflict', 'changed', 'several', 'gone', 'unreadable'];
const pageItems = 500;

/** Adds `assay decisions` with what can be done with them. */
export function addDecisionsCommand(program: Command, installation: Installation): void {
  const decisions = program
    .command('decisions')
    .description('take decisions from a file into a project, and compare reviews');
  addCompareCommand(decisions, installation);
  decisions
    .command('import')
    .description('take over decisions, removal lists, sheets of labels or label issues; all of it is one undo')
    .argument('<file>', 'decisions.csv, a removal list, a CSV file with ids and labels, or issues.csv', parsePath)
    .requiredOption('--project <dir>', 'an audited project', parsePath)
    .addOption(new Option('--kind <kind>', 'what the file says, where it is not guessed').choices(decisionFileKinds))
    .addOption(new Option('--rows-by <way>', 'how it names rows').choices(['id', 'row', 'place']))
    .option('--row-column <name>', 'its column of ids or row numbers')
    .option('--label-column <name>', 'its column of labels')
    .option('--note-column <name>', 'its column of notes')
    .addOption(new Option('--issues-as <decision>', 'what a label issue becomes').choices(['later', 'relabel']))
    .addOption(
      new Option('--conflicts <whose>', 'which decision counts where both have one')
        .choices(['ours', 'theirs'])
        .default('ours'),
    )
    .option('--take-changed', 'also take decisions on rows whose cells have changed since')
    .option('--reviewer <name>', 'whose change this is; also of decisions that name nobody', '')
    .option('--dry-run', 'tell what would change, and change nothing')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Rows are found by id (or number) and by what stood in their cells. Nothing is
taken that was decided otherwise here, unless --conflicts theirs says so. Example:
  assay export --project mine.assay --format decisions --out for-ben
  assay decisions import for-ben/decisions.csv --project his.assay --dry-run`,
    )
    .action(async (file: string, options: ImportOptions) => runImportCommand(file, options, installation));
}

/** `assay decisions import`: compares, takes over, and tells line by line what was left. */
async function runImportCommand(file: string, options: ImportOptions, installation: Installation): Promise<void> {
  await withEngine(installation, async (workplace) => {
    const { engine } = workplace;
    const project = await openAudited(options.project, workplace);
    engine.reviewAs(options.reviewer);
    const preview = await previewAs(project, file, options);
    const told: ImportItem[] = [];
    for (const group of toldGroups) {
      for (let at = 0; at < preview.counts[group]; at += pageItems) {
        told.push(...(await project.decisions.page(preview.importId, group, at, pageItems)));
        engine.throwIfCancelled();
      }
    }
    const choice = { conflicts: options.conflicts, except: [], changed: options.takeChanged === true };
    const change = options.dryRun === true ? null : await project.decisions.apply(preview.importId, choice);
    const { importId: _, ...facts } = preview;
    const result = { ...facts, changed_rows: change?.rows.length ?? 0, dry_run: options.dryRun === true, left: told };
    printResult(options, result, () =>
      describeImport(preview, told, { ...choice, change, dryRun: options.dryRun === true }),
    );
  });
}

/** @throws InputError for a column that the file does not have. */
async function previewAs(project: OpenProject, file: string, options: ImportOptions): Promise<ImportPreview> {
  const { kind, rowsBy: by, issuesAs } = options;
  const said: ReadingChoice = { kind, by, issuesAs };
  const preview = await project.decisions.preview(file, said);
  const placeOf = (name: string | undefined): number | undefined => {
    if (name === undefined) return undefined;
    const place = preview.header.indexOf(name);
    if (place >= 0) return place;
    throw new InputError(`The file has no column “${name}”. It has ${listed(preview.header) || 'no header'}.`);
  };
  const [names, label, note] = [options.rowColumn, options.labelColumn, options.noteColumn].map(placeOf);
  if (names === undefined && label === undefined && note === undefined) return preview;
  return project.decisions.preview(file, { ...said, names, label, note });
}

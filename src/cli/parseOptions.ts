import { type Command, InvalidArgumentError, Option } from 'commander';
import { largestSeed } from '../contract/audit';
import { columnTypes } from '../contract/dataset';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import { ridgeConventions } from '../core/influence/removal/removalTypes';
import { type IssueName, issueNames } from '../core/media/mediaIssues';
import { type ExpertName, expertNames } from '../core/ranking/suspicion/expertNames';
import { type SweepRequest, sweptQuantities } from '../core/validation/runSweep';

/**
 * Values of options as text becomes them; commander turns an InvalidArgumentError into a usage message and exit code 2.
 */

/** A path; what comes of a shell variable that is not set would mean the folder one is in. */
export function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty. Name a file or a folder.');
  return text;
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

export function parseL2(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : parsePositive(text);
}

export function parseCount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return value;
}

/** Random numbers are drawn from 32 bits: a larger seed would be another one in disguise. */
export function parseSeed(text: string): number {
  const value = parseCount(text);
  if (value > largestSeed) throw new InvalidArgumentError(`It must be at most ${largestSeed}.`);
  return value;
}

export function parsePositiveCount(text: string): number {
  const value = parseCount(text);
  if (value === 0) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}

export function parseShare(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be between 0 and 1.');
  return value;
}

/** `auto`, or names of experts, separated by commas. */
export function parseExperts(text: string): 'auto' | ExpertName[] {
  if (text.trim() === 'auto') return 'auto';
  return parseListed(text, expertNames, 'expert', 'auto');
}

/** `auto`, `none`, or names of issues, separated by commas. */
export function parseIssues(text: string): 'auto' | IssueName[] {
  if (text.trim() === 'auto') return 'auto';
  return text.trim() === 'none' ? [] : parseListed(text, issueNames, 'issue', 'auto, none');
}

function parseListed<Name extends string>(text: string, names: readonly Name[], what: string, others: string): Name[] {
  return text.split(',').map((part) => {
    const found = names.find((name) => name === part.trim());
    if (found === undefined) {
      throw new InvalidArgumentError(
        `There is no ${what} “${part.trim()}”. Give ${others}, or some of ${names.join(', ')}, separated by commas.`,
      );
    }
    return found;
  });
}

/** How often experts judge. */
export function parseRounds(text: string): 1 | 2 {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('Give 1 or 2.');
}

/** Shares of the rows: 0.01 or 1%, separated by commas. */
export function parseShares(text: string): number[] {
  return text.split(',').map((part) => {
    const percent = /^\s*([0-9.]+)\s*%\s*$/.exec(part);
    const share = percent === null ? Number(part) : Number(percent[1]) / 100;
    if (part.trim() === '' || !(share > 0 && share < 1)) {
      throw new InvalidArgumentError('Give shares between 0 and 1, or percentages, separated by commas.');
    }
    return share;
  });
}

/** What `--sweep` goes over. */
export type Sweep = Pick<SweepRequest, 'of' | 'from' | 'to'>;

/** `l2=1e-6..1` or `rows=0.1..1`. */
export function parseSweep(text: string): Sweep {
  const parts = /^\s*(\w+)\s*=\s*(\S+?)\s*\.\.\s*(\S+)\s*$/.exec(text);
  const of = sweptQuantities.find((name) => name === parts?.[1]);
  const [from, to] = [Number(parts?.[2]), Number(parts?.[3])];
  if (of === undefined || !(from > 0 && from < to && Number.isFinite(to)) || (of === 'rows' && to > 1)) {
    throw new InvalidArgumentError(
      'Give l2=FROM..TO (as l2=1e-6..1) or rows=FROM..TO (shares of the training rows, as rows=0.1..1).',
    );
  }
  return { of, from, to };
}

/** Names of Assay's own (methods, kinds of files); columns are named otherwise: see `findColumns`. */
export function parseNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new InvalidArgumentError('Separate names by commas.');
  return names;
}

/** Values of an option that may be repeated, each as it was given. */
export function collectTexts(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/**
 * Measures of an option that may be repeated; commas separate them too, except in a slice, whose value may hold one.
 * Each counts once: it is a column of a table.
 */
export function collectMeasures(text: string, before: readonly string[] = []): string[] {
  return [...new Set([...before, ...(text.startsWith('slice:') ? [text] : parseNames(text))])];
}

/** Which column is what, and which rows validate. */
export function withColumnOptions(command: Command): Command {
  return command
    .option('--label <column>', 'the label column (guessed when left out)')
    .option('--id <column>', 'the id column')
    .option(
      '--features <columns>',
      'feature columns (default: all usable ones); repeat it, or separate names by commas, with "…" around a name that holds one',
      collectTexts,
    )
    .option(
      '--type <column=type>',
      `how a column is read (${columnTypes.join(', ')}) in place of the guess; repeat it for several`,
      collectTexts,
    )
    .option('--ignore <columns>', 'columns that take no part; as --features', collectTexts)
    .option(
      '--probabilities <columns>',
      'columns with the probabilities that another model, out of sample, gives the classes, each named after its class (default: those named so); as --features',
      collectTexts,
    )
    .addOption(
      new Option(
        '--similar-labels <way>',
        'labels that look alike: merge them all, or keep them apart (default: merge those that surely mean the same)',
      ).choices(['merge', 'keep']),
    )
    .option(
      '--embeddings <file>',
      'a CSV or TSV file with a vector for each row, joined by the id column: a column of lists, or one for each number (emb_0, emb_1 …); or a .npy array with a row for each row of the data, in their order',
      parsePath,
    )
    .option('--split <column>', 'column that says train, validation or test')
    .option(
      '--weight <column|none>',
      'column with the weight of each row, a number from 0 up, in the fit and in means; or none (guessed when left out)',
    )
    .option('--validation <file|none>', 'a second file with validation rows, or none', parsePath);
}

/** What removing rows leaves of the ridge term. */
export function withRidgeConvention(command: Command): Command {
  return command.addOption(
    new Option(
      '--ridge-convention <name>',
      'the ridge term nλ/2·‖θ‖² without the removed rows: fixed leaves n as it was; mean takes them off n too, as the code of the RIF paper does',
    )
      .choices([...ridgeConventions])
      .default('fixed'),
  );
}

/** For people, where it is not the default. */
export function describeRidgeConvention(convention: RidgeConvention): string[] {
  return convention === 'fixed' ? [] : ['ridge convention mean: the removed rows leave the n of the ridge term too'];
}

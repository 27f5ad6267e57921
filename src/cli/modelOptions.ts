import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ZodType } from 'zod';
import type { HeadSettings } from '../contract/audit';
import { parseL2, parseSeed } from './parseOptions';

/** How a head is fitted, and what says which rows validate it. */
export interface ModelOptions {
  readonly head: HeadSettings['head'];
  readonly l2: HeadSettings['l2'];
  readonly intercept: boolean;
  readonly standardize: boolean;
  readonly scale: HeadSettings['scale'];
  readonly backend: HeadSettings['backend'];
  readonly seed: number;
  readonly ragged: HeadSettings['ragged'];
  /** A column. */
  readonly split?: string;
  /** A file, or `none`. */
  readonly validation?: string;
}

const auditedHeads = ['auto', 'logistic', 'softmax'];

/** An audit ranks class labels; studies take numbers too. */
function headOption(purpose: 'audit' | 'study'): Option {
  if (purpose === 'study') return new Option('--head <kind>', 'the model').choices([...auditedHeads, 'ridge']);
  return new Option('--head <kind>', `the model: ${auditedHeads.join(', ')}`).argParser((name: string) => {
    if (auditedHeads.includes(name)) return name;
    throw new InvalidArgumentError(
      name === 'ridge'
        ? 'An audit looks for wrong class labels, and a numeric label has no classes. For numeric labels: assay influence --head ridge ' +
            "--attribution loo,self writes each row's leave-one-out loss, leverage, self-influence and effects; assay subset and assay fidelity take " +
            '--head ridge too.'
        : `Allowed choices are ${auditedHeads.join(', ')}.`,
    );
  });
}

/** How the head is fitted. */
export function withModelOptions(command: Command, purpose: 'audit' | 'study'): Command {
  return command
    .addOption(headOption(purpose).default('auto'))
    .option('--l2 <number|auto>', 'λ of the objective; auto: by leave-one-out loss', parseL2, 'auto')
    .option('--no-intercept', 'fit without an intercept')
    .option('--no-standardize', 'leave numbers as they are')
    .addOption(
      new Option(
        '--scale <way>',
        'which numbered columns (pc1, pc2 …) are divided by one scale together: auto those that are principal axes, blocks all, columns none',
      )
        .choices(['auto', 'columns', 'blocks'])
        .default('auto'),
    )
    .addOption(
      new Option('--backend <name>', 'what computes').choices(['auto', 'native', 'wasm', 'float64']).default('auto'),
    )
    .addOption(
      new Option(
        '--ragged <way>',
        'rows with surplus or missing cells, whose label may be shifted: set-aside keeps them out of the fit and off the list',
      )
        .choices(['set-aside', 'use'])
        .default('set-aside'),
    )
    .option('--seed <number>', 'draws the validation rows, and whatever else is drawn', parseSeed, 7);
}

/** What the options say, as settings of an audit or of a head to be studied. */
export function chooseSettings<Settings>(schema: ZodType<Settings>, options: ModelOptions): Settings {
  const { validation, split } = options;
  return schema.parse({
    ...options,
    validation: validation === 'none' ? 'none' : split !== undefined ? 'column' : 'auto',
  });
}

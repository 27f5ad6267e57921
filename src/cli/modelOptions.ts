import { type Command, Option } from 'commander';
import type { ZodType } from 'zod';
import type { AuditSettings } from '../contract/audit';
import { collectTexts, parseL2, parseSeed } from './parseOptions';

/** How a head is fitted, and what says which rows validate it. */
export interface ModelOptions {
  readonly head: AuditSettings['head'];
  readonly l2: AuditSettings['l2'];
  readonly intercept: boolean;
  readonly standardize: boolean;
  readonly scale: AuditSettings['scale'];
  readonly text: AuditSettings['text'];
  readonly pictures: AuditSettings['pictures'];
  /** ONNX files. */
  readonly encoder?: readonly string[];
  readonly backend: AuditSettings['backend'];
  readonly seed: number;
  readonly ragged: AuditSettings['ragged'];
  /** A column. */
  readonly split?: string;
  /** A file, or `none`. */
  readonly validation?: string;
}

/** Which numbers are scaled together. */
export function scaleOption(): Option {
  return new Option(
    '--scale <way>',
    'which numbered columns (pc1, pc2 …) are divided by one scale together: auto those that are principal axes, blocks all, columns none',
  )
    .choices(['auto', 'columns', 'blocks'])
    .default('auto');
}

/** What texts become. */
export function textOption(): Option {
  return new Option(
    '--text <way>',
    'what columns of texts become: words their weights, encoder numbers by a network, both side by side; auto: words, and with --encoder both',
  )
    .choices(['auto', 'words', 'encoder', 'both'])
    .default('auto');
}

/** What pictures become. */
export function picturesOption(): Option {
  return new Option(
    '--pictures <way>',
    'what pictures become: encoder numbers by a network that set-up brought, pixels their small pixels and colours, both side by side; auto: both where there is an encoder',
  )
    .choices(['auto', 'encoder', 'pixels', 'both'])
    .default('auto');
}

/** The analyst's own encoders. */
export function encoderOption(): Option {
  return new Option(
    '--encoder <file>',
    'an ONNX network of your own that encodes texts or pictures, with its tokenizer.json or preprocessor_config.json beside it; give it twice for one of each',
  ).argParser(collectTexts);
}

/** How the head is fitted. */
export function withModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--head <kind>', 'the model: ridge takes the label as a number; auto: by the values of the label')
        .choices(['auto', 'logistic', 'softmax', 'ridge'])
        .default('auto'),
    )
    .option('--l2 <number|auto>', 'λ of the objective; auto: by leave-one-out loss', parseL2, 'auto')
    .option('--no-intercept', 'fit without an intercept')
    .option('--no-standardize', 'leave numbers as they are')
    .addOption(scaleOption())
    .addOption(textOption())
    .addOption(picturesOption())
    .addOption(encoderOption())
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

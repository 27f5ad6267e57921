import type { Command } from 'commander';
import { InputError } from '../core/base/errors';
import { withModelOptions } from './modelOptions';
import { withColumnOptions } from './parseOptions';
import { withReadingOptions } from './readingOptions';

/** What studies of an audited project take from these too: what computes, what is drawn, and what is written over. */
const takenWithProject = ['backend', 'seed', 'overwrite'];

/**
 * How a data file is read, what its columns are for, and how a head is fitted to it. A study of an audited project
 * refuses them: the project says all that.
 */
export function withSourceOptions(command: Command, purpose: 'audit' | 'study'): Command {
  const before = command.options.length;
  withModelOptions(withColumnOptions(withReadingOptions(command)));
  if (purpose === 'audit') return command;
  const ofData = command.options.slice(before).filter((option) => !takenWithProject.includes(option.attributeName()));
  return command.hook('preAction', ({ args }) => {
    if (args.length > 0 || command.getOptionValue('project') === undefined) return;
    const given = ofData.find((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
    if (given === undefined) return;
    throw new InputError(
      `${given.long ?? given.flags} belongs to a data file: an audited project has been read and fitted already, and is studied ` +
        'as it is. Leave the option out, or name the data file instead of --project.',
    );
  });
}

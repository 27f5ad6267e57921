import type { Command } from 'commander';
import { withModelOptions } from './modelOptions';
import { withColumnOptions } from './parseOptions';
import { withReadingOptions } from './readingOptions';

/** How a data file is read, what its columns are for, and how a head is fitted to it. */
export function withSourceOptions(command: Command, purpose: 'audit' | 'study'): Command {
  return withModelOptions(withColumnOptions(withReadingOptions(command)), purpose);
}

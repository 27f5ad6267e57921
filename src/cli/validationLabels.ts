import { type Command, Option } from 'commander';
import type { ValidationLabels } from '../core/influence/measurements/validationLabels';
import { defaultValidationLabels, validationLabelWays } from '../core/influence/measurements/validationLabels';

/** How validation labels are taken, in words. */
const ways: Readonly<Record<ValidationLabels, string>> = {
  given: 'as given',
  weighted: 'each row counts 1 − its suspicion',
  expected: 'each row counts 1 − its suspicion with its label, and its suspicion with the likeliest other one',
};

/** How means over validation and test rows take labels; studies of a project take the audit's way. */
export function withValidationLabels(command: Command, purpose: 'audit' | 'study'): Command {
  const usual = purpose === 'audit' ? defaultValidationLabels : 'as the audit of the project; as given without one';
  return command.addOption(
    new Option(
      '--validation-labels <way>',
      `how validation and test rows are measured: given as they are labelled; weighted by 1 − suspicion; expected with the likeliest other label too (default: ${usual})`,
    ).choices([...validationLabelWays]),
  );
}

/** For people: one line. `judged`: an audit has judged the labels. */
export function describeValidationLabels(way: ValidationLabels, judged = true): string {
  return `validation labels: ${ways[way]}${judged ? '' : ', as no audit has judged them'}`;
}

/** That line, where one of the measurements of these names, or of columns that begin with them, takes labels so. */
export function validationLabelLines(names: readonly string[], way: ValidationLabels, judged = true): string[] {
  return names.some((name) => /^(validation|test)_(loss|accuracy)(?!_given)|^loss_of_/.test(name))
    ? [describeValidationLabels(way, judged)]
    : [];
}

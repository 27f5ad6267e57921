import { InputError } from '../core/base/errors';

/**
 * Names of Assay's own that an option lists, each once. @throws InputError for one that is not known, naming those that
 * are.
 */
export function chooseNames<Name extends string>(
  names: readonly string[],
  known: readonly Name[],
  option: string,
): Name[] {
  const chosen = names.map((name) => {
    const found = known.find((one) => one === name);
    if (found === undefined) throw new InputError(`${option}: “${name}” is not one of ${known.join(', ')}.`);
    return found;
  });
  return [...new Set(chosen)];
}

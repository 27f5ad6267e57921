import type { Column, ColumnRole, ColumnType } from '../../contract/dataset';
import type { ColumnProfile } from './columnProfile';
import { parseSplit } from './splitWords';

/** More classes than this are not guessed to be labels; the analyst may still say so. */
const maxGuessedClasses = 200;
/** Without a telling name, a label has at most this many values. */
const maxUnnamedClasses = 20;

const idName =
  /^(id|ids|uid|uuid|guid|key|index|identifier|row|rowid|unnamed: 0|.*[_ .-](id|uid|uuid))$|[a-z](Id|ID|Uid|UUID)$/;
const labelNames = [
  'label',
  'labels',
  'target',
  'class',
  'y',
  'given_label',
  'outcome',
  'annotation',
  'diagnosis',
  'species',
  'sentiment',
];
const splitName = /^(split|splits|subset|partition|set|fold|dataset)$/;
const groupName = /^(group|source|annotator|labell?er|rater|batch|site)([_ -]?(id|name))?$/;
const weightName = /^(sample[_ -]?)?weights?$/;
const predictionName =
  /^(pred(icted)?|prediction|predicted[_ -]?label)$|^(pred[_ -]?prob|prob|proba|probability|p)s?[_ -]\S+$|^pred_probs?/;
const pathName = /^(image|images|img|path|paths|file|file[_ -]?name|filename|image[_ -]?path|url)$/;

interface Guess {
  readonly role: ColumnRole;
  readonly reason: string;
}

/** Columns with inferred types and guessed roles; every guess says why, so that the analyst can judge it. */
export function inferColumns(names: readonly string[], profiles: readonly ColumnProfile[]): Column[] {
  const types = profiles.map((profile) => profile.inferType());
  const guesses = guessRoles(names, profiles, types);
  return profiles.map((profile, index) => {
    const type = types[index] ?? 'text';
    const guess = guesses[index] ?? { role: 'ignore', reason: '' };
    return { index, name: names[index] ?? '', type, ...guess, ...profile.describe(type) };
  });
}

function guessRoles(
  names: readonly string[],
  profiles: readonly ColumnProfile[],
  types: readonly ColumnType[],
): Guess[] {
  const guesses = profiles.map((profile, index) => guessAlone(names[index] ?? '', profile, types[index] ?? 'text'));
  const keepFirst = (role: ColumnRole, what: string): void => {
    let found = false;
    guesses.forEach((guess, index) => {
      if (guess.role !== role) return;
      if (found) guesses[index] = { role: 'ignore', reason: `named like ${what}, but another column comes first` };
      found = true;
    });
  };
  keepFirst('id', 'an id');
  keepFirst('split', 'a split');
  if (!guesses.some((guess) => guess.role === 'id')) {
    const index = profiles.findIndex(
      (profile, k) => types[k] === 'text' && profile.isUnique && profile.meanLength <= 40 && k === 0,
    );
    if (index !== -1) guesses[index] = { role: 'id', reason: 'the first column, and no value repeats' };
  }
  const label = guessLabel(names, profiles, types, guesses);
  if (label !== null) guesses[label.index] = { role: 'label', reason: label.reason };
  return guesses;
}

/** What a column is for by its own name and values, labels apart. */
function guessAlone(name: string, profile: ColumnProfile, type: ColumnType): Guess {
  const lower = name.toLowerCase();
  const distinct = profile.values?.size ?? Infinity;
  if (profile.filled === 0) return { role: 'ignore', reason: 'every cell is missing' };
  if (idName.test(lower) || idName.test(name)) {
    if (profile.isUnique) return { role: 'id', reason: 'named like an id, and no value repeats' };
    if (type !== 'number' && lower !== 'index') return { role: 'group', reason: 'named like an id, but values repeat' };
  }
  if (
    splitName.test(lower) &&
    profile.values !== null &&
    [...profile.values.keys()].every((v) => parseSplit(v) !== undefined)
  ) {
    return { role: 'split', reason: 'named like a split: train, validation, test' };
  }
  if (groupName.test(lower)) return { role: 'group', reason: 'named like a group or source' };
  if (weightName.test(lower)) return { role: 'ignore', reason: 'named like a sample weight' };
  if (predictionName.test(lower)) return { role: 'ignore', reason: "named like another model's prediction" };
  if (pathName.test(lower) && (type === 'text' || type === 'category'))
    return { role: 'ignore', reason: 'named like a file path' };
  if (distinct === 1) return { role: 'ignore', reason: 'the same value in every row' };
  if (type === 'text') {
    return { role: 'ignore', reason: profile.isUnique ? 'text that is different in every row' : 'free text' };
  }
  return { role: 'feature', reason: '' };
}

function guessLabel(
  names: readonly string[],
  profiles: readonly ColumnProfile[],
  types: readonly ColumnType[],
  guesses: readonly Guess[],
): { index: number; reason: string } | null {
  const classesOf = (index: number): number => profiles[index]?.values?.size ?? Infinity;
  const canBeLabel = (index: number, limit: number): boolean => {
    const classes = classesOf(index);
    const filled = profiles[index]?.filled ?? 0;
    return types[index] !== 'date' && classes >= 2 && classes <= limit && (classes < filled || filled <= 3);
  };
  for (const wanted of labelNames) {
    const index = names.findIndex((name) => name.toLowerCase() === wanted);
    if (index !== -1 && canBeLabel(index, maxGuessedClasses)) {
      return { index, reason: `named like a label, ${classesOf(index)} values` };
    }
  }
  const suffixed = names.findIndex(
    (name, k) => /(^|[_ -])(label|target|class)$/i.test(name) && canBeLabel(k, maxGuessedClasses),
  );
  if (suffixed !== -1) return { index: suffixed, reason: `named like a label, ${classesOf(suffixed)} values` };
  // Named so plainly that another guess would hide what is wrong with it: the audit then says that it is blank or constant.
  const plain = names.findIndex((name, k) => /^(label|labels|target|class)$/i.test(name) && classesOf(k) < 2);
  if (plain !== -1) {
    return { index: plain, reason: `named like a label, but ${classesOf(plain) === 0 ? 'blank' : 'one value only'}` };
  }
  const open = guesses.flatMap((guess, index) => (guess.role === 'feature' ? [index] : []));
  const isClass = (index: number): boolean =>
    canBeLabel(index, maxUnnamedClasses) &&
    (types[index] === 'category' || types[index] === 'boolean' || types[index] === 'integer');
  const last = open[open.length - 1];
  const first = open[0];
  if (last !== undefined && isClass(last)) return { index: last, reason: `the last column, ${classesOf(last)} values` };
  if (first !== undefined && isClass(first))
    return { index: first, reason: `the first column, ${classesOf(first)} values` };
  const index = [...open].reverse().find((k) => (types[k] === 'category' || types[k] === 'boolean') && isClass(k));
  return index === undefined ? null : { index, reason: `the last column with few values, ${classesOf(index)}` };
}

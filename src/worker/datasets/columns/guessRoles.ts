import type { Column, ColumnRole, ColumnType } from '../../../contract/dataset';
import { matchProbabilityColumns } from '../../../core/labels/probabilityColumns';
import { type ColumnProfile, isNumeric } from './columnProfile';
import { parseSplit } from './splitWords';

/** More classes than this are not guessed to be labels where another column may be meant. */
const maxGuessedClasses = 200;
/** Without a telling name, a label has at most this many values. */
const maxUnnamedClasses = 20;
/** Texts of fewer words on average, numbers apart, are names, addresses, links or codes. */
const fewestWords = 4;

/** Names that say "id", whatever the cells look like. */
const idName = /^(id|ids|uid|uuid|guid|identifier|.*[_ .-](id|uid|uuid|guid))$|[a-z](Id|ID|Uid|UUID)$/;
/** Names that say so of columns that are different in every row. */
const rowName =
  /^(unnamed(: ?\d+)?(_level_\d+)?|index|idx|level_0|key|_i|row|rows?[_ .-]?(no|nr|num|number|index|names?)|rowname)$/i;
/** Names that row numbers have, and other columns too: how the cells go decides. */
const counterName =
  /^(no|nr|n[°º]|№|#|_?i|num|number|count|counter|s\.? ?no|sl\.? ?no|sr\.? ?no|serial|lfd\.? ?nr|obs|observation|case|record|line|seq|sequence|ordinal|item|entry|sample|subject|patient|rank|pos|position)?[_ .:-]*(no|nr|num|number|nummer)?\.?$/i;
/** Names of what may rise with the rows and still be measured. */
const measuredName =
  /(year|month|week|day|date|hour|minute|second|time|epoch|period|quarter|age|temp|depth|height|dose|price|amount|distance|position|pos|step|iteration|frame|wave|freq|angle|lat|lon|size|length|weight|score|value|rank|level|jahr|monat|tag|zeit|année|annee|ano|mes)/i;
const textIdName =
  /^(name|names|title|titel|nom|nombre|model|sample|specimen|subject|patient|file|code|sku|isbn|email|e-mail|url|symbol|ticker)$/i;
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
const people = '(annotator|labell?er|rater|coder|(crowd[_ -]?)?worker)';
/** What rows have in common that were gathered, or labelled by the same person, together. */
const groupName = new RegExp(
  `^((data[_ -]?|label[_ -]?)?source|group|batch|site|${people})([_ -]?(id|name|code|no|nr))?$`,
);
/** The labels that one of several people gave: as features they would tell the label. */
const annotatorName = new RegExp(`^${people}[_ -]?([0-9]{1,3}|[a-h])$`);
const weightName = /^((sample|row|case|instance|example|survey|design|sampling)[_ -]?)?weights?$/;
/** A bare “weight” may be that of a body or a parcel. */
const plainWeight = /^weights?$/;
const mostPlainWeight = 1;
const predictionName =
  /^(pred(icted)?|prediction|predicted[_ -]?label)$|^(pred[_ -]?prob|prob|proba|probability|p)s?[_ -]\S+$|^pred_probs?/;
const pathName = /^(image|images|img|path|paths|file|file[_ -]?name|filename|image[_ -]?path|url)$/;

interface Guess {
  readonly role: ColumnRole;
  readonly reason: string;
}

/** Columns with inferred types and guessed roles; every guess says why, so that the analyst can judge it. */
export function inferColumns(names: readonly string[], profiles: readonly ColumnProfile[]): Column[] {
  shareFormats(profiles);
  const types = profiles.map((profile) => profile.inferType());
  const guesses = guessRoles(names, profiles, types);
  return profiles.map((profile, index) => {
    const type = types[index] ?? 'text';
    const guess = guesses[index] ?? { role: 'ignore', reason: '' };
    const column = { index, name: names[index] ?? '', type, ...guess, ...profile.describe(type) };
    // In a label column only blank is missing: "-" and "NA" are classes.
    return guess.role === 'label'
      ? { ...column, missing: profile.blank, distinct: profile.labelValues?.size ?? null }
      : column;
  });
}

/** Decimal points or commas, where a column's own cells do not tell: as in the other columns of the file. */
function shareFormats(profiles: readonly ColumnProfile[]): void {
  let point = 0;
  let comma = 0;
  for (const { formatEvidence } of profiles) {
    if (formatEvidence === 'point') point++;
    else if (formatEvidence === 'comma') comma++;
  }
  const format = point > comma ? 'point' : comma > point ? 'comma' : null;
  for (const profile of profiles) profile.assumeFormat(format);
}

function guessRoles(
  names: readonly string[],
  profiles: readonly ColumnProfile[],
  types: readonly ColumnType[],
): Guess[] {
  const guesses = profiles.map((profile, index) =>
    guessAlone(names[index] ?? '', profile, types[index] ?? 'text', index),
  );
  const keepFirst = (role: ColumnRole, what: string): void => {
    let found = false;
    guesses.forEach((guess, index) => {
      if (guess.role !== role) return;
      if (found) guesses[index] = { role: 'ignore', reason: `named like ${what}, but another column comes first` };
      found = true;
    });
  };
  chooseId(names, profiles, types, guesses);
  keepFirst('split', 'a split');
  keepFirst('weight', 'a weight');
  const label = guessLabel(names, profiles, types, guesses);
  if (label !== null) {
    guesses[label.index] = { role: 'label', reason: label.reason };
    guessProbabilities(names, profiles, types, guesses, [...(profiles[label.index]?.labelValues?.keys() ?? [])]);
  }
  return guesses;
}

/** Columns named like predictions of the label's classes, one for each, with numbers that probabilities can be. */
function guessProbabilities(
  names: readonly string[],
  profiles: readonly ColumnProfile[],
  types: readonly ColumnType[],
  guesses: Guess[],
  labels: readonly string[],
): void {
  const classes = labels.map((label) => label.trim()).filter((label) => label !== '');
  const found = guesses.flatMap((guess, index) => {
    const { minimum = Number.NaN, maximum = Number.NaN } = profiles[index] ?? {};
    const isShare = isNumeric(types[index] ?? 'text') && minimum >= 0 && maximum <= 100;
    return guess.role === 'ignore' && isShare && predictionName.test((names[index] ?? '').toLowerCase()) ? [index] : [];
  });
  const places = matchProbabilityColumns(
    found.map((index) => names[index] ?? ''),
    classes,
  );
  places?.forEach((place, k) => {
    const index = found[place];
    if (index === undefined) return;
    guesses[index] = { role: 'probability', reason: `named like a predicted probability of “${classes[k] ?? ''}”` };
  });
}

/** One column is the id: one named so, else a row number, else a first column of texts that look like names of rows. */
function chooseId(
  names: readonly string[],
  profiles: readonly ColumnProfile[],
  types: readonly ColumnType[],
  guesses: Guess[],
): void {
  const named = guesses.flatMap(({ role }, index) => (role === 'id' ? [index] : []));
  const isCounter = (index: number): boolean => profiles[index]?.counting !== null;
  const plainly = named.filter(
    (index) => idName.test((names[index] ?? '').toLowerCase()) || idName.test(names[index] ?? ''),
  );
  const chosen = plainly.find((index) => !isCounter(index)) ?? plainly[0] ?? named[0];
  for (const index of named) {
    if (index !== chosen) {
      const reason = isCounter(index)
        ? `${guesses[index]?.reason ?? ''}; the id is ${names[chosen ?? 0] ?? ''}`
        : `named like an id, but the id is ${names[chosen ?? 0] ?? ''}`;
      guesses[index] = { role: 'ignore', reason };
    }
  }
  if (chosen !== undefined) return;
  const first = profiles[0];
  if (
    first !== undefined &&
    types[0] === 'text' &&
    guesses[0]?.role === 'ignore' &&
    looksLikeId(names[0] ?? '', first)
  ) {
    guesses[0] = { role: 'id', reason: 'the first column, and no value repeats' };
  }
}

/** Numbers with a unit or decimals are amounts, however different they are. */
function canBeId(profile: ColumnProfile, type: ColumnType): boolean {
  return type === 'text' || type === 'category' || (profile.numbers.unit === '' && profile.numbers.limits.count === 0);
}

/** Short texts, all different, that are no sentences, no dates and no numbers with something around them. */
function looksLikeId(name: string, profile: ColumnProfile): boolean {
  if (!profile.isUnique || profile.meanLength > 40 || profile.shareOfAnyNumbers >= 0.5) return false;
  return profile.blankShare <= 0.2 || isNameless(name, 0) || textIdName.test(name);
}

/** "column 3" is what a column without a name is called. */
function isNameless(name: string, index: number): boolean {
  return name === `column ${index + 1}`;
}

/**
 * Row numbers: they say where a row stands in the file, not what it is. With rows sorted by class they would seem to
 * tell it.
 */
function guessCounter(name: string, profile: ColumnProfile, type: ColumnType, index: number): Guess | null {
  const { counting } = profile;
  if (counting === null || type !== 'integer' || profile.numbers.unit !== '') return null;
  const [from = '', to = ''] = profile.describe(type).range ?? [];
  const surely = rowName.test(name) || idName.test(name.toLowerCase()) || isNameless(name, index);
  const called = surely || counterName.test(name);
  switch (counting) {
    case 'counts':
      return { role: called ? 'id' : 'ignore', reason: `counts the rows from ${from} to ${to}` };
    case 'counts-with-gaps':
      if (called) return { role: 'id', reason: `counts the rows from ${from} to ${to}, with gaps` };
      if (measuredName.test(name)) return null;
      return { role: 'ignore', reason: `rises or falls with every row, from ${from} to ${to}, as row numbers do` };
    case 'counts-again':
      return called ? { role: 'ignore', reason: `counts rows from ${from}, several times` } : null;
    case 'shuffled':
      if (called) return { role: 'id', reason: `has every number from ${from} to ${to} once, as row numbers do` };
      if (measuredName.test(name)) return null;
      return { role: 'ignore', reason: `has every number from ${from} to ${to} once, as row numbers do` };
    case 'different':
      return surely ? { role: 'id', reason: `has whole numbers from ${from} to ${to}, none of them twice` } : null;
    case 'sorted':
      return surely ? { role: 'id', reason: 'rises or falls with every row, and its name says no more' } : null;
  }
}

/** Weights of rows: whether a bare name means these, its numbers tell. */
function guessWeight(lower: string, profile: ColumnProfile, type: ColumnType): Guess {
  const { minimum, maximum } = profile;
  const canWeigh = isNumeric(type) && profile.numbers.unit === '' && minimum >= 0 && maximum > 0 && minimum < maximum;
  if (canWeigh && (!plainWeight.test(lower) || maximum <= mostPlainWeight)) {
    return { role: 'weight', reason: 'named like the weight of a row, from 0 up' };
  }
  return { role: 'ignore', reason: 'named like the weight of a row; give it the role “weight” if it is one' };
}

/** What a column is for by its own name and values, labels apart. */
function guessAlone(name: string, profile: ColumnProfile, type: ColumnType, index: number): Guess {
  const lower = name.toLowerCase();
  const distinct = profile.values?.size ?? Infinity;
  if (profile.filled === 0) return { role: 'ignore', reason: 'every cell is missing' };
  const counting = guessCounter(name, profile, type, index);
  if (counting !== null) return counting;
  // Before the name: "image_id" and "path" are called so because of the files they name.
  if (type === 'picture') return { role: 'feature', reason: 'names picture files' };
  if (type === 'vector' && !predictionName.test(lower)) {
    const { numbers = 0 } = profile.describe(type);
    return { role: 'feature', reason: `lists of ${numbers} numbers each: an embedding` };
  }
  if (idName.test(lower) || idName.test(name)) {
    if (profile.isUnique && canBeId(profile, type))
      return { role: 'id', reason: 'named like an id, and no value repeats' };
    if (type !== 'number' && !profile.isUnique) return { role: 'group', reason: 'named like an id, but values repeat' };
  }
  if (rowName.test(name) && profile.isUnique && type !== 'number' && canBeId(profile, type)) {
    return { role: 'id', reason: 'named like an id, and no value repeats' };
  }
  if (
    splitName.test(lower) &&
    profile.values !== null &&
    [...profile.values.keys()].every((v) => parseSplit(v) !== undefined)
  ) {
    return { role: 'split', reason: 'named like a split: train, validation, test' };
  }
  // A column “source” may hold texts, of programs or in another language, of which each row has its own.
  if (groupName.test(lower) && !(type === 'text' && profile.meanWords >= fewestWords))
    return { role: 'group', reason: 'named like a group, source or annotator' };
  if (annotatorName.test(lower)) return { role: 'ignore', reason: 'named like the labels of one annotator of several' };
  if (weightName.test(lower)) return guessWeight(lower, profile, type);
  if (predictionName.test(lower)) return { role: 'ignore', reason: "named like another model's prediction" };
  if (pathName.test(lower) && (type === 'text' || type === 'category'))
    return { role: 'ignore', reason: 'named like a file path' };
  if (distinct === 1) return { role: 'ignore', reason: 'the same value in every row' };
  if (type === 'text') {
    if (profile.hasCutLists) {
      return { role: 'ignore', reason: 'lists of numbers that were cut short (…) when the file was written' };
    }
    const words = profile.meanWords;
    if (words >= fewestWords) return { role: 'feature', reason: `free text, ${Math.round(words)} words on average` };
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
  const classesOf = (index: number): number => profiles[index]?.labelValues?.size ?? Infinity;
  const filledOf = (index: number): number => (profiles[index]?.rows ?? 0) - (profiles[index]?.blank ?? 0);
  const canBeLabel = (index: number, limit: number): boolean => {
    const classes = classesOf(index);
    const filled = filledOf(index);
    return (
      types[index] !== 'date' &&
      types[index] !== 'picture' &&
      types[index] !== 'vector' &&
      classes >= 2 &&
      classes <= limit &&
      (classes < filled || filled <= 3)
    );
  };
  const namedSo = labelNames.map((wanted) => names.findIndex((name) => name.toLowerCase() === wanted));
  const named =
    namedSo.find((index) => canBeLabel(index, maxGuessedClasses)) ??
    // With many classes, too: any other column is further from what the name says. Fractions are measured, and so may
    // be what is called "y".
    namedSo.find(
      (index) =>
        types[index] !== 'number' && !/^y$/i.test(names[index] ?? '') && canBeLabel(index, filledOf(index) / 2),
    );
  if (named !== undefined) return { index: named, reason: `named like a label, ${classesOf(named)} values` };
  const suffixed = names.findIndex(
    (name, k) => /(^|[_ -])(label|target|class)$/i.test(name) && canBeLabel(k, maxGuessedClasses),
  );
  if (suffixed !== -1) return { index: suffixed, reason: `named like a label, ${classesOf(suffixed)} values` };
  // Named so plainly that another guess would hide what is wrong with it: the audit then says that it is blank or
  // constant.
  const plain = names.findIndex((name, k) => /^(label|labels|target|class)$/i.test(name) && classesOf(k) < 2);
  if (plain !== -1) {
    return { index: plain, reason: `named like a label, but ${classesOf(plain) === 0 ? 'blank' : 'one value only'}` };
  }
  // Texts are what is labelled, wherever they stand.
  const open = guesses.flatMap((guess, index) => (guess.role === 'feature' && types[index] !== 'text' ? [index] : []));
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

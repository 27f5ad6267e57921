/**
 * Finds the classes in the names of columns that hold their probabilities: “cat”, “prob_cat”, “cat (probability)”. All
 * names must have the same letters before and behind the class; capitals and what parts words do not count. Of two
 * classes one column is enough. O(columns · classes).
 *
 * @returns for each class the place of its column, −1 where the other of two classes leaves it the rest; null where
 *   columns and classes do not go one to one
 */
export function matchProbabilityColumns(
  names: readonly string[],
  classes: readonly string[],
): readonly number[] | null {
  const isPair = names.length === 1 && classes.length === 2;
  if (names.length === 0 || (names.length !== classes.length && !isPair)) return null;
  const plainNames = names.map(plain);
  const plainClasses = classes.map(plain);
  if (new Set(plainClasses).size < classes.length || plainClasses.includes('')) return null;
  // Whatever stands around the class in the first name stands around it in all.
  const [first = ''] = plainNames;
  for (const label of plainClasses) {
    for (let at = first.indexOf(label); at >= 0; at = first.indexOf(label, at + 1)) {
      const before = first.slice(0, at);
      const behind = first.slice(at + label.length);
      const places = plainClasses.map((one) => plainNames.indexOf(before + one + behind));
      if (places.filter((place) => place >= 0).length === names.length) return places;
    }
  }
  return null;
}

function plain(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_.:()[\]-]+/gu, ' ')
    .trim();
}

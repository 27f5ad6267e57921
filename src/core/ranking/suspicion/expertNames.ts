/**
 * The sources of class probabilities that a suspicion can be made of: the head left out by RIF, a linear discriminant,
 * the labels of the 10 and 30 nearest rows, a random forest and extremely randomised trees out of bag, and
 * probabilities that came with the data.
 */
export const expertNames = [
  'head',
  'discriminant',
  'neighbours10',
  'neighbours30',
  'forest',
  'trees',
  'predictions',
] as const;
export type ExpertName = (typeof expertNames)[number];

/** Who is asked; `auto`: see {@link chooseExperts}. */
export type ExpertChoice = 'auto' | readonly ExpertName[];

/**
 * Features after encoding, the intercept not counted, up to which data are a table: forests are for those, and the
 * discriminant is for more.
 */
export const mostForestFeatures = 200;

/**
 * Who is asked of features of that number (the intercept not counted), in the order of {@link expertNames}. `auto`:
 * forests for a table, the discriminant where there are more features, predictions where the data have some, and always
 * the others. A rule of size, so that the same data have the same experts on every machine.
 */
export function chooseExperts(asked: ExpertChoice, features: number, predictions: boolean): readonly ExpertName[] {
  if (asked !== 'auto') return expertNames.filter((name) => asked.includes(name));
  const isTable = features <= mostForestFeatures;
  return expertNames.filter((name) => {
    if (name === 'predictions') return predictions;
    if (name === 'discriminant') return !isTable;
    return isTable || (name !== 'forest' && name !== 'trees');
  });
}

/**
 * The sources of class probabilities that a suspicion can be made of: the head left out by RIF, the labels of the 10
 * and 30 nearest rows, a random forest and extremely randomised trees out of bag.
 */
export const expertNames = ['head', 'neighbours10', 'neighbours30', 'forest', 'trees'] as const;
export type ExpertName = (typeof expertNames)[number];

/** Who is asked where nothing is said. */
export const defaultExperts: readonly ExpertName[] = ['head', 'neighbours10', 'neighbours30'];

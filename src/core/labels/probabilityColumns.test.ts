import { describe, expect, it } from 'vitest';
import { matchProbabilityColumns } from './probabilityColumns';

describe('matchProbabilityColumns', () => {
  it.each([
    [
      ['cat', 'dog'],
      ['dog', 'cat'],
      [1, 0],
    ],
    [
      ['prob_cat', 'prob_dog', 'prob_cat_dog'],
      ['cat', 'cat dog', 'dog'],
      [0, 2, 1],
    ],
    [
      ['P(Ham)', 'P(Spam)'],
      ['ham', 'spam'],
      [0, 1],
    ],
    [
      ['ham probability', 'spam probability'],
      ['ham', 'spam'],
      [0, 1],
    ],
    [
      ['p_10', 'p_2', 'p_1'],
      ['1', '2', '10'],
      [2, 1, 0],
    ],
    [
      ['pred_prob_1.5', 'pred_prob_-1'],
      ['-1', '1.5'],
      [1, 0],
    ],
    [['prob_spam'], ['ham', 'spam'], [-1, 0]],
  ])('finds in %j the classes %j', (names, classes, places) => {
    expect(matchProbabilityColumns(names, classes)).toEqual(places);
  });

  it.each([
    [
      ['prob_cat', 'prob_dog'],
      ['cat', 'dog', 'fish'],
    ],
    [
      ['prob_cat', 'score_dog'],
      ['cat', 'dog'],
    ],
    [
      ['prob_cat', 'prob_cat'],
      ['cat', 'dog'],
    ],
    [
      ['prob_0', 'prob_1'],
      ['cat', 'dog'],
    ],
    [['prob_cat'], ['cat', 'dog', 'fish']],
    [
      ['prob_a', 'prob_A'],
      ['a', 'A'],
    ],
    [[], []],
  ])('says that %j are not the classes %j', (names, classes) => {
    expect(matchProbabilityColumns(names, classes)).toBeNull();
  });
});

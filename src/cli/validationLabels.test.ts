import { describe, expect, it } from 'vitest';
import { validationLabelLines } from './validationLabels';

describe('validationLabelLines', () => {
  it.each([
    ['validation_loss', 1],
    ['test_accuracy_rif', 1],
    ['loss_of_grp=a', 1],
    ['validation_loss_given', 0],
    ['validation_accuracy_given_if', 0],
    ['training_loss', 0],
    ['margin_12_rif', 0],
    ['loss_12', 0],
  ])('for %s are %i', (name, count) => {
    expect(validationLabelLines(['training_accuracy', name], 'weighted')).toEqual(
      Array.from({ length: count }, () => 'validation labels: each row counts 1 − its suspicion'),
    );
  });
});

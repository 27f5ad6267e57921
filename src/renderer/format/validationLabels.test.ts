import { describe, expect, it } from 'vitest';
import { auditSettingsSchema } from '../../contract/audit';
import { nameMeasurement, validationLabelChoices } from './validationLabels';

describe('validation labels in words', () => {
  it('marks the default among the choices', () => {
    const choices = validationLabelChoices();
    expect(choices.map(({ value }) => value).sort()).toEqual(['expected', 'given', 'weighted']);
    const marked = choices.filter(({ label }) => label.endsWith('(default)'));
    expect(marked.map(({ value }) => value)).toEqual([auditSettingsSchema.parse({}).validationLabels]);
  });

  it('says how a measurement took its labels, unless as given', () => {
    expect(nameMeasurement('validation loss', 'weighted')).toBe('validation loss, label errors discounted');
    expect(nameMeasurement('validation loss', 'given')).toBe('validation loss');
  });
});

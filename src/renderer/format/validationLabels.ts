import { type AuditSettings, auditSettingsSchema } from '../../contract/audit';

/** How validation labels are taken, in words. */
export type ValidationLabelWay = AuditSettings['validationLabels'];

const words: Readonly<Record<ValidationLabelWay, { readonly choice: string; readonly measured: string }>> = {
  weighted: { choice: 'Errors discounted', measured: 'label errors discounted' },
  expected: { choice: 'By likely labels', measured: 'by likely labels' },
  given: { choice: 'As given', measured: 'by the labels as given' },
};

/** What can be chosen, the default marked. */
export function validationLabelChoices(): { readonly value: ValidationLabelWay; readonly label: string }[] {
  const usual = auditSettingsSchema.parse({}).validationLabels;
  return (['weighted', 'expected', 'given'] as const).map((value) => ({
    value,
    label: value === usual ? `${words[value].choice} (default)` : words[value].choice,
  }));
}

/** "label errors discounted". */
export function describeValidationLabels(way: ValidationLabelWay): string {
  return words[way].measured;
}

/** "validation loss, label errors discounted"; the plain name by the given labels. */
export function nameMeasurement(name: string, way: ValidationLabelWay): string {
  return way === 'given' ? name : `${name}, ${words[way].measured}`;
}

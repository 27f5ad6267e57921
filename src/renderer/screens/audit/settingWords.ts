import type { AuditSettings } from '../../../contract/audit';
import type { DatasetSummary } from '../../../contract/dataset';
import { issuesOf } from '../../../contract/issues';
import { formatPlural } from '../../../core/base/format';
import { formatPower, formatShare } from '../../format/numbers';
import { describeValidationLabels } from '../../format/validationLabels';

/** What says which rows validate where the settings leave it open: a file of their own, a column, or nothing. */
export type ValidationSource = 'file' | 'column' | 'none';

export function findValidationSource({
  validationFile,
  columns,
}: Pick<DatasetSummary, 'validationFile' | 'columns'>): ValidationSource {
  if (validationFile !== null) return 'file';
  return columns.some(({ role }) => role === 'split') ? 'column' : 'none';
}

/** Whether rows are drawn by lot to validate. */
export function drawsValidation({ validation }: AuditSettings, source: ValidationSource): boolean {
  return validation === 'stratified' || (validation === 'auto' && source === 'none');
}

/** "20 %, stratified, seed 7": which rows validate. */
export function describeValidation(settings: AuditSettings, source: ValidationSource): string {
  const { validation, validationShare, seed } = settings;
  if (validation === 'none') return 'none';
  if (drawsValidation(settings, source)) return `${formatShare(validationShare, 0)}, stratified, seed ${seed}`;
  return validation === 'auto' && source === 'file' ? 'by the validation file' : 'by the split column';
}

/** "label errors discounted": how the labels of validation rows are taken. */
export function describeTakenLabels({ validation, validationLabels, validationClean }: AuditSettings): string {
  if (validation === 'none') return 'none';
  return validationClean ? 'clean: taken at their word' : describeValidationLabels(validationLabels);
}

export function describeHead(settings: AuditSettings): string {
  return settings.head === 'auto' ? 'by the values of the label' : settings.head;
}

export function describeL2(settings: AuditSettings): string {
  return settings.l2 === 'auto' ? 'by leave-one-out' : formatPower(settings.l2);
}

/** How numbers are scaled. */
export function describeScaling({ standardize, scale }: AuditSettings): string {
  if (!standardize) return 'as they are';
  switch (scale) {
    case 'auto':
      return 'centred and scaled';
    case 'blocks':
      return 'centred and scaled, numbered columns together';
    case 'columns':
      return 'centred and scaled, each column alone';
  }
}

/** Which media the data have whose issues can be looked for. */
export function mediaOf({ hasPictures, hasTexts }: { readonly hasPictures: boolean; readonly hasTexts: boolean }) {
  return [...(hasPictures ? (['pictures'] as const) : []), ...(hasTexts ? (['texts'] as const) : [])];
}

/** What is looked for in pictures and texts. */
export function describeIssues(settings: AuditSettings, media: ReturnType<typeof mediaOf>): string {
  const all = issuesOf({ issues: 'auto' }, media).length;
  const asked = issuesOf(settings, media).length;
  if (asked === 0) return 'not looked for';
  return asked === all ? 'all looked for' : `${asked} of ${all} looked for`;
}

/** What texts become. */
export function describeTexts({ text }: AuditSettings): string {
  switch (text) {
    case 'auto':
    case 'words':
      return 'by their words';
    case 'encoder':
      return 'by the encoder';
    case 'both':
      return 'by their words and by the encoder';
  }
}

/** What pictures become. */
export function describePictures({ pictures }: AuditSettings): string {
  switch (pictures) {
    case 'auto':
      return 'by pixels, and the encoder where there is one';
    case 'encoder':
      return 'by the encoder';
    case 'pixels':
      return 'by their pixels and colours';
    case 'both':
      return 'by the encoder and by their pixels and colours';
  }
}

/** Who judges the labels. */
export function describeExperts({ experts }: AuditSettings): string {
  if (experts === 'auto') return 'by the number of features';
  const words = {
    head: 'head',
    discriminant: 'discriminant',
    neighbours: 'neighbours',
    forest: 'random forest',
    trees: 'randomised trees',
    predictions: 'given predictions',
  };
  const names = experts.map((name) => words[name === 'neighbours10' || name === 'neighbours30' ? 'neighbours' : name]);
  return [...new Set(names)].join(', ');
}

/**
 * A number as people type it for λ: "1e-3", "0,001", "10^-3" and "1e−3" are all read; null when it is none or not above
 * 0.
 */
export function parsePositive(text: string): number | null {
  const plain = text.trim().replace(/−/g, '-').replace(',', '.').replace(/^10\^/, '1e');
  if (!/^\d*\.?\d+(e[+-]?\d+)?$/i.test(plain) && !/^\d+\.(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** “2 features and an intercept”: the constant 1 is no feature that anybody has in a file. */
export function describeFeatures(count: number, intercept: boolean): string {
  const made = formatPlural(count, 'feature');
  return intercept ? `${made} and an intercept` : made;
}

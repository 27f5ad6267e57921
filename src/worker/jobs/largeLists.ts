import type { AuditResult } from '../../core/audit/auditTypes';
import { formatCount } from '../../core/base/format';
import { listedFrom } from '../../core/base/listedFrom';
import { splitCodes } from '../../core/base/splitCodes';
import { rareClassRows } from '../../core/ranking/reasons';
import { largeShare } from '../exports/classWarnings';
import type { AuditData } from './auditData';

const named = 5;

/**
 * A list of suspects that holds much of a class is more likely wrong than the class: said with the numbers, the largest
 * share first. Classes of so few rows that nobody can judge them have a warning of their own. O(n).
 */
export function warnOfLargeLists({ labels, split }: AuditData, { columns }: Pick<AuditResult, 'columns'>): string[] {
  const { classes, codes } = labels;
  const sizes = new Int32Array(classes.length);
  const listed = new Int32Array(classes.length);
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] < 0 || split[row] !== splitCodes.train) continue;
    sizes[codes[row]]++;
    if (columns.suspicion[row] >= listedFrom) listed[codes[row]]++;
  }
  const large = classes
    .map((label, code) => ({ label, size: sizes[code], listed: listed[code] }))
    .filter(({ size, listed: some }) => size > rareClassRows && some > largeShare * size)
    .sort((a, b) => b.listed / b.size - a.listed / a.size);
  if (large.length === 0) return [];
  const parts = large
    .slice(0, named)
    .map((one) => `${formatCount(one.listed)} of the ${formatCount(one.size)} training rows of “${one.label}”`);
  const rest = large.length > named ? ` and as much of ${large.length - named} more classes` : '';
  return [
    `Suspicions of ${listedFrom} and above hold ${parts.join(', ')}${rest}. Rather than that so many labels are wrong, the features may not tell these classes apart: look before you remove.`,
  ];
}

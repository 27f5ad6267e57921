import { formatCount } from '../../core/base/format';
import { cutText, visibleText } from '../../core/base/visibleText';
import type { SimilarityState } from '../../core/labels/labelReading';
import type { SimilarLabels } from '../../core/labels/similarLabels';

const namedGroups = 5;
const namedSpellings = 6;

/**
 * A label between quotation marks, with everything visible: what hides is written as ⟨U+200B⟩, and accents that only
 * look composed are named.
 */
export function quoteLabel(label: string, among: readonly string[] = []): string {
  const composed = label.normalize('NFC');
  const twin = among.some((other) => other !== label && other.normalize('NFC') === composed);
  const marks = twin && composed !== label ? [...new Set(label.match(/\p{Mn}/gu) ?? [])] : [];
  const named = marks.map((mark) => `U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
  return `“${visibleText(cutText(label, 60))}”${named.length === 0 ? '' : ` (written with ${named.join(', ')})`}`;
}

/** “café” (37 rows), “CAFÉ” (3), “café⟨U+200B⟩” (11), which differ in capitals, hidden characters. */
function listSpellings({ spellings, likeness }: SimilarLabels): string {
  const names = spellings.map((one) => one.label);
  const parts = spellings
    .slice(0, namedSpellings)
    .map((one, place) => `${quoteLabel(one.label, names)} (${formatCount(one.count)}${place === 0 ? ' rows' : ''})`);
  const more = spellings.length > namedSpellings ? ` and ${formatCount(spellings.length - namedSpellings)} more` : '';
  return `${parts.join(', ')}${more}${likeness.length === 0 ? '' : `, which differ in ${likeness.join(', ')}`}`;
}

/** Labels that look alike, in sentences: each group with its spellings, and what was decided, or that it has to be. */
export function describeSimilarLabels(column: string, { sure, perhaps, state }: SimilarityState): string[] {
  const say = (group: SimilarLabels): string => {
    const listed = listSpellings(group);
    if (state === 'merged')
      return `Labels in ${column} that look alike are read as one class, ${quoteLabel(group.label)}: ${listed}.`;
    if (state === 'kept')
      return `Labels in ${column} look alike and are kept apart, as classes of their own: ${listed}.`;
    return `Labels in ${column} look alike and seem to mean one class, ${quoteLabel(group.label)}: ${listed}.`;
  };
  const texts = sure.slice(0, namedGroups).map(say);
  if (sure.length > namedGroups) {
    texts.push(
      `${formatCount(sure.length - namedGroups)} more labels in ${column} have several spellings that look alike.`,
    );
  }
  const apart = perhaps.slice(0, namedGroups).map((group) => {
    const names = group.spellings.map((one) => one.label);
    return group.spellings.map((one) => `${quoteLabel(one.label, names)} (${formatCount(one.count)})`).join(' and ');
  });
  if (apart.length > 0) {
    const more = perhaps.length > namedGroups ? `, and ${formatCount(perhaps.length - namedGroups)} more` : '';
    texts.push(
      state === 'kept'
        ? `Labels in ${column} look alike and are kept apart: ${apart.join('; ')}${more}.`
        : `Labels in ${column} look alike, but may be different ones: they are kept apart, and no row is suspected for having the one or the other: ${apart.join('; ')}${more}.`,
    );
  }
  return texts;
}

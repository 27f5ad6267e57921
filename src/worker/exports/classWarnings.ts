import { formatCount, formatPlural } from '../../core/base/format';
import { rareClassRows } from '../../core/ranking/reasons';
import type { ClassChange } from './removalRows';

/** A list that holds more of a class than this deserves a word. */
export const largeShare = 0.4;
const listed = 5;

/**
 * What a removal does to the classes, in sentences: those that vanish, those that shrink by more than half, those of
 * which more than 40 % go, and how many rows were held back so that no class is emptied. Empty: nothing worth a word.
 */
export function describeClassChanges(changes: readonly ClassChange[]): string[] {
  const lost = ({ before, after }: ClassChange): number => (before === 0 ? 0 : (before - after) / before);
  const gone = changes.filter(({ before, after }) => after === 0 && before > 0);
  const halved = changes.filter((change) => change.after > 0 && lost(change) > 0.5);
  const large = changes.filter((change) => lost(change) > largeShare && lost(change) <= 0.5);
  const kept = changes.filter(({ heldBack }) => heldBack > 0);
  const sizes = ({ label, before, after }: ClassChange): string =>
    `“${label}” ${formatCount(before)} → ${formatCount(after)}`;
  return [
    ...(gone.length === 0
      ? []
      : [`${plural(gone, 'class vanishes', 'classes vanish')} from the data: ${list(gone.map(sizes))} rows.`]),
    ...(halved.length === 0
      ? []
      : [`${plural(halved, 'class shrinks', 'classes shrink')} by more than half: ${list(halved.map(sizes))} rows.`]),
    ...(large.length === 0
      ? []
      : [
          `More than ${100 * largeShare} % of ${large.length === 1 ? 'a class' : `${formatCount(large.length)} classes`} goes: ${list(large.map(sizes))} rows.`,
        ]),
    ...(kept.length === 0
      ? []
      : [
          `Held back from the removal list so that no class is emptied: ${list(
            kept.map(
              ({ label, heldBack, after }) =>
                `${formatPlural(heldBack, 'row')} of “${label}”, which keeps ${formatCount(after)}`,
            ),
          )}. Fewer than ${rareClassRows + 1} rows of a class are too few to judge.`,
        ]),
  ];
}

function plural(items: readonly unknown[], one: string, many: string): string {
  return items.length === 1 ? `A ${one}` : `${formatCount(items.length)} ${many}`;
}

function list(parts: readonly string[]): string {
  const shown = parts.slice(0, listed).join(', ');
  return parts.length > listed ? `${shown} and ${formatCount(parts.length - listed)} more` : shown;
}

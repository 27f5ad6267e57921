import type { LabelKind } from '../../contract/scoreColumns';
import {
  numberReasonExplanations,
  type Reason,
  reasonExplanations,
  reasonFlags,
  reasonWords,
} from '../../core/ranking/reasons';

// Object.keys of a const object are its keys; TypeScript says only string.
const reasons = Object.keys(reasonFlags) as Reason[];

/** The words of each reason by the number of its bit, as the store keeps them. */
export const reasonNamesByBit: readonly string[] = Array.from({ length: reasons.length }, (_, bit) => {
  const reason = reasons.find((candidate) => reasonFlags[candidate] === 2 ** bit);
  return reason === undefined ? `reason ${bit}` : reasonWords[reason];
});

/** A sentence for each reason given by its words. */
export function explainReasons(words: readonly string[], labels: LabelKind): string[] {
  return words.flatMap((word) => {
    const reason = reasons.find((candidate) => reasonWords[candidate] === word);
    if (reason === undefined) return [];
    const ofNumbers = labels === 'numbers' ? numberReasonExplanations[reason] : undefined;
    return [ofNumbers ?? reasonExplanations[reason]];
  });
}

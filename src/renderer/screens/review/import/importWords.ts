import type { DecisionFileKind, ImportGroup, StatedReview } from '../../../../contract/decisions';
import { describeDecisionShort } from '../wording';

/** Names of the groups of an import, and what each means for the person. */
export const groupWords: Readonly<Record<ImportGroup, { readonly name: string; readonly says: string }>> = {
  applied: { name: 'New here', says: 'Nothing is decided here about these rows: the decisions are taken over.' },
  same: { name: 'The same', says: 'Decided the same here: nothing changes.' },
  conflict: { name: 'Decided otherwise', says: 'These rows are decided otherwise here. Say whose decision counts.' },
  changed: {
    name: 'Changed rows',
    says: 'These rows have other cells here than where they were decided. Left out unless you take them.',
  },
  several: {
    name: 'Several rows',
    says: 'More than one row here can be meant. Decide them in the list.',
  },
  gone: { name: 'Not here', says: 'No row here has this id or these cells.' },
  unreadable: { name: 'Unreadable', says: 'These lines cannot be used.' },
};

export const kindWords: Readonly<Record<DecisionFileKind, string>> = {
  decisions: 'Decisions of Assay',
  removal: 'Rows to remove',
  labels: 'Labels of a sheet',
  issues: 'Label issues',
};

/** "remove", "relabel as 3", "note only". */
export function decisionWords(review: StatedReview | null): string {
  if (review === null) return 'not decided';
  return review.decision === null ? 'note only' : describeDecisionShort(review.decision);
}

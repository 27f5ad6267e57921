import { splitCodes } from '../../../core/base/splitCodes';

const words = new Map<string, number>([
  ['train', splitCodes.train],
  ['training', splitCodes.train],
  ['validation', splitCodes.validation],
  ['valid', splitCodes.validation],
  ['val', splitCodes.validation],
  ['dev', splitCodes.validation],
  ['test', splitCodes.test],
  ['testing', splitCodes.test],
]);

/** What a cell of a split column says (case and surrounding blanks ignored); undefined for an unknown word. */
export function parseSplit(cell: string): number | undefined {
  return words.get(cell.trim().toLowerCase());
}

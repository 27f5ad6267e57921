import { type FunctionalComponent, h } from 'vue';
import { formatWeight } from '../wording';
import { cutAtMarks, type TextMark } from './markedPieces';

/**
 * Text of the data, as DataText draws it, with words marked: those that speak for a class and those that speak against
 * it differ in more than colour, the strong ones more so. A mark's title is its weight.
 */
export const MarkedText: FunctionalComponent<{ text: string; marks: readonly TextMark[]; strongest: number }> = ({
  text,
  marks,
  strongest,
}) =>
  h(
    'bdi',
    cutAtMarks(text, marks, strongest).map((piece) => {
      if (piece.name !== undefined) return h('span', { class: 'unseen', title: piece.name }, piece.text);
      if (piece.side === undefined) return piece.text;
      return h(
        'mark',
        { class: ['telling', piece.side, { strong: piece.isStrong }], title: formatWeight(piece.weight ?? 0) },
        piece.text,
      );
    }),
  );
MarkedText.props = {
  text: { type: String, required: true },
  marks: { type: Array, required: true },
  strongest: { type: Number, required: true },
};

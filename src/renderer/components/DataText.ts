import { type FunctionalComponent, h } from 'vue';
import { splitVisible } from '../../core/base/visibleText';

/**
 * Text of the data (a label, a cell, an id, a column's or a file's name, a sentence that has one of them): what would
 * not be seen is drawn as a mark with its name on it, and whatever direction the text runs in, it cannot reorder what
 * stands beside it. One element and one text for ordinary text: tables draw hundreds. `lines`: several sentences, whose
 * line feeds are ours.
 */
export const DataText: FunctionalComponent<{ text: string; lines?: boolean }> = ({ text, lines }) => {
  const pieces = splitVisible(text, { keepLines: lines === true });
  const [first] = pieces;
  if (pieces.length === 1 && first.kind === 'plain') return h('bdi', text);
  return h(
    'bdi',
    pieces.map((piece) =>
      piece.kind === 'plain' ? piece.text : h('span', { class: 'unseen', title: piece.name }, piece.sign),
    ),
  );
};
DataText.props = { text: { type: String, required: true }, lines: Boolean };

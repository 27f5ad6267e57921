interface KeyGroup {
  readonly title: string;
  readonly items: readonly {
    readonly keys: readonly string[];
    /** The word between the keys; "or" unless given. */
    readonly between?: string;
    readonly does: string;
  }[];
}

/** Every key, by where it works; combinations as for useShortcuts. What is bound elsewhere must be said here too. */
export const keyGroups: readonly KeyGroup[] = [
  {
    title: 'Decide (Review)',
    items: [
      { keys: ['k'], does: 'keep: the label is right' },
      { keys: ['x'], does: 'remove the row' },
      { keys: ['r'], does: 'relabel: take the suggested label' },
      { keys: ['1', '9'], between: 'to', does: 'relabel as that class; 0 is the tenth' },
      { keys: ['/'], does: 'type a class' },
      { keys: ['f'], does: 'flag for later' },
      { keys: ['n'], does: 'write a note' },
      { keys: ['u'], does: 'take the decision back: undecided again' },
      { keys: ['v'], does: 'verify: retrain without the selected rows' },
      { keys: ['e'], does: 'explain: which training rows the prediction rests on' },
      { keys: ['q'], does: 'when to stop: what is left, and how far to go' },
      { keys: ['[', ']'], does: 'settling two reviews: take the first decision, the second' },
      { keys: ['mod+z'], does: 'undo' },
      { keys: ['mod+shift+z', 'mod+y'], does: 'redo' },
    ],
  },
  {
    title: 'Everywhere',
    items: [
      { keys: ['mod+k'], does: 'search or run anything' },
      { keys: ['mod+o'], does: 'open a data file' },
      { keys: ['mod+shift+o'], does: 'open a project' },
      { keys: ['mod+1', 'mod+7'], between: 'to', does: 'Data, Audit, Review, What if, Explain, Groups, Export' },
      { keys: ['mod+e'], does: 'Export' },
      { keys: ['mod+,'], does: 'settings' },
      { keys: ['?'], does: 'this help' },
    ],
  },
  {
    title: 'Move and select (Review)',
    items: [
      { keys: ['arrowright', 'l'], does: 'next row (table: also ↓)' },
      { keys: ['arrowleft', 'j'], does: 'previous row (table: also ↑)' },
      { keys: ['arrowdown', 'arrowup'], does: 'gallery: a line on, a line back' },
      { keys: ['pagedown', 'pageup'], does: 'a page on, a page back' },
      { keys: ['Home', 'End'], does: 'first row, last row' },
      { keys: ['shift+arrowdown'], does: 'select on (with any moving key)' },
      { keys: ['mod+space'], does: 'add the row to the selection, or take it out' },
      { keys: ['mod+a'], does: 'select every row shown' },
      { keys: ['mod+c'], does: 'copy the selected rows with headers' },
      { keys: ['mod+f'], does: 'find in id, labels, notes and texts' },
      { keys: ['p'], does: 'facets: filter by any column of the data, or close them' },
      { keys: ['space'], does: 'the picture of the row in large; without picture files its evidence' },
      { keys: ['w'], does: 'mark the telling words of texts, or not' },
      { keys: ['t', 'g', 'm', 'c'], between: ',', does: 'table, gallery, map, matrix of given and suggested labels' },
      { keys: ['s'], does: 'two views side by side, or one' },
      { keys: ['alt+1', 'alt+9'], between: 'to', does: 'saved views' },
      { keys: ['escape'], does: 'back to the rows; give up a selection' },
    ],
  },
  {
    title: 'Map (Review)',
    items: [
      { keys: ['arrowright', 'arrowdown'], does: 'move the map (with any arrow)' },
      { keys: ['+', '−'], does: 'closer, farther (also the wheel)' },
      { keys: ['z'], does: 'show everything' },
      { keys: ['a'], does: 'lasso by dragging, or move again; Shift adds, Alt takes away' },
      { keys: ['i', 'shift+i', 'alt+i'], between: ',', does: 'select what is in sight, add it, take it away' },
      { keys: ['j', 'l'], does: 'previous row, next row' },
    ],
  },
  {
    title: 'Data, Audit, Groups, Export',
    items: [
      { keys: ['mod+enter'], does: 'the filled button: go on, run, compare, export' },
      { keys: ['escape'], does: 'cancel what runs there' },
    ],
  },
  {
    title: 'When to stop',
    items: [
      { keys: ['mod+enter'], does: 'go on in Review with the next row' },
      { keys: ['p'], does: 'spot-check rows below the threshold' },
      { keys: ['a'], does: 'run the seeded audit' },
      { keys: ['escape'], does: 'cancel it while it runs; back to Review' },
    ],
  },
  {
    title: 'What if',
    items: [
      { keys: ['v'], does: 'verify by retraining' },
      { keys: ['escape'], does: 'cancel it while it runs' },
    ],
  },
  {
    title: 'Explain',
    items: [
      { keys: ['/'], does: 'type the row to explain' },
      { keys: ['escape'], does: 'cancel it while it runs' },
    ],
  },
];

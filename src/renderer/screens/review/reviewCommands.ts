import type { Command } from '../../stores/commands';
import type { ReviewCommand } from './reviewKeys';

interface ReviewCommandsOptions {
  run(command: ReviewCommand): unknown;
  undoTitle(): string | null;
  redoTitle(): string | null;
  openHistory(): void;
  refresh(): void;
  importDecisions(): void;
  beginPass(): void;
  /** A second pass is under way. */
  inPass(): boolean;
  hasRow(): boolean;
  hasPictureFiles(): boolean;
  hasTexts(): boolean;
  /** Labels are classes, not numbers. */
  hasClasses(): boolean;
}

/** Review's commands for the palette and the menu. The ids `undo` and `redo` are the menu's. */
export function reviewCommands(options: ReviewCommandsOptions): Command[] {
  const command = (id: string, title: string, keys: string, what: ReviewCommand, words = ''): Command => ({
    id: `review-${id}`,
    title,
    group: 'Review',
    keys,
    words,
    enabled: options.hasRow,
    run: () => void options.run(what),
  });
  return [
    {
      id: 'undo',
      get title() {
        const name = options.undoTitle();
        return name === null ? 'Undo' : `Undo “${name}”`;
      },
      group: 'Review',
      keys: 'mod+z',
      enabled: () => options.undoTitle() !== null,
      run: () => void options.run({ kind: 'undo' }),
    },
    {
      id: 'redo',
      get title() {
        const name = options.redoTitle();
        return name === null ? 'Redo' : `Redo “${name}”`;
      },
      group: 'Review',
      keys: 'mod+shift+z',
      enabled: () => options.redoTitle() !== null,
      run: () => void options.run({ kind: 'redo' }),
    },
    command('keep', 'Keep', 'k', { kind: 'decide', decision: 'keep' }, 'decide label right'),
    command('take', 'Take the suggested label', 'r', { kind: 'decide', decision: 'take' }, 'decide relabel'),
    command('remove', 'Remove', 'x', { kind: 'decide', decision: 'remove' }, 'decide drop delete'),
    command('later', 'Flag for later', 'f', { kind: 'decide', decision: 'later' }, 'decide'),
    command('restore', 'Restore: take the decision off', 'u', { kind: 'decide', decision: 'restore' }, 'undecide'),
    command('class', 'Relabel as a class…', '/', { kind: 'pick-class' }, 'decide type'),
    command('note', 'Write a note', 'n', { kind: 'note' }, 'comment'),
    {
      ...command('explain', 'Explain this prediction', 'e', { kind: 'explain' }, 'why training rows flip'),
      enabled: () => options.hasRow() && options.hasClasses(),
    },
    command('select-all', 'Select all rows shown', 'mod+a', { kind: 'select-all' }),
    command('copy', 'Copy rows with headers', 'mod+c', { kind: 'copy' }, 'clipboard'),
    command('find', 'Find rows', 'mod+f', { kind: 'find' }, 'search id label note text'),
    {
      ...command('facets', 'Show the facets, or not', 'p', { kind: 'facets' }, 'filter columns histogram values pane'),
      enabled: () => true,
    },
    {
      ...command('filter-column', 'Filter by a column…', '', { kind: 'filter-column' }, 'facet values range text'),
      enabled: () => true,
    },
    {
      ...command('evidence', 'Large evidence', '', { kind: 'open-evidence' }, 'open zoom'),
      get keys() {
        return options.hasPictureFiles() ? '' : 'space';
      },
    },
    {
      ...command('picture', 'Large picture', 'space', { kind: 'look' }, 'open zoom image'),
      enabled: () => options.hasRow() && options.hasPictureFiles(),
    },
    {
      ...command('telling-words', 'Mark telling words, or not', 'w', { kind: 'telling-words' }, 'text highlight'),
      enabled: () => options.hasRow() && options.hasTexts(),
    },
    command('table', 'Show the table', 't', { kind: 'view', view: 'table' }, 'view list'),
    command('gallery', 'Show the gallery', 'g', { kind: 'view', view: 'gallery' }, 'view cards pictures grid'),
    command('map', 'Show the map', 'm', { kind: 'view', view: 'map' }, 'view scatter points pca embedding'),
    {
      ...command(
        'matrix',
        'Show the matrix of given and suggested labels',
        'c',
        { kind: 'view', view: 'matrix' },
        'view confusion',
      ),
      enabled: () => options.hasRow() && options.hasClasses(),
    },
    command('beside', 'Two views side by side, or one', 's', { kind: 'beside' }, 'split pane layout'),
    { id: 'review-history', title: 'History of changes', group: 'Review', run: options.openHistory },
    {
      id: 'review-import',
      title: 'Import decisions…',
      group: 'Review',
      words: 'merge colleague csv removal list labels issues cleanlab file',
      enabled: () => !options.inPass(),
      run: options.importDecisions,
    },
    {
      id: 'review-pass',
      title: 'Second pass…',
      group: 'Review',
      words: 'reviewer blind agreement kappa adjudicate',
      enabled: () => !options.inPass(),
      run: options.beginPass,
    },
    { id: 'review-refresh', title: 'Refresh the list', group: 'Review', run: options.refresh },
  ];
}

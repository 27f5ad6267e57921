import { defineStore } from 'pinia';
import { ref, shallowRef, watch } from 'vue';
import type { ReviewChange, ReviewRow, Selection } from '../../../contract/review';
import { UnavailableError } from '../../../core/base/errors';
import type { Decision } from '../../../core/review/decisions';
import { engineClient } from '../../client/engineClient';
import { formatPlural } from '../../format/numbers';
import { useEngine } from '../engine';
import { useSession } from '../session';
import { useSettings } from '../settings';
import { useToasts } from '../toasts';
import { OrderedWrites } from './orderedWrites';
import { resolveSelection } from './resolveSelection';
import { describeDone, groupByDecision, type ReviewChoice, sameForEveryRow } from './reviewChoice';
import { useReviewOverview } from './reviewOverview';
import { useReviewView } from './reviewView';
import { RowRefresher } from './rowRefresher';

type ReviewWrite =
  | {
      readonly kind: 'decide';
      readonly selection: Selection;
      readonly decision: Decision | null;
      readonly subject: string;
      /** It may have arrived at an engine that died before it answered. */
      tried: boolean;
    }
  | { readonly kind: 'note'; readonly selection: Selection; readonly note: string; readonly subject: string }
  | { readonly kind: 'undo' | 'redo' };

/** Rows of a selection that can be read one by one to find out what each becomes. */
const mostRowsRead = 2_000;

/** Undone changes from which on a new decision asks before it drops them. */
const redoWorthAsking = 2;

/** A question to the person, answered by the dialog that shows it. */
export interface RedoWarning {
  readonly count: number;
  answer(goOn: boolean): void;
}

/**
 * Decisions, notes, undo and redo. A key acts at once on the table; behind it the changes go to the engine strictly in
 * order. What depends on an answer (where the next pending row is) holds later keys back, so that none hits a wrong
 * row.
 */
export const useReviewDecisions = defineStore('reviewDecisions', () => {
  const list = useReviewView();
  const overview = useReviewOverview();
  const session = useSession();
  const settings = useSettings();
  const engine = useEngine();
  const toasts = useToasts();

  /** Changes not yet on disk. */
  const waiting = ref(0);
  /** True while they are held back because the engine is away. */
  const held = ref(false);
  /** Said to screen readers after each change. */
  const announcement = ref('');
  /** True once nothing undecided was found in the list shown. */
  const listDone = ref(false);
  const redoWarning = shallowRef<RedoWarning | null>(null);
  let redoDropped = false;
  let folder = session.folder;

  const refresher = new RowRefresher({
    blocks: list.blocks,
    read: async (rows) => (await engineClient.call('review.rows', { rows })).rows,
    onError: (error) => {
      if (!(error instanceof UnavailableError)) toasts.showError('Changed rows could not be read again', error);
    },
  });

  const writes = new OrderedWrites<ReviewWrite>({
    send,
    isUnavailable: (error, write) =>
      error instanceof UnavailableError && write.kind !== 'undo' && write.kind !== 'redo',
    onRefused: refused,
    onChange: () => {
      waiting.value = writes.waiting;
      held.value = writes.paused;
    },
  });

  watch(
    () => engine.connected,
    (connected) => {
      if (!connected) writes.pause();
    },
  );
  // The engine is back once the project is open again; only then do the changes have a place to go.
  watch(
    () => session.generation,
    () => {
      if (session.folder !== folder) {
        const lost = writes.clear().length;
        if (lost > 0) {
          toasts.show({
            tone: 'bad',
            title: `${formatPlural(lost, 'decision')} could not be saved`,
            text: 'The project was closed before the engine came back. Open it again to see what is decided.',
          });
        }
        redoDropped = false;
        listDone.value = false;
      }
      folder = session.folder;
      writes.resume();
    },
  );

  watch(
    () => list.view,
    () => {
      listDone.value = false;
    },
  );

  async function send(write: ReviewWrite): Promise<void> {
    const threshold = list.query.threshold;
    switch (write.kind) {
      case 'decide': {
        if (write.tried && (await hasArrived(write))) {
          await overview.load(threshold);
          return;
        }
        write.tried = true;
        const { selection, decision } = write;
        took(
          await session.trackWrite(engineClient.call('review.decide', { selection, decision, threshold })),
          threshold,
        );
        return;
      }
      case 'note': {
        const { selection, note } = write;
        took(await session.trackWrite(engineClient.call('review.note', { selection, note, threshold })), threshold);
        return;
      }
      case 'undo':
      case 'redo': {
        const change = await session.trackWrite(
          engineClient.call(write.kind === 'undo' ? 'review.undo' : 'review.redo', { threshold }),
        );
        redoDropped = false;
        if (change === null) {
          toasts.show({ title: write.kind === 'undo' ? 'Nothing to undo' : 'Nothing to redo' });
          return;
        }
        took(change, threshold);
        listDone.value = false;
        announcement.value = `${write.kind === 'undo' ? 'Undone' : 'Done again'}: ${change.title}`;
        await refresher.flush();
        await showChanged(change);
      }
    }
  }

  /** Whether a decision sent to an engine that died is on disk all the same: then it must not be made twice. */
  async function hasArrived(write: Extract<ReviewWrite, { kind: 'decide' }>): Promise<boolean> {
    if (write.selection.kind !== 'rows' || write.selection.rows.length === 0) return false;
    const { rows } = await engineClient.call('review.rows', { rows: write.selection.rows.slice(0, 1) });
    const decided = JSON.stringify(rows[0]?.decision ?? null);
    return decided === JSON.stringify(write.decision);
  }

  function took(change: ReviewChange, threshold: number): void {
    overview.takeChange(change, threshold);
    if (threshold !== list.query.threshold) void overview.load(list.query.threshold);
    refresher.mark(change);
    if (writes.waiting <= 1) void refresher.flush();
  }

  function refused(write: ReviewWrite, error: unknown): void {
    const names = { decide: 'The decision on', note: 'The note on', undo: 'Undo', redo: 'Redo' };
    const subject = write.kind === 'decide' || write.kind === 'note' ? ` ${write.subject}` : '';
    toasts.showError(`${names[write.kind]}${subject} was not saved`, error);
    redoDropped = false;
    // The table shows what was hoped for: put back what is so.
    if (write.kind === 'decide') refresher.markSelection(write.selection);
    void refresher.flush();
    void overview.load(list.query.threshold);
  }

  /** Brings a single row that undo or redo has changed into sight. */
  async function showChanged(change: ReviewChange): Promise<void> {
    const view = list.view;
    if (change.rowCount !== 1 || change.rows.length !== 1 || view === null) return;
    const row = change.rows[0];
    const place =
      list.blocks.placeOf(row) ?? (await engineClient.call('review.indexOf', { viewId: view.viewId, row })).index;
    if (place !== null && view === list.view) list.moveTo(place);
  }

  const tasks: (() => void | Promise<void>)[] = [];
  let working = false;

  /** Does one thing after the other, at once where nothing is under way. */
  function inOrder(task: () => void | Promise<void>): void {
    tasks.push(task);
    if (!working) void work();
  }

  async function work(): Promise<void> {
    working = true;
    try {
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
        const result = task();
        if (result !== undefined) await result;
      }
    } catch (error) {
      const unused = tasks.splice(0).length;
      toasts.showError(
        unused > 0
          ? `That did not work; ${formatPlural(unused, 'key')} typed after it was not used`
          : 'That did not work',
        error,
      );
    } finally {
      working = false;
    }
  }

  /** Decides the selected rows, or the focused one when none is selected. */
  function decide(choice: ReviewChoice): void {
    inOrder(() => (mayNeedAsking() ? askFirst(choice) : decideNow(choice)));
  }

  function mayNeedAsking(): boolean {
    if (writes.some((write) => write.kind === 'undo' || write.kind === 'redo')) return true;
    return !redoDropped && (overview.overview?.redoCount ?? 0) >= redoWorthAsking;
  }

  async function askFirst(choice: ReviewChoice): Promise<void> {
    await writes.whenIdle();
    if (await askToDrop(redoDropped ? 0 : (overview.overview?.redoCount ?? 0))) await decideNow(choice);
    else tasks.length = 0;
  }

  async function askToDrop(count: number): Promise<boolean> {
    if (count < redoWorthAsking) return true;
    const goOn = await new Promise<boolean>((answer) => {
      redoWarning.value = { count, answer };
    });
    redoWarning.value = null;
    return goOn;
  }

  /** Asks before a decision that is made elsewhere drops what was undone. @returns whether to go on */
  async function mayDropRedo(): Promise<boolean> {
    await writes.whenIdle();
    try {
      return await askToDrop(
        (await engineClient.call('review.overview', { threshold: list.query.threshold })).redoCount,
      );
    } catch {
      // The decision itself meets the same trouble, and says so.
      return true;
    }
  }

  function decideNow(choice: ReviewChoice): void | Promise<void> {
    const single = list.selection.count === 1 && list.isPlaceSelected(list.focus);
    if (list.selection.count > 0 && !single) return decideSelected(choice);
    const place = list.focus;
    if (place < 0) return undefined;
    const row = list.rowAt(place);
    if (row !== undefined) return decideRow(choice, place, row);
    return list.blocks
      .load(place)
      .then((loaded) => (loaded === undefined ? undefined : decideRow(choice, place, loaded)));
  }

  function decideRow(choice: ReviewChoice, place: number, row: ReviewRow): void | Promise<void> {
    const [{ decision }] = groupByDecision(choice, [row]);
    push({ kind: 'rows', rows: [row.row] }, decision, row.id);
    announcement.value = describeDone(choice, row.id);
    list.clearSelection();
    if (choice.kind === 'restore' || !settings.advance) return undefined;
    return advance(place);
  }

  async function decideSelected(choice: ReviewChoice): Promise<void> {
    const view = list.view;
    const selection = list.selection;
    if (view === null) return;
    const subject = formatPlural(selection.count, 'row');
    const readable = selection.count <= mostRowsRead;
    if (choice.kind === 'take' && !readable) {
      toasts.show({
        tone: 'warn',
        title: `${subject} are too many to take each its own suggestion at once`,
        text: 'Filter by suggested label, select all, and press / to give them that label.',
      });
      return;
    }
    let steps = 1;
    if (sameForEveryRow(choice) || !readable) {
      const resolved = await resolveSelection(selection, view, (start, end) => list.blocks.rowNumbers(start, end));
      push(
        resolved,
        choice.kind === 'class' ? { kind: 'relabel', label: choice.label } : plainDecision(choice),
        subject,
      );
    } else {
      const groups = groupByDecision(choice, await readSelected());
      for (const group of groups) {
        push({ kind: 'rows', rows: group.rows }, group.decision, formatPlural(group.rows.length, 'row'));
      }
      steps = groups.length;
    }
    const title = describeDone(choice, subject);
    announcement.value = title;
    toasts.show({ title, action: { label: 'Undo', run: () => undo(steps) } });
    const from = list.focus;
    const moveOn = list.isPlaceSelected(from) && choice.kind !== 'restore' && settings.advance;
    list.clearSelection();
    if (moveOn) await advance(from);
  }

  async function readSelected(): Promise<ReviewRow[]> {
    const rows: ReviewRow[] = [];
    for (const { start, end } of list.selection.ranges) {
      const numbers = await list.blocks.rowNumbers(start, end);
      for (let from = 0; from < numbers.length; from += 1000) {
        const part = numbers.slice(from, from + 1000);
        rows.push(...(await engineClient.call('review.rows', { rows: part })).rows);
      }
    }
    return rows;
  }

  function push(selection: Selection, decision: Decision | null, subject: string): void {
    redoDropped = true;
    refresher.show(selection, decision);
    writes.push({ kind: 'decide', selection, decision, subject, tried: false });
  }

  /** Moves to the next row that is still to be decided; at once where it is among the rows read. */
  function advance(from: number): void | Promise<void> {
    const { queue } = list.shownQuery;
    if (queue === 'decided' || queue === 'later') {
      list.moveTo(from + 1);
      return undefined;
    }
    for (let place = from + 1; place < list.total; place += 1) {
      const row = list.blocks.at(place);
      if (row === undefined) break;
      if (row.decision === null) {
        list.moveTo(place);
        return undefined;
      }
    }
    return advanceByAsking(from);
  }

  async function advanceByAsking(from: number): Promise<void> {
    const view = list.view;
    if (view === null) return;
    // The engine must know of what was decided just now, or it would name it as pending.
    await writes.whenIdle();
    if (writes.waiting > 0) throw new UnavailableError('The engine is being started again. What was decided is kept.');
    const { index } = await engineClient.call('review.nextPending', { viewId: view.viewId, from });
    if (view !== list.view) return;
    listDone.value = index === null;
    if (index !== null) list.moveTo(index);
    else announcement.value = 'Every row in this list is decided.';
  }

  /** Writes a note on the selected rows, or on the given one. An empty note removes it. */
  async function note(text: string, row: ReviewRow | null): Promise<void> {
    const view = list.view;
    if (view === null) return;
    if (row !== null) {
      list.blocks.replace([{ ...row, note: text }]);
      writes.push({ kind: 'note', selection: { kind: 'rows', rows: [row.row] }, note: text, subject: row.id });
    } else {
      const { selection } = list;
      const resolved = await resolveSelection(selection, view, (start, end) => list.blocks.rowNumbers(start, end));
      writes.push({ kind: 'note', selection: resolved, note: text, subject: formatPlural(selection.count, 'row') });
    }
    redoDropped = true;
  }

  function step(kind: 'undo' | 'redo', steps: number): void {
    inOrder(() => {
      if (writes.paused) {
        toasts.show({
          tone: 'warn',
          title: `${kind === 'undo' ? 'Undo' : 'Redo'} has to wait`,
          text: 'The engine is being started again. Try once it runs.',
        });
        return;
      }
      for (let count = 0; count < steps; count += 1) writes.push({ kind });
    });
  }

  const undo = (steps = 1): void => step('undo', steps);
  const redo = (steps = 1): void => step('redo', steps);

  function plainDecision(choice: ReviewChoice): Decision | null {
    return choice.kind === 'keep' || choice.kind === 'remove' || choice.kind === 'later' ? { kind: choice.kind } : null;
  }

  return { waiting, held, announcement, listDone, redoWarning, mayDropRedo, inOrder, decide, note, undo, redo };
});

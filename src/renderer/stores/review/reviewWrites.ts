import { defineStore } from 'pinia';
import { ref, watch } from 'vue';
import type { ReviewChange, Selection } from '../../../contract/review';
import { UnavailableError } from '../../../core/base/errors';
import { formatPlural } from '../../../core/base/format';
import type { Decision } from '../../../core/review/decisions';
import { engineClient } from '../../client/engineClient';
import { useEngine } from '../engine';
import { useSession } from '../session';
import { useToasts } from '../toasts';
import { OrderedWrites } from './orderedWrites';
import { decisionFor, type ReviewChoice } from './reviewChoice';
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
  | {
      /** What it decides differs from row to row: the engine finds it. */
      readonly kind: 'choose';
      readonly selection: Selection;
      readonly choice: ReviewChoice;
      readonly subject: string;
      tried: boolean;
    }
  | { readonly kind: 'note'; readonly selection: Selection; readonly note: string; readonly subject: string }
  | {
      /** Takes one of two reviews' decisions about a row. */
      readonly kind: 'settle';
      readonly pass: number;
      readonly row: number;
      readonly take: 'first' | 'second';
      readonly subject: string;
    }
  | { readonly kind: 'undo' | 'redo' };

/** Changes on their way to the engine, in order; the table, the counts and the messages follow what it answers. */
export const useReviewWrites = defineStore('reviewWrites', () => {
  const list = useReviewView();
  const overview = useReviewOverview();
  const session = useSession();
  const engine = useEngine();
  const toasts = useToasts();

  /** Changes not yet on disk. */
  const waiting = ref(0);
  /** True while they are held back because the engine is away. */
  const held = ref(false);
  /** Said to screen readers after each change. */
  const announcement = ref('');
  /** Something on its way drops what was undone. */
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
    isUnavailable: (error, write) => error instanceof UnavailableError && !isStep(write),
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
      }
      folder = session.folder;
      writes.resume();
    },
  );

  async function send(write: ReviewWrite): Promise<void> {
    const threshold = list.query.threshold;
    switch (write.kind) {
      case 'decide': {
        if (write.tried && (await hasArrived(write))) return overview.load(threshold);
        write.tried = true;
        const { selection, decision } = write;
        const asked = engineClient.call('review.decide', { selection, decision, threshold });
        return took(await session.trackWrite(asked), threshold);
      }
      case 'choose': {
        if (write.tried && (await hasArrived(write))) return overview.load(threshold);
        write.tried = true;
        const { selection, choice } = write;
        const asked = engineClient.call('review.decideEach', { selection, choice, threshold });
        return took(await session.trackWrite(asked), threshold);
      }
      case 'note': {
        const { selection, note } = write;
        const asked = engineClient.call('review.note', { selection, note, threshold });
        return took(await session.trackWrite(asked), threshold);
      }
      case 'settle': {
        const { pass, row, take } = write;
        const asked = engineClient.call('passes.settle', { pass, row, take, threshold });
        const change = await session.trackWrite(asked);
        if (change !== null) took(change, threshold);
        return;
      }
      case 'undo':
      case 'redo':
        return sendStep(write.kind, threshold);
    }
  }

  async function sendStep(kind: 'undo' | 'redo', threshold: number): Promise<void> {
    const change = await session.trackWrite(engineClient.call(`review.${kind}`, { threshold }));
    redoDropped = false;
    if (change === null) {
      toasts.show({ title: kind === 'undo' ? 'Nothing to undo' : 'Nothing to redo' });
      return;
    }
    took(change, threshold);
    list.done = false;
    announcement.value = `${kind === 'undo' ? 'Undone' : 'Done again'}: ${change.title}`;
    await refresher.flush();
    await showChanged(change);
  }

  /** Whether a decision sent to an engine that died is on disk all the same: then it must not be made twice. */
  async function hasArrived(write: Extract<ReviewWrite, { kind: 'decide' | 'choose' }>): Promise<boolean> {
    if (write.selection.kind !== 'rows' || write.selection.rows.length === 0) return false;
    const { rows } = await engineClient.call('review.rows', { rows: write.selection.rows.slice(0, 1) });
    const [first] = rows;
    if (first === undefined) return false;
    const wanted = write.kind === 'decide' ? write.decision : decisionFor(write.choice, first);
    return JSON.stringify(first.decision) === JSON.stringify(wanted);
  }

  function took(change: ReviewChange, threshold: number): void {
    overview.takeChange(change, threshold);
    if (threshold !== list.query.threshold) void overview.load(list.query.threshold);
    refresher.mark(change);
    if (writes.waiting <= 1) void refresher.flush();
  }

  function refused(write: ReviewWrite, error: unknown): void {
    const names = {
      decide: 'The decision on',
      choose: 'The decision on',
      note: 'The note on',
      settle: 'The decision on',
      undo: 'Undo',
      redo: 'Redo',
    };
    const subject = isStep(write) ? '' : ` ${write.subject}`;
    toasts.showError(`${names[write.kind]}${subject} was not saved`, error);
    redoDropped = false;
    // The table shows what was hoped for: put back what is so.
    if (write.kind === 'decide') refresher.markSelection(write.selection);
    if (write.kind === 'settle') refresher.markSelection({ kind: 'rows', rows: [write.row] });
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

  /** Shows a decision at once, and sends it. */
  function decide(selection: Selection, decision: Decision | null, subject: string): void {
    redoDropped = true;
    refresher.show(selection, decision);
    writes.push({ kind: 'decide', selection, decision, subject, tried: false });
  }

  /** Sends what is decided of each row by itself; the rows say it once it is on disk. */
  function choose(selection: Selection, choice: ReviewChoice, subject: string): void {
    redoDropped = true;
    writes.push({ kind: 'choose', selection, choice, subject, tried: false });
  }

  function note(selection: Selection, text: string, subject: string): void {
    writes.push({ kind: 'note', selection, note: text, subject });
    redoDropped = true;
  }

  /** Takes a decision of one of two reviews: shown at once, and sent. */
  function settle(pass: number, row: number, take: 'first' | 'second', decision: Decision, subject: string): void {
    redoDropped = true;
    refresher.show({ kind: 'rows', rows: [row] }, decision);
    writes.push({ kind: 'settle', pass, row, take, subject });
  }

  function step(kind: 'undo' | 'redo', steps: number): void {
    if (writes.paused) {
      toasts.show({
        tone: 'warn',
        title: `${kind === 'undo' ? 'Undo' : 'Redo'} has to wait`,
        text: 'The engine is being started again. Try once it runs.',
      });
      return;
    }
    for (let count = 0; count < steps; count += 1) writes.push({ kind });
  }

  /** Undone changes that a decision would drop, as far as what waits is known. */
  const redoCount = (): number => (redoDropped ? 0 : (overview.overview?.redoCount ?? 0));
  /** Undo or redo waits: what could be redone after it is not known. */
  const stepsWait = (): boolean => writes.some(isStep);
  const whenIdle = (): Promise<void> => writes.whenIdle();

  return { waiting, held, announcement, decide, choose, note, settle, step, redoCount, stepsWait, whenIdle };
});

function isStep(write: ReviewWrite): write is Extract<ReviewWrite, { kind: 'undo' | 'redo' }> {
  return write.kind === 'undo' || write.kind === 'redo';
}

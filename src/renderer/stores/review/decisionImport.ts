import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { ImportGroup, ImportItem, ImportPreview, ReadingChoice } from '../../../contract/decisions';
import type { GrantedPath } from '../../../contract/shell';
import { engineClient } from '../../client/engineClient';
import { isQuiet } from '../../client/quietErrors';
import { shellClient } from '../../client/shellClient';
import { useSession } from '../session';
import { useSettings } from '../settings';
import { useToasts } from '../toasts';
import { useRedoWarning } from './redoWarning';
import { useReviewDecisions } from './reviewDecisions';
import { useReviewOverview } from './reviewOverview';
import { useReviewPasses } from './reviewPasses';
import { useReviewSession } from './reviewSession';
import { useReviewView } from './reviewView';
import { useReviewWrites } from './reviewWrites';

/** Lines read at once. */
const pageSize = 100;

/** Groups in the order in which they are looked at first: what has to be decided before what is only told. */
const byNeed: readonly ImportGroup[] = ['conflict', 'changed', 'several', 'gone', 'unreadable', 'applied', 'same'];

/** Decisions from a file: what they would change, whose count, and taking them. Nothing changes before that. */
export const useDecisionImport = defineStore('decisionImport', () => {
  const session = useSession();
  const list = useReviewView();
  const writes = useReviewWrites();
  const overview = useReviewOverview();
  const place = useReviewSession();
  const decisions = useReviewDecisions();
  const redoWarning = useRedoWarning();
  const settings = useSettings();
  const passes = useReviewPasses();
  const toasts = useToasts();

  const path = shallowRef<GrantedPath | null>(null);
  const preview = shallowRef<ImportPreview | null>(null);
  /** The name of the person is not known: asked for once. */
  const asksName = ref(false);
  const reading = ref(false);
  const applying = ref(false);
  const failure = shallowRef<unknown>(null);
  const group = ref<ImportGroup>('applied');
  const items = shallowRef<readonly ImportItem[]>([]);
  const conflicts = ref<'theirs' | 'ours'>('ours');
  const changed = ref(false);
  /** Lines for which it is the other way round, by index. */
  const except = shallowRef<ReadonlySet<number>>(new Set());
  let latest = 0;

  const open = computed(() => path.value !== null);
  /** Rows that would change. */
  const takes = computed(() => {
    const counts = preview.value?.counts;
    if (counts === undefined) return 0;
    const others = { conflict: 0, changed: 0 };
    for (const index of except.value) others[exceptKinds.get(index) ?? 'conflict'] += 1;
    const of = (kind: 'conflict' | 'changed', taken: boolean): number =>
      taken ? counts[kind] - others[kind] : others[kind];
    return counts.applied + of('conflict', conflicts.value === 'theirs') + of('changed', changed.value);
  });
  /** Of the lines that were looked at. */
  let exceptKinds = new Map<number, 'conflict' | 'changed'>();

  /** Asks for a file and compares it. */
  async function choose(): Promise<void> {
    try {
      const chosen = await shellClient.call('pickDecisions', {});
      if (chosen !== null) await start(chosen);
    } catch (error) {
      if (!isQuiet(error)) toasts.showError('No file could be chosen', error);
    }
  }

  async function start(chosen: GrantedPath): Promise<void> {
    asksName.value = settings.reviewer === '';
    path.value = chosen;
    preview.value = null;
    await compare({});
  }

  /** Whether a file that was dropped is about decisions: what cannot be read is for others to refuse. */
  async function recognise(dropped: GrantedPath): Promise<boolean> {
    try {
      return (await engineClient.call('decisions.recognise', { grant: dropped.grant })).decisions;
    } catch {
      return false;
    }
  }

  /** Compares the file with what is decided here, read as is said. */
  async function compare(choice: ReadingChoice): Promise<void> {
    const chosen = path.value;
    if (chosen === null) return;
    const mine = ++latest;
    reading.value = true;
    failure.value = null;
    forgetChoices();
    try {
      await writes.whenIdle();
      const next = await engineClient.call('decisions.preview', { grant: chosen.grant, choice });
      if (mine !== latest) return;
      preview.value = next;
      await show(byNeed.find((one) => next.counts[one] > 0) ?? 'applied');
    } catch (error) {
      if (mine === latest && !isQuiet(error)) failure.value = error;
    } finally {
      if (mine === latest) reading.value = false;
    }
  }

  function forgetChoices(): void {
    conflicts.value = 'ours';
    changed.value = false;
    except.value = new Set();
    exceptKinds = new Map();
    items.value = [];
  }

  async function show(next: ImportGroup): Promise<void> {
    group.value = next;
    items.value = [];
    await more();
  }

  async function more(): Promise<void> {
    const now = preview.value;
    if (now === null) return;
    const [asked, offset] = [group.value, items.value.length];
    try {
      const { importId } = now;
      const part = await engineClient.call('decisions.page', { importId, group: asked, offset, limit: pageSize });
      if (preview.value !== now || group.value !== asked || items.value.length !== offset) return;
      items.value = [...items.value, ...part.items];
    } catch (error) {
      if (preview.value === now && !isQuiet(error)) failure.value = error;
    }
  }

  const takesAll = (kind: ImportGroup): boolean => (kind === 'conflict' ? conflicts.value === 'theirs' : changed.value);

  /** Whether theirs counts for a line. */
  function isTaken({ index, group: kind }: ImportItem): boolean {
    if (kind === 'applied') return true;
    return (kind === 'conflict' || kind === 'changed') && takesAll(kind) !== except.value.has(index);
  }

  function take(item: ImportItem, theirs: boolean): void {
    if (item.group !== 'conflict' && item.group !== 'changed') return;
    const next = new Set(except.value);
    if (theirs === takesAll(item.group)) next.delete(item.index);
    else next.add(item.index);
    exceptKinds.set(item.index, item.group);
    except.value = next;
  }

  /** One for all of them: what was said of single lines is taken back. */
  function takeAll(kind: 'conflict' | 'changed', theirs: boolean): void {
    except.value = new Set([...except.value].filter((index) => exceptKinds.get(index) !== kind));
    if (kind === 'conflict') conflicts.value = theirs ? 'theirs' : 'ours';
    else changed.value = theirs;
  }

  async function apply(): Promise<void> {
    const now = preview.value;
    if (now === null || applying.value || !(await redoWarning.mayDrop())) return;
    applying.value = true;
    failure.value = null;
    try {
      const { threshold } = list.query;
      const choice = { conflicts: conflicts.value, except: [...except.value], changed: changed.value };
      const asked = engineClient.call('decisions.apply', { importId: now.importId, choice, threshold });
      const change = await session.trackWrite(asked);
      close();
      if (change === null) return;
      overview.takeChange(change, threshold);
      writes.announcement = change.title;
      toasts.show({ title: change.title, action: { label: 'Undo', run: () => decisions.undo() } });
      await place.refresh();
    } catch (error) {
      if (!isQuiet(error)) failure.value = error;
    } finally {
      applying.value = false;
    }
  }

  /** Keeps the file beside what is decided here, as a second pass of somebody, and compares both. */
  async function compareReviews(reviewer: string): Promise<void> {
    const now = preview.value;
    if (now === null || applying.value) return;
    applying.value = true;
    failure.value = null;
    try {
      const { pass } = await engineClient.call('decisions.asPass', { importId: now.importId, reviewer });
      close();
      await passes.load();
      await passes.compare(pass);
    } catch (error) {
      if (!isQuiet(error)) failure.value = error;
    } finally {
      applying.value = false;
    }
  }

  function close(): void {
    latest += 1;
    path.value = null;
    preview.value = null;
    reading.value = false;
    failure.value = null;
    forgetChoices();
  }

  watch(() => session.generation, close);

  return {
    path,
    preview,
    reading,
    applying,
    failure,
    group,
    items,
    conflicts,
    changed,
    open,
    takes,
    asksName,
    choose,
    recognise,
    start,
    compare,
    show,
    more,
    isTaken,
    take,
    takeAll,
    apply,
    compareReviews,
    close,
  };
});

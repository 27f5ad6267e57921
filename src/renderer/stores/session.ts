import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { AuditSummary } from '../../contract/audit';
import type { ColumnRole, ColumnType, DatasetSummary, Preview } from '../../contract/dataset';
import type { EngineParams } from '../../contract/engineApi';
import type { JobSnapshot } from '../../contract/jobs';
import type { OpenedProject } from '../../contract/project';
import type { GrantedPath, Sample } from '../../contract/shell';
import { CancelledError, UnavailableError } from '../../core/base/errors';
import { engineClient } from '../client/engineClient';
import { shellClient } from '../client/shellClient';
import { useJobs } from './jobs';
import { useToasts } from './toasts';

export type OpenedKind = 'source' | 'project';
export type Screen = 'home' | 'data' | 'audit' | 'review' | 'what-if' | 'explain' | 'groups' | 'stop' | 'export';

interface OpenFailure {
  /** What was to be opened, as the person knows it. */
  readonly display: string;
  readonly error: unknown;
}

interface LastOpened {
  readonly path: GrantedPath;
  readonly what: OpenedKind;
}

export interface ColumnChange {
  readonly index: number;
  readonly role: ColumnRole;
  readonly type: ColumnType;
}

/** The open project: its data, its audit, and the way to open another. */
export const useSession = defineStore('session', () => {
  const jobs = useJobs();
  const toasts = useToasts();

  const name = ref('');
  const folder = ref('');
  const preview = shallowRef<Preview | null>(null);
  const dataset = shallowRef<DatasetSummary | null>(null);
  const audit = shallowRef<AuditSummary | null>(null);
  /** What the review saved of its layout; '' at first. */
  const view = ref('');
  const notice = ref('');
  /** Where the analyst stopped, for the router: set on opening, never changed by moving about. */
  const place = ref<Screen>('home');
  /**
   * Grows with each project opened, also with the same one again after the engine died: screens key their state by it.
   */
  const generation = ref(0);
  const opening = ref('');
  const failure = shallowRef<OpenFailure | null>(null);
  /** Writes under way (decisions, notes, columns): the footer says "saving…" while there are any. */
  const writes = ref(0);

  const isOpen = computed(() => dataset.value !== null);
  const busy = computed(() => opening.value !== '');

  let last: LastOpened | null = null;
  /** Message about the last file that could not be opened: it goes when another is. */
  let failureToast: number | null = null;
  let latestOpening = 0;

  function take(project: OpenedProject): void {
    engineClient.askAbout(project.opening);
    name.value = project.name;
    folder.value = project.folder;
    preview.value = project.preview;
    dataset.value = project.dataset;
    audit.value = project.audit;
    view.value = project.view;
    notice.value = project.notice;
    place.value = project.place;
    jobs.replace(project.jobs);
    generation.value += 1;
  }

  function forget(): void {
    engineClient.askAbout(null);
    name.value = '';
    folder.value = '';
    preview.value = null;
    dataset.value = null;
    audit.value = null;
    view.value = '';
    notice.value = '';
    place.value = 'home';
    jobs.replace([]);
    generation.value += 1;
  }

  /**
   * Opens what a dialog, a drop, the recent list or the command line has allowed. A failure is kept in `failure` for
   * Home to show. @returns whether it is open now
   */
  async function openPath(path: GrantedPath, what: OpenedKind): Promise<boolean> {
    const mine = ++latestOpening;
    opening.value = path.display;
    failure.value = null;
    if (failureToast !== null) toasts.dismiss(failureToast);
    try {
      const project = await ask({ path, what });
      if (mine !== latestOpening) return false;
      last = { path, what };
      take(project);
      return true;
    } catch (error) {
      if (mine !== latestOpening) return false;
      if (error instanceof UnavailableError && last !== null) {
        // The engine died while opening: what was open comes back by itself when it runs again.
        if (last.path !== path) failureToast = toasts.showError(`${path.display} could not be opened`, error);
        return false;
      }
      if (last !== null && last.path !== path && (await takeBack(last, mine))) {
        failureToast = toasts.showError(`${path.display} could not be opened`, error);
      } else {
        forget();
        if (!(error instanceof CancelledError)) failure.value = { display: path.display, error };
      }
      return false;
    } finally {
      if (mine === latestOpening) opening.value = '';
    }
  }

  /** Opening another file failed: the project that was open comes back. @returns whether it did */
  async function takeBack(before: LastOpened, mine: number): Promise<boolean> {
    try {
      const project = await ask(before);
      if (mine === latestOpening) take(project);
      return true;
    } catch {
      last = null;
      return false;
    }
  }

  function ask({ path, what }: LastOpened): Promise<OpenedProject> {
    return engineClient.call(what === 'source' ? 'project.openSource' : 'project.openFolder', { grant: path.grant });
  }

  async function choose(pick: () => Promise<GrantedPath | null>, what: OpenedKind): Promise<boolean> {
    let path: GrantedPath | null;
    try {
      path = await pick();
    } catch (error) {
      toasts.showError('Could not open', error);
      return false;
    }
    return path === null ? false : openPath(path, what);
  }

  const pickSource = (): Promise<boolean> => choose(() => shellClient.call('pickSource', {}), 'source');
  const pickFolder = (): Promise<boolean> => choose(() => shellClient.call('pickFolder', {}), 'source');
  const pickProject = (): Promise<boolean> => choose(() => shellClient.call('pickProject', {}), 'project');
  const openSample = (id: Sample['id']): Promise<boolean> =>
    choose(() => shellClient.call('openSample', { id }), 'source');
  const openRecent = (id: string): Promise<boolean> => choose(() => shellClient.call('openRecent', { id }), 'project');

  async function close(): Promise<void> {
    try {
      await engineClient.call('project.close', {});
    } catch (error) {
      if (!(error instanceof UnavailableError)) toasts.showError('The project did not close cleanly', error);
    }
    last = null;
    forget();
  }

  /** Tells the footer of a write for as long as it is under way. */
  async function trackWrite<T>(write: Promise<T>): Promise<T> {
    writes.value += 1;
    try {
      return await write;
    } finally {
      writes.value -= 1;
    }
  }

  async function setColumns(columns: readonly ColumnChange[]): Promise<void> {
    try {
      takeDataset(await trackWrite(engineClient.call('dataset.setColumns', { columns: [...columns] })));
    } catch (error) {
      toasts.showError('The column was not changed', error);
    }
  }

  /** How labels that look alike are read. */
  async function chooseLabels(choice: EngineParams<'dataset.chooseLabels'>): Promise<void> {
    try {
      takeDataset(await trackWrite(engineClient.call('dataset.chooseLabels', choice)));
    } catch (error) {
      toasts.showError('How labels are read was not changed', error);
    }
  }

  /** These columns are real features, whatever they tell about the label. */
  async function acceptColumns(columns: readonly string[]): Promise<void> {
    try {
      takeDataset(await trackWrite(engineClient.call('dataset.acceptColumns', { columns: [...columns] })));
    } catch (error) {
      toasts.showError('The column was not noted as a real feature', error);
    }
  }

  function takeDataset(next: DatasetSummary): void {
    dataset.value = next;
  }

  /**
   * Of a file that is still being read. What is known of its columns stays the same object: nothing that shows them is
   * drawn again.
   */
  function takeReadSoFar({ rowCount, issueCount }: Pick<DatasetSummary, 'rowCount' | 'issueCount'>): void {
    if (dataset.value === null || dataset.value.complete) return;
    dataset.value = { ...dataset.value, rowCount, issueCount };
  }

  /** The file is being read another way: in the same project, or in a new one beside it. */
  function takeReading(project: OpenedProject): void {
    if (project.folder !== folder.value) {
      take(project);
      return;
    }
    preview.value = project.preview;
    dataset.value = project.dataset;
    audit.value = project.audit;
  }

  /** Reads something of the open project; an answer that comes when another is open, or being opened, is dropped. */
  async function read<T>(question: Promise<T>, use: (answer: T) => void, failed: string): Promise<void> {
    const asked = generation.value;
    const stale = (): boolean => asked !== generation.value || busy.value;
    try {
      const answer = await question;
      if (!stale()) use(answer);
    } catch (error) {
      if (!stale()) toasts.showError(failed, error);
    }
  }

  const readAudit = (): Promise<void> =>
    read(
      engineClient.call('audit.summary', {}),
      (summary) => (audit.value = summary),
      'The result of the audit could not be read',
    );
  const readDataset = (): Promise<void> =>
    read(engineClient.call('dataset.summary', {}), takeDataset, 'The data could not be read');
  const readPreview = (): Promise<void> =>
    read(
      engineClient.call('dataset.preview', {}),
      (first) => (preview.value = first),
      'The first rows could not be read',
    );

  /** Other decisions than before are reviewed: every screen is made anew. */
  function showAnew(): void {
    generation.value += 1;
  }

  /** Keeps the layout of the review in the project; failing to is not worth a word. */
  async function saveView(text: string): Promise<void> {
    view.value = text;
    try {
      await engineClient.call('project.saveView', { view: text });
    } catch {
      // Layout is a convenience; decisions are kept apart from it.
    }
  }

  /** Takes up what a job's end means for the project. */
  function takeFinished(job: JobSnapshot): void {
    // While another project is being opened, what ends is the one before.
    if (!isOpen.value || busy.value) return;
    if (job.kind === 'audit' && job.state === 'done') void readAudit();
    if (job.kind !== 'load') return;
    void readDataset();
    void readPreview();
  }

  /** Opens the project again after the engine has come back. @returns false when there is none, or it failed */
  async function reopen(): Promise<boolean> {
    if (last === null) return false;
    return openPath(last.path, last.what);
  }

  return {
    name,
    folder,
    preview,
    dataset,
    audit,
    view,
    notice,
    place,
    generation,
    opening,
    failure,
    writes,
    isOpen,
    busy,
    openPath,
    pickSource,
    pickFolder,
    pickProject,
    openSample,
    openRecent,
    close,
    trackWrite,
    setColumns,
    chooseLabels,
    acceptColumns,
    takeDataset,
    takeReadSoFar,
    takeReading,
    readAudit,
    readDataset,
    showAnew,
    saveView,
    takeFinished,
    reopen,
  };
});

import { onBeforeUnmount } from 'vue';
import { useRouter } from 'vue-router';
import type { GrantedPath } from '../../contract/shell';
import { shellClient } from '../client/shellClient';
import { useCommands } from '../stores/commands';
import { isRunning, useJobs } from '../stores/jobs';
import { useDecisionImport } from '../stores/review/decisionImport';
import type { OpenedKind, Screen } from '../stores/session';
import { useSession } from '../stores/session';
import { useSettings } from '../stores/settings';
import { useTour } from '../stores/tour';
import { useUi } from '../stores/ui';
import { useCommandSet } from './commandSet';
import { useProjectOpening } from './projectOpening';
import { useShortcuts } from './shortcuts';

/**
 * What can be done from every screen, by palette, menu and key; for the root component. Undo and redo belong to the
 * review, which registers commands with these ids.
 */
export function useAppCommands(): void {
  const ui = useUi();
  const session = useSession();
  const settings = useSettings();
  const jobs = useJobs();
  const commands = useCommands();
  const opening = useProjectOpening();
  const imports = useDecisionImport();
  const router = useRouter();
  const tour = useTour();

  const open = (): boolean => session.isOpen;
  const go = (name: Screen): void => void router.push({ name });

  /** What is dropped on Review and says by its columns that it is about decisions, is no data to be opened. */
  async function openOrImport(path: GrantedPath, what: OpenedKind): Promise<void> {
    const isDrop = router.currentRoute.value.name === 'review' && what === 'source' && !session.busy;
    if (isDrop && (await imports.recognise(path))) await imports.start(path);
    else await opening.openPath(path, what);
  }

  useCommandSet([
    {
      id: 'open',
      title: 'Open a data file…',
      group: 'File',
      keys: 'mod+o',
      words: 'csv tsv import load',
      run: opening.pickSource,
    },
    {
      id: 'open-folder',
      title: 'Open a folder of pictures or texts…',
      group: 'File',
      words: 'images directory import load',
      run: opening.pickFolder,
    },
    {
      id: 'open-project',
      title: 'Open a project…',
      group: 'File',
      keys: 'mod+shift+o',
      words: 'folder assay',
      run: opening.pickProject,
    },
    {
      id: 'sample-digits',
      title: 'Open the sample Digits',
      group: 'File',
      words: 'example demo',
      run: () => opening.openSample('digits'),
    },
    {
      id: 'sample-reviews',
      title: 'Open the sample Reviews',
      group: 'File',
      words: 'example demo text',
      run: () => opening.openSample('reviews'),
    },
    {
      id: 'sample-fashion',
      title: 'Open the sample Fashion',
      group: 'File',
      words: 'example demo picture image',
      run: () => opening.openSample('fashion'),
    },
    {
      id: 'sample-credit',
      title: 'Open the sample Credit',
      group: 'File',
      words: 'example demo',
      run: () => opening.openSample('credit'),
    },
    { id: 'close', title: 'Close the project', group: 'File', enabled: open, run: opening.close },
    { id: 'home', title: 'Go to Home', group: 'Go to', run: () => go('home') },
    { id: 'data', title: 'Go to Data', group: 'Go to', keys: 'mod+1', enabled: open, run: () => go('data') },
    { id: 'audit', title: 'Go to Audit', group: 'Go to', keys: 'mod+2', enabled: open, run: () => go('audit') },
    { id: 'review', title: 'Go to Review', group: 'Go to', keys: 'mod+3', enabled: open, run: () => go('review') },
    { id: 'what-if', title: 'Go to What if', group: 'Go to', keys: 'mod+4', enabled: open, run: () => go('what-if') },
    { id: 'explain', title: 'Go to Explain', group: 'Go to', keys: 'mod+5', enabled: open, run: () => go('explain') },
    { id: 'groups', title: 'Go to Groups', group: 'Go to', keys: 'mod+6', enabled: open, run: () => go('groups') },
    {
      id: 'stop',
      title: 'When to stop',
      group: 'Go to',
      words: 'review queue left estimate seeded audit spot check',
      enabled: () => session.audit !== null,
      run: () => go('stop'),
    },
    { id: 'export', title: 'Go to Export', group: 'Go to', keys: 'mod+7', enabled: open, run: () => go('export') },
    {
      id: 'cancel',
      title: 'Cancel what is running',
      group: 'Run',
      words: 'stop abort audit verification export load',
      enabled: () => jobs.active.length > 0,
      run: () => jobs.active.filter(isRunning).forEach((job) => void jobs.cancel(job.id)),
    },
    {
      id: 'theme-light',
      title: 'Use the light theme',
      group: 'Settings',
      words: 'colour mode',
      run: () => settings.save({ theme: 'light' }),
    },
    {
      id: 'theme-dark',
      title: 'Use the dark theme',
      group: 'Settings',
      words: 'colour mode night',
      run: () => settings.save({ theme: 'dark' }),
    },
    {
      id: 'theme-contrast',
      title: 'Use the theme of high contrast',
      group: 'Settings',
      words: 'colour mode accessibility black',
      run: () => settings.save({ theme: 'contrast' }),
    },
    {
      id: 'theme-system',
      title: 'Use the theme of the system',
      group: 'Settings',
      words: 'colour mode',
      run: () => settings.save({ theme: 'system' }),
    },
    {
      id: 'settings',
      title: 'Settings…',
      group: 'Settings',
      keys: 'mod+,',
      words: 'preferences reviewer name advance',
      run: () => ui.openDialog('settings'),
    },
    {
      id: 'help',
      title: 'Help: every key',
      group: 'Help',
      keys: '?',
      words: 'shortcuts keyboard',
      run: () => ui.openDialog('help'),
    },
    {
      id: 'about',
      title: 'About Assay',
      group: 'Help',
      words: 'version licence backend runtime',
      run: () => ui.openDialog('about'),
    },
    {
      id: 'tour-end',
      title: 'Skip the rest of the tour',
      group: 'Help',
      enabled: () => tour.step !== null,
      run: () => tour.end(),
    },
    {
      id: 'tour',
      title: 'Take the tour',
      group: 'Help',
      words: 'first run introduction tutorial start',
      enabled: () => tour.step === null,
      run: () => {
        tour.start();
        if (!session.isOpen) go('home');
      },
    },
    { id: 'palette', title: 'Search or run…', group: 'Help', keys: 'mod+k', run: () => ui.openDialog('palette') },
  ]);

  useShortcuts({
    'mod+o': () => commands.run('open'),
    'mod+shift+o': () => commands.run('open-project'),
    'mod+k': () => commands.run('palette'),
    'mod+,': () => commands.run('settings'),
    'mod+1': () => commands.run('data'),
    'mod+2': () => commands.run('audit'),
    'mod+3': () => commands.run('review'),
    'mod+4': () => commands.run('what-if'),
    'mod+5': () => commands.run('explain'),
    'mod+6': () => commands.run('groups'),
    'mod+7': () => commands.run('export'),
    'mod+e': () => commands.run('export'),
    '?': () => commands.run('help'),
  });

  onBeforeUnmount(
    shellClient.onEvent((event) => {
      if (event.kind === 'command') commands.run(event.command);
      if (event.kind === 'open') void openOrImport(event.path, event.what);
    }),
  );
}

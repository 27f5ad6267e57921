/** What the tour knows of the window: it moves on by itself once what a step asks for was done. */
export interface TourFacts {
  /** Name of the screen that is shown. */
  readonly screen: string;
  readonly isOpen: boolean;
  readonly audited: boolean;
  /** Rows decided about. */
  readonly decided: number;
}

interface TourStep {
  readonly title: string;
  readonly text: string;
  /** What it is about, by `data-tour`; missing: the screen as a whole. */
  readonly anchor?: string;
  /** Whether what it asks for is done; missing: there is nothing to do but to read. */
  readonly done?: (now: TourFacts) => boolean;
}

/** Two minutes with the sample Digits, from opening it to the files that come out. */
export const tourSteps: readonly TourStep[] = [
  {
    title: 'Open the sample Digits',
    text: '1,797 handwritten digits, a tenth of them with a wrong label on purpose. Nothing of it leaves this machine, and the sample itself is never changed.',
    anchor: 'sample-digits',
    done: ({ isOpen }) => isOpen,
  },
  {
    title: 'See what Assay made of the columns',
    text: 'Which column is the label, the id, a feature: it has guessed, and you can correct it above each column. Then continue to the audit.',
    anchor: 'continue',
    done: ({ screen, audited }) => audited || (screen !== 'data' && screen !== 'home'),
  },
  {
    title: 'Run the audit',
    text: 'The settings are chosen from the data. It takes some seconds, says what it is doing, and can be cancelled.',
    anchor: 'run',
    done: ({ audited }) => audited,
  },
  {
    title: 'Go to Review',
    text: 'Here stands how good the model is and how it was chosen. What looks wrong is listed in Review.',
    anchor: 'tab-review',
    done: ({ screen }) => screen === 'review',
  },
  {
    title: 'Decide about the first row',
    text: 'The most suspicious row comes first; on the right stands why. R takes the suggested label, K keeps the given one, X removes the row. Press one of them.',
    anchor: 'decide',
    done: ({ decided }) => decided > 0,
  },
  {
    title: 'Go on like this, and change your mind',
    text: 'Every decision is on disk at once, and Ctrl Z takes the last one back, as often as you like. When to stop (Q) estimates how many wrong labels are left.',
  },
  {
    title: 'Ask what it would do: What if',
    text: 'What removing or relabelling rows does to the model is predicted at once. Open What if (Ctrl 4).',
    anchor: 'tab-what-if',
    done: ({ screen }) => screen === 'what-if' || screen === 'export',
  },
  {
    title: 'Prove it',
    text: 'V trains the model again without the rows, and without as many drawn at random, and says in a sentence whether it is worth it.',
    anchor: 'verify',
  },
  {
    title: 'Take it with you: Export',
    text: 'The removal list, the cleaned data, corrected labels and a report, beside your file and never over it (Ctrl 7). ? shows every key. That was the tour.',
    anchor: 'tab-export',
  },
];

/** The step to be at: from `at` on, past all that is done already. */
export function stepAfter(at: number, now: TourFacts): number {
  let next = at;
  while (next < tourSteps.length - 1 && tourSteps[next].done?.(now) === true) next++;
  return next;
}

import type { Locator, Page } from '@playwright/test';

export type SampleName = 'Digits' | 'Credit' | 'Reviews' | 'Fashion';

/** Home: open, recent projects, samples. */
export class HomePage {
  readonly title: Locator;
  readonly open: Locator;
  readonly openFolder: Locator;
  readonly openProject: Locator;
  readonly dropCard: Locator;
  readonly recent: Locator;
  readonly samples: Locator;
  /** Why the last file could not be opened. */
  readonly failure: Locator;
  readonly openAnother: Locator;
  /** What is being opened, and what is done where that takes a while. */
  readonly opening: Locator;

  constructor(readonly page: Page) {
    this.title = page.getByRole('heading', { level: 1, name: 'Which rows hurt your model' });
    this.open = page.getByRole('button', { name: 'Open file…' });
    this.openFolder = page.getByRole('button', { name: 'Open folder…' });
    this.openProject = page.getByRole('button', { name: 'Open project…' });
    this.dropCard = page.getByRole('region', { name: 'Drop a file or folder here' });
    this.recent = page.getByRole('region', { name: 'Recent' });
    this.samples = page.getByRole('region', { name: 'Samples' });
    this.failure = page.getByRole('main').getByRole('alert');
    this.opening = page.getByRole('status', { name: 'Opening' });
    this.openAnother = page.getByRole('button', { name: 'Open another file…' });
  }

  sample(name: SampleName): Locator {
    return this.samples.getByRole('button', { name });
  }

  recentProject(name: string): Locator {
    return this.recent.getByRole('button', { name: `${name} ·` });
  }

  forgetProject(name: string): Locator {
    return this.recent.getByRole('button', { name: `Take ${name} off the list` });
  }
}

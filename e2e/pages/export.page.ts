import type { Locator, Page } from '@playwright/test';

type FileName =
  | 'Removal list'
  | 'Cleaned dataset'
  | 'Corrected labels'
  | 'Scores'
  | 'Label issues'
  | 'Hugging Face metadata'
  | 'FiftyOne table'
  | 'Folder of files'
  | 'Report as PDF'
  | 'Manifest';

/** Export: what to write, what is decided, what was written. */
export class ExportPage {
  readonly start: Locator;
  readonly decisions: Locator;
  readonly result: Locator;
  readonly alert: Locator;
  /** Asks before files of others are replaced. */
  readonly question: Locator;

  constructor(readonly page: Page) {
    this.start = page.getByRole('button', { name: /^Export \d+ files?…$/ });
    this.decisions = page.getByRole('region', { name: 'Decisions' });
    this.result = page.getByRole('region', { name: 'Exported' });
    this.question = page.getByRole('dialog', { name: /^Replace \d+ files?\?$/ });
    this.alert = page.getByRole('main').getByRole('alert');
  }

  file(name: FileName): Locator {
    return this.page.getByRole('checkbox', { name: new RegExp(`^${name}`) });
  }
}

import type { Locator, Page } from '@playwright/test';

/** The screen Explain. */
export class ExplainPage {
  readonly row: Locator;
  readonly hardest: Locator;
  readonly prediction: Locator;
  readonly flip: Locator;
  readonly flipRows: Locator;
  readonly rarity: Locator;
  readonly before: Locator;
  readonly values: Locator;
  /** A row that is in no file. */
  readonly typed: Locator;

  constructor(readonly page: Page) {
    this.row = page.getByLabel('Row to explain: its id or number');
    this.hardest = page.getByRole('list', { name: 'Validation rows with the highest loss' });
    this.prediction = page.getByRole('region', { name: 'The prediction', exact: true });
    this.flip = page.getByRole('region', { name: 'Smallest set that flips it' });
    this.flipRows = page.getByRole('list', { name: 'Rows of the smallest set' });
    this.rarity = page.getByRole('region', { name: 'Is it poison?' });
    this.values = page.getByRole('region', { name: 'What each value adds' }).first();
    this.typed = page.getByRole('dialog', { name: 'Explain a typed row' });
    this.before = page.getByRole('list', { name: 'Explained before' });
  }

  /** The list of training rows with this heading. */
  list(title: string): Locator {
    return this.page.getByRole('region', { name: title, exact: true }).first();
  }
}

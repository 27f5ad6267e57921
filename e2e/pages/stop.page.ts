import type { Locator, Page } from '@playwright/test';

/** When to stop: the recommendation, estimates, what is expected by rank, the seeded audit. */
export class StopPage {
  readonly advice: Locator;
  readonly limit: Locator;
  readonly goOn: Locator;
  readonly stop: Locator;
  readonly expected: Locator;
  readonly seeded: Locator;
  readonly runSeeded: Locator;
  readonly rankings: Locator;
  readonly spotCheck: Locator;

  constructor(readonly page: Page) {
    this.advice = page.getByRole('status').filter({ hasText: /stop|worth|Stop/ });
    this.limit = page.getByRole('combobox', { name: /^Stop when fewer than/ });
    this.goOn = page.getByRole('button', { name: /^Go on at rank/ });
    this.stop = page.getByRole('slider', { name: 'Where to stop' });
    this.expected = page.getByRole('img', { name: /Expected:/ });
    this.seeded = page.getByRole('region', { name: 'Seeded audit on your own rows' });
    this.runSeeded = page.getByRole('button', { name: 'Run the seeded audit' });
    this.rankings = page.getByRole('table', { name: 'Rankings by the planted errors they find' });
    this.spotCheck = page.getByRole('button', { name: /spot.check/ });
  }

  /** A card by the name over it. */
  card(name: string): Locator {
    return this.page.locator('section').filter({ has: this.page.getByRole('heading', { name, exact: true }) });
  }
}

import type { Locator, Page } from '@playwright/test';

/** What if: rows to remove, what is predicted, and what retraining has shown. */
export class WhatIfPage {
  readonly verify: Locator;
  readonly cancel: Locator;
  readonly repeats: Locator;
  readonly verdict: Locator;
  /** Says that a verification was cancelled. */
  readonly cancelled: Locator;
  readonly predicted: Locator;
  readonly relabelled: Locator;
  /** Which validation rows are predicted otherwise. */
  readonly moved: Locator;
  readonly measurements: Locator;
  readonly runs: Locator;

  constructor(readonly page: Page) {
    this.verify = page.getByRole('button', { name: 'Verify', exact: true });
    this.cancel = page.getByRole('button', { name: 'Cancel' });
    this.repeats = page.getByRole('textbox', { name: 'Random removals' });
    this.verdict = page.getByRole('status', { name: 'Verdict' });
    this.cancelled = page.getByText('The verification was cancelled');
    this.predicted = page.getByRole('region', { name: /^Remove .* predicted$/ });
    this.relabelled = page.getByRole('region', { name: /^Relabel .* predicted$/ });
    this.moved = page.getByRole('region', { name: 'Rows whose prediction changes' });
    this.measurements = page.getByRole('region', { name: 'Measurements of this verification' });
    this.runs = page.getByRole('region', { name: 'Verifications kept in the project' });
  }

  /** Chooses what the screen is about. */
  subject(name: 'Selected rows' | 'Removal list' | 'Relabel list' | 'Pending suspects' | 'Most suspicious'): Locator {
    return this.page.getByRole('radio', { name });
  }

  /** The cells of a measurement: before, Newton step, RIF, IF, retrained, relative, random, rank. */
  async measured(name: string): Promise<string[]> {
    return this.measurements.getByRole('row', { name }).first().getByRole('cell').allInnerTexts();
  }

  /** A past verification, by what was removed. */
  run(what: string | RegExp): Locator {
    return this.runs.getByRole('button', { name: what });
  }
}

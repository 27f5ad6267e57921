import type { Locator, Page } from '@playwright/test';

/** Audit: its settings, its stages while it runs, its result. */
export class AuditPage {
  readonly need: Locator;
  readonly run: Locator;
  readonly runAgain: Locator;
  readonly stages: Locator;
  readonly cancel: Locator;
  readonly continueToReview: Locator;
  readonly changeSettings: Locator;
  readonly metrics: Locator;
  readonly matrix: Locator;
  /** Of a numeric label: its histogram. */
  readonly labels: Locator;
  readonly curve: Locator;
  readonly head: Locator;
  readonly suspicion: Locator;
  readonly l2: Locator;
  readonly seed: Locator;
  readonly share: Locator;
  /** Says that somebody has checked the validation labels. */
  readonly cleanLabels: Locator;
  /** Why the audit stopped or did not start. */
  readonly alert: Locator;

  constructor(readonly page: Page) {
    this.need = page.getByRole('region', { name: 'What it will need' });
    this.run = page.getByRole('button', { name: 'Run the audit' });
    this.runAgain = page.getByRole('button', { name: 'Run again' });
    this.stages = page.getByRole('list', { name: 'Stages' }).getByRole('listitem');
    this.cancel = page.getByRole('button', { name: 'Cancel' });
    this.continueToReview = page.getByRole('button', { name: 'Continue to review' });
    this.changeSettings = page.getByRole('button', { name: 'Change settings and run again…' });
    this.metrics = page.getByRole('region', { name: 'How well the head predicts' });
    this.matrix = page.getByRole('region', { name: 'Label transition matrix' });
    this.labels = page.getByRole('img', { name: 'Histogram of the labels' });
    this.curve = page.getByRole('img', { name: 'Leave-one-out loss' });
    this.head = page.getByRole('region', { name: 'Head', exact: true });
    this.suspicion = page.getByRole('region', { name: 'What the suspicion is made of' });
    this.l2 = page.getByRole('textbox', { name: 'λ, a number' });
    this.seed = page.getByRole('textbox', { name: 'Seed' });
    this.share = page.getByRole('textbox', { name: 'Share of rows that validate' });
    this.cleanLabels = page.getByRole('checkbox', { name: 'These validation labels are clean' });
    this.alert = page.getByRole('main').getByRole('alert');
  }

  /** Chooses the encoder of texts or of pictures: a file of one's own. */
  ownEncoder(of: 'texts' | 'pictures'): Locator {
    return this.page.getByRole('button', { name: `Encoder of ${of} of your own` });
  }

  /** A choice of one of the settings: "Head", "λ", "Rows that validate", "Backend". */
  choice(setting: string, option: string): Locator {
    return this.page.getByRole('radiogroup', { name: setting }).getByRole('radio', { name: option });
  }

  metric(on: 'training' | 'leave-one-out' | 'validation' | 'test'): Locator {
    return this.metrics.getByRole('row', { name: on });
  }
}

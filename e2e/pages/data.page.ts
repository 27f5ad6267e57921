import type { Locator, Page } from '@playwright/test';

/** Data: the first rows, what each column is for, what is wrong in the file. */
export class DataPage {
  readonly table: Locator;
  readonly rows: Locator;
  readonly summary: Locator;
  readonly reading: Locator;
  readonly readingShare: Locator;
  readonly cancelReading: Locator;
  readonly task: Locator;
  readonly classes: Locator;
  readonly notes: Locator;
  readonly problems: Locator;
  /** Labels that look alike, before and after they were merged. */
  readonly similarLabels: Locator;
  readonly mergedLabels: Locator;
  readonly laterProblems: Locator;
  /** Why an audit cannot start, or why the file was not read. */
  readonly alert: Locator;
  readonly continueToAudit: Locator;
  readonly auditNow: Locator;
  readonly columnMenu: Locator;
  /** The card about vectors of a second file. */
  readonly embeddings: Locator;

  constructor(readonly page: Page) {
    this.table = page.getByRole('table', { name: 'First rows' });
    this.rows = this.table.getByRole('row');
    this.summary = page.getByRole('region', { name: 'Preview' }).getByRole('paragraph');
    this.reading = page.getByRole('status', { name: 'Reading the file' });
    this.readingShare = page.getByRole('progressbar', { name: 'Share of the file read' });
    this.cancelReading = this.reading.getByRole('button', { name: 'Cancel' });
    this.task = page.getByRole('region', { name: 'Task' });
    this.classes = this.task.getByRole('list', { name: 'Classes' }).getByRole('listitem');
    this.notes = page.getByRole('region', { name: 'Worth knowing' }).getByRole('listitem');
    this.problems = page.getByRole('region', { name: /^Problems in the (file|folder)$/ }).getByRole('row');
    this.similarLabels = page.getByRole('region', { name: 'Labels that look alike', exact: true });
    this.mergedLabels = page.getByRole('region', { name: 'Labels that look alike are merged' });
    this.laterProblems = page.getByRole('button', { name: 'Later problems' });
    this.alert = page.getByRole('main').getByRole('alert');
    this.continueToAudit = page.getByRole('button', { name: 'Continue to audit' });
    this.auditNow = page.getByRole('button', { name: 'Audit now' });
    this.columnMenu = page.getByRole('dialog');
    this.embeddings = page.getByRole('region', { name: 'Embeddings of a second file' });
  }

  /** The button over a column; its name says role and type. */
  column(name: string): Locator {
    return this.table.getByRole('button', { name: `Role and type of ${name}:` });
  }

  /** The card about a column that gives the label away. */
  leak(column: string): Locator {
    return this.page.getByRole('region', { name: `${column} gives the label away` });
  }

  cell(text: string): Locator {
    return this.table.getByRole('cell', { name: text, exact: true });
  }

  async setRole(column: string, role: string): Promise<void> {
    await this.column(column).click();
    await this.columnMenu
      .getByRole('group', { name: 'Role' })
      .getByRole('radio', { name: new RegExp(`^${role}\\b`) })
      .check();
    await this.page.keyboard.press('Escape');
  }

  async setType(column: string, type: string): Promise<void> {
    await this.column(column).click();
    await this.columnMenu.getByRole('group', { name: 'Read as' }).getByRole('radio', { name: type }).check();
    await this.page.keyboard.press('Escape');
  }
}

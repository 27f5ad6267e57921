import type { Locator, Page } from '@playwright/test';

/** The card “How the file is read” on the Data screen. */
export class DialectPage {
  readonly card: Locator;
  readonly toggle: Locator;
  readonly back: Locator;
  readonly lines: Locator;
  readonly header: Locator;
  readonly skipLines: Locator;
  readonly missing: Locator;
  readonly refused: Locator;
  readonly confirmation: Locator;

  constructor(readonly page: Page) {
    this.card = page.getByRole('region', { name: 'How the file is read' });
    this.toggle = this.card.getByRole('button', { name: 'How the file is read' });
    this.back = this.card.getByRole('button', { name: 'back to what was found' });
    this.lines = this.card.getByRole('region', { name: 'First lines of the file' }).getByRole('listitem');
    this.header = this.card.getByRole('radiogroup', { name: 'header' });
    this.skipLines = this.card.getByRole('textbox', { name: 'skip lines' });
    this.missing = this.card.getByRole('textbox', { name: 'missing is also' });
    this.refused = this.card.getByRole('alert');
    this.confirmation = page.getByRole('dialog', { name: 'Read the file another way?' });
  }

  /** The list of a part; its name says what is chosen. */
  part(name: string): Locator {
    return this.card.getByRole('combobox', { name: `${name}:` });
  }

  async open(): Promise<void> {
    if ((await this.toggle.getAttribute('aria-expanded')) === 'false') await this.toggle.click();
  }

  /** The words are what a pointer can reach of the two radio buttons. */
  async sayHeader(answer: 'yes' | 'no'): Promise<void> {
    await this.header.getByText(answer, { exact: true }).click();
  }

  async choose(name: string, option: string): Promise<void> {
    await this.part(name).click();
    await this.page.getByRole('option', { name: option }).click();
  }
}

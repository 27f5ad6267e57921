import type { Locator, Page } from '@playwright/test';

/** What is round every screen: top bar, foot, messages, dialogs. */
export class AppPage {
  readonly home: Locator;
  readonly dataTab: Locator;
  readonly auditTab: Locator;
  readonly reviewTab: Locator;
  readonly exportTab: Locator;
  /** Name, rows and classes of the open project. */
  readonly facts: Locator;
  /** "saved", "auditing, 61 %", …; with the model, the backend and "offline". */
  readonly foot: Locator;
  readonly messages: Locator;
  /** Said across the window while the engine is away. */
  readonly engineStopped: Locator;
  readonly startEngineAgain: Locator;
  readonly paletteButton: Locator;
  readonly palette: Locator;
  readonly paletteQuery: Locator;
  readonly paletteOptions: Locator;
  readonly helpButton: Locator;
  readonly help: Locator;
  readonly about: Locator;
  readonly settings: Locator;
  readonly reviewer: Locator;
  readonly advance: Locator;

  constructor(readonly page: Page) {
    const tabs = page.getByRole('navigation', { name: 'Screens' });
    this.home = page.getByRole('link', { name: 'Assay, home' });
    this.dataTab = tabs.getByRole('link', { name: 'Data' });
    this.auditTab = tabs.getByRole('link', { name: 'Audit' });
    this.reviewTab = tabs.getByRole('link', { name: 'Review' });
    this.exportTab = tabs.getByRole('link', { name: 'Export' });
    this.facts = page.getByRole('banner').getByRole('paragraph');
    this.foot = page.getByRole('contentinfo');
    this.messages = page.getByRole('region', { name: 'Messages' });
    this.engineStopped = page.getByText('The engine stopped', { exact: false });
    this.startEngineAgain = page.getByRole('button', { name: 'Start again' });
    this.paletteButton = page.getByRole('button', { name: 'Search or run' });
    this.palette = page.getByRole('dialog', { name: 'Search or run' });
    this.paletteQuery = this.palette.getByRole('combobox', { name: 'Search or run' });
    this.paletteOptions = this.palette.getByRole('option');
    this.helpButton = page.getByRole('button', { name: 'Help' });
    this.help = page.getByRole('dialog', { name: 'Keys' });
    this.about = page.getByRole('dialog', { name: 'About Assay' });
    this.settings = page.getByRole('dialog', { name: 'Settings' });
    this.reviewer = this.settings.getByRole('textbox', { name: 'Your name' });
    this.advance = this.settings.getByRole('checkbox', { name: 'Go on after a decision' });
  }

  /** Runs a command by the palette, as a person would: open it, type, Enter. */
  async run(command: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+k');
    await this.paletteQuery.fill(command);
    await this.paletteOptions.first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  theme(name: 'As the system' | 'Light' | 'Dark'): Locator {
    return this.settings.getByRole('radio', { name });
  }

  /** The theme that is drawn. */
  async drawnTheme(): Promise<string | null> {
    return this.page.locator('html').getAttribute('data-theme');
  }
}

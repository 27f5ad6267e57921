import { expect, type Locator, type Page } from '@playwright/test';

type QueueName = 'Pending' | 'Decided' | 'Later' | 'Evaluation rows' | 'All';

/** Review: queues, the ranked table, what removing would do, the evidence for the focused row. */
export class ReviewPage {
  readonly grid: Locator;
  readonly focusedRow: Locator;
  readonly gallery: Locator;
  readonly focusedCard: Locator;
  /** The map with its keys; its points are a picture. */
  readonly map: Locator;
  readonly mapPicture: Locator;
  readonly matrix: Locator;
  /** A slider. */
  readonly cardSize: Locator;
  readonly selectedRows: Locator;
  readonly queues: Locator;
  readonly threshold: Locator;
  readonly find: Locator;
  /** "3 selected / 184 shown / 1,797 in all". */
  readonly counts: Locator;
  readonly effects: Locator;
  /** Says that the figures of the selection are to be taken with care. */
  readonly care: Locator;
  /** Says that the labels as given point the other way. */
  readonly otherWay: Locator;
  readonly keep: Locator;
  readonly remove: Locator;
  readonly later: Locator;
  readonly restore: Locator;
  /** Where a new label is typed, of an audit of numbers. */
  readonly newLabel: Locator;
  readonly evidence: Locator;
  /** Words that are marked in the row's texts. */
  readonly tellingWords: Locator;

  constructor(readonly page: Page) {
    this.grid = page.getByRole('grid', { name: 'Ranked rows' });
    this.focusedRow = this.grid.locator('[role="row"][aria-current="true"]');
    this.gallery = page.getByRole('grid', { name: 'Gallery' });
    this.focusedCard = this.gallery.locator('[role="gridcell"][aria-current="true"]');
    this.map = page.getByRole('group', { name: 'Map', exact: true });
    this.mapPicture = this.map.getByRole('img', { name: /placed by/ });
    this.matrix = page.getByRole('table', { name: 'Given against suggested labels' });
    this.cardSize = page.getByRole('slider', { name: 'Size of the cards' });
    this.selectedRows = this.grid.locator('[role="row"][aria-selected="true"]');
    this.queues = page.getByRole('complementary', { name: 'Queues and filters' });
    this.threshold = page.getByRole('slider', { name: /suspicion|threshold/i });
    this.find = page.getByRole('searchbox');
    this.counts = page.getByRole('status', { name: 'Rows selected, shown and in all' });
    this.effects = page.getByRole('region', { name: 'If removed' });
    this.care = this.effects.getByRole('button', { name: 'take with care' });
    this.otherWay = this.effects.getByRole('button', { name: 'the other way' });
    this.keep = page.getByRole('button', { name: /^Keep/ }).last();
    this.remove = page.getByRole('button', { name: /^Remove/ }).last();
    this.later = page.getByRole('button', { name: /^Later/ }).last();
    this.newLabel = page.getByRole('textbox', { name: 'New label' });
    this.evidence = page.getByRole('complementary', { name: 'Evidence' });
    this.tellingWords = this.evidence.getByRole('region').locator('mark');
    this.restore = page.getByRole('button', { name: /^Restore/ }).last();
  }

  /** The given or the suggested label at the head of the evidence. */
  evidenceLabel(which: string): Locator {
    return this.evidence.getByTitle(/./).filter({ hasText: new RegExp(`^(, )?${which} `) });
  }

  /** A queue's button: its name and its count. */
  queue(name: QueueName): Locator {
    return this.queues.getByRole('button', { name: new RegExp(`^${name} [\\d,]+$`) });
  }

  /** A part of the evidence that can be folded away. */
  evidencePart(title: string): Locator {
    return this.page.getByRole('complementary', { name: 'Evidence' }).locator('details').filter({ hasText: title });
  }

  /** Id of the row with the focus; '' while it is being read. */
  async focusedRowId(): Promise<string> {
    return (await this.focusedRow.getAttribute('data-row-id')) ?? '';
  }

  /**
   * Presses a key that decides (k, x, r, f, a class's digit) and waits until the next row has the focus. @returns the
   * id decided
   */
  async decide(key: string): Promise<string> {
    const id = await this.focusedRowId();
    await this.page.keyboard.press(key);
    await expect.poll(() => this.focusedRowId()).not.toBe(id);
    return id;
  }

  /** Rows selected, shown and in all, as the toolbar says them. */
  async shownCounts(): Promise<{ selected: number; shown: number; inAll: number }> {
    const numbers = (await this.counts.innerText()).match(/[\d,]+/g) ?? [];
    const [selected = NaN, shown = NaN, inAll = NaN] = numbers.map((text) => Number(text.replaceAll(',', '')));
    return { selected, shown, inAll };
  }

  /** A row that is drawn (the table draws what is in sight). */
  row(id: string): Locator {
    return this.grid.locator(`[role="row"][data-row-id="${id}"]`);
  }

  /** A card that is drawn, by its place in the list. */
  card(place: number): Locator {
    return this.gallery.locator(`[role="gridcell"][data-place="${place}"]`);
  }

  /** What the table says of a row that is in sight: all of its cells. */
  async textOf(id: string): Promise<string> {
    return this.row(id).innerText();
  }
}

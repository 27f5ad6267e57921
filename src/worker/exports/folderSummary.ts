import { formatCount, formatPlural } from '../../core/base/format';
import { listed } from '../../core/base/listed';
import { visibleText } from '../../core/base/visibleText';
import type { PlacedFile } from './placeFile';

/** Counts what was made, and says what was made otherwise than asked. */
export class FolderSummary {
  links = 0;
  copies = 0;
  #renamed = { count: 0, first: '' };
  #instead = { count: 0, reason: '' };
  #missing = { count: 0, first: '' };

  /** `withoutFile`: rows whose cells name none. */
  constructor(private readonly withoutFile: number) {}

  /** `made`: how, or why it was not. */
  add({ source, path }: { readonly source: string; readonly path: string }, made: PlacedFile | string): void {
    if (typeof made === 'string') {
      this.#missing = { count: this.#missing.count + 1, first: this.#missing.first || `${source}: ${made}` };
      return;
    }
    if (made.mode === 'link') this.links++;
    else this.copies++;
    if (made.instead !== '') this.#instead = { count: this.#instead.count + 1, reason: made.instead };
    if (source.slice(source.lastIndexOf('/') + 1) !== path.slice(path.lastIndexOf('/') + 1)) {
      this.#renamed = { count: this.#renamed.count + 1, first: this.#renamed.first || `${source} is ${path}` };
    }
  }

  describe(folder: string, renamedLabels: readonly string[]): string[] {
    const made = [
      ...(this.links > 0 ? [`${formatCount(this.links)} as hard links`] : []),
      ...(this.copies > 0 ? [`${formatCount(this.copies)} as copies`] : []),
    ];
    const notes = [
      `The folder ${folder} holds ${formatPlural(this.links + this.copies, 'file')}${made.length === 0 ? '' : ` (${made.join(', ')})`}.`,
    ];
    if (this.links > 0)
      notes.push('A hard link is the file itself under another name: whoever changes one changes both.');
    if (this.#instead.count > 0) {
      notes.push(
        `${formatPlural(this.#instead.count, 'file was', 'files were')} copied and not linked, as ${this.#instead.reason}.`,
      );
    }
    if (this.#renamed.count > 0) {
      notes.push(
        `${formatPlural(this.#renamed.count, 'file has', 'files have')} a number in the name, as another file of that folder has it (${visibleText(this.#renamed.first)}).`,
      );
    }
    if (renamedLabels.length > 0) {
      const names = renamedLabels.map((label) => `“${visibleText(label, { limit: 60 })}”`);
      notes.push(
        `${formatPlural(renamedLabels.length, 'label is', 'labels are')} no name of a folder, which is called otherwise (${listed(names)}); metadata.jsonl has the labels.`,
      );
    }
    const missing = this.withoutFile + this.#missing.count;
    if (missing > 0) {
      const first = this.#missing.first === '' ? '' : ` (${visibleText(this.#missing.first)})`;
      notes.push(
        `${formatPlural(missing, 'row names', 'rows name')} no file that is there, and ${missing === 1 ? 'is' : 'are'} not in the folder${first}.`,
      );
    }
    return notes;
  }
}

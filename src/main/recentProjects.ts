import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import type { EngineToMain } from '../contract/control';
import type { RecentProject } from '../contract/shell';

const entrySchema = z.object({
  id: z.string(),
  folder: z.string(),
  name: z.string(),
  rows: z.int(),
  decided: z.int(),
  pending: z.int(),
  exported: z.boolean(),
  openedAt: z.string(),
});
type Entry = z.infer<typeof entrySchema>;

const kept = 20;

/** The projects opened last, newest first, in `recent.json`. */
export class RecentProjects {
  readonly #file: string;
  #onChange: () => void = () => undefined;
  #entries: Entry[];
  /** The list when it was told of last. */
  #told = '';
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, 'recent.json');
    this.#entries = readEntries(this.#file);
  }

  /** `listener` hears that other projects are on the list, or the same in another order. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  list(): RecentProject[] {
    return this.#entries.map(({ folder, ...entry }) => ({ ...entry, available: existsSync(folder) }));
  }

  folderOf(id: string): string | undefined {
    return this.#entries.find((entry) => entry.id === id)?.folder;
  }

  note(project: Extract<EngineToMain, { kind: 'project' }>): void {
    const { folder, name, rows, decided, pending, exported } = project;
    const id = this.#entries.find((entry) => entry.folder === folder)?.id ?? randomUUID();
    const entry: Entry = { id, folder, name, rows, decided, pending, exported, openedAt: new Date().toISOString() };
    this.#entries = [entry, ...this.#entries.filter((other) => other.folder !== folder)].slice(0, kept);
    this.#write();
  }

  /** Takes a project off the list; its folder stays. */
  forget(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#write();
  }

  #write(): void {
    // Decisions change what is told of a project, many times a minute; its place and name they do not.
    const named = this.#entries.map(({ id, name }) => `${id} ${name}`).join('\n');
    if (named !== this.#told) this.#onChange();
    this.#told = named;
    const text = `${JSON.stringify(this.#entries, null, 2)}\n`;
    this.#writing = this.#writing.then(() => writeFileAtomic(this.#file, text)).catch(() => undefined);
  }
}

function readEntries(file: string): Entry[] {
  try {
    const parsed = z.array(entrySchema).safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}

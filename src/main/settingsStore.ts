import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { type Settings, settingsSchema } from '../contract/shell';

/** The person's settings in `settings.json`; a missing or damaged file means the defaults. */
export class SettingsStore {
  readonly #file: string;
  #current: Settings;

  constructor(folder: string) {
    this.#file = join(folder, 'settings.json');
    this.#current = readSettings(this.#file);
  }

  get current(): Settings {
    return this.#current;
  }

  async save(settings: Settings): Promise<Settings> {
    this.#current = settings;
    await writeFileAtomic(this.#file, `${JSON.stringify(settings, null, 2)}\n`);
    return settings;
  }
}

function readSettings(file: string): Settings {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (parsed.success) return parsed.data;
  } catch {
    // First start, or a damaged file: the defaults are right for both.
  }
  return settingsSchema.parse({});
}

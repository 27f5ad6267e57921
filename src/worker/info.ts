import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { EngineInfo } from '../contract/project';
import { describeOutdated } from '../core/base/runtimeSupport';

const setupSchema = z.object({
  electron: z.object({ source: z.string(), version: z.string() }).partial().nullish(),
  tensorflow: z.object({ source: z.string() }).partial().nullish(),
});

/** What set-up wrote down about the runtimes it found; a packaged application has no such file. */
function readSetup(applicationFolder: string): z.infer<typeof setupSchema> {
  try {
    const file = join(applicationFolder, 'node_modules', '.assay', 'setup.json');
    const parsed = setupSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

interface InfoInput {
  readonly version: string;
  /** The folder that holds `out` and `node_modules`. */
  readonly applicationFolder: string;
  readonly backend: EngineInfo['backend'];
  readonly encoders: EngineInfo['encoders'];
  readonly thumbnails: EngineInfo['thumbnails'];
}

/** What runs here: for Help › About, the footer and `assay info`. */
export function describeEngine({ version, applicationFolder, backend, encoders, thumbnails }: InfoInput): EngineInfo {
  const setup = readSetup(applicationFolder);
  const electron = process.versions['electron'] ?? null;
  return {
    version,
    backend,
    encoders,
    thumbnails,
    runtime: {
      node: process.versions.node,
      electron,
      chrome: process.versions['chrome'] ?? null,
      electronSource: setup.electron?.source ?? null,
      electronFound: setup.electron?.version ?? null,
      outdated: describeOutdated(electron ?? setup.electron?.version ?? null, new Date()),
      tensorflowSource: setup.tensorflow?.source ?? null,
      platform: `${process.platform} ${process.arch}`,
      cpus: cpus().length,
      memoryBytes: totalmem(),
    },
  };
}

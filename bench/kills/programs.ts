import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, entries } from '../../bundling';

/** What is killed: the command line, and an engine as the window has it. */
export interface Programs {
  readonly assay: string;
  readonly engine: string;
}

/**
 * Bundles both and the compute thread into `folder`, which lies inside node_modules so that native packages are found.
 */
export async function buildPrograms(root: string, folder: string): Promise<Programs> {
  const outDir = join(folder, 'out', 'main');
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'assay', version: '0.0.0-kills' }));
  await bundle(
    root,
    { assay: entries.assay, compute: entries.compute, encoder: entries.encoder, engine: 'bench/kills/engineChild.ts' },
    outDir,
  );
  return { assay: join(outDir, 'assay.js'), engine: join(outDir, 'engine.js') };
}

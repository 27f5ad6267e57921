import { join } from 'node:path';
import { auditSettingsSchema } from '../../src/contract/audit';
import { estimateSize, planStages } from '../../src/worker/jobs/auditEstimate';
import { LocalEngine } from '../../src/worker/localEngine';
import { inspectFile } from '../../src/worker/project/dataFile';

/** What an audit was expected to take, and took. */
export interface Estimated {
  readonly rows: number;
  readonly features: { readonly expected: number; readonly found: number };
  /** By stage, seconds. */
  readonly stages: readonly { readonly name: string; readonly expected: number; readonly took: number }[];
  readonly memory: { readonly expected: number; readonly took: number };
}

/**
 * Audits a data file with the engine of the command line, and prints an {@link Estimated} as JSON. Arguments: the
 * folder that holds `node_modules`, the file, and settings that differ from the defaults as JSON. Its label is what
 * Assay takes for it.
 */
async function main([applicationFolder = '', file = '', different = '{}']: readonly string[]): Promise<void> {
  const took = new Map<string, number>();
  const engine = new LocalEngine({
    version: '0.0.0',
    applicationFolder,
    computeThread: join(__dirname, 'compute.js'),
    encoderThread: join(__dirname, 'encoder.js'),
    onJob: ({ kind, stages }) => {
      if (kind === 'audit') for (const { name, seconds } of stages) took.set(name, seconds);
    },
  });
  try {
    engine.prepare('auto');
    const project = await engine.readFile(await inspectFile(file));
    const settings = auditSettingsSchema.parse(JSON.parse(different));
    const expected = await project.audits.estimate(settings);
    const size = estimateSize(project.dataset.summary(), settings);
    const planned = planStages(size, settings, 'native');
    const { head } = await project.audits.start(settings).result;
    const estimated: Estimated = {
      rows: expected.rows,
      features: { expected: expected.features, found: head.features },
      stages: planned.map(({ name, expectedSeconds }) => ({
        name,
        expected: expectedSeconds,
        took: took.get(name) ?? NaN,
      })),
      memory: { expected: expected.memoryBytes, took: 1024 * process.resourceUsage().maxRSS },
    };
    await engine.finish();
    process.stdout.write(`${JSON.stringify(estimated)}\n`);
  } catch (error) {
    await engine.giveUp(error);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

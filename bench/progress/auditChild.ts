import { join } from 'node:path';
import { auditSettingsSchema } from '../../src/contract/audit';
import { LocalEngine } from '../../src/worker/localEngine';
import { inspectFile } from '../../src/worker/project/dataFile';
import type { Moment } from './readMoments';

/**
 * Audits a CSV file with the defaults, through the engine of the command line. Prints each snapshot of the audit as a
 * line of JSON ({@link Moment}); the last one has nothing left. Argument: the file, whose label is its column `label`.
 */
async function main([file = '']: readonly string[]): Promise<void> {
  const moments: Moment[] = [];
  const engine = new LocalEngine({
    version: '0.0.0',
    applicationFolder: join(__dirname, '../..'),
    computeThread: join(__dirname, 'compute.js'),
    encoderThread: join(__dirname, 'encoder.js'),
    onJob: ({ kind, state, seconds, secondsLeft, stages }) => {
      if (kind !== 'audit' || (state !== 'running' && state !== 'done')) return;
      moments.push({ seconds, told: secondsLeft, stages });
    },
  });
  try {
    engine.prepare('auto');
    const project = await engine.readFile(await inspectFile(file));
    const label = project.dataset.summary().columns.find(({ name }) => name === 'label');
    if (label?.role !== 'label') throw new Error(`${file} has no column “label” that is taken for the label.`);
    await project.audits.start(auditSettingsSchema.parse({})).result;
    await engine.finish();
  } catch (error) {
    await engine.giveUp(error);
  }
  process.stdout.write(moments.map((moment) => `${JSON.stringify(moment)}\n`).join(''));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

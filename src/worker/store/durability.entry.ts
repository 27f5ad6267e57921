import { createProject, openProject } from './projectStore';
import { projectOf, randomAudit } from './testProject';

/**
 * What the durability tests run in a process of its own and kill: decides one row after another and prints each
 * sequence number once the decision is acknowledged, while (if asked) audits are replaced over and over.
 * Arguments: folder, mode (decide, decide+audit, pass, hold, make), rows, CSV file for `make`.
 */
async function main(): Promise<void> {
  const [folder = '', mode = '', count = '0', csv = ''] = process.argv.slice(2);
  const rows = Number(count);
  if (mode === 'make') {
    const made = csv === '' ? await createProject(folder) : await projectOf(csv, folder);
    await made.close();
    return;
  }
  const store = await openProject(folder);
  if (mode === 'pass') {
    if (store.passes.all.length === 0)
      await store.passes.begin({ reviewer: 'you', rowsAre: 'all rows' }, [...Array(rows).keys()]);
    if (store.passes.all[0]?.state === 'open') await store.passes.resume();
    else await store.passes.enter(1);
  }
  process.stdout.write('open\n');
  if (mode === 'hold') {
    setInterval(() => undefined, 1000);
    return;
  }
  if (mode === 'decide+audit') {
    void (async () => {
      for (let seed = 1; ; seed++) {
        await store.audits.replace(randomAudit(rows, seed));
        process.stdout.write(`audit ${seed}\n`);
      }
    })();
  }
  for (let k = 0; ; k++) {
    const row = (store.decisions.state.lastSeq * 7) % rows;
    const { entry } = await store.decisions.append({
      kind: 'decide',
      rows: [row],
      decision: { kind: 'remove' },
      reviewer: 'me',
      title: `remove ${row}`,
    });
    process.stdout.write(`${entry.seq}\n`);
  }
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

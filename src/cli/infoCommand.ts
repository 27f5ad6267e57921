import type { EngineInfo } from '../contract/project';
import { LocalEngine } from '../worker/localEngine';
import type { Installation } from './installation';
import { printResult } from './terminal';
import { formatFacts } from './textTable';

/** `assay info`: which runtime and which backend are in use. */
export async function runInfoCommand(options: { readonly json?: boolean }, installation: Installation): Promise<void> {
  const engine = new LocalEngine({ ...installation, onJob: () => undefined });
  try {
    const info = await engine.describe();
    printResult(options, info, () => describeInfo(info));
  } finally {
    await engine.finish();
  }
}

function describeInfo({ version, runtime, backend }: EngineInfo): string {
  const lines: [string, string][] = [
    ['assay', version],
    ['backend', `${backend.name}: ${backend.description}`],
    ['tensorflow', runtime.tensorflowSource ?? 'not set up'],
    [
      'runtime',
      runtime.electron === null ? `Node ${runtime.node}` : `Electron ${runtime.electron}, Node ${runtime.node}`,
    ],
    [
      'window',
      runtime.electronSource === null
        ? 'no Electron set up yet (npm start does it)'
        : `Electron ${runtime.electronFound ?? ''} (${runtime.electronSource})`,
    ],
    ['machine', `${runtime.platform}, ${runtime.cpus} processors, ${(runtime.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
  ];
  if (runtime.outdated !== null) lines.splice(5, 0, ['', `! ${runtime.outdated}`]);
  if (backend.reason !== '') lines.splice(2, 0, ['', backend.reason]);
  return formatFacts(lines).join('\n');
}

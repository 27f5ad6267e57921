import type { Command } from 'commander';
import type { EngineInfo } from '../contract/project';
import { LocalEngine } from '../worker/localEngine';
import type { Installation } from './installation';
import { printResult } from './terminal';
import { formatFacts } from './textTable';

interface InfoCommandOptions {
  readonly json?: boolean;
}

/** Adds `assay info`. */
export function addInfoCommand(program: Command, installation: Installation): void {
  program
    .command('info')
    .description('tell which runtime and which backend are in use')
    .option('--json', 'print as JSON')
    .action(async (options: InfoCommandOptions) => runInfoCommand(options, installation));
}

/** `assay info`: which runtime and which backend are in use. */
async function runInfoCommand(options: InfoCommandOptions, installation: Installation): Promise<void> {
  const engine = new LocalEngine({ ...installation, onJob: () => undefined });
  try {
    const info = await engine.describe();
    printResult(options, info, () => describeInfo(info));
  } finally {
    await engine.finish();
  }
}

function describeInfo({ version, runtime, backend, encoders, thumbnails }: EngineInfo): string {
  const lines: [string, string][] = [
    ['assay', version],
    ['backend', `${backend.name}: ${backend.description}`],
    ['tensorflow', runtime.tensorflowSource ?? 'not set up'],
    ['encoders', describeEncoders(encoders)],
    ['vectors kept', describeKept(encoders.vectorsBytes, encoders.vectorsFolder)],
    ['small pictures', describeKept(thumbnails.bytes, thumbnails.folder)],
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
  if (runtime.outdated !== null) lines.splice(8, 0, ['', `! ${runtime.outdated}`]);
  if (backend.reason !== '') lines.splice(2, 0, ['', backend.reason]);
  return formatFacts(lines).join('\n');
}

function describeKept(bytes: number, folder: string): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB kept in ${folder}; may be deleted at any time`;
}

function describeEncoders({ text, pictures }: EngineInfo['encoders']): string {
  return `texts: ${text ?? 'none'}; pictures: ${pictures ?? 'none'}`;
}

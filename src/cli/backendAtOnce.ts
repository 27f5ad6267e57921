import type { AuditSettings } from '../contract/audit';

type Backend = AuditSettings['backend'];

/** Commands that compute, whatever their options say. */
const computing: ReadonlySet<string> = new Set([
  'audit',
  'verify',
  'fidelity',
  'influence',
  'subset',
  'explain',
  'groups',
  'unlearn',
  'annotators',
  'info',
]);

const backends: readonly Backend[] = ['auto', 'native', 'wasm', 'float64'];

/**
 * The backend that a command line is going to need, as far as a glance tells: nothing is refused here. Undefined where
 * it may need none.
 */
export function backendAtOnce(args: readonly string[]): Backend | undefined {
  if (args.length === 0 || !computing.has(args[0])) return undefined;
  if (args.some((arg) => arg === '--help' || arg === '-h')) return undefined;
  const at = args.findIndex((arg) => arg === '--backend' || arg.startsWith('--backend='));
  if (at < 0) return 'auto';
  const name = args[at].split('=')[1] ?? args[at + 1];
  return backends.find((backend) => backend === name);
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type BuiltCli } from './builtCli';

const commands =
  'audit verify fidelity influence subset explain groups seeded unlearn annotators decisions export info'.split(' ');
let cli: BuiltCli;

beforeAll(async () => {
  cli = await buildCli();
}, 180_000);

afterAll(() => cli.remove());

describe('--help', () => {
  it.each(commands)('of %s fits a terminal of 80 columns, and says defaults in words', async (command) => {
    const { code, stdout } = await cli.run(command, '--help');
    expect(code).toBe(0);
    // Examples are copied, and stay on one line.
    const prose = stdout.split('\n').filter((line) => !line.startsWith('  assay '));
    expect(prose.filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toMatch(/default: \[/);
  });

  it('of influence says which methods are asked for by default', async () => {
    expect((await cli.run('influence', '--help')).stdout.replace(/\s+/g, ' ')).toContain('(default: if,rif)');
  });

  it('of explain says what a larger limit costs', async () => {
    const { stdout } = await cli.run('explain', '--help');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/--limit <count> [^-]*costs a Newton step or a retraining/);
  });
});

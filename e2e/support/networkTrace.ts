import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Calls that open a connection, send a datagram, or ask a resolver. */
const calls = 'connect,sendto,sendmsg,sendmmsg,socket';

/** Why system calls cannot be traced here; undefined where they can. */
export function tracingProblem(): string | undefined {
  if (process.platform !== 'linux') return 'strace is for Linux only';
  const trial = spawnSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true'], { encoding: 'utf8' });
  if (trial.error !== undefined) return 'strace is not installed';
  return trial.status === 0 ? undefined : `strace may not trace here: ${trial.stderr.trim()}`;
}

/** A program whose network calls, and those of everything it starts, are written down. */
export interface NetworkTrace {
  /** Starts the program with whatever arguments it is given. */
  readonly wrapper: string;
  /** Calls that reach, or try to reach, any address of the Internet protocols, this machine's own included. */
  outgoing(): string[];
  /** How many calls were seen: a trace that saw none has not worked. */
  seen(): number;
}

/** Makes an executable in `folder` that starts `program` under a trace. */
export function traceNetwork(folder: string, program: string): NetworkTrace {
  const wrapper = join(folder, 'traced');
  const log = join(folder, 'trace');
  // Stopping at the traced calls only keeps the program nearly as fast as it is.
  const fast = execFileSync('strace', ['--help'], { encoding: 'utf8' }).includes('--seccomp-bpf')
    ? ' --seccomp-bpf'
    : '';
  writeFileSync(
    wrapper,
    `#!/bin/sh\nexec strace -ff${fast} -qq -s 64 -e 'trace=${calls}' -e signal=none -o '${log}' '${program}' "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  const lines = (): string[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith('trace.'))
      .flatMap((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').split('\n') : []))
      .filter((line) => line !== '');
  return {
    wrapper,
    // A socket alone reaches nothing; an address does.
    outgoing: () => lines().filter((line) => !line.startsWith('socket(') && /sa_family=AF_INET6?\b/.test(line)),
    seen: () => lines().length,
  };
}

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/core/base/random';
import { openProject } from '../../src/worker/store/projectStore';
import { checkResults, debrisIn, runUntil } from './killed';
import type { Programs } from './programs';

export interface KillsOptions {
  readonly programs: Programs;
  /** An empty folder. */
  readonly folder: string;
  readonly seed: number;
  /** Of `assay audit` and `assay export`. */
  readonly commandKills: number;
  /** Of the engine while it loads, audits, takes decisions and exports. */
  readonly engineKills: number;
  /** The engine goes on until so many were acknowledged. */
  readonly decisions: number;
  readonly rows: number;
}

export interface KillsReport {
  /** Processes that were killed before they had ended, by the last they said. */
  readonly kills: Readonly<Record<string, number>>;
  readonly decisionsAcknowledged: number;
  /** In words; none is the aim. */
  readonly faults: readonly string[];
}

/**
 * Kills commands and an engine at random moments, and looks each time at what is left: nothing acknowledged may be
 * lost, nothing may be half written, and the next run must clear what the killed one left.
 */
export async function runKills(options: KillsOptions): Promise<KillsReport> {
  const run = new KillRun(options);
  await run.killCommands();
  await run.killEngine();
  return run.report;
}

class KillRun {
  readonly #options: KillsOptions;
  readonly #random;
  readonly #data: string;
  readonly #dataHash: string;
  readonly #temporary: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #kills: Record<string, number> = {};
  readonly #faults: string[] = [];
  #acknowledged = new Map<number, string>();
  #decisions = 0;

  constructor(options: KillsOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#data = join(options.folder, 'data.csv');
    this.#temporary = join(options.folder, 'tmp');
    mkdirSync(this.#temporary, { recursive: true });
    this.#env = { TMPDIR: this.#temporary, XDG_STATE_HOME: join(options.folder, 'state') };
    writeFileSync(this.#data, this.#makeData());
    this.#dataHash = this.#hashData();
  }

  get report(): KillsReport {
    return { kills: this.#kills, decisionsAcknowledged: this.#decisions, faults: this.#faults };
  }

  /** `audit` into the same two folders again and again, and `export` from the last project that came to be. */
  async killCommands(): Promise<void> {
    const { folder, programs, commandKills } = this.#options;
    const [out, exported, project] = ['out', 'exported', 'p.assay'].map((name) => join(folder, name));
    const auditOf = ['audit', this.#data, '--label', 'label', '--l2', '0.01', '--backend', 'float64', '--out', out];
    const wholeMs = await this.#timeOf([...auditOf, '--project', join(folder, 'first.assay')]);
    const exportOf = ['export', '--project', join(folder, 'first.assay'), '--out', exported];
    const exportMs = await this.#timeOf(exportOf);
    for (let k = 0; k < commandKills; k++) {
      const isExport = k % 3 === 2;
      const args = isExport ? exportOf : [...auditOf, '--project', project];
      const after = this.#random.uniform() * (isExport ? exportMs : wholeMs);
      const ended = await runUntil(programs.assay, args, after, this.#env);
      if (ended.killed) this.#count(`${isExport ? 'export' : 'audit'}: ${lastStage(ended.errors)}`);
      else if (ended.code !== 0) this.#faults.push(`${args[0] ?? ''} failed: ${ended.errors.slice(-300)}`);
      for (const place of [out, exported]) this.#note(checkResults(place));
      this.#checkData();
      if (!ended.killed && !isExport) rmSync(project, { recursive: true, force: true });
    }
    for (const args of [[...auditOf, '--project', project], exportOf]) {
      const ended = await runUntil(programs.assay, args, undefined, this.#env);
      if (ended.code !== 0) this.#faults.push(`the last ${args[0] ?? ''} failed: ${ended.errors.slice(-300)}`);
    }
    for (const place of [out, exported]) this.#note(checkResults(place));
    this.#checkDebris(folder, out, exported, project, this.#temporary);
  }

  /** The engine is killed and started again on the same file until enough decisions were acknowledged. */
  async killEngine(): Promise<void> {
    const { folder, programs, engineKills, decisions, rows } = this.#options;
    const [projects, out] = ['projects', 'window-out'].map((name) => join(folder, name));
    mkdirSync(out);
    for (let k = 0; k < engineKills || this.#decisions < decisions; k++) {
      // The first ones come early, in the middle of loading and of the audit.
      const after = 300 + this.#random.uniform() * (k < engineKills / 4 ? 1500 : 3000);
      const args = [projects, this.#data, out, String(rows), String(this.#decisions)];
      const ended = await runUntil(programs.engine, args, after, this.#env);
      if (!ended.killed) {
        this.#faults.push(`the engine ended by itself: ${ended.errors.slice(-300)}`);
        return;
      }
      for (const line of ended.lines) {
        const [, row, kind] = /^decided (\d+) (\w+)$/.exec(line) ?? [];
        if (row === undefined || kind === undefined) continue;
        this.#acknowledged.set(Number(row), kind);
        this.#decisions++;
      }
      this.#count(`engine: ${(ended.lines[ended.lines.length - 1] ?? 'starting').split(' ')[0] ?? ''}`);
      this.#note(checkResults(out));
      this.#checkData();
      await this.#checkDecisions(projects);
    }
    this.#checkDebris(projects, this.#temporary);
  }

  async #checkDecisions(projects: string): Promise<void> {
    const names = readProjects(projects);
    if (names.length > 1) this.#faults.push(`one file has ${names.length} projects`);
    const [name] = names;
    if (name === undefined || this.#acknowledged.size === 0) return;
    const store = await openProject(join(projects, name));
    try {
      const lost = [...this.#acknowledged].filter(
        ([row, kind]) => store.decisions.state.rows.get(row)?.decision?.kind !== kind,
      );
      // The one that was being written when the process died may be there, and no other.
      const more = store.decisions.state.lastSeq - this.#decisions;
      if (more > 0) this.#acknowledgeOne(store.decisions.state.rows);
      if (lost.length > more) this.#faults.push(`${lost.length} acknowledged decisions are not there`);
      if (more < 0 || more > 1)
        this.#faults.push(`${store.decisions.state.lastSeq} entries for ${this.#decisions} decisions`);
      if (store.decisions.notices.length > 0) this.#faults.push(store.decisions.notices.join(' '));
    } finally {
      await store.close();
    }
  }

  /** Written, and not acknowledged any more: from here on it counts as the others do. */
  #acknowledgeOne(rows: ReadonlyMap<number, { readonly decision: { readonly kind: string } | null }>): void {
    this.#acknowledged = new Map([...rows].map(([row, { decision }]) => [row, decision?.kind ?? '']));
    this.#decisions++;
  }

  async #timeOf(args: readonly string[]): Promise<number> {
    const from = performance.now();
    const ended = await runUntil(this.#options.programs.assay, args, undefined, this.#env);
    if (ended.code !== 0) this.#faults.push(`${args[0] ?? ''} failed: ${ended.errors.slice(-300)}`);
    return performance.now() - from;
  }

  #makeData(): string {
    const { rows } = this.#options;
    const lines = Array.from({ length: rows }, (_, row) => {
      const side = row % 2;
      const cells = Array.from({ length: 6 }, (__, j) => (this.#random.normal() + (j === 0 ? 2 * side : 0)).toFixed(3));
      return `r${row},${cells.join(',')},${side === 1 ? 'yes' : 'no'}`;
    });
    return `id,a,b,c,d,e,f,label\n${lines.join('\n')}\n`;
  }

  #hashData(): string {
    return createHash('sha256').update(readFileSync(this.#data)).digest('hex');
  }

  #checkData(): void {
    if (this.#hashData() !== this.#dataHash) this.#faults.push('the data file was changed');
  }

  #checkDebris(...folders: readonly string[]): void {
    for (const path of debrisIn(...folders)) this.#faults.push(`${path} was left behind`);
  }

  #count(what: string): void {
    this.#kills[what] = (this.#kills[what] ?? 0) + 1;
  }

  #note(fault: string | undefined): void {
    if (fault !== undefined) this.#faults.push(fault);
  }
}

function readProjects(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.assay'));
  } catch {
    return [];
  }
}

/** The word that begins the last line of progress. */
function lastStage(errors: string): string {
  const stages = errors.match(/^(reading|features|lambda|fit|influence|neighbours|suspicion|saving|exporting)/gm);
  return stages?.[stages.length - 1] ?? 'starting';
}

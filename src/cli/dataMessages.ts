import { basename } from 'node:path';
import type { AuditSettings, AuditSummary } from '../contract/audit';
import type { OpenProject } from '../worker/project/openProject';
import { describeRoles, type Message, messageLines, noteMessages, problemMessages, toldProblems } from './messages';
import { printError } from './terminal';
import type { Workplace } from './withEngine';

export interface ProblemOptions {
  /** File for all problems found while reading. */
  readonly problems?: string;
  /** Also replace one that Assay did not write. */
  readonly overwrite?: boolean;
}

interface MessageOptions extends ProblemOptions {
  readonly head?: AuditSettings['head'];
}

/** Says on stderr what the window says on its Data and Audit screens, each thing once and before the result. */
export class DataMessages {
  readonly #project: OpenProject;
  readonly #options: MessageOptions;
  readonly #workplace: Workplace;
  readonly #told = new Set<string>();

  constructor(project: OpenProject, options: MessageOptions, workplace: Workplace) {
    this.#project = project;
    this.#options = options;
    this.#workplace = workplace;
  }

  /** What is known once the file has been read: notes, roles, problems; writes the file of `--problems`. */
  async tellRead(): Promise<void> {
    const { problems, overwrite } = this.#options;
    if (problems !== undefined) await this.#project.dataset.writeProblems(problems, overwrite === true);
    const summary = this.#project.dataset.summary();
    for (const source of this.#project.dataset.sources) {
      const notes =
        source.kind === 'source'
          ? [...noteMessages(summary, this.#asNumbers), describeRoles(summary.columns)]
          : noteMessages(source).map(({ level, text }) => ({ level, text: `validation file: ${text}` }));
      this.#tell([...notes, ...(await this.#problems(source))]);
    }
  }

  /** What was found out since, beside other work or by an audit. Waits for it. */
  async tellRest(audit: AuditSummary | null): Promise<void> {
    await this.#project.dataset.findings.settled();
    this.#workplace.engine.throwIfCancelled();
    const summary = this.#project.dataset.summary();
    this.#tell(noteMessages(summary, this.#asNumbers));
    this.#tell((audit?.notes ?? []).map((text): Message => ({ level: 'note', text })));
    const warnings = audit?.warnings ?? [];
    const features = summary.columns.filter(({ role }) => role === 'feature').map(({ name }) => name);
    // Columns that are no feature were told with their roles.
    const dropped = audit?.droppedColumns.filter(({ column }) => features.includes(column)) ?? [];
    this.#tell([
      ...warnings.map((text): Message => ({ level: 'warning', text })),
      ...dropped.map(({ column, reason }): Message => ({ level: 'warning', text: `${column} is left out: ${reason}` })),
    ]);
  }

  /** What else a person should know, each sentence once. */
  tellMore(warnings: readonly string[]): void {
    this.#tell(warnings.map((text): Message => ({ level: 'warning', text })));
  }

  get #asNumbers(): boolean {
    return this.#options.head === 'ridge';
  }

  async #problems({ kind, path }: OpenProject['dataset']['sources'][number]): Promise<Message[]> {
    const { total, issues } = await this.#project.dataset.readIssues(0, toldProblems, kind);
    return problemMessages(issues, total, {
      file: basename(path),
      listedIn: this.#options.problems,
      ...(kind === 'source' ? { format: this.#project.dataset.summary().format } : {}),
    });
  }

  #tell(messages: readonly Message[]): void {
    const fresh = messages.filter(({ text }) => !this.#told.has(text));
    if (fresh.length === 0) return;
    fresh.forEach(({ text }) => this.#told.add(text));
    this.#workplace.progress.clear();
    messageLines(fresh).forEach(printError);
  }
}

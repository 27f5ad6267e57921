import type { ProjectNews } from '../contract/control';
import type { GrantAccess } from '../contract/control';
import {
  type EngineEvent,
  type EngineMethod,
  engineMethods,
  type EngineParsedParams,
  type EngineResult,
} from '../contract/engineApi';
import { describeMisfit, type Result } from '../contract/result';
import { BugError, CancelledError, describeStacks, InputError, serializeWithoutStacks } from '../core/base/errors';
import { closeAll } from './closeAll';
import { ComputeClient } from './compute/thread/computeClient';
import { unwatched } from './datasets/looking';
import { Encoders } from './encoders/encoders';
import { openOwnEncoder } from './encoders/ownEncoder';
import { Grants } from './grants';
import { describeEngine } from './info';
import { LookingWatch } from './lookingWatch';
import type { PictureThreads } from './pictures/thread/pictureThreads';
import { startPictureThreads } from './pictures/thread/startPictureThreads';
import { describeThumbnails } from './pictures/thumbnails';
import { OpenProject } from './project/openProject';
import { chooseProjectFolder, findProjectOf } from './project/projectFolders';
import type { PrintPdf } from './report/printPdf';

interface EngineHostOptions {
  readonly version: string;
  readonly projectsFolder: string;
  readonly reviewer: string;
  /** The folder that holds `out` and `node_modules`. */
  readonly applicationFolder: string;
  /** The compute thread's script. */
  readonly computeThread: string;
  /** The encoder thread's script. */
  readonly encoderThread: string;
  /** Makes PDF files; left out: nothing can. */
  readonly print?: PrintPdf;
  /** What the recent list should show of the open project; null when it was closed. */
  readonly onProject: (project: ProjectNews | null) => void;
}

type Handlers = {
  [M in EngineMethod]: (params: EngineParsedParams<M>) => Promise<EngineResult<M>> | EngineResult<M>;
};

/** Questions that are not about the open project. */
const unboundMethods: ReadonlySet<EngineMethod> = new Set<EngineMethod>([
  'engine.info',
  'project.openSource',
  'project.openFolder',
  'project.close',
  'project.cancelLooking',
]);

/** It is about the open project and may open another: it cannot be waited for before that one is closed. */
const switchingMethods: ReadonlySet<EngineMethod> = new Set<EngineMethod>(['dataset.reread', 'dataset.joinEmbeddings']);

const gone = 'The dataset that this was about is no longer open.';

/** The engine without a transport: the same for a window's port and for tests. One project is open at a time. */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #grants = new Grants();
  readonly #compute: ComputeClient;
  readonly #encoders: Encoders;
  readonly #pictures: PictureThreads;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #handlers: Handlers;
  #reviewer: string;
  #project: OpenProject | undefined;
  #ended = false;
  /** Opening and closing take turns. */
  #opening: Promise<unknown> = Promise.resolve();
  /** Questions about the open project that are being answered. */
  #underWay = new Set<Promise<unknown>>();
  readonly #looking = new LookingWatch((text) => this.#emit({ kind: 'looking', text }));

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#reviewer = options.reviewer;
    this.#compute = new ComputeClient({ threadPath: options.computeThread });
    this.#encoders = new Encoders(options);
    this.#pictures = startPictureThreads(options.computeThread);
    this.#handlers = this.#createHandlers();
  }

  addGrant(grant: string, path: string, access: GrantAccess): void {
    this.#grants.add(grant, path, access);
  }

  setReviewer(name: string): void {
    this.#reviewer = name;
  }

  /** @returns a function that stops listening. */
  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Checks the parameters, runs the method, and returns its error as a value. `about`: the opening that the question is
   * about; left out: whatever is open. A question about another one than is open is not asked, and what fails because
   * its project was closed meanwhile did not fail: both end as cancelled, and nobody is told.
   */
  async call(method: EngineMethod, params: unknown, about?: string | null): Promise<Result<unknown>> {
    const project = this.#project;
    const bound = !unboundMethods.has(method);
    const waited = bound && !switchingMethods.has(method);
    try {
      if (!Object.prototype.hasOwnProperty.call(engineMethods, method)) {
        throw new BugError(`There is no engine method named ${String(method).slice(0, 100)}.`);
      }
      const parsed = engineMethods[method].params.safeParse(params);
      if (!parsed.success) {
        throw new BugError(`The parameters of ${method} are not as agreed: ${describeMisfit(parsed.error)}`);
      }
      if (bound && about !== undefined && about !== (project?.opening ?? null)) throw new CancelledError(gone);
      // The handler of a method takes what that method's schema gives: the table is typed so, a lookup loses it.
      const handler = this.#handlers[method] as (params: unknown) => unknown;
      const answer = Promise.resolve(handler(parsed.data));
      return { ok: true, value: await (waited ? this.#whileOpen(answer) : answer) };
    } catch (error) {
      const left = waited && project !== undefined && this.#project !== project;
      const serialized = serializeWithoutStacks(left ? new CancelledError(gone, { cause: error }) : error);
      if (serialized.code === 'bug') console.error(describeStacks(error));
      return { ok: false, error: serialized };
    }
  }

  /** Closes the project that is open, also one that is being opened, and ends the compute thread. */
  async shutdown(): Promise<void> {
    this.#ended = true;
    this.#looking.cancel();
    await closeAll([
      () => this.#inTurn(() => this.#close()),
      () => this.#compute.close(),
      () => this.#pictures.close(),
    ]);
  }

  #emit(event: EngineEvent): void {
    this.#listeners.forEach((listener) => listener(event));
  }

  get #open(): OpenProject {
    if (this.#project === undefined) throw new InputError('No dataset is open. Open one first.');
    return this.#project;
  }

  async #close(): Promise<void> {
    const project = this.#project;
    this.#project = undefined;
    if (project === undefined) return;
    const asked = this.#underWay;
    this.#underWay = new Set();
    await closeAll([() => project.close([...asked]), () => this.#options.onProject(null)]);
  }

  async #switchTo(open: () => Promise<OpenProject>): Promise<EngineResult<'project.openSource'>> {
    // Whoever opens something else no longer wants what is being looked at.
    this.#looking.cancel();
    return this.#inTurn(() => this.#replaceBy(open));
  }

  async #replaceBy(open: () => Promise<OpenProject>): Promise<EngineResult<'project.openSource'>> {
    if (this.#ended) throw new CancelledError('The engine is ending.');
    await this.#close();
    const project = await open();
    this.#project = project;
    return project.describe();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#opening.then(work);
    this.#opening = turn.catch(() => undefined);
    return turn;
  }

  /** Notes a question of the open project until it is answered: closing waits for it. */
  async #whileOpen<T>(answer: Promise<T>): Promise<T> {
    const underWay = this.#underWay;
    underWay.add(answer);
    try {
      return await answer;
    } finally {
      underWay.delete(answer);
    }
  }

  #createHandlers(): Handlers {
    const environment = {
      compute: this.#compute,
      pictures: this.#pictures,
      encoders: this.#encoders,
      version: this.#options.version,
      reviewer: () => this.#reviewer,
      print: this.#options.print,
      resumesPass: true,
      emit: (event: EngineEvent) => this.#emit(event),
      onNews: (news: ProjectNews) => this.#options.onProject(news),
    };
    return {
      'engine.info': async () =>
        describeEngine({
          version: this.#options.version,
          applicationFolder: this.#options.applicationFolder,
          backend: await this.#compute.describe('auto'),
          encoders: await this.#encoders.describe(),
          thumbnails: await describeThumbnails(),
        }),

      'project.openSource': async ({ grant }) => {
        const path = await this.#grants.take(grant, 'source');
        const { projectsFolder } = this.#options;
        return this.#switchTo(() =>
          this.#looking.watch(path, (looking) => OpenProject.fromSource(path, projectsFolder, environment, looking)),
        );
      },
      'project.openFolder': async ({ grant }) => {
        const folder = await this.#grants.take(grant, 'project');
        return this.#switchTo(() =>
          this.#looking.watch(folder, (looking) => OpenProject.fromFolder(folder, environment, looking)),
        );
      },
      'project.close': async () => {
        await this.#inTurn(() => this.#close());
        return {};
      },
      'project.cancelLooking': () => {
        this.#looking.cancel();
        return {};
      },
      'project.saveView': async ({ view }) => {
        await this.#open.saveView(view);
        return {};
      },

      'dataset.summary': () => this.#open.dataset.summary(),
      'dataset.preview': () => this.#open.dataset.reading.settledPreview(),
      'dataset.reread': async ({ dialect, asNewProject }) => {
        const before = this.#open;
        const { path } = before.dataset.reading.origin;
        if (!asNewProject) {
          await this.#looking.watch(path, (looking) => before.rereading.start(dialect, looking));
          return before.describe();
        }
        const file = await this.#looking.watch(path, (looking) => before.rereading.inspect(dialect, looking));
        const { projectsFolder } = this.#options;
        return this.#inTurn(async () => {
          // What was opened or closed while the file was looked at is what the analyst wants now.
          if (this.#project !== before) throw new CancelledError(gone);
          return this.#replaceBy(() =>
            OpenProject.create(chooseProjectFolder(file.origin, projectsFolder), file, environment),
          );
        });
      },
      'dataset.joinEmbeddings': async ({ grant, id }) => {
        const before = this.#open;
        const path = grant === null ? undefined : await this.#grants.take(grant, 'embeddings');
        const choice = path === undefined ? undefined : { path, ...(id === null ? {} : { id }) };
        const data = before.dataset.reading.origin.path;
        const file = await this.#looking.watch(data, (looking) => before.rereading.inspectJoined(choice, looking));
        const { choices } = before.dataset;
        const { projectsFolder } = this.#options;
        return this.#inTurn(async () => {
          if (this.#project !== before) throw new CancelledError(gone);
          const known = findProjectOf(file.origin, projectsFolder);
          if (known !== undefined) {
            return this.#replaceBy(() => OpenProject.fromFolder(known, environment, unwatched, file.origin.path));
          }
          return this.#replaceBy(async () => {
            const folder = chooseProjectFolder(file.origin, projectsFolder);
            const project = await OpenProject.create(folder, file, environment);
            await project.dataset.takeOver(choices);
            return project;
          });
        });
      },
      'dataset.setColumns': ({ columns }) => this.#open.dataset.setColumns(columns),
      'dataset.chooseLabels': (choice) => this.#open.dataset.chooseLabels(choice),
      'dataset.acceptColumns': ({ columns }) => this.#open.dataset.acceptColumns(columns),
      'dataset.issues': ({ offset, limit }) => this.#open.dataset.readIssues(offset, limit),

      'pictures.read': async ({ rows, side }) => ({ pictures: await this.#open.pictures.read(rows, side) }),

      'audit.estimate': ({ settings }) => this.#open.audits.estimate(settings),
      'audit.checkEncoder': async ({ grant, kind }) => {
        const { settings } = await openOwnEncoder(await this.#grants.take(grant, 'encoder'));
        if (settings.kind !== kind) {
          const [given, wanted] = kind === 'text' ? ['pictures', 'texts'] : ['texts', 'pictures'];
          throw new InputError(`${settings.name} is an encoder of ${given}. Choose one of ${wanted}.`);
        }
        return { name: settings.name };
      },
      'audit.start': async ({ settings, encoders }) => {
        const project = this.#open;
        const paths = await Promise.all(encoders.map((grant) => this.#grants.take(grant, 'encoder')));
        this.#encoders.useOnly(await Promise.all(paths.map((path) => openOwnEncoder(path))));
        return { jobId: project.audits.start(settings).id };
      },
      'audit.summary': () => this.#open.audits.latest,

      'job.cancel': ({ jobId }) => {
        this.#open.jobs.cancel(jobId);
        return {};
      },

      'review.overview': ({ threshold }) => this.#open.review.overview(threshold),
      'review.open': (params) => this.#open.review.open(params),
      'review.labelPairs': (params) => this.#open.review.labelPairs(params),
      'review.spread': (params) => this.#open.review.spread(params),
      'review.cellFacet': (params) => this.#open.review.cellFacet(params),
      'review.cellSpread': (params) => this.#open.review.cellSpread(params),
      'review.decideEach': (params) => this.#open.review.decideEach(params),
      'review.preview': (params) => this.#open.review.preview(params),
      'saved.read': () => this.#open.saved.read(),
      'saved.change': ({ change }) => this.#open.saved.change(change),
      'review.page': (params) => this.#open.review.page(params),
      'review.viewRows': (params) => this.#open.review.viewRows(params),
      'review.rows': (params) => this.#open.review.rows(params),
      'review.nextPending': (params) => this.#open.review.nextPending(params),
      'review.indexOf': (params) => this.#open.review.indexOf(params),
      'review.decide': (params) => this.#open.review.decide(params),
      'review.note': (params) => this.#open.review.note(params),
      'review.undo': (params) => this.#open.review.undo(params),
      'review.redo': (params) => this.#open.review.redo(params),
      'review.history': (params) => this.#open.review.history(params),
      'review.evidence': ({ row }) => this.#open.effects.evidence(row),
      'review.removalEffects': ({ selection }) => this.#open.effects.removalEffects(selection),
      'review.editShift': ({ selection, edit }) => this.#open.effects.editShift(selection, edit),
      'review.copy': (params) => this.#open.review.copy(params),

      'decisions.recognise': async ({ grant }) => {
        const project = this.#open;
        return { decisions: await project.decisions.recognise(await this.#grants.take(grant, 'source', 'decisions')) };
      },
      'decisions.preview': async ({ grant, choice }) => {
        const project = this.#open;
        return project.decisions.preview(await this.#grants.take(grant, 'source', 'decisions'), choice);
      },
      'decisions.page': async ({ importId, group, offset, limit }) => ({
        items: await this.#open.decisions.page(importId, group, offset, limit),
      }),
      'decisions.apply': ({ importId, choice, threshold }) => {
        const { decisions, review } = this.#open;
        return review.changeBy(() => decisions.apply(importId, choice), threshold);
      },

      'decisions.asPass': async ({ importId, reviewer }) => ({
        pass: (await this.#open.decisions.asPass(importId, reviewer)).pass,
      }),
      'passes.list': async () => ({ passes: await this.#open.passes.list() }),
      'passes.start': async ({ of, reviewer }) => {
        await this.#open.passes.start(of, reviewer);
        return {};
      },
      'passes.enter': async ({ pass }) => {
        await this.#open.passes.enter(pass);
        return {};
      },
      'passes.leave': async ({ state }) => {
        await this.#open.passes.leave(state);
        return {};
      },
      'passes.compare': ({ pass }) => this.#open.passes.compare(pass),
      'passes.difference': async ({ pass, row }) => ({ difference: await this.#open.passes.difference(pass, row) }),
      'passes.settle': ({ pass, row, take, threshold }) => {
        const { passes, review } = this.#open;
        return review.changeBy(() => passes.settle(pass, row, take), threshold);
      },

      'map.places': async ({ layout }) => ({ places: await this.#open.map.places(layout) }),
      'map.start': () => ({ jobId: this.#open.map.start().id }),
      'map.values': ({ by }) => this.#open.map.values(by),

      'verify.start': ({ selection, ...question }) => ({
        jobId: this.#open.verifications.start({ rows: this.#open.review.views.expand(selection), ...question }).id,
      }),
      'verify.result': ({ jobId }) => this.#open.verifications.find(jobId),
      'verify.list': async () => ({ verifications: await this.#open.verifications.read() }),

      'rows.find': async ({ text }) => ({ row: await this.#open.rows.find(text, 'Row') }),

      'explain.start': (request) => ({ jobId: this.#open.explanations.start(request).id }),
      'explain.list': async () => ({ explanations: await this.#open.explanations.read() }),

      'groups.start': (request) => ({ jobId: this.#open.groups.start(request).id }),
      'groups.list': async () => ({ comparisons: await this.#open.groups.read() }),

      'report.marks': () => this.#open.report.marks(),
      'report.mark': (request) => this.#open.report.mark(request),
      'report.preview': ({ threshold }) => this.#open.report.preview(threshold),

      'stop.figures': ({ threshold }) => this.#open.stopping.figures(threshold),
      'stop.spotCheck': async ({ threshold, count }) => ({
        rows: await this.#open.stopping.spotCheck(threshold, count),
      }),

      'seeded.start': (request) => ({ jobId: this.#open.stopping.startSeeded(request).id }),
      'seeded.list': async () => ({ seeded: await this.#open.stopping.readSeeded() }),

      'export.plan': async ({ threshold, grant }) => {
        const project = this.#open;
        return project.exports.plan(
          threshold,
          grant === undefined ? undefined : await this.#grants.take(grant, 'export'),
        );
      },
      'export.start': async ({ grant, ...request }) => {
        const project = this.#open;
        const folder = await this.#grants.take(grant, 'export');
        const removal = { kind: 'decisions' } as const;
        return { jobId: project.exports.start({ folder, removal, ...request }).id };
      },
      'export.result': () => this.#open.exports.latest,
    };
  }
}

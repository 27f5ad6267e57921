import { InputError } from '../base/errors';
import { largestOf, norm } from '../base/vectors';
import type { PulledRows } from '../influence/measurements/pulledRows';
import type { RemovalChange } from '../influence/removal/removalChange';
import { estimateRemovalChange, leverageOfRows } from '../influence/removal/removalChange';
import type { RemovalMethod, RidgeConvention, ValidationEffect } from '../influence/removal/removalTypes';
import { selectTrainingRows } from '../influence/removal/removedRows';
import { retrain } from '../influence/removal/retrain';
import { reportTrust, setTrust } from '../influence/trust/trustReport';
import type { TrustReport } from '../influence/trust/trustTypes';
import { estimateRelabelChange } from '../influence/unlearning/relabelChange';
import { selectEdit } from '../influence/unlearning/trainingEdit';
import { unlearn } from '../influence/unlearning/unlearn';
import type { SessionModel } from './sessionModel';
import type {
  EditEffect,
  EditShift,
  EditShiftRequest,
  PullRequest,
  RelabelRequest,
  RemovalRequest,
  RetrainRequest,
  UnlearnEffect,
  UnlearnRequest,
} from './sessionTypes';

/** Multiply-adds, n·p: about a tenth of a second. */
const largestResidualCost = 2e8;

/**
 * Answers about edits: removing rows, changing labels, unlearning. Keeps the estimates of the last set that was asked
 * for.
 */
export class SessionEffects {
  readonly #session: SessionModel;
  #last:
    | { readonly key: string; readonly rows: Int32Array; readonly changes: Map<RemovalMethod, RemovalChange> }
    | undefined;
  /**
   * What a parameter change does to the validation rows, for as long as the change is kept: a pass over them each, from
   * disk where they are many.
   */
  readonly #measured = new WeakMap<Float64Array, ValidationEffect>();

  constructor(session: SessionModel) {
    this.#session = session;
  }

  estimateRemovalEffect({ rows, method, ridgeConvention = 'fixed', trust = true }: RemovalRequest): EditEffect {
    const { train, others } = selectTrainingRows(this.#session.model.problem, rows);
    const { change, maxLeverage } = this.#change(train, method, ridgeConvention);
    const facts = { trainRows: train.length, otherRows: others, maxLeverage };
    if (!trust || train.length === 0) return this.#effect(method, change, facts);
    return { ...this.#effect(method, change, facts), trust: this.#trust(train, ridgeConvention) };
  }

  estimateRelabelEffect(request: RelabelRequest): EditEffect {
    const { model, onBlock } = this.#session;
    const { edit, otherRows } = selectEdit(model.problem, { removed: new Int32Array(0), relabelled: request });
    const { rows, labels } = edit.relabelled;
    const { change, relativeGradientNorm } = estimateRelabelChange(model, rows, labels, onBlock);
    const leverage = leverageOfRows(model, rows, onBlock);
    return {
      ...this.#effect('relabel', change, {
        trainRows: rows.length,
        otherRows,
        maxLeverage: rows.length === 0 ? Number.NaN : largestOf(leverage),
        relativeGradientNorm,
      }),
      trust: reportTrust(this.#session.trust(), null),
    };
  }

  estimateEditShift({ edit, limit }: EditShiftRequest): EditShift {
    const effect =
      edit.kind === 'relabel'
        ? this.estimateRelabelEffect(edit)
        : this.estimateRemovalEffect({ rows: edit.rows, method: edit.method, trust: false });
    const { measure, onBlock } = this.#session;
    return { ...effect, shift: measure?.shift(effect.parameterChange, limit, onBlock) ?? null };
  }

  findPulledRows({ row, limit }: PullRequest): PulledRows | null {
    const { model, measure, onBlock } = this.#session;
    const { train } = selectTrainingRows(model.problem, Int32Array.of(row));
    if (train.length === 0 || measure === undefined) return null;
    return measure.pull(this.#change(train, 'rif', 'fixed').change, limit, onBlock);
  }

  retrainWithout({ rows, ridgeConvention = 'fixed' }: RetrainRequest): EditEffect {
    const { model, splits, onBlock } = this.#session;
    const { train, others } = selectTrainingRows(model.problem, rows);
    if (train.length === splits.train.length) throw new InputError('Nothing would be left to train on.');
    const estimate = this.#change(train, 'rif', ridgeConvention);
    const truth = retrain(model, {
      removed: train,
      ridgeConvention,
      start: model.theta.map((value, at) => value + estimate.change[at]),
      onBlock,
    });
    const effect = this.#effect('retrain', truth.change, {
      trainRows: train.length,
      otherRows: others,
      maxLeverage: estimate.maxLeverage,
      relativeGradientNorm: truth.fit.relativeGradientNorm,
    });
    return train.length === 0 ? effect : { ...effect, trust: this.#trust(train, ridgeConvention) };
  }

  unlearn(request: UnlearnRequest): UnlearnEffect {
    const { model, measure, onBlock } = this.#session;
    const none = new Int32Array(0);
    const { removed = none, relabelled = { rows: none, labels: none }, ...options } = request;
    const { edit, otherRows } = selectEdit(model.problem, { removed, relabelled });
    const done = unlearn(model, edit, { ...options, onBlock });
    return {
      ...done,
      removedRows: edit.removed.length,
      relabelledRows: edit.relabelled.rows.length,
      otherRows,
      validation: measure?.measure(done.change, onBlock) ?? null,
    };
  }

  #effect(
    method: EditEffect['method'],
    change: Float64Array,
    facts: Pick<EditEffect, 'trainRows' | 'otherRows' | 'maxLeverage' | 'relativeGradientNorm'>,
  ): EditEffect {
    const validation = this.#measure(change);
    return {
      method,
      ...facts,
      parameterChange: change,
      parameterChangeNorm: norm(change),
      ...(validation === undefined
        ? { validation: null, validationMissing: 'There are no validation rows to measure the effect on.' }
        : { validation }),
    };
  }

  /** undefined: there are no validation rows. */
  #measure(change: Float64Array): ValidationEffect | undefined {
    const { measure, onBlock } = this.#session;
    const known = this.#measured.get(change);
    if (known !== undefined || measure === undefined) return known;
    const found = measure.measure(change, onBlock);
    this.#measured.set(change, found);
    return found;
  }

  /** Kept for as long as the same rows are asked for. */
  #change(rows: Int32Array, method: RemovalMethod, ridgeConvention: RidgeConvention): RemovalChange {
    const same =
      this.#last !== undefined &&
      this.#last.key === ridgeConvention &&
      this.#last.rows.length === rows.length &&
      this.#last.rows.every((row, at) => row === rows[at]);
    const last =
      same && this.#last !== undefined
        ? this.#last
        : { key: ridgeConvention, rows, changes: new Map<RemovalMethod, RemovalChange>() };
    this.#last = last;
    let found = last.changes.get(method);
    if (found === undefined) {
      const { model, onBlock } = this.#session;
      found = estimateRemovalChange(model, rows, {
        method,
        ridgeConvention,
        residual: this.#residualWanted(method),
        onBlock,
      });
      last.changes.set(method, found);
    }
    return found;
  }

  /** A selection is answered at once: exact solves of large data do without the pass over the rows. */
  #residualWanted(method: RemovalMethod): boolean {
    if (method === 'if') return false;
    const { problem, exact } = this.#session.model;
    return exact === undefined || problem.features.rows * problem.parameters <= largestResidualCost;
  }

  /** IF and RIF are computed where they are missing, the Newton step is reported where it is there. */
  #trust(rows: Int32Array, ridgeConvention: RidgeConvention): TrustReport {
    const { model, onBlock } = this.#session;
    const changes = {
      if: this.#change(rows, 'if', ridgeConvention),
      rif: this.#change(rows, 'rif', ridgeConvention),
      newton: this.#last?.changes.get('newton'),
    };
    const [byIf, byRif] = [this.#measure(changes.if.change), this.#measure(changes.rif.change)];
    const byNewton = changes.newton && this.#measure(changes.newton.change);
    const measured =
      byIf === undefined || byRif === undefined
        ? undefined
        : {
            name: 'the validation loss',
            value: byIf.lossBefore,
            effects: { if: byIf.lossChange, rif: byRif.lossChange, newton: byNewton?.lossChange ?? null },
          };
    return reportTrust(this.#session.trust(), setTrust(model, { rows, changes, measured, onBlock }));
  }
}

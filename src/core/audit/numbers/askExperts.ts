import { InputError } from '../../base/errors';
import { rowsOfWeight } from '../../base/weights';
import type { JobContext } from '../../job/jobContext';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { forestHindrance, isForest } from '../../ranking/forest/forestExpert';
import { type QuantisedFeatures, quantiseFeatures } from '../../ranking/forest/quantiseFeatures';
import type { Neighbours } from '../../ranking/neighbours/neighbours';
import {
  type NumberExpert,
  numberForest,
  numberNeighbours,
  type NumberTargets,
} from '../../ranking/numbers/numberExperts';
import { type ExpertName, expertNames, mostForestFeatures } from '../../ranking/suspicion/expertNames';
import { isNeighbours } from '../../ranking/suspicion/experts';
import type { ExpertLeftOut } from '../../ranking/suspicion/judgeInRounds';
import type { NumbersInput } from './numbersTypes';
import { ridgeExpert } from './ridgeExpert';

/** Who is asked about numeric labels, in the order of `expertNames`, and who was to be and cannot. */
export interface ChosenExperts {
  readonly names: readonly ExpertName[];
  readonly leftOut: readonly ExpertLeftOut[];
}

/**
 * Where nobody is named, all that judge numbers; forests where the features and the rows allow them.
 * @throws InputError when forests are asked for and the features are too many, or nobody is left
 */
export function chooseExperts(
  { features, unpenalised, options = {} }: Pick<NumbersInput, 'features' | 'unpenalised' | 'options'>,
  judged: Float64Array,
): ChosenExperts {
  const { experts } = options;
  if (experts?.includes('predictions') === true) {
    throw new InputError('The expert predictions judges classes, and these labels are numbers. Leave it out.');
  }
  const asked = expertNames.filter(
    (name) => name !== 'predictions' && name !== 'discriminant' && (experts?.includes(name) ?? true),
  );
  const tooMany = features.columns - unpenalised.length > mostForestFeatures;
  const reason = tooMany
    ? `there are more than ${mostForestFeatures} features after encoding`
    : forestHindrance({ labels: new Int32Array(judged.length), classes: 1, trainingRows: rowsOfWeight(judged) });
  const names = asked.filter((name) => !isForest(name) || reason === '');
  const leftOut =
    experts === undefined || reason === '' ? [] : asked.filter(isForest).map((name) => ({ name, reason }));
  if (names.length === 0) {
    throw new InputError(
      leftOut.length === 0
        ? `The suspicion ranking needs at least one expert of ${expertNames.join(', ')}.`
        : `There is no expert to make a suspicion of: ${leftOut[0].reason}. Add head to --experts.`,
    );
  }
  return { names, leftOut };
}

/** Asks experts of numeric labels; what does not change from one question to the next is made once. */
export class ExpertPanel {
  readonly #input: NumbersInput;
  readonly #judged: Float64Array;
  readonly #neighbours: Neighbours | null;
  readonly #context: JobContext;
  #quantised: QuantisedFeatures | undefined;

  /** @param judged n: 1 = the row has a label */
  constructor(input: NumbersInput, judged: Float64Array, neighbours: Neighbours | null, context: JobContext) {
    this.#input = input;
    this.#judged = judged;
    this.#neighbours = neighbours;
    this.#context = context;
  }

  /** @throws CancelledError; NumericalError where no ridge head can be fitted */
  ask(name: ExpertName, targets: NumberTargets, onBlock: OnBlock): NumberExpert {
    const { signal } = this.#context;
    signal.throwIfCancelled();
    if (isForest(name)) {
      this.#quantised ??= quantiseFeatures(this.#input.features, rowsOfWeight(this.#judged), onBlock);
      const trainingRows = rowsOfWeight(targets.train);
      return numberForest(name, { ...targets, features: this.#quantised, trainingRows }, signal, onBlock);
    }
    if (!isNeighbours(name)) return ridgeExpert(this.#input, targets, this.#context);
    if (this.#neighbours === null) throw new RangeError('No neighbours were searched.');
    return numberNeighbours(name, this.#neighbours, targets);
  }
}

import { formatCount, formatPlural, formatRoughPercent } from '../base/format';

/** What retraining without some rows has shown of one measurement; positive changes = removal raises it. */
interface ProvedRemoval {
  /** As verifications name it: validation_loss, training_loss, … Lower is better. */
  readonly name: string;
  /** Training rows removed. */
  readonly rowCount: number;
  /** What the rows are called in the sentence; default: “these 37 rows”. */
  readonly called?: string;
  readonly before: number;
  /** By retraining; null: there is no answer. */
  readonly actual: number | null;
  /** The same for random removals of the same size and class mix. */
  readonly random: readonly { readonly actual: number | null }[];
}

/**
 * - `worth`: the loss falls, by more than all but one in twenty random removals make it fall.
 * - `chance`: it falls, and random removals do as well.
 * - `harm`: it rises, or stays.
 * - `alone`: it falls, and there are too few random removals to tell that from luck.
 * - `training`: only the training loss was measured, the removed rows among the others: it says nothing about worth.
 * - `unknown`: it could not be measured.
 */
type VerdictKind = 'worth' | 'chance' | 'harm' | 'alone' | 'training' | 'unknown';

interface Verdict {
  readonly kind: VerdictKind;
  /** What retraining measured. */
  readonly measured: string;
  /** What random removals did; '' where there are none. */
  readonly against: string;
  /** What follows. */
  readonly conclusion: string;
}

/** Fewer random removals cannot show that one in twenty is rare. */
const enoughRandom = 10;
const rare = 0.05;

const conclusions: Readonly<Record<VerdictKind, string>> = {
  worth: 'Worth it.',
  chance: 'No better than chance.',
  harm: 'Not worth it: look at these rows again.',
  alone: 'Too few random removals to tell it from luck.',
  training: 'Nothing follows from the training loss: audit with validation rows to tell.',
  unknown: 'Nothing follows from this.',
};

/** The verdict on a removal, in sentences. */
export function describeVerdict({ name, rowCount, called, before, actual, random }: ProvedRemoval): Verdict {
  const loss = `the ${name.replace(/_given$/, ' by the given labels').replace(/_/g, ' ')}`;
  const rows = called ?? (rowCount === 1 ? 'this row' : `these ${formatCount(rowCount)} rows`);
  if (actual === null || !Number.isFinite(actual)) {
    const measured = `Retraining without ${rows} gave no figure for ${loss}.`;
    return { kind: 'unknown', measured, against: '', conclusion: conclusions.unknown };
  }
  const drawn = random.map((one) => one.actual).filter((change): change is number => change !== null);
  const asGood = drawn.filter((change) => change <= actual).length;
  const kind = name.startsWith('training_') ? 'training' : judge(actual, drawn.length, asGood);
  return {
    kind,
    measured: `Removing ${rows} ${describeMove(before, actual)} ${loss}${describeSize(before, actual)}, measured by retraining.`,
    against: describeAgainst(actual, drawn.length, asGood),
    conclusion: conclusions[kind],
  };
}

function judge(actual: number, drawn: number, asGood: number): VerdictKind {
  if (actual >= 0) return 'harm';
  if (drawn < enoughRandom) return 'alone';
  return asGood <= rare * drawn ? 'worth' : 'chance';
}

function describeMove(before: number, actual: number): string {
  if (actual === 0 || (before > 0 && Math.abs(actual) < 5e-7 * before)) return 'does not change';
  return actual < 0 ? 'lowers' : 'raises';
}

function describeSize(before: number, actual: number): string {
  if (describeMove(before, actual) === 'does not change') return '';
  const after = before + actual;
  const digits = Math.abs(actual) >= 1e-3 ? 4 : 6;
  const range = `${figure(before, digits)} → ${figure(after, digits)}`;
  return before > 0 ? ` by ${formatRoughPercent(Math.abs(actual) / before)} (${range})` : ` (${range})`;
}

function figure(value: number, digits: number): string {
  return value.toFixed(digits).replace('-', '−');
}

function describeAgainst(actual: number, drawn: number, asGood: number): string {
  if (drawn === 0) return '';
  const removals = formatPlural(drawn, 'random removal');
  if (actual >= 0) {
    const better = asGood === 0 ? 'None' : formatCount(asGood);
    return `${better} of ${removals} of the same size and class mix ${asGood === 1 ? 'ends' : 'end'} as low or lower.`;
  }
  return asGood === 0
    ? `None of ${removals} of the same size and class mix lowers it as much.`
    : `${formatCount(asGood)} of ${removals} of the same size and class mix ${asGood === 1 ? 'lowers' : 'lower'} it as much or more.`;
}

import { formatCount, formatPlural } from '../core/base/format';
import type { ValidationLabels } from '../core/influence/measurements/validationLabels';
import type { RidgeConvention } from '../core/influence/removal/removalTypes';
import { notableGap } from '../core/influence/trust/trustSentences';
import type { AnsweredGroup, GroupsAnswer } from '../core/study/groupStudy';
import { bestOf } from '../core/study/groupStudy';
import { describeRidgeConvention } from './parseOptions';
import { terminalCell } from './terminalText';
import { alignTable, formatChange, formatFigure } from './textTable';
import { trustLines } from './trustLines';
import { describeValidationLabels } from './validationLabels';

/** What was asked. */
interface GroupFacts {
  readonly column: string;
  /** Of all groups by their numbers. */
  readonly names: readonly string[];
  readonly trainRows: number;
  readonly ridgeConvention: RidgeConvention;
  readonly validationLabels: ValidationLabels;
  /** An audit has judged the labels. */
  readonly judged: boolean;
}

/** For machines. */
export function groupsJson(answer: GroupsAnswer, facts: GroupFacts): Record<string, unknown> {
  const { column, names, trainRows, ridgeConvention, validationLabels } = facts;
  const { validationLoss, validationLossGiven, validationAccuracy, groups, trust } = answer;
  return {
    column,
    trainRows,
    ridgeConvention,
    validationLabels,
    validationLoss,
    validationLossGiven,
    validationAccuracy,
    groups: groups.map(({ group, rows, loss, lossGiven, accuracy, newtonMissing, trust: ofSet }) => ({
      value: names[group],
      rows,
      validationLoss: loss,
      validationLossGiven: lossGiven,
      validationAccuracy: accuracy,
      newtonMissing,
      trust: ofSet?.sentences.filter(({ of }) => of === 'set') ?? null,
    })),
    trust: trust.sentences,
  };
}

/** For people. */
export function describeGroups(answer: GroupsAnswer, facts: GroupFacts): string {
  const { validationLoss, validationAccuracy, groups, trust } = answer;
  const accuracy = validationAccuracy === null ? '' : `, accuracy ${formatFigure(validationAccuracy)}`;
  const withGiven = answer.validationLossGiven !== null;
  const without = facts.names.length - groups.length;
  return [
    `${formatPlural(groups.length, 'group')} of training rows by “${terminalCell(facts.column)}”; validation loss ${formatFigure(validationLoss)}${accuracy}`,
    'change of the validation loss when the group is removed; positive = removal raises it',
    describeValidationLabels(facts.validationLabels, facts.judged),
    ...describeRidgeConvention(facts.ridgeConvention),
    '',
    ...alignTable([
      [
        'group',
        'rows',
        'IF',
        'RIF',
        'Newton',
        'retrained',
        ...(withGiven ? ['given labels'] : []),
        'accuracy',
        'removing the group',
      ],
      ...groups.map((one) => groupCells(one, facts)),
    ]),
    '',
    ...(without === 0
      ? []
      : [`${formatPlural(without, 'more group has', 'more groups have')} no labelled training row`]),
    ...describeGaps(groups),
    ...describeMissing(groups, facts),
    ...groups.flatMap(({ group, trust: ofSet }) =>
      (ofSet?.sentences ?? [])
        // Gaps stand in the table, and these groups were retrained without.
        .filter(({ of, about, severity }) => of === 'set' && severity !== 'note' && about !== 'gap' && about !== 'size')
        .map(({ text }) => `! ${nameOf(group, facts)}: ${text}`),
    ),
    ...trustLines(trust),
  ].join('\n');
}

function groupCells({ group, rows, loss, lossGiven, accuracy }: AnsweredGroup, facts: GroupFacts): string[] {
  const best = bestOf(loss);
  const direction = best === 0 ? 'leaves it as it is' : best > 0 ? 'raises the loss' : 'lowers the loss';
  return [
    nameOf(group, facts),
    formatCount(rows),
    formatChange(loss.if),
    formatChange(loss.rif),
    formatChange(loss.newton),
    formatChange(loss.retrained),
    ...(lossGiven === null ? [] : [formatChange(bestOf(lossGiven))]),
    accuracy === null ? '–' : formatChange(bestOf(accuracy)),
    direction,
  ];
}

function describeGaps(groups: readonly AnsweredGroup[]): string[] {
  const off = groups.filter(
    ({ loss: { rif, newton } }) => newton !== null && Math.abs(rif - newton) > notableGap * Math.abs(newton),
  );
  if (off.length === 0) return [];
  return [
    `! For ${formatCount(off.length)} of ${formatCount(groups.length)} groups RIF and the Newton step differ by more than ${100 * notableGap} %: the rows of a group act together, ` +
      'which sums over rows do not see. Trust the Newton step, or verify by retraining (--verify).',
  ];
}

function describeMissing(groups: readonly AnsweredGroup[], facts: GroupFacts): string[] {
  const missing = groups.filter(({ newtonMissing }) => newtonMissing !== null);
  const [first] = missing;
  if (first === undefined) return [];
  return [
    `! For ${formatCount(missing.length)} of ${formatCount(groups.length)} groups there is no Newton step, and IF and RIF say little of them; retraining tells ` +
      `(--verify ${groups.length}). The first, ${nameOf(first.group, facts)}: ${first.newtonMissing}`,
  ];
}

function nameOf(group: number, { names }: GroupFacts): string {
  return names[group] === '' ? '(blank)' : terminalCell(names[group]);
}

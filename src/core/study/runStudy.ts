import type { HeadInput, OpenHead } from '../head/openHead';
import { openHead } from '../head/openHead';
import { usualWay } from '../influence/measurements/prepareMeasurements';
import type { ValidationLabels } from '../influence/measurements/validationLabels';
import type { JobContext } from '../job/jobContext';
import type { L2Choice } from '../l2/l2Types';
import type { HeadKind } from '../models/headKind';
import type { FidelityRequest, FidelityResult } from '../validation/runFidelity';
import { runFidelity } from '../validation/runFidelity';
import type { SweepRequest, SweepResult } from '../validation/runSweep';
import { runSweep } from '../validation/runSweep';
import type { RemovalVerification, VerifyRemovalRequest } from '../validation/verifyRemoval';
import { verifyRemoval } from '../validation/verifyRemoval';
import type { ExplainAnswer, ExplainQuestion } from './explainStudy';
import { answerExplain } from './explainStudy';
import { dependsOnFeatures } from './featureInverse';
import type { GroupsAnswer, GroupsQuestion } from './groupStudy';
import { answerGroups } from './groupStudy';
import type { InfluenceAnswer, InfluenceQuestion } from './influenceQuestion';
import { answerInfluence } from './influenceStudy';
import type { SubsetAnswer, SubsetQuestion } from './subsetStudy';
import { answerSubsetStudy } from './subsetStudy';
import type { UnlearnAnswer, UnlearnQuestion } from './unlearnStudy';
import { answerUnlearn } from './unlearnStudy';

/** Long questions about a head, by name: what is asked and what is answered. */
export interface Studies {
  verify: { question: VerifyRemovalRequest; answer: RemovalVerification };
  fidelity: { question: FidelityRequest; answer: FidelityResult };
  sweep: { question: SweepRequest; answer: SweepResult };
  influence: { question: InfluenceQuestion; answer: InfluenceAnswer };
  subset: { question: SubsetQuestion; answer: SubsetAnswer };
  explain: { question: ExplainQuestion; answer: ExplainAnswer };
  groups: { question: GroupsQuestion; answer: GroupsAnswer };
  unlearn: { question: UnlearnQuestion; answer: UnlearnAnswer };
}
export type StudyKind = keyof Studies;

/** A question with its kind. */
export type StudyQuestion = {
  [Kind in StudyKind]: { readonly kind: Kind; readonly question: Studies[Kind]['question'] };
}[StudyKind];

/** The head that was studied, for reports. */
export interface StudiedHead {
  readonly kind: HeadKind;
  /** The intercept not counted. */
  readonly features: number;
  /** Of all outputs, intercepts among them. */
  readonly parameters: number;
  readonly trainRows: number;
  readonly validationRows: number;
  /** How means over validation and test rows take labels where their names do not say. */
  readonly validationLabels: ValidationLabels;
  readonly l2: number;
  readonly l2Choice: L2Choice | null;
  readonly conditionEstimate: number;
}

export interface Study<Answer = Studies[StudyKind]['answer']> {
  readonly head: StudiedHead;
  readonly answer: Answer;
}

/**
 * Opens the head (fitting it if need be), answers one question, and lets it go. Stages: those of `openHead`, then the
 * question's.
 */
export function runStudy(input: HeadInput, asked: StudyQuestion, context: JobContext): Study {
  const wholeSpan = asked.kind === 'influence' && dependsOnFeatures(asked.question);
  const head = openHead({ ...input, wholeSpan }, context);
  try {
    const { model, splits, features, unpenalised, l2Choice } = head;
    const { problem } = model;
    return {
      head: {
        kind: problem.kind,
        features: features.columns - unpenalised.length,
        parameters: problem.outputs * features.columns,
        trainRows: splits.train.length,
        validationRows: splits.validation.length,
        validationLabels: usualWay('validation', splits),
        l2: problem.l2,
        l2Choice,
        conditionEstimate: model.conditionEstimate,
      },
      answer: answerQuestion(head, asked, context),
    };
  } finally {
    head.dispose();
  }
}

function answerQuestion(head: OpenHead, asked: StudyQuestion, context: JobContext): Studies[StudyKind]['answer'] {
  const { model, splits, features, unpenalised, space } = head;
  switch (asked.kind) {
    case 'verify':
      return verifyRemoval(model, splits, asked.question, context);
    case 'fidelity':
      return runFidelity(model, splits, { ...asked.question, features }, context);
    case 'sweep':
      return runSweep(model, splits, { ...asked.question, features }, context);
    case 'influence':
      return answerInfluence(
        { model, original: space && { features, unpenalised, space } },
        splits,
        asked.question,
        context,
      );
    case 'subset':
      return answerSubsetStudy(head, asked.question, context);
    case 'explain':
      return answerExplain(head, asked.question, context);
    case 'groups':
      return answerGroups(head, asked.question, context);
    case 'unlearn':
      return answerUnlearn(head, asked.question, context);
  }
}

import type { Result } from '../../../contract/result';
import type { AuditInput, AuditResult } from '../../../core/audit/auditTypes';
import type { PredictionExplanation } from '../../../core/influence/subsets/explainPrediction';
import type { InfluentialSubset } from '../../../core/influence/subsets/influentialSubset';
import type { SmallestFlip } from '../../../core/influence/subsets/smallestFlip';
import type { TrustReport } from '../../../core/influence/trust/trustTypes';
import type { Progress } from '../../../core/job/jobContext';
import type { BackendName } from '../../../core/linalg/linearAlgebra';
import type {
  AuditSession,
  AuditSessionInput,
  EditEffect,
  RowEvidence,
  UnlearnEffect,
} from '../../../core/session/sessionTypes';
import type { HeadInput } from '../../../core/study/openHead';
import type { Study, StudyQuestion } from '../../../core/study/runStudy';
import type { RequestedBackend } from '../chooseBackend';
import type { FeatureSource } from '../featureSource';

/** The backend in use, for `info`, the footer and manifests. */
export interface BackendDescription {
  readonly name: BackendName;
  /** For people: "TensorFlow 2.21.0 native, float64 and float32, 2 threads". */
  readonly description: string;
  /** Why not a better one; '' when it is the best there is or was asked for. */
  readonly reason: string;
  readonly precision: 'float64' | 'float32';
}

/**
 * What an audit is asked with: the neighbour search is the compute thread's own, features may be on disk. Big arrays should be
 * shared memory.
 */
export type ComputeAuditInput = Omit<AuditInput, 'neighbours' | 'features'> & { readonly features: FeatureSource };

/** What a session is opened with; its file of features is kept open as long as it lives. */
export type ComputeSessionInput = Omit<AuditSessionInput, 'features'> & { readonly features: FeatureSource };

/** A head to study: that of an audit, or one that is fitted first. */
export type ComputeHeadInput = Omit<HeadInput, 'features'> & { readonly features: FeatureSource };

/** A question to the audit session as it crosses to the thread. */
export type RemovalQuestion = Parameters<AuditSession['estimateRemovalEffect']>[0];
export type RelabelQuestion = Parameters<AuditSession['estimateRelabelEffect']>[0];
export type RetrainQuestion = Parameters<AuditSession['retrainWithout']>[0];
export type SubsetQuestion = Parameters<AuditSession['mostInfluentialSet']>[0];
export type FlipQuestion = Parameters<AuditSession['smallestFlippingSet']>[0];
export type PredictionQuestion = Parameters<AuditSession['explainPrediction']>[0];
export type UnlearnQuestion = Parameters<AuditSession['unlearn']>[0];
export type RowQuestion = Parameters<AuditSession['explainRow']>[0];

/** What can be asked of the compute thread: parameters and result by name. */
export interface ComputeRequests {
  describe: { params: { readonly backend: RequestedBackend }; result: BackendDescription };
  audit: {
    params: { readonly input: ComputeAuditInput; readonly backend: RequestedBackend; readonly seed: number };
    result: AuditResult;
  };
  study: {
    params: {
      readonly input: ComputeHeadInput;
      readonly asked: StudyQuestion;
      readonly backend: RequestedBackend;
      readonly seed: number;
    };
    result: Study;
  };
  openSession: {
    params: { readonly input: ComputeSessionInput; readonly backend: RequestedBackend };
    result: { readonly parameters: number };
  };
  removalEffect: { params: RemovalQuestion; result: EditEffect };
  relabelEffect: { params: RelabelQuestion; result: EditEffect };
  retrainWithout: { params: RetrainQuestion; result: EditEffect };
  influentialSet: { params: SubsetQuestion; result: InfluentialSubset };
  flippingSet: { params: FlipQuestion; result: SmallestFlip };
  explainPrediction: { params: PredictionQuestion; result: PredictionExplanation };
  unlearn: { params: UnlearnQuestion; result: UnlearnEffect };
  trust: { params: null; result: TrustReport };
  explainRow: { params: RowQuestion; result: RowEvidence };
  closeSession: { params: null; result: null };
}

export type RequestName = keyof ComputeRequests;

/** Requests that an open session answers. */
export type SessionQuestion =
  | 'removalEffect'
  | 'relabelEffect'
  | 'retrainWithout'
  | 'influentialSet'
  | 'flippingSet'
  | 'explainPrediction'
  | 'unlearn'
  | 'trust'
  | 'explainRow';

/** One request as a message. `control` holds one Int32: not 0 = cancelled. */
export type RequestMessage = {
  [Name in RequestName]: {
    readonly id: number;
    readonly name: Name;
    readonly params: ComputeRequests[Name]['params'];
    readonly control: SharedArrayBuffer;
  };
}[RequestName];

/** What the thread says. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'log'; readonly id: number; readonly message: string }
  | { readonly kind: 'result'; readonly id: number; readonly result: Result<unknown> };

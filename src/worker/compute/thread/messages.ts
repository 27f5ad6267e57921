import type { Result } from '../../../contract/result';
import type { Annotations } from '../../../core/annotators/annotations';
import type { ConsensusResult } from '../../../core/annotators/findConsensus';
import type { AuditInput, AuditResult } from '../../../core/audit/auditTypes';
import type { NumbersInput, NumbersResult } from '../../../core/audit/numbers/numbersTypes';
import type { HeadInput } from '../../../core/head/openHead';
import type { Progress } from '../../../core/job/jobContext';
import type { BackendName } from '../../../core/linalg/linearAlgebra';
import type { PlaneOfRows } from '../../../core/linalg/planeOfRows';
import type { PrincipalAxes } from '../../../core/linalg/principalAxes';
import type { NeighbourLayout } from '../../../core/ranking/neighbours/umap/layOutNeighbours';
import type { AuditSessionInput, SessionQuestions } from '../../../core/session/sessionTypes';
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
 * What an audit is asked with: the neighbour search is the compute thread's own, features may be on disk. Big arrays
 * should be shared memory.
 */
export type ComputeAuditInput = Omit<AuditInput, 'neighbours' | 'features'> & { readonly features: FeatureSource };

/** The same for numeric labels. */
export type ComputeNumbersInput = Omit<NumbersInput, 'neighbours' | 'features'> & { readonly features: FeatureSource };

/** What a session is opened with; its file of features is kept open as long as it lives. */
export type ComputeSessionInput = Omit<AuditSessionInput, 'features'> & { readonly features: FeatureSource };

/** A head to study: that of an audit, or one that is fitted first. */
export type ComputeHeadInput = Omit<HeadInput, 'features'> & {
  readonly features: FeatureSource;
  /** Features of one row more, which is in no file: the last of all rows. Labels and splits have an entry for it. */
  readonly extraRow?: Float64Array;
};

/** Labels of several annotators, and the features that the experts look at where there are any. */
export interface ComputeConsensusInput {
  readonly annotations: Annotations;
  readonly features: FeatureSource | null;
  readonly unpenalised: readonly number[];
}

/** Rows whose leading axes are wanted, `most` of them. */
export interface ComputeAxesInput {
  readonly features: FeatureSource;
  readonly most: number;
}

/** Rows, and the axes along which to place them. */
export interface ComputePlacesInput {
  readonly features: FeatureSource;
  readonly axes: PrincipalAxes;
}

/** Rows that are wanted in a plane. */
export interface ComputePlaneInput {
  readonly features: FeatureSource;
}

/** Rows that are to be laid out among their neighbours: the first `rows` of them, from where they stand in `start`. */
export interface ComputeLayoutInput {
  readonly features: FeatureSource;
  readonly rows: number;
  readonly start: Float32Array;
}

/** What an audit or a study is asked with; big arrays on SharedArrayBuffers are not copied. */
export interface LongRequest<Input> {
  readonly input: Input;
  readonly backend: RequestedBackend;
  readonly seed: number;
}

/** A question that an open session answers: the name of one of its methods. */
export type SessionQuestion = keyof SessionQuestions;

/** What the session is asked, and what it answers, by the name of the question. */
type SessionRequests = {
  readonly [Name in SessionQuestion]: {
    params: Parameters<SessionQuestions[Name]>[0];
    result: ReturnType<SessionQuestions[Name]>;
  };
};

/** What can be asked of the compute thread: parameters and result by name. */
export interface ComputeRequests extends SessionRequests {
  describe: { params: { readonly backend: RequestedBackend }; result: BackendDescription };
  audit: { params: LongRequest<ComputeAuditInput>; result: AuditResult };
  auditNumbers: { params: LongRequest<ComputeNumbersInput>; result: NumbersResult };
  study: { params: LongRequest<ComputeHeadInput> & StudyQuestion; result: Study };
  consensus: { params: LongRequest<ComputeConsensusInput>; result: ConsensusResult };
  findAxes: { params: LongRequest<ComputeAxesInput>; result: PrincipalAxes | null };
  placeOnAxes: { params: LongRequest<ComputePlacesInput>; result: Float32Array };
  findPlane: { params: LongRequest<ComputePlaneInput>; result: PlaneOfRows | null };
  layOutNeighbours: { params: LongRequest<ComputeLayoutInput>; result: NeighbourLayout };
  openSession: {
    params: { readonly input: ComputeSessionInput; readonly backend: RequestedBackend };
    result: { readonly parameters: number };
  };
  closeSession: { params: null; result: null };
}

export type RequestName = keyof ComputeRequests;

/** Answered in the midst of a running audit or study; the rest, which fits or searches, waits for its end. */
export const quickRequests: ReadonlySet<RequestName> = new Set([
  'describe',
  'openSession',
  'estimateRemovalEffect',
  'estimateRelabelEffect',
  'estimateEditShift',
  'findPulledRows',
  'explainRow',
  'believe',
  'closeSession',
]);

/** One request as a message. `control` holds one Int32: not 0 = cancelled. */
export type RequestMessage<Names extends RequestName = RequestName> = {
  [Name in Names]: {
    readonly id: number;
    readonly name: Name;
    readonly params: ComputeRequests[Name]['params'];
    readonly control: SharedArrayBuffer;
  };
}[Names];

/** What the thread says. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'log'; readonly id: number; readonly message: string }
  | { readonly kind: 'result'; readonly id: number; readonly result: Result<unknown> };

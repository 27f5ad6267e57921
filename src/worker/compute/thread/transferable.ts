import type { ConsensusResult } from '../../../core/annotators/findConsensus';
import type { AuditResult } from '../../../core/audit/auditTypes';
import type { NumbersResult } from '../../../core/audit/numbers/numbersTypes';

/** Below this a copy costs less than a transfer. */
const smallest = 65_536;

/**
 * The buffers of an audit's columns and class probabilities, to be moved to the engine instead of copied: for a million
 * rows that is 140 MB that would otherwise exist twice. The thread is done with them. Views of larger buffers stay and
 * are copied, and what is in shared memory needs neither.
 */
export function buffersOf({
  columns,
  ...others
}:
  | Pick<AuditResult, 'columns' | 'classProbabilities'>
  | Pick<NumbersResult | ConsensusResult, 'columns'>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const arrays: readonly (Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array)[] = [
    ...Object.values(columns),
    ...('classProbabilities' in others ? [others.classProbabilities] : []),
  ];
  for (const { buffer, byteLength } of arrays) {
    if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength && byteLength >= smallest)
      buffers.add(buffer);
  }
  return [...buffers];
}

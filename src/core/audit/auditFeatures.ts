import { BugError } from '../base/errors';
import type { JobContext } from '../base/jobContext';
import type { AuditInput, AuditResult } from './auditTypes';

/** One audit over a feature matrix: λ, fit, influence, neighbours, ranking. */
export function auditFeatures(_input: AuditInput, _context: JobContext): AuditResult {
  throw new BugError('auditFeatures is being written.');
}

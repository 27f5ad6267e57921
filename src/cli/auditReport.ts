import type { AuditSummary } from '../contract/audit';
import type { DatasetSummary } from '../contract/dataset';
import { describeRounds } from '../contract/experts';
import type { ExportResult } from '../contract/exports';
import { formatPercent } from '../core/base/format';
import { formatCount, formatPlural } from '../core/base/format';
import { describeEmptyList, listExported } from './exportedFiles';
import { describeFit, heldOutFacts } from './heldOutFacts';
import { terminalCell } from './terminalText';
import { formatFacts, formatFigure } from './textTable';

/** What an audit found, for a terminal. */
export function describeAudit(dataset: DatasetSummary, audit: AuditSummary, exported: ExportResult): string {
  const { head } = audit;
  const rows: [string, string][] = [
    [
      'data',
      `${terminalCell(dataset.source.name, 255)}: ${formatPlural(dataset.rowCount, 'row')}, ${describeLabel(audit)}, ${formatPlural(head.features, 'feature')}`,
    ],
    [
      'model',
      `${head.kind}, λ ${head.l2.toExponential(1)}${audit.l2Curve.length > 0 ? ' by leave-one-out' : ''}, relative gradient ${head.relativeGradientNorm.toExponential(1)}`,
    ],
    [
      'training',
      `${formatPlural(audit.train.rows, 'row')}, loss ${audit.train.loss.toFixed(4)}, left out one by one ${audit.leaveOneOut.loss.toFixed(4)} (${describeFit(audit.leaveOneOut)})`,
    ],
  ];
  rows.push(...heldOutFacts(audit));
  rows.push([
    'experts',
    `${audit.expertWeights.map(({ name, weight }) => `${name} ${weight.toFixed(2)}`).join(', ')} (strength)`,
  ]);
  if (audit.numbers !== undefined) rows.push(['labels', describeNumbers(audit.numbers)]);
  if (audit.rounds !== undefined) rows.push(['rounds', describeRounds(audit)]);
  for (const confusion of topConfusions(audit)) rows.push(['labels', confusion]);
  if (audit.media !== undefined) rows.push(['issues', describeMedia(audit.media)]);
  if (exported.emptyList !== null) rows.push(['list', describeEmptyList(exported.emptyList)]);
  rows.push(['time', `${audit.seconds.toFixed(1)} s on ${audit.backend.description}`]);
  return [...formatFacts(rows), ...listExported(exported)].join('\n');
}

function describeLabel({ head, labelling }: AuditSummary): string {
  return head.kind === 'ridge'
    ? `numeric label ${terminalCell(labelling?.column ?? '')}`
    : `${formatCount(head.classes.length)} classes`;
}

function describeNumbers({ scale, errorShare, pooledRSquared }: NonNullable<AuditSummary['numbers']>): string {
  const fit = pooledRSquared === null ? '' : `, experts together R² ${formatFigure(pooledRSquared)}`;
  return `about ${formatPercent(errorShare, 1)} wrong; compared ${scale === 'plain' ? 'as they are' : 'by their logarithms'}${fit}`;
}

/** What is odd about pictures and texts. */
function describeMedia({ found }: NonNullable<AuditSummary['media']>): string {
  if (found.length === 0) return 'none in pictures and texts';
  return found.map(({ reason, rows }) => `${reason} ${formatCount(rows)}`).join(', ');
}

/** The label errors the transition matrix tells of, at most three. */
function topConfusions({ transitionMatrix, head }: AuditSummary): string[] {
  return transitionMatrix
    .flatMap((row, given) => row.map((share, called) => ({ given, called, share })))
    .filter(({ given, called, share }) => given !== called && share >= 0.02)
    .sort((a, b) => b.share - a.share)
    .slice(0, 3)
    .map(
      ({ given, called, share }) =>
        `${terminalCell(head.classes[given])} is called ${terminalCell(head.classes[called])} in about ${formatPercent(share, 1)}`,
    );
}

import type { ScaleResult, WorkloadResult } from './result';

/** The results of one workload for people: a table of the sides, then agreement, findings and the machine. */
export function formatResult(result: WorkloadResult): string {
  const lines = [
    `${result.workload} (${result.rows.toLocaleString('en')} rows × ${result.features} features, ${result.classes} classes; median of ${result.repeats})`,
  ];
  const head = ['', 'seconds', 'ratio', 'ratios of rounds', 'peak MiB', 'worst error'];
  const rows = [['Assay', seconds(result.assay_s), '', '', whole(result.peak_mib), error(result.worst_relative_error)]];
  for (const [name, peer] of Object.entries(result.peers)) {
    const range = peer.ratio_range;
    rows.push([
      name,
      seconds(peer.s),
      peer.ratio === null ? '–' : peer.ratio.toFixed(2),
      range === null ? '' : `${range[0].toFixed(2)} – ${range[1].toFixed(2)}`,
      whole(peer.peak_mib),
      peer.relative_errors === undefined ? '' : error(Math.max(...Object.values(peer.relative_errors))),
    ]);
  }
  lines.push(...formatTable([head, ...rows]));
  if (Object.keys(result.relative_errors).length > 0) {
    const errors = Object.entries(result.relative_errors).map(([name, value]) => `${name} ${error(value)}`);
    lines.push(
      `  relative errors: ${errors.join(', ')}: ${result.agrees === true ? 'agree' : `NOT within the limits: ${result.beyond_limits.join(', ')}`}`,
    );
  }
  for (const [name, value] of Object.entries(result)) {
    if (!isFinding(name)) continue;
    lines.push(...(isTable(value) ? formatTable(tableRows(name, value)) : [`  ${name}: ${finding(value)}`]));
  }
  const stages = result.assay['stages'];
  if (stages !== undefined) lines.push(`  seconds by stage: ${finding(stages)}`);
  for (const [name, reason] of Object.entries(result.failures)) lines.push(`  ${name} failed: ${reason}`);
  const { machine } = result;
  lines.push(
    `  ${machine.processor}, ${machine.cores} cores, ${machine.memory_gib} GiB, ${machine.threads} threads a side; ` +
      `load ${machine.load.join(' → ')}; ${finding(result.assay['backend'] ?? '')}`,
  );
  return lines.join('\n');
}

export function formatScale(result: ScaleResult): string {
  const whole = result.whole_audit_exponent;
  return [
    `scale: time grows as rows^${result.exponent.toFixed(2)}${whole === null ? '' : `, the whole audit as rows^${whole.toFixed(2)}`}`,
    ...formatTable([
      ['rows', 'seconds'],
      ...result.points.map(({ rows, seconds: s }) => [rows.toLocaleString('en'), seconds(s)]),
    ]),
  ].join('\n');
}

/** Columns as wide as their widest cell, the first to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('   ')
      .replace(/^/, '  ')
      .trimEnd(),
  );
}

const standard = new Set([
  ...['workload', 'rows', 'features', 'classes', 'assay_s', 'peers', 'worst_relative_error', 'peak_mib'],
  ...['relative_errors', 'limits', 'agrees', 'beyond_limits', 'assay', 'repeats', 'machine', 'failures'],
]);

function isFinding(name: string): boolean {
  return !standard.has(name);
}

type Table = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An object of objects. */
function isTable(value: unknown): value is Table {
  if (typeof value !== 'object' || value === null) return false;
  const rows: unknown[] = Object.values(value);
  return rows.length > 0 && rows.every((row) => typeof row === 'object' && row !== null);
}

/** A row for each entry; the columns are those of the first. */
function tableRows(name: string, table: Table): string[][] {
  const columns = Object.keys(Object.values(table)[0]);
  return [
    [name, ...columns],
    ...Object.entries(table).map(([row, cells]) => [row, ...columns.map((column) => finding(cells[column]))]),
  ];
}

function finding(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(4);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, one]) => `${name} ${finding(one)}`)
      .join(', ');
  }
  return String(value);
}

function seconds(value: number | null): string {
  return value === null ? '–' : value.toFixed(value < 10 ? 3 : 1);
}

function whole(value: number | null): string {
  return value === null ? '–' : value.toLocaleString('en');
}

function error(value: number | null): string {
  return value === null ? '' : value.toExponential(1);
}

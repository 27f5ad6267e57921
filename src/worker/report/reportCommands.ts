import { type AuditSettings, auditSettingsSchema } from '../../contract/audit';
import type { Column, ColumnRole } from '../../contract/dataset';
import type { ReportFacts } from './reportFacts';

const mostNamed = 20;

/** What to type to audit the same file in the same way, and to write the same report of it. */
export function commandsOf(facts: ReportFacts): string[] {
  const { file, validationFile, columns, audit, name, threshold } = facts;
  const project = `${name}.assay`;
  const fileNames = [file, ...(validationFile === null ? [] : [validationFile])].map((one) => one.name);
  const data = fileNames[0].split(', ')[0];
  const options = [
    ...(file.format === 'delimited' ? columnOptions(columns) : []),
    ...(fileNames.length > 1 ? ['--validation', fileNames[1]] : []),
    ...settingOptions(audit.settings),
  ];
  return [
    ['assay', 'audit', data, ...options, '--project', project, '--out', 'results'],
    ['assay', 'report', '--project', project, '--threshold', String(threshold), '--out', 'report.html'],
  ].map((words) => words.map(quoted).join(' '));
}

function columnOptions(columns: readonly Column[]): string[] {
  const named = (role: ColumnRole): string[] =>
    columns.filter((column) => column.role === role).map((column) => column.name);
  const once = { label: '--label', id: '--id', split: '--split', weight: '--weight' } as const;
  const single = (Object.keys(once) as (keyof typeof once)[]).flatMap((role) =>
    named(role)
      .slice(0, 1)
      .flatMap((name) => [once[role], name]),
  );
  const ignored = named('ignore');
  // A name with a comma in it would be taken for two.
  const canName = ignored.length > 0 && ignored.length <= mostNamed && !ignored.some((name) => name.includes(','));
  return [...single, ...(canName ? ['--ignore', ignored.join(',')] : [])];
}

/** Settings that are not the usual ones; the seed in any case. */
function settingOptions(settings: AuditSettings): string[] {
  const usual = auditSettingsSchema.parse({});
  const valued = [
    ['--head', settings.head, usual.head],
    ['--l2', settings.l2, usual.l2],
    ['--scale', settings.scale, usual.scale],
    ['--text', settings.text, usual.text],
    ['--pictures', settings.pictures, usual.pictures],
    ['--backend', settings.backend, usual.backend],
    ['--experts', settings.experts, usual.experts],
    ['--rounds', settings.rounds, usual.rounds],
    ['--ragged', settings.ragged, usual.ragged],
    ['--issues', settings.issues, usual.issues],
    ['--validation-labels', settings.validationLabels, usual.validationLabels],
  ] as const;
  return [
    ...valued.flatMap(([option, value, usualValue]) =>
      String(value) === String(usualValue) ? [] : [option, value.toString() === '' ? 'none' : String(value)],
    ),
    ...(settings.intercept ? [] : ['--no-intercept']),
    ...(settings.standardize ? [] : ['--no-standardize']),
    ...(settings.validation === 'none' ? ['--validation', 'none'] : []),
    ...(settings.validationClean ? ['--validation-clean'] : []),
    '--seed',
    String(settings.seed),
  ];
}

/** A word for a shell: names of files and columns are only ever names. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}

import { formatCount } from '../core/base/format';
import { chooseExperts, type ExpertName, mostForestFeatures } from '../core/ranking/suspicion/expertNames';
import type { AuditSettings, AuditSummary } from './audit';

/** What decides, beside the settings, who judges. */
interface JudgedData {
  /** After encoding, the intercept not counted; Infinity: not known yet. */
  readonly features: number;
  /** Columns have the role `probability`. */
  readonly predictions: boolean;
}

/** Who judges such data by these settings. */
export function expertsOf(
  { experts }: Pick<AuditSettings, 'experts'>,
  { features, predictions }: JudgedData,
): readonly ExpertName[] {
  return chooseExperts(experts, features, predictions);
}

/** The settings by which these judge: `auto` where that comes to the same. */
export function settingFor(experts: readonly ExpertName[], data: JudgedData): AuditSettings['experts'] {
  const chosen = expertsOf({ experts: [...experts] }, data);
  return chosen.join() === expertsOf({ experts: 'auto' }, data).join() ? 'auto' : [...chosen];
}

/** Why forests cannot judge so many features (Infinity: not known yet), in words; '' where they can. */
export function forestObstacle(features: number): string {
  if (features <= mostForestFeatures) return '';
  const rule = `for tables of at most ${mostForestFeatures} features`;
  return Number.isFinite(features) ? `${rule}; these are ${formatCount(features)}` : rule;
}

/** How often the experts judged, in words without a full stop. Audits of earlier versions: once. */
export function describeRounds({
  rounds,
  rowsSetAside = 0,
  settings,
}: Pick<AuditSummary, 'rounds' | 'rowsSetAside'> & { readonly settings: Pick<AuditSettings, 'rounds'> }): string {
  if (rounds === undefined || settings.rounds === 1) return 'one';
  if (rounds === 1) return 'one: no row was suspicious enough to be set aside for a second';
  const rows = rowsSetAside === 1 ? '1 row' : `${formatCount(rowsSetAside)} rows`;
  return `two: ${rows} did not take part when the others were judged again`;
}

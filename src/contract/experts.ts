import { formatCount } from '../core/base/format';
import { chooseExperts, type ExpertName, mostForestFeatures } from '../core/ranking/suspicion/expertNames';
import type { AuditSettings, AuditSummary } from './audit';

/** Who judges by these settings where there are so many features after encoding, the intercept not counted. */
export function expertsOf({ experts }: Pick<AuditSettings, 'experts'>, features: number): readonly ExpertName[] {
  return chooseExperts(experts, features);
}

/** The settings by which these judge: `auto` where that comes to the same. */
export function settingFor(experts: readonly ExpertName[], features: number): AuditSettings['experts'] {
  const chosen = chooseExperts(experts, features);
  return chosen.join() === chooseExperts('auto', features).join() ? 'auto' : [...chosen];
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

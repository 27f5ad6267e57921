import type { VerifiedMeasurement } from '../../../contract/verify';
import { formatCount, formatPercent } from '../../../core/base/format';
import { type Html, html } from '../html';
import type { ReportFacts } from '../reportFacts';
import { countRows, figure, provedRows } from '../reportSentences';

/** The four figures under the title. */
export function keyFigures(facts: ReportFacts): Html {
  const figures = [suspectsFigure(facts), confirmedFigure(facts), ...modelFigures(facts)];
  return html`<div class="figures">
    ${figures.map(([value, name]) => html`<div><b>${value}</b><span>${name}</span></div>`)}
  </div>`;
}

type Figure = readonly [value: string, name: string];

function suspectsFigure({ suspects, pending }: ReportFacts): Figure {
  const inspected = suspects - pending;
  const which = inspected === 0 ? 'none' : pending === 0 ? 'all' : formatCount(inspected);
  return [formatCount(suspects), `suspects, ${which} inspected`];
}

function confirmedFigure({ progress }: ReportFacts): Figure {
  if (progress.rate === null) return ['–', 'confirmed: nobody looked yet'];
  return [formatCount(progress.wrong), `confirmed wrong (${formatPercent(progress.rate.value, 0)})`];
}

/** Loss and accuracy, before and after where what was verified is what is planned. */
function modelFigures(facts: ReportFacts): Figure[] {
  const { progress, audit, proof, proved } = facts;
  // After a removal that is not the one decided on, figures would promise what nobody does.
  const isPlanned = proved === 'removed' || (progress.decided === 0 && proved === 'top');
  const measured = isPlanned && proof !== null ? proof.measurements : [];
  const held = audit.validation ?? audit.leaveOneOut;
  const where = audit.validation === null ? 'leave-one-out' : 'validation';
  const find = (name: string): VerifiedMeasurement | undefined => measured.find((one) => one.name === name);
  const without = measured.length === 0 ? `, ${countRows(held.rows, facts)}` : ` without ${provedRows(facts)}`;
  const loss: Figure = [arrow(held.loss, find('validation_loss'), (value) => figure(value)), `${where} loss${without}`];
  if (held.accuracy !== null) {
    const accuracy = arrow(held.accuracy, find('validation_accuracy'), (value) => formatPercent(value, 1));
    return [loss, [accuracy, `${where} accuracy, ${countRows(held.rows, facts)}`]];
  }
  if (held.rSquared === undefined || held.rSquared === null) return [loss];
  return [loss, [figure(held.rSquared, 3), `R² (${where})`]];
}

function arrow(before: number, measured: VerifiedMeasurement | undefined, format: (value: number) => string): string {
  if (measured === undefined || measured.actual === null) return format(before);
  return `${format(measured.before)} → ${format(measured.before + measured.actual)}`;
}

import type { Explanation, RowPull } from '../../../contract/explain';
import { smallestSetOf } from '../../../contract/explain';
import type { GroupComparison } from '../../../contract/groups';
import type { Verification } from '../../../contract/verify';
import { formatCount, formatPercent, formatPlural } from '../../../core/base/format';
import { listed } from '../../../core/base/listed';
import { visibleText } from '../../../core/base/visibleText';
import { describeFlip } from '../../../core/review/flip';
import { describeRarity } from '../../../core/review/rarity';
import { describeVerdict } from '../../../core/review/verdict';
import { wilsonInterval } from '../../../core/review/wilson';
import { type Html, html } from '../html';
import { type ExplainedRow, listedPulls, listedSet } from '../markedRuns';
import type { ReportFacts } from '../reportFacts';
import { change, dayOf } from '../reportSentences';
import { leftOut, proofChart } from './proof';
import { cell, image, type Section } from './section';

const shownGroups = 20;
const shownCells = 12;

/** What people have marked to be in the report, a part each; the verification that is the proof is there already. */
export function markedSections(facts: ReportFacts): Section[] {
  const { marked, proof } = facts;
  return [
    ...marked.verifications.filter(({ id }) => id !== proof?.id).map((run) => verificationSection(run, facts)),
    ...marked.explanations.map((run) => explanationSection(run, facts)),
    ...marked.comparisons.map((run) => groupsSection(run, facts)),
  ];
}

function ageOf({ auditStartedAt }: { readonly auditStartedAt: string }, { audit }: ReportFacts): string {
  return auditStartedAt === audit.startedAt ? '' : `of an earlier audit, ${dayOf(auditStartedAt)}`;
}

function verificationSection(run: Verification, facts: ReportFacts): Section {
  const [shown] = run.measurements;
  const rows = formatPlural(run.rowCount, 'row');
  const verdict = describeVerdict({ ...shown, rowCount: run.rowCount });
  return {
    title: html`Also verified: ${cell(run.chosenBy ?? rows)}`,
    note: ageOf(run, facts),
    content: html`<p>${[verdict.measured, verdict.against].filter(Boolean).join(' ')} <b>${verdict.conclusion}</b></p>
      <p class="soft">${leftOut(run, rows)}</p>
      ${proofChart(run, run.rowCount === 1 ? 'this row' : `these ${formatCount(run.rowCount)} rows`)}`,
  };
}

function explanationSection(run: ExplainedRow, facts: ReportFacts): Section {
  const { explanation, rows } = run;
  const { row, typed, predicted, other, givenLabel, probabilities, supporting, opposing, comparison } = explanation;
  const own = row === null ? undefined : rows.get(row);
  const called = row === null ? 'a typed row' : nameOf(row, run);
  const share = probabilities.find(({ label }) => label === predicted)?.probability ?? null;
  const told = describeFlip({ ...explanation, ...visibleNames(explanation) });
  const set = smallestSetOf(explanation);
  const names = set.slice(0, listedSet).map((one) => nameOf(one, run));
  return {
    title: html`Why ${called} is predicted ${cell(predicted, 40)}`,
    note: ageOf(explanation, facts),
    content: html`${typed === null ? [] : [typedCells(typed)]}
      <div class="explained">
        ${own === undefined || own.picture === null ? [] : [image(own)]}
        <p>
          Predicted <b>${cell(predicted)}</b>${share === null ? '' : ` with probability ${formatPercent(share, 1)}`};
          ${givenLabel === null ? 'it has no label' : html`its label is <b>${cell(givenLabel)}</b>`}. ${told.sentence}
          ${told.besides}
          ${set.length === 0 ? '' : `${set.length === 1 ? 'It is' : 'They are'} ${listed(names.concat(set.slice(listedSet).map(String)), listedSet)}.`}
          ${describeRarity(comparison, comparison.of)}
        </p>
      </div>
      <div class="two">
        ${pulls(html`Hold up ${cell(predicted, 24)} against ${cell(other, 24)}`, supporting, run)}
        ${pulls(html`Speak for ${cell(other, 24)}`, opposing, run)}
      </div>
      <p class="soft legend">
        Effect: change of the log-odds of ${cell(predicted, 24)} over ${cell(other, 24)} when the training row alone is
        removed, by RIF.
      </p>`,
  };
}

/** The row as somebody typed it. */
function typedCells(typed: NonNullable<Explanation['typed']>): Html {
  const more = typed.length - shownCells;
  return html`<p>
    ${typed
      .slice(0, shownCells)
      .map(({ column, text }, at) => html`${at === 0 ? '' : ', '}${cell(column, 40)}: <b>${cell(text)}</b>`)}${
      more > 0 ? ` and ${formatPlural(more, 'other cell')}` : ''
    }
  </p>`;
}

/** Classes as they may stand in a sentence. */
function visibleNames({ predicted, other, flip }: Explanation): Pick<Explanation, 'predicted' | 'other' | 'flip'> {
  const shown = (text: string): string => visibleText(text, { limit: 40 });
  return {
    predicted: shown(predicted),
    other: shown(other),
    flip: { ...flip, predictedAfter: shown(flip.predictedAfter) },
  };
}

function nameOf(row: number, { rows }: ExplainedRow): string {
  const id = rows.get(row)?.id ?? '';
  return id === '' ? `row ${row}` : visibleText(id, { limit: 40 });
}

function pulls(title: Html, list: readonly RowPull[], run: ExplainedRow): Html {
  if (list.length === 0) return html`<div><p class="soft">${title}: no training row.</p></div>`;
  const hasPictures = list.some(({ row }) => (run.rows.get(row)?.picture ?? null) !== null);
  return html`<div>
    <table>
      <thead>
        <tr>
          ${hasPictures ? [html`<th></th>`] : []}
          <th>${title}</th>
          <th>label</th>
          <th class="n">effect</th>
        </tr>
      </thead>
      <tbody>
        ${list.slice(0, listedPulls).map((pull) => {
          const row = run.rows.get(pull.row);
          return html`<tr>
            ${hasPictures ? [html`<td>${row === undefined ? '' : image(row)}</td>`] : []}
            <td>${nameOf(pull.row, run)}</td>
            <td>${cell(pull.label, 40)}</td>
            <td class="n">${change(pull.rif)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function groupsSection(comparison: GroupComparison, facts: ReportFacts): Section {
  const { groups, column, threshold } = comparison;
  const more = groups.length - shownGroups;
  return {
    title: html`Groups by ${cell(column, 40)}`,
    note: ageOf(comparison, facts) || `suspects: suspicion from ${threshold}, with 95 % intervals`,
    content: html`<table>
        <thead>
          <tr>
            <th>group</th>
            <th class="n">rows</th>
            <th class="n">suspects</th>
            <th class="n">share of suspects</th>
            <th class="n">RIF</th>
            <th class="n">Newton</th>
            <th class="n">retrained</th>
          </tr>
        </thead>
        <tbody>
          ${groups.slice(0, shownGroups).map(
            ({ value, rows, suspects, loss }) =>
              html`<tr>
                <td>${value === '' ? '(nothing)' : cell(value)}</td>
                <td class="n">${formatCount(rows)}</td>
                <td class="n">${suspects === null ? '–' : formatCount(suspects)}</td>
                <td class="n soft">${suspects === null ? '–' : shareWithInterval(suspects, rows)}</td>
                <td class="n">${change(loss.rif)}</td>
                <td class="n">${change(loss.newton)}</td>
                <td class="n"><b>${change(loss.retrained)}</b></td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p class="soft legend">
        ${more > 0 ? `${formatPlural(more, 'more group')} not shown. ` : ''}Effects: change of the validation loss
        without the group. Positive: leaving it out raises the loss.
      </p>`,
  };
}

function shareWithInterval(hits: number, total: number): string {
  const { low, high } = wilsonInterval(hits, total);
  return `${formatPercent(hits / total, 1)} (${(100 * low).toFixed(1)}–${formatPercent(high, 1)})`;
}

import type { Verification, VerifiedMeasurement } from '../../../contract/verify';
import { formatCount, formatPlural } from '../../../core/base/format';
import { type Html, html } from '../html';
import { drawProof } from '../proofChart';
import type { ReportFacts } from '../reportFacts';
import { change, figure, provedRows } from '../reportSentences';
import type { Section } from './section';

/** What retraining without the rows has shown, beside random removals and what was predicted. */
export function proofSection(facts: ReportFacts): Section {
  const { proof } = facts;
  const title = 'The proof';
  if (proof === null) {
    const content = html`<p class="soft">
      Nothing was verified. “Verify” in the window, or assay verify, retrains without rows and without random ones
      beside it.
    </p>`;
    return { title, note: '', content };
  }
  const called = proof.rowCount === 1 ? 'this row' : `these ${formatCount(proof.rowCount)} rows`;
  const content = html`<p>${leftOut(proof, provedRows(facts))}</p>
    ${proofChart(proof, called)}${measurementsTable(proof)}`;
  return { title, note: `change of the ${wordsOf(proof.measurements[0].name)} when the rows are removed`, content };
}

/** How many rows were left out, and what beside them. */
export function leftOut({ trainRows, repeats, seed }: Verification, rows: string): string {
  const beside =
    repeats === 0
      ? ''
      : `, and ${formatPlural(repeats, 'time')} as many drawn at random with the same classes (seed ${seed})`;
  return `Left out: ${rows} of ${formatPlural(trainRows, 'training row')}${beside}.`;
}

export function proofChart({ measurements: [shown] }: Verification, called: string): Html {
  if (shown.actual === null) return html``;
  const random = shown.random.flatMap(({ actual }) => (actual === null ? [] : [actual]));
  const { newton, rif } = shown.predicted;
  return drawProof({ called, actual: shown.actual, newton, rif, random });
}

function measurementsTable({ measurements, repeats }: Verification): Html {
  return html`<table>
      <thead>
        <tr>
          <th>measurement</th>
          <th class="n">before</th>
          <th class="n">IF</th>
          <th class="n">RIF</th>
          <th class="n">Newton</th>
          <th class="n">retrained</th>
          <th class="n">random, mean</th>
          <th class="n">rank</th>
        </tr>
      </thead>
      <tbody>
        ${
          // Margins of single rows are for those who chose them.
          measurements.filter(({ name }) => !name.startsWith('margin_')).map((one) => measurementRow(one, repeats))
        }
      </tbody>
    </table>
    <p class="soft legend">
      IF, RIF and Newton step are predictions of what retraining found. Positive: removal raises the measurement; rank 1
      lowers it most.
    </p>`;
}

function measurementRow(
  { name, before, predicted, actual, randomMean, rank }: VerifiedMeasurement,
  repeats: number,
): Html {
  return html`<tr>
    <td>${wordsOf(name)}</td>
    <td class="n">${figure(before)}</td>
    <td class="n">${change(predicted.if)}</td>
    <td class="n">${change(predicted.rif)}</td>
    <td class="n">${change(predicted.newton)}</td>
    <td class="n"><b>${change(actual)}</b></td>
    <td class="n">${change(randomMean)}</td>
    <td class="n">${repeats === 0 ? '–' : `${formatCount(rank)} of ${formatCount(repeats + 1)}`}</td>
  </tr>`;
}

function wordsOf(name: string): string {
  return name.replace(/_given$/, ', by the given labels').replace(/_/g, ' ');
}

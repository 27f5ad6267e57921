import type { Picture } from '../../contract/pictures';
import type { VerifiedMeasurement } from '../../contract/verify';
import { formatCount, formatPercent, formatPlural } from '../../core/base/format';
import { isolatedText } from '../../core/base/visibleText';
import { encodePng } from '../pictures/encodePng';
import { drawBars, drawHistogram, drawProof } from './charts';
import { Html, html } from './html';
import type { ReportedRow, ReportFacts } from './reportFacts';
import {
  change,
  countRows,
  figure,
  leadOf,
  limitsOf,
  methodOf,
  provedRows,
  shareInWords,
  titleOf,
} from './reportSentences';
import { reportStyle } from './reportStyle';

/** Cases that are shown first. */
const shownCases = 14;
const shownPairs = 7;
/** Of a label or an id in a table. */
const cellLength = 80;

/**
 * The report as one HTML document: no script, no link and nothing from elsewhere, which its own policy forbids as well.
 * Text of the data is escaped and shown as it is.
 */
export function renderReport(facts: ReportFacts): string {
  const title = titleOf(facts);
  const lead = leadOf(facts);
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="viewport" content="width=device-width" />
        <meta name="generator" content="Assay ${facts.version}" />
        <title>${title}</title>
        <style>
          ${new Html(reportStyle)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <span><b>Assay</b> label audit</span
            ><span>${dayOf(facts.audit.startedAt)} · Assay ${facts.version} · seed ${facts.audit.settings.seed}</span>
          </header>
          <h1>${title}</h1>
          <p class="lead">${lead.text} <b>${lead.conclusion}</b></p>
          ${keyFigures(facts)}
          ${section('1', 'What was audited', describeFile(facts), html`${methodOf(facts).map((text) => html`<p>${text}</p>`)}`)}
          ${section('2', 'What was found', facts.progress.decided === 0 ? 'given label → suggested label' : 'given label → the label it was changed to', found(facts))}
          ${section('3', 'The clearest cases', casesNote(facts), clearest(facts))}
          ${section('4', 'The proof', 'change when the rows are removed, by retraining', proof(facts))}
          ${section(
            '5',
            'Limits',
            '',
            html`<ul>
              ${limitsOf(facts).map((text) => html`<li>${text}</li>`)}
            </ul>`,
          )}
          ${rowsSection('6', changedTitle(facts), facts.changed, facts.changedCount, facts)}
          ${rowsSection('7', 'Suspects among validation and test rows, which stay', facts.evaluation, facts.evaluationCount, facts)}
          <footer>${files(facts)}</footer>
        </main>
      </body>
    </html> `;
  return document.markup;
}

function section(number: string, title: string, note: string, content: Html): Html {
  return html`<section>
    <h2><span>${number}&ensp;${title}</span><small>${note}</small></h2>
    ${content}
  </section>`;
}

function dayOf(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}

function describeFile({ file, validationFile, rowKind }: ReportFacts): string {
  const kind = { delimited: '', folder: ', a folder', zip: '' }[file.format];
  const other = validationFile === null ? '' : `; validated by ${validationFile.name}`;
  return `${file.name}${kind}, ${formatPlural(file.rows, rowKind)}${other}`;
}

function keyFigures(facts: ReportFacts): Html {
  const { suspects, pending, progress, audit, decided, proof } = facts;
  const wrong = decided.removed + decided.relabelled;
  // After a removal that is not the one decided on, figures would promise what nobody does.
  const isPlanned = facts.proved === 'removed' || (progress.decided === 0 && facts.proved === 'top');
  const measured = isPlanned && proof !== null ? proof.measurements : [];
  const without = measured.length === 0 ? '' : ` without ${provedRows(facts)}`;
  const held = audit.validation ?? audit.leaveOneOut;
  const where = audit.validation === null ? 'leave-one-out' : 'validation';
  const figures: [string, string][] = [
    [
      formatCount(suspects),
      pending === 0 && suspects > 0
        ? 'suspects, all inspected'
        : `suspects, ${formatCount(suspects - pending)} inspected`,
    ],
    progress.rate === null
      ? ['–', 'found wrong: nobody looked yet']
      : [formatCount(wrong), `found wrong (${formatPercent(progress.rate.value, 0)} of those inspected)`],
    [
      arrow(
        held.loss,
        measured.find(({ name }) => name === 'validation_loss'),
        (value) => figure(value),
      ),
      `${where} loss${without === '' ? `, ${countRows(held.rows, facts)}` : without}`,
    ],
  ];
  if (held.accuracy !== null) {
    const accuracy = measured.find(({ name }) => name === 'validation_accuracy');
    figures.push([arrow(held.accuracy, accuracy, (value) => formatPercent(value, 1)), `${where} accuracy`]);
  } else if (held.rSquared !== undefined && held.rSquared !== null) {
    figures.push([figure(held.rSquared, 3), `R² (${where})`]);
  }
  return html`<div class="figures">
    ${figures.map(([value, name]) => html`<div><b>${value}</b><span>${name}</span></div>`)}
  </div>`;
}

function arrow(before: number, measured: VerifiedMeasurement | undefined, format: (value: number) => string): string {
  if (measured === undefined || measured.actual === null) return format(before);
  return `${format(measured.before)} → ${format(measured.before + measured.actual)}`;
}

function found(facts: ReportFacts): Html {
  const { decided, progress, pairs, audit, histogram, threshold } = facts;
  const first = pairs.slice(0, shownPairs);
  const rest = pairs.slice(shownPairs).reduce((sum, { rows }) => sum + rows, 0);
  const more = pairs.length - first.length;
  const bars = [
    ...first.map(({ given, to, rows }) => ({
      name: `${isolatedText(given, 14)} → ${isolatedText(to, 14)}`,
      count: rows,
    })),
    ...(more === 0 ? [] : [{ name: formatPlural(more, 'other pair'), count: rest, rest: true }]),
  ];
  const inspected = progress.decided;
  const line = (name: string, count: number): Html =>
    html`<tr>
      <td>${name}</td>
      <td class="n">${formatCount(count)}</td>
      <td class="n soft">${shareInWords(count, inspected)}</td>
    </tr>`;
  const table = html`<table>
    <thead>
      <tr>
        <th>decision</th>
        <th class="n">${facts.rowKind}s</th>
        <th class="n">95 % interval</th>
      </tr>
    </thead>
    <tbody>
      ${[
        line('label changed', decided.relabelled),
        line('removed', decided.removed),
        line('kept, label right', decided.kept),
      ]}
      <tr>
        <td><b>inspected</b></td>
        <td class="n"><b>${formatCount(inspected)}</b></td>
        <td></td>
      </tr>
      ${
        decided.later === 0
          ? []
          : [
              html`<tr>
                <td>flagged for later</td>
                <td class="n">${formatCount(decided.later)}</td>
                <td></td>
              </tr>`,
            ]
      }
    </tbody>
  </table>`;
  const media = audit.media?.found ?? [];
  const issues =
    media.length === 0
      ? []
      : [html`<p>Other issues: ${media.map(({ reason, rows }) => `${reason} ${formatCount(rows)}`).join(', ')}.</p>`];
  const pairsOrNothing =
    bars.length === 0 ? html`<p class="soft">No label was changed to another.</p>` : drawBars(bars);
  const body =
    inspected === 0
      ? pairsOrNothing
      : html`<div class="two">
          <div>${pairsOrNothing}</div>
          <div>${table}</div>
        </div>`;
  return html`${body}
    <p style="margin-top:14px">
      <b>Suspicion</b> is the probability that the given label is wrong, judged without the ${facts.rowKind}’s own
      label. From ${threshold} on, ${facts.rowKind}s are suspects; heights by square roots.
    </p>
    ${drawHistogram(histogram, threshold)}${issues}`;
}

function casesNote({ changed, changedCount, rowKind }: ReportFacts): string {
  if (changedCount === 0) return '';
  const below =
    changed.length < changedCount
      ? `the first ${formatCount(changed.length)} of ${formatPlural(changedCount, rowKind)}`
      : `all ${formatPlural(changedCount, rowKind)}`;
  return `given label, then the new one; ${below} below`;
}

function changedTitle({ progress, rowKind }: ReportFacts): string {
  return progress.decided === 0 ? `Suspects, most suspicious first` : `Every changed ${rowKind}, most suspicious first`;
}

function clearest(facts: ReportFacts): Html {
  const cases = facts.changed.slice(0, shownCases);
  if (cases.length === 0) {
    const highest =
      facts.highestSuspicion === null ? '' : ` The highest suspicion is ${figure(facts.highestSuspicion, 3)}.`;
    return html`<p class="soft">No label is to be changed.${highest}</p>`;
  }
  if (facts.rowKind !== 'picture') return rowsTable(cases.slice(0, shownCases / 2), facts);
  return html`<div class="cases">
    ${cases.map(
      (row) =>
        html`<figure>
          ${image(row.picture)}<span class="soft">${cell(row.given)}</span
          ><b>${row.to === null ? 'removed' : cell(row.to)}</b>
        </figure>`,
    )}
  </div>`;
}

function proof(facts: ReportFacts): Html {
  const { proof: verification } = facts;
  if (verification === null) {
    return html`<p class="soft">
      Nothing was verified. “Verify” in the window, or assay verify, retrains without rows and without random ones
      beside it.
    </p>`;
  }
  const { measurements, rowCount, trainRows, repeats } = verification;
  const [shown] = measurements;
  const random = shown.random.flatMap(({ actual }) => (actual === null ? [] : [actual]));
  // Margins of single rows are for those who chose them.
  const rows = measurements
    .filter(({ name }) => !name.startsWith('margin_'))
    .map(
      ({ name, before, predicted, actual, randomMean, rank }) =>
        html`<tr>
          <td>${describeMeasurement(name)}</td>
          <td class="n">${figure(before)}</td>
          <td class="n">${change(predicted.if)}</td>
          <td class="n">${change(predicted.rif)}</td>
          <td class="n">${change(predicted.newton)}</td>
          <td class="n"><b>${change(actual)}</b></td>
          <td class="n">${change(randomMean)}</td>
          <td class="n">${repeats === 0 ? '–' : `${formatCount(rank)} of ${formatCount(repeats + 1)}`}</td>
        </tr>`,
    );
  const beside =
    repeats === 0 ? '' : `, and ${formatPlural(repeats, 'time')} as many drawn at random with the same classes`;
  const rowsOf = `of ${formatPlural(trainRows, 'training row')}`;
  return html`<p>Left out: ${provedRows(facts)} ${rowsOf}${beside}.</p>
    ${
      shown.actual === null
        ? []
        : [drawProof(shown.actual, random, rowCount === 1 ? 'this row' : `these ${formatCount(rowCount)} rows`)]
    }
    <table>
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
        ${rows}
      </tbody>
    </table>
    <p class="soft">
      IF, RIF and Newton step are predictions of what retraining found. Positive: removal raises the measurement; rank 1
      lowers it most.
    </p>`;
}

function describeMeasurement(name: string): string {
  return name.replace(/_given$/, ', by the given labels').replace(/_/g, ' ');
}

function rowsSection(
  number: string,
  title: string,
  rows: readonly ReportedRow[],
  count: number,
  facts: ReportFacts,
): Html {
  if (count === 0) return html``;
  const note =
    rows.length < count
      ? `the first ${formatCount(rows.length)} of ${formatCount(count)}; all are in scores.csv`
      : formatCount(count);
  return section(number, title, note, rowsTable(rows, facts));
}

function rowsTable(rows: readonly ReportedRow[], { rowKind }: ReportFacts): Html {
  const pictures = rows.some(({ picture }) => picture !== null);
  const notes = rows.some(({ note, reviewer }) => note !== '' || reviewer !== '');
  const head = html`<tr>
    ${pictures ? [html`<th></th>`] : []}
    <th>${rowKind === 'text' ? 'text' : 'id'}</th>
    <th>given</th>
    <th>new</th>
    <th class="n">suspicion</th>
    <th>reasons</th>
    ${notes ? [html`<th>decided</th>`] : []}
  </tr>`;
  return html`<table>
    <thead>
      ${head}
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${pictures ? [html`<td>${image(row.picture)}</td>`] : []}
            <td>
              ${cell(row.id)}${
                row.snippet === null || row.snippet === ''
                  ? []
                  : [html`<br /><span class="soft">${isolatedText(row.snippet)}</span>`]
              }
            </td>
            <td>${cell(row.given)}</td>
            <td>${row.to === null ? html`<i>removed</i>` : html`<b>${cell(row.to)}</b>`}</td>
            <td class="n">${figure(row.suspicion, 3)}</td>
            <td>${row.reasons.join('; ')}</td>
            ${notes ? [html`<td>${[row.reviewer, row.note].filter(Boolean).join(': ')}</td>`] : []}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function image(picture: Picture | null): Html {
  if (picture === null || picture.kind === 'problem')
    return html`<span class="soft">${picture === null ? '' : 'no picture'}</span>`;
  return html`<img alt="" src="data:image/png;base64,${encodePng(picture.pixels).toString('base64')}" />`;
}

function cell(text: string): string {
  return isolatedText(text, cellLength);
}

function files({ file, validationFile }: ReportFacts): Html {
  const lines = [file, ...(validationFile === null ? [] : [validationFile])];
  return html`${lines.map(({ name, sha256, bytes }) => html`<p class="hash">${name} · ${formatCount(bytes)} bytes · sha256 ${sha256}</p>`)}`;
}

import { formatCount, formatPlural } from '../../../core/base/format';
import { drawBars, drawHistogram } from '../charts';
import { type Html, html } from '../html';
import type { ReportFacts } from '../reportFacts';
import { shareInWords } from '../reportSentences';
import { cell, type Section } from './section';

const shownPairs = 6;
/** Of a drawing beside another. */
const halfWidth = 325;

/** Labels by what they were changed to, decisions with their intervals, and how suspicions are spread. */
export function foundSection(facts: ReportFacts): Section {
  const { progress, audit, histogram, threshold, rowKind } = facts;
  const isDecided = progress.decided > 0;
  const pairs = pairsChart(facts);
  const media = audit.media?.found ?? [];
  const words = html`<p class="legend">
    <b>Suspicion</b> is the probability that the given label is wrong, judged without the ${rowKind}’s own label. From
    <b>${threshold}</b> on, ${rowKind}s are suspects here. ${capital(rowKind)}s by suspicion, heights by square roots:
  </p>`;
  const content = html`${
    isDecided
      ? html`<div class="two">
            <div>${pairs}</div>
            <div>${decisionsTable(facts)}</div>
          </div>
          ${words}${drawHistogram(histogram, threshold)}`
      : html`<div class="two">
          <div>${pairs}</div>
          <div>${words}${drawHistogram(histogram, threshold, halfWidth)}</div>
        </div>`
  }
  ${
    media.length === 0
      ? []
      : [
          html`<p class="legend">
            Other issues: ${media.map(({ reason, rows }) => `${reason} ${formatCount(rows)}`).join(', ')}.
          </p>`,
        ]
  }`;
  const note = isDecided ? 'given label → the label it was changed to' : 'given label → suggested label';
  return { title: 'What was found', note: audit.numbers === undefined ? note : '', content };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function pairsChart({ pairs, audit, progress }: ReportFacts): Html {
  if (audit.numbers !== undefined) {
    return html`<p class="soft">Labels are numbers: given and new ones stand beside each other below.</p>`;
  }
  const first = pairs.slice(0, shownPairs);
  const others = pairs.slice(shownPairs);
  const rest = others.reduce((sum, { rows }) => sum + rows, 0);
  const bars = [
    ...first.map(({ given, to, rows }) => ({
      name: html`${cell(given, 14)} → ${cell(to, 14)}`,
      count: rows,
    })),
    ...(rest === 0 ? [] : [{ name: html`${formatPlural(others.length, 'other pair')}`, count: rest, rest: true }]),
  ];
  if (bars.length > 0) return drawBars(bars);
  return html`<p class="soft">
    ${progress.decided === 0 ? 'No label looks wrong at this threshold.' : 'No label was changed to another.'}
  </p>`;
}

function decisionsTable({ decided, progress, rowKind }: ReportFacts): Html {
  const inspected = progress.decided;
  const line = (name: string, count: number): Html =>
    html`<tr>
      <td>${name}</td>
      <td class="n">${formatCount(count)}</td>
      <td class="n soft">${shareInWords(count, inspected)}</td>
    </tr>`;
  const later =
    decided.later === 0
      ? []
      : [
          html`<tr>
            <td>flagged for later</td>
            <td class="n">${formatCount(decided.later)}</td>
            <td></td>
          </tr>`,
        ];
  return html`<table>
    <thead>
      <tr>
        <th>decision</th>
        <th class="n">${rowKind}s</th>
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
      ${later}
    </tbody>
  </table>`;
}

import { formatCount } from '../../../core/base/format';
import { type Html, html } from '../html';
import type { ReportedRow } from '../reportedRows';
import type { ReportFacts } from '../reportFacts';
import { figure } from '../reportSentences';
import { cell, image, type Section } from './section';

/** A list of rows as a part of its own; none where there are no rows. */
export function rowsSection(
  title: string,
  rows: readonly ReportedRow[],
  count: number,
  facts: ReportFacts,
): Section | null {
  if (count === 0) return null;
  const note =
    rows.length < count
      ? `the first ${formatCount(rows.length)} of ${formatCount(count)}; all are in scores.csv`
      : formatCount(count);
  return { title, note, content: rowsTable(rows, facts) };
}

/** Rows one under the other, each with its picture or text, its labels, why it is there, and who decided. */
export function rowsTable(rows: readonly ReportedRow[], { rowKind, progress }: ReportFacts): Html {
  const hasPictures = rows.some(({ picture }) => picture !== null);
  const hasNotes = rows.some(({ note, reviewer }) => note !== '' || reviewer !== '');
  return html`<table class="rows">
    <thead>
      <tr>
        ${hasPictures ? [html`<th class="picture"></th>`] : []}
        <th>${rowKind === 'text' ? 'text' : 'id'}</th>
        <th class="label">given</th>
        <th class="label">${progress.decided === 0 ? 'suggested' : 'new'}</th>
        <th class="n score">suspicion</th>
        <th>reasons</th>
        ${hasNotes ? [html`<th class="by">decided</th>`] : []}
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => tableRow(row, hasPictures, hasNotes))}
    </tbody>
  </table>`;
}

function tableRow(row: ReportedRow, hasPictures: boolean, hasNotes: boolean): Html {
  const { id, snippet, given, to, suspicion, reasons, reviewer, note } = row;
  return html`<tr>
    ${hasPictures ? [html`<td>${image(row)}</td>`] : []}
    <td>${cell(id)}${snippet === null || snippet === '' ? [] : [html`<br /><span class="soft">${snippet}</span>`]}</td>
    <td>${cell(given)}</td>
    <td>${to === null ? html`<i>removed</i>` : html`<b>${cell(to)}</b>`}</td>
    <td class="n">${figure(suspicion, 3)}</td>
    <td>${reasons.join('; ')}</td>
    ${hasNotes ? [html`<td>${[reviewer, note].filter(Boolean).join(': ')}</td>`] : []}
  </tr>`;
}

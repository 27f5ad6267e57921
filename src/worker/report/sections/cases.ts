import { formatCount, formatPlural } from '../../../core/base/format';
import { type Html, html } from '../html';
import type { ReportedRow } from '../reportedRows';
import type { ReportFacts } from '../reportFacts';
import { figure } from '../reportSentences';
import { rowsTable } from './rowsTable';
import { cell, image, type Section } from './section';

/** Two lines of pictures, and as much room for texts and rows. */
const shownPictures = 22;
const shownTexts = 8;
const shownRows = 7;
const snippetLength = 180;

/** What is most suspicious among the changed rows, to be seen at a glance. */
export function casesSection(facts: ReportFacts): Section {
  return { title: 'The clearest cases', note: casesNote(facts), content: cases(facts) };
}

function casesNote({ changed, changedCount, rowKind, progress }: ReportFacts): string {
  if (changedCount === 0) return '';
  const below =
    changed.length < changedCount
      ? `the first ${formatCount(changed.length)} of ${formatPlural(changedCount, rowKind)}`
      : `all ${formatPlural(changedCount, rowKind)}`;
  return `given label, then the ${progress.decided === 0 ? 'suggested' : 'new'} one; ${below} below`;
}

function cases(facts: ReportFacts): Html {
  const { changed, rowKind, highestSuspicion } = facts;
  if (changed.length === 0) {
    const highest = highestSuspicion === null ? '' : ` The highest suspicion is ${figure(highestSuspicion, 3)}.`;
    return html`<p class="soft">No label is to be changed.${highest}</p>`;
  }
  if (rowKind === 'picture') {
    return html`<div class="cases">${changed.slice(0, shownPictures).map((row) => pictureCase(row))}</div>`;
  }
  if (rowKind === 'text') {
    return html`<div class="texts">${changed.slice(0, shownTexts).map((row) => textCase(row))}</div>`;
  }
  return rowsTable(changed.slice(0, shownRows), facts);
}

function pictureCase(row: ReportedRow): Html {
  return html`<figure>${image(row)}<span class="soft">${cell(row.given, 40)}</span><b>${newLabel(row)}</b></figure>`;
}

function textCase(row: ReportedRow): Html {
  return html`<figure>
    <p>${row.snippet === null || row.snippet === '' ? '(no text)' : cell(row.snippet, snippetLength)}</p>
    <span class="soft">${cell(row.given, 40)} → </span><b>${newLabel(row)}</b
    ><span class="soft"> · ${cell(row.id, 40)} · suspicion ${figure(row.suspicion, 2)}</span>
  </figure>`;
}

function newLabel({ to }: ReportedRow): Html | string {
  return to === null ? 'removed' : cell(to, 40);
}

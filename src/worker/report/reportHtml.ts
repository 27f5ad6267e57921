import { formatCount, formatPlural } from '../../core/base/format';
import { Html, html } from './html';
import type { ReportFacts } from './reportFacts';
import { dayOf, leadOf, limitsOf, methodOf, titleOf } from './reportSentences';
import { reportStyle } from './reportStyle';
import { casesSection } from './sections/cases';
import { filesSection } from './sections/files';
import { foundSection } from './sections/found';
import { keyFigures } from './sections/keyFigures';
import { markedSections } from './sections/marked';
import { proofSection } from './sections/proof';
import { rowsSection } from './sections/rowsTable';
import type { Section } from './sections/section';

/**
 * The report as one HTML document: no script, no link and nothing from elsewhere, which its own policy forbids as well.
 * Text of the data is escaped and shown as it is.
 */
export function renderReport(facts: ReportFacts): string {
  const page = renderPage(facts);
  return page.replace(sizePlace.markup, formatKilobytes(Buffer.byteLength(page)));
}

/** Its size stands in the page itself. Nothing of the data can look like this: it is escaped. */
const sizePlace = new Html('<output></output>');

function renderPage(facts: ReportFacts): string {
  const { version, audit } = facts;
  const title = titleOf(facts);
  const lead = leadOf(facts);
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'"
        />
        <meta name="viewport" content="width=device-width" />
        <meta name="generator" content="Assay ${version}" />
        <title>${title}</title>
        <style>
          ${new Html(reportStyle)}
        </style>
      </head>
      <body>
        <p class="about">one file of ${sizePlace}, no script, no network</p>
        <main>
          <header>
            <span><b>Assay</b> label audit</span
            ><span>${dayOf(audit.startedAt)} · Assay ${version} · seed ${audit.settings.seed}</span>
          </header>
          <h1>${title}</h1>
          <p class="lead">${lead.text} <b>${lead.conclusion}</b></p>
          ${keyFigures(facts)} ${sectionsOf(facts).map((section, at) => numbered(section, at + 1))}
        </main>
      </body>
    </html> `;
  return document.markup;
}

function sectionsOf(facts: ReportFacts): Section[] {
  const { progress, rowKind, changed, changedCount, evaluation, evaluationCount } = facts;
  const changedTitle =
    progress.decided === 0 ? 'Suspects, most suspicious first' : `Every changed ${rowKind}, most suspicious first`;
  const evaluationTitle = 'Suspects among validation and test rows, which stay';
  return [
    {
      title: 'What was audited',
      note: describeData(facts),
      content: html`<p>${methodOf(facts).join(' ')}</p>`,
    },
    foundSection(facts),
    casesSection(facts),
    proofSection(facts),
    {
      title: 'Limits',
      note: '',
      content: html`<ul>
        ${limitsOf(facts).map((text) => html`<li>${text}</li>`)}
      </ul>`,
    },
    ...markedSections(facts),
    rowsSection(changedTitle, changed, changedCount, facts),
    rowsSection(evaluationTitle, evaluation, evaluationCount, facts),
    filesSection(facts),
  ].filter((section): section is Section => section !== null);
}

function numbered({ title, note, content }: Section, number: number): Html {
  return html`<section>
    <h2><span>${number}&ensp;${title}</span><small>${note}</small></h2>
    ${content}
  </section>`;
}

function describeData({ file, validationFile, rowKind, audit }: ReportFacts): string {
  const kind = { delimited: '', folder: ', a folder', zip: '' }[file.format];
  const classes = audit.head.classes.length;
  const of = classes === 0 ? '' : ` of ${formatPlural(classes, 'class', 'classes')}`;
  const other = validationFile === null ? '' : `; validated by ${validationFile.name}`;
  return `${file.name}${kind}, ${formatPlural(file.rows, rowKind)}${of}${other}`;
}

/** As files are counted: 1 kB = 1,000 bytes. */
function formatKilobytes(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${formatCount(Math.ceil(bytes / 1e3))} kB`;
}

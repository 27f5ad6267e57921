import { visibleText } from '../../../core/base/visibleText';
import { encodePng } from '../../pictures/encodePng';
import { type Html, html } from '../html';
import type { ReportedRow } from '../reportedRows';

/** A part of the report, before it has its number. */
export interface Section {
  readonly title: Html | string;
  /** What stands beside the title, small. */
  readonly note: string;
  readonly content: Html;
}

/** Of a label or an id in a table. */
const cellLength = 80;

/** A label or an id where there is little room. */
export function cell(text: string, limit = cellLength): Html {
  return html`${visibleText(text, { limit })}`;
}

/** The picture of a row inside the page itself. */
export function image({ picture, id }: Pick<ReportedRow, 'picture' | 'id'>): Html {
  if (picture === null || picture.kind === 'problem') {
    return html`<span class="soft">${picture === null ? '' : 'no picture'}</span>`;
  }
  const data = encodePng(picture.pixels).toString('base64');
  return html`<img alt="${cell(id)}" src="data:image/png;base64,${data}" />`;
}

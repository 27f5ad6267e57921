import { formatCount } from '../../../core/base/format';
import { html } from '../html';
import { commandsOf } from '../reportCommands';
import type { ReportFacts } from '../reportFacts';
import type { Section } from './section';

/** Which files went in and came out, letter by letter, and what to type to get the same again. */
export function filesSection(facts: ReportFacts): Section {
  const { file, validationFile, outputs, version } = facts;
  const inputs = [file, ...(validationFile === null ? [] : [validationFile])];
  const lines = [
    ...inputs.map((one) => ({ ...one, use: 'read' })),
    ...outputs.map((one) => ({ name: one.fileName, bytes: one.bytes, sha256: one.sha256, use: 'written' })),
  ];
  return {
    title: 'To check and to make again',
    note: 'the same file, version and seed give the same figures',
    content: html`<div class="again">
      <table class="files">
        <thead>
          <tr>
            <th>file</th>
            <th class="use"></th>
            <th class="n bytes">bytes</th>
            <th class="hash">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          ${lines.map(
            ({ name, use, bytes, sha256 }) =>
              html`<tr>
                <td>${name}</td>
                <td class="soft">${use}</td>
                <td class="n">${formatCount(bytes)}</td>
                <td class="hash">${sha256}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p class="legend">
        With Assay
        ${version}${
          outputs.some(({ fileName }) => fileName === 'manifest.json')
            ? ' and what manifest.json says of columns and settings'
            : ''
        }:
      </p>
      ${commandsOf(facts).map((command) => html`<p class="command">${command}</p>`)}
    </div>`,
  };
}

import { formatCount } from '../../core/base/format';
import { type Html, html } from './html';

/** Width of a page's column of text, in the units of the drawings. */
export const chartWidth = 680;

/** A line of bars, each with its name before and its count behind. */
export function drawBars(
  bars: readonly { readonly name: Html; readonly count: number; readonly rest?: boolean }[],
): Html {
  const most = Math.max(1, ...bars.filter(({ rest }) => rest !== true).map(({ count }) => count));
  const step = 22;
  const left = 176;
  const longest = 118;
  const lines = bars.map(({ name, count, rest }, at) => {
    // All the others together may be many times the first: their count says it.
    const length = Math.max(2, Math.min(1, count / most) * longest);
    return html`<text x="${left - 8}" y="${at * step + 14}" text-anchor="end">${name}</text
      ><rect
        x="${left}"
        y="${at * step + 3}"
        width="${length.toFixed(1)}"
        height="14"
        rx="2"
        class="${rest === true ? 'rest' : 'bar'}"
      /><text x="${(left + length + 6).toFixed(1)}" y="${at * step + 14}" class="soft">${formatCount(count)}</text>`;
  });
  return svg(
    330,
    bars.length * step,
    html`Bars: ${bars.map(({ name, count }, at) => html`${at === 0 ? '' : ', '}${name} ${count}`)}`,
    lines,
  );
}

/** Rows by suspicion, on a scale of square roots: the few at the right are what it is about. */
export function drawHistogram(counts: readonly number[], threshold: number, width = chartWidth): Html {
  const height = 64;
  const most = Math.max(1, ...counts);
  const step = width / counts.length;
  const bars = counts.map((count, bin) => {
    const high = count === 0 ? 0 : Math.max(1, height * Math.sqrt(count / most));
    const suspect = (bin + 0.5) / counts.length >= threshold;
    return html`<rect
      x="${(bin * step + 0.5).toFixed(1)}"
      y="${(height - high).toFixed(1)}"
      width="${(step - 1).toFixed(1)}"
      height="${high.toFixed(1)}"
      class="${suspect ? 'bar' : 'rest'}"
    />`;
  });
  const at = threshold * width;
  const marks = html`<line x1="0" x2="${width}" y1="${height}" y2="${height}" class="axis" /><line
      x1="${at.toFixed(1)}"
      x2="${at.toFixed(1)}"
      y1="0"
      y2="${height}"
      class="mark"
    /><text x="0" y="${height + 15}" class="soft">0</text
    ><text x="${at.toFixed(1)}" y="${height + 15}" text-anchor="middle">${threshold}</text
    ><text x="${width}" y="${height + 15}" text-anchor="end" class="soft">1: surely wrong</text>`;
  return svg(width, height + 20, 'Rows by suspicion, from 0 to 1; heights by square roots', [...bars, marks]);
}

/** A drawing with what it shows in words, for those who cannot see it. */
export function svg(wide: number, high: number, label: Html | string, parts: readonly Html[]): Html {
  return html`<svg viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" role="img" aria-label="${label}">
    ${parts}
  </svg>`;
}

import { formatCount } from '../../core/base/format';
import { cutText } from '../../core/base/visibleText';
import type { Html } from './html';
import { html } from './html';
import { change } from './reportSentences';

/** Width of a page's column of text, in the units of the drawings. */
const width = 680;

/** A line of bars, each with its name before and its count behind. */
export function drawBars(
  bars: readonly { readonly name: string; readonly count: number; readonly rest?: boolean }[],
): Html {
  const most = Math.max(1, ...bars.filter(({ rest }) => rest !== true).map(({ count }) => count));
  const step = 22;
  const left = 190;
  const longest = 130;
  const lines = bars.map(({ name, count, rest }, at) => {
    // All the others together may be many times the first: their count says it.
    const length = Math.max(2, Math.min(1, count / most) * longest);
    return html`<text x="${left - 8}" y="${at * step + 14}" text-anchor="end">${cutText(name, 30)}</text
      ><rect
        x="${left}"
        y="${at * step + 3}"
        width="${length.toFixed(1)}"
        height="14"
        rx="2"
        class="${rest === true ? 'rest' : 'bar'}"
      /><text x="${(left + length + 6).toFixed(1)}" y="${at * step + 14}" class="soft">${formatCount(count)}</text>`;
  });
  return svg(370, bars.length * step, `Bars: ${bars.map(({ name, count }) => `${name} ${count}`).join(', ')}`, lines);
}

/** Rows by suspicion, on a scale of square roots: the few at the right are what it is about. */
export function drawHistogram(counts: readonly number[], threshold: number): Html {
  const height = 90;
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
    ><text x="${width}" y="${height + 15}" text-anchor="end" class="soft">1, surely wrong</text>`;
  return svg(width, height + 20, 'Rows by suspicion, from 0 to 1; heights by square roots', [...bars, marks]);
}

/** The retrained change of a removal among those of random ones, dots that would overlap being stacked. */
export function drawProof(actual: number, random: readonly number[], what: string): Html {
  const all = [...random, actual, 0];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const margin = 40;
  const scale = (width - 2 * margin) / (high - low || 1);
  const xOf = (value: number): number => margin + (value - low) * scale;
  const radius = 4.5;
  const stacks = new Map<number, number>();
  const columns = random.map((value) => {
    const column = Math.round(xOf(value) / (2 * radius + 1));
    const level = stacks.get(column) ?? 0;
    stacks.set(column, level + 1);
    return { x: column * (2 * radius + 1), level };
  });
  const deepest = Math.max(1, ...stacks.values());
  // A tall stack is pressed together, not cut off.
  const step = Math.min(2 * radius + 1, 110 / deepest);
  const base = 40 + deepest * step;
  const dots = columns.map(
    ({ x, level }) =>
      html`<circle
        cx="${x.toFixed(1)}"
        cy="${(base - radius - 1 - level * step).toFixed(1)}"
        r="${radius}"
        class="rest"
      />`,
  );
  const x = xOf(actual);
  const anchor = x > width / 2 ? 'end' : 'start';
  const nudge = anchor === 'end' ? 8 : -8;
  const zero = xOf(0);
  const marks = html`<line x1="${margin}" x2="${width - margin}" y1="${base}" y2="${base}" class="axis" /><line
      x1="${zero.toFixed(1)}"
      x2="${zero.toFixed(1)}"
      y1="12"
      y2="${base}"
      class="mark"
    /><path d="M${x.toFixed(1)} ${base - 14}l7 7l-7 7l-7 -7z" class="bar" /><text
      x="${(x + nudge).toFixed(1)}"
      y="18"
      text-anchor="${anchor}"
      class="accent"
      >${what}: ${change(actual)}, retrained</text
    ><text x="${zero.toFixed(1)}" y="${base + 16}" text-anchor="middle" class="soft">0</text
    >${ends(low, high, zero, xOf, base)}<text x="${margin}" y="${base + 34}" class="soft">← loss falls: better</text
    ><text x="${width - margin}" y="${base + 34}" text-anchor="end" class="soft">loss rises: worse →</text>`;
  return svg(width, base + 40, `${what}: ${change(actual)} by retraining, among ${random.length} random removals`, [
    ...dots,
    marks,
  ]);
}

/** The least and the largest value, where there is room beside the zero. */
function ends(low: number, high: number, zero: number, xOf: (value: number) => number, base: number): Html[] {
  return [low, high]
    .filter((value) => Math.abs(xOf(value) - zero) > 60)
    .map(
      (value) =>
        html`<text x="${xOf(value).toFixed(1)}" y="${base + 16}" text-anchor="middle" class="soft"
          >${change(value)}</text
        >`,
    );
}

function svg(wide: number, high: number, label: string, parts: readonly Html[]): Html {
  return html`<svg viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" role="img" aria-label="${label}">
    ${parts}
  </svg>`;
}

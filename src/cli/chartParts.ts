/** What the charts of the command line share: three panels beside each other, as an SVG that needs nothing else. */

/** Sizes in pixels of a panel's plot, and what stands around it. */
export const plotSize = 300;
export const plotGap = 72;
export const chartMargin = { left: 84, top: 92, right: 28, bottom: 96 } as const;

export const chartStyle =
  '<style>text{font:12px system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2430;font-variant-numeric:tabular-nums}.title{font-size:15px;font-weight:600}.small{font-size:11px;fill:#525a68}.grid{stroke:#e3e6eb}.zero{stroke:#b9bfc9}.diagonal{stroke:#525a68;stroke-dasharray:4 4}.frame{fill:none;stroke:#b9bfc9}</style>';

/** A place in pixels, to a hundredth. */
export function roundPlace(value: number): number {
  return Math.round(100 * value) / 100;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

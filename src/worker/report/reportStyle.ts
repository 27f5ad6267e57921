import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?inline';

/**
 * How a report looks, on the screen and on paper. It follows the window's light theme, and carries its font (48 KB):
 * on paper it is the same wherever it was printed.
 */
export const reportStyle = `
@font-face { font-family: "Inter Variable"; font-weight: 100 900; src: url(${inter}) format("woff2"); }
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #dfe2e8; color: #1a1f29; font: 12.5px/1.5 "Inter Variable", Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; }
.about { width: 794px; max-width: 100%; margin: 24px auto 0; padding: 0 4px; color: #4b5363; font-size: 12px; }
main { width: 794px; max-width: 100%; margin: 12px auto 40px; padding: 52px 58px; background: #fff; box-shadow: 0 1px 3px #0002, 0 12px 40px #0002; }
header { display: flex; justify-content: space-between; gap: 16px; color: #566072; font-size: 11.5px; }
header b { margin-right: 6px; color: #1a1f29; font-size: 14px; letter-spacing: -0.02em; }
h1 { margin: 26px 0 10px; font-size: 27px; line-height: 1.15; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h2 { display: flex; justify-content: space-between; align-items: baseline; gap: 24px; margin: 26px 0 10px; padding-bottom: 5px; border-bottom: 1px solid #1a1f29; font-size: 13.5px; break-after: avoid; }
h2 span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; flex: 0 1 auto; }
h2 small { min-width: 0; color: #566072; font-size: 11.5px; font-weight: 400; text-align: right; overflow-wrap: anywhere; }
p { margin: 0 0 7px; }
.lead { font-size: 14.5px; line-height: 1.5; }
.figures { display: grid; grid-auto-flow: column; grid-template-columns: auto auto; grid-auto-columns: auto; margin: 18px 0 0; border: solid #c6ccd6; border-width: 1px 0; break-inside: avoid; }
.figures div { padding: 10px 14px; border-left: 1px solid #e1e4ea; }
.figures div:first-child { padding-left: 0; border-left: 0; }
.figures b { display: block; font-size: 18px; letter-spacing: -0.01em; line-height: 1.3; white-space: nowrap; }
.figures span, .soft { color: #566072; }
.figures span { display: block; font-size: 11.5px; line-height: 1.35; }
.figures div:nth-child(-n+2) span { white-space: nowrap; }
.legend { margin-top: 12px; }
.two .legend { margin-top: 0; }
ul { margin: 0; padding-left: 16px; }
li { margin: 0 0 4px; break-inside: avoid; }
table { width: 100%; border-collapse: collapse; font-size: 11.5px; }
th { color: #566072; font-weight: 600; text-align: left; white-space: nowrap; }
th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid #e1e4ea; vertical-align: top; overflow-wrap: anywhere; }
thead { display: table-header-group; }
.rows { table-layout: fixed; }
.rows .picture { width: 44px; }
.rows .label { width: 14%; }
.rows .score { width: 64px; }
.rows .by { width: 17%; }
.files { table-layout: fixed; }
.files .use { width: 50px; }
.files .bytes { width: 76px; }
.files .hash { width: 400px; font-size: 9.6px; white-space: nowrap; overflow-wrap: normal; }
.again { break-inside: avoid; }
tr, figure, svg { break-inside: avoid; }
.n { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.n:last-child { padding-right: 0; }
.two { display: flex; gap: 30px; align-items: flex-start; }
.two > * { flex: 1 1 0; min-width: 0; }
.cases { display: grid; grid-template-columns: repeat(11, minmax(0, 1fr)); gap: 10px 6px; }
figure { margin: 0; font-size: 9.5px; line-height: 1.35; overflow-wrap: anywhere; }
.cases span, .cases b { display: block; }
.cases img { display: block; width: 100%; aspect-ratio: 1; margin-bottom: 3px; object-fit: contain; background: #eef0f4; image-rendering: pixelated; }
.texts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px 24px; }
.texts figure { padding: 2px 0 2px 10px; border-left: 2px solid #c6ccd6; font-size: 11px; line-height: 1.45; }
.texts p { margin-bottom: 3px; color: #1a1f29; font-size: 12px; }
td img, .explained img { display: block; width: 34px; height: 34px; object-fit: contain; background: #eef0f4; image-rendering: pixelated; }
.explained { display: flex; gap: 14px; align-items: flex-start; margin-bottom: 8px; }
.explained img { flex: none; width: 56px; height: 56px; }
.hash, .command { font: 10.5px/1.5 "JetBrains Mono Variable", "JetBrains Mono", ui-monospace, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.command { margin-bottom: 5px; padding: 5px 9px; background: #eef0f4; border-radius: 3px; break-inside: avoid; }
svg + table { margin-top: 10px; }
svg { display: block; max-width: 100%; height: auto; font-size: 11.5px; fill: #1a1f29; }
svg .bar { fill: #2457d6; }
svg .rest { fill: #c6ccd6; }
svg .soft { fill: #566072; }
svg .accent { fill: #2457d6; font-weight: 600; }
svg .hollow { fill: #fff; stroke: #2457d6; stroke-width: 1.3; }
svg .axis { stroke: #c6ccd6; }
svg .mark { stroke: #7b8597; stroke-dasharray: 2 3; }
@media screen and (max-width: 700px) { main { padding: 20px; } .two { display: block; } .figures { grid-auto-flow: row; grid-template-columns: auto; } .figures div { padding-left: 0; border-left: 0; } .cases { grid-template-columns: repeat(5, minmax(0, 1fr)); } .texts { grid-template-columns: minmax(0, 1fr); } .files .hash { width: 50%; white-space: normal; overflow-wrap: anywhere; } }
@page { size: A4; margin: 16mm 15mm; }
@media print { body { background: #fff; -webkit-print-color-adjust: exact; print-color-adjust: exact; } .about { display: none; } main { width: auto; margin: 0; padding: 0; box-shadow: none; } }
`;

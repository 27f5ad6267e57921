/** How a report looks, on the screen and on paper. It follows the window's light theme. */
export const reportStyle = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #dde1e9; color: #1a1f29; font: 13px/1.5 "Inter Variable", Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; }
main { width: 794px; max-width: 100%; margin: 24px auto; padding: 56px; background: #fff; }
header { display: flex; justify-content: space-between; gap: 16px; color: #566072; font-size: 12px; }
header b { color: #1a1f29; font-size: 14px; }
h1 { margin: 28px 0 8px; font-size: 26px; line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; margin: 28px 0 10px; padding-bottom: 6px; border-bottom: 1px solid #1a1f29; font-size: 14px; break-after: avoid; }
h2 small { color: #566072; font-size: 12px; font-weight: 400; text-align: right; }
p { margin: 0 0 8px; }
.lead { font-size: 15px; line-height: 1.45; }
.figures { display: grid; grid-auto-flow: column; justify-content: space-between; margin: 20px 0 0; border: solid #c6ccd6; border-width: 1px 0; }
.figures div { padding: 10px 14px; border-left: 1px solid #e1e4ea; }
.figures div:first-child { padding-left: 0; border-left: 0; }
.figures b { display: block; font-size: 17px; letter-spacing: -0.01em; line-height: 1.35; white-space: nowrap; }
.figures span, .soft { color: #566072; }
.figures span { font-size: 12px; }
ul { margin: 0; padding-left: 18px; }
li { margin: 0 0 4px; }
table { width: 100%; border-collapse: collapse; font-size: 12px; }
th { color: #566072; font-weight: 600; text-align: left; white-space: nowrap; }
th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid #e1e4ea; vertical-align: top; overflow-wrap: anywhere; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.n { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.n:last-child { padding-right: 0; }
.two { display: flex; gap: 32px; align-items: flex-start; }
.two > * { flex: 1 1 0; min-width: 0; }
.cases { display: flex; flex-wrap: wrap; gap: 10px; }
figure { width: 76px; margin: 0; font-size: 11px; line-height: 1.3; overflow-wrap: anywhere; break-inside: avoid; }
figure img { display: block; width: 76px; height: 76px; margin-bottom: 4px; object-fit: contain; background: #eef0f4; image-rendering: pixelated; }
figure b { display: block; }
td img { display: block; width: 36px; height: 36px; object-fit: contain; background: #eef0f4; image-rendering: pixelated; }
.hash { font: 11px/1.5 "JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace; overflow-wrap: anywhere; }
svg { display: block; max-width: 100%; height: auto; font-size: 12px; fill: #1a1f29; }
svg .bar { fill: #2457d6; }
svg .rest { fill: #c6ccd6; }
svg .soft { fill: #566072; }
svg .accent { fill: #2457d6; font-weight: 600; }
svg .axis { stroke: #c6ccd6; }
svg .mark { stroke: #7b8597; stroke-dasharray: 3 3; }
footer { margin-top: 32px; padding-top: 10px; border-top: 1px solid #c6ccd6; }
@media (max-width: 700px) { main { padding: 20px; } .two { display: block; } .figures { grid-auto-flow: row; } .figures div { padding-left: 0; border-left: 0; } }
@page { size: A4; margin: 16mm 15mm; }
@media print { body { background: #fff; } main { width: auto; margin: 0; padding: 0; } }
`;

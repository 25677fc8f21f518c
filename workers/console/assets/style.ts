/** The console's only style sheet: tokens first, then the frame, then what pages are made of. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f6f9; --surface: #ffffff; --raised: #f9fafc; --line: #dde2e9; --line-strong: #b9c2ce;
  --ink: #14202e; --ink-soft: #4b5a6b; --accent: #1d56b8; --accent-ink: #ffffff; --focus: #1d56b8;
  --ok: #14603a; --ok-ground: #dff3e7; --ok-mark: #2f9e63;
  --warn: #744600; --warn-ground: #fdeecb; --warn-mark: #d3900f;
  --bad: #98190f; --bad-ground: #fde3e0; --bad-mark: #d64535;
  --info: #1a4899; --info-ground: #e2ecfc; --info-mark: #4f86dd;
  --hold: #4d2d93; --hold-ground: #ece6fb; --hold-mark: #8a68d8;
  --quiet: #455262; --quiet-ground: #e9edf2; --quiet-mark: #93a0b0;
  --shadow: 0 1px 2px rgb(20 32 46 / 6%), 0 2px 8px rgb(20 32 46 / 5%);
  --text: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --gap: 16px; --radius: 10px;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e141b; --surface: #161e27; --raised: #1b2530; --line: #2a3643; --line-strong: #43525f;
    --ink: #e6ecf2; --ink-soft: #a3b1c0; --accent: #8db8ff; --accent-ink: #0b1b33; --focus: #8db8ff;
    --ok: #86dfac; --ok-ground: #14341f; --ok-mark: #3fb578;
    --warn: #f3c76b; --warn-ground: #3a2b0c; --warn-mark: #dba12f;
    --bad: #ff9f94; --bad-ground: #431a16; --bad-mark: #ee6a5b;
    --info: #a3c6ff; --info-ground: #182d4e; --info-mark: #5d94ea;
    --hold: #cdbcff; --hold-ground: #2d2350; --hold-mark: #9f82ec;
    --quiet: #b0bccb; --quiet-ground: #26313d; --quiet-mark: #6f7f90;
    --shadow: 0 1px 2px rgb(0 0 0 / 35%);
  }
}

*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 var(--text); font-variant-numeric: tabular-nums; }
h1, h2, h3 { line-height: 1.25; margin: 0; font-weight: 650; letter-spacing: -0.01em; }
h1 { font-size: 22px; } h2 { font-size: 16px; } h3 { font-size: 14px; }
figure { margin: 0; }
p { margin: 0 0 8px; } p:last-child { margin-bottom: 0; }
a { color: var(--accent); text-underline-offset: 2px; }
code, pre, .mono { font-family: var(--mono); font-size: 12.5px; }
code { overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.soft { color: var(--ink-soft); } .small { font-size: 12.5px; } .nowrap { white-space: nowrap; } .num { text-align: right; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 8px; top: -60px; z-index: 9; background: var(--accent); color: var(--accent-ink); padding: 8px 14px; border-radius: 0 0 8px 8px; }
.skip:focus { top: 0; }

.bar { background: var(--surface); border-bottom: 1px solid var(--line); }
.bar-in { max-width: 1240px; margin: 0 auto; padding: 0 20px; min-height: 56px; display: flex; align-items: center; gap: 6px 20px; flex-wrap: wrap; }
.mark { display: inline-flex; align-items: center; gap: 9px; font-weight: 700; color: var(--ink); text-decoration: none; white-space: nowrap; }
.mark svg { display: block; }
.pages { display: flex; gap: 2px; overflow-x: auto; scrollbar-width: none; }
.pages a { display: block; padding: 17px 11px 15px; color: var(--ink-soft); text-decoration: none; border-bottom: 2px solid transparent; white-space: nowrap; }
.pages a:hover { color: var(--ink); }
.pages a[aria-current] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
.pages a:focus-visible { outline-offset: -3px; }
.bar-end { margin-left: auto; display: flex; align-items: center; gap: 12px; }
.find { display: flex; } .find input { width: 236px; border-radius: 8px 0 0 8px; border-right: 0; } .find button { border-radius: 0 8px 8px 0; }
main { max-width: 1240px; margin: 0 auto; padding: 24px 20px 64px; display: block; }
main:focus { outline: none; }
.head { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 8px 16px; margin-bottom: 18px; }
.head > div:first-child { flex: 1 1 320px; min-width: 0; }
.head h1 { overflow-wrap: anywhere; }
.head p { color: var(--ink-soft); margin: 3px 0 0; max-width: 78ch; }
.crumb { font-size: 12.5px; margin: 0 0 2px; }
.acts { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }

.card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); padding: 16px; margin: 0 0 var(--gap); min-width: 0; }
.card > h2:first-child, .card > .card-head:first-child { margin-bottom: 10px; }
.card-head { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: baseline; justify-content: space-between; }
.flat { padding: 0; overflow: hidden; } .flat > h2, .flat > .card-head, .flat > p { padding: 14px 16px 0; }
.two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: var(--gap); align-items: start; }
.side { display: grid; grid-template-columns: minmax(0, 2fr) minmax(260px, 1fr); gap: var(--gap); align-items: start; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: var(--gap); }
.cards .card { margin: 0; }
.two, .side, .plots { margin-bottom: var(--gap); } .two > .card, .side > .card, .plots > .card { margin: 0; height: 100%; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr)); gap: var(--gap); align-items: start; }

.badge { display: inline-block; padding: 1px 8px; border-radius: 99px; font-size: 12px; line-height: 1.55; font-weight: 600; white-space: nowrap; background: var(--quiet-ground); color: var(--quiet); }
.ok { background: var(--ok-ground); color: var(--ok); } .warn { background: var(--warn-ground); color: var(--warn); }
.bad { background: var(--bad-ground); color: var(--bad); } .info { background: var(--info-ground); color: var(--info); }
.hold { background: var(--hold-ground); color: var(--hold); }
.big { font-size: 14px; padding: 3px 12px; }

.wide { overflow-x: auto; } .wide:focus-visible { outline-offset: -2px; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; padding: 14px 16px 8px; font-weight: 650; font-size: 16px; }
th, td { text-align: left; padding: 8px 12px; vertical-align: top; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 16px; } th:last-child, td:last-child { padding-right: 16px; }
thead th { font-size: 12px; font-weight: 600; color: var(--ink-soft); white-space: nowrap; background: var(--raised); border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
tbody tr:hover > * { background: var(--raised); }
td.num, th.num { text-align: right; }
.empty { padding: 28px 16px; text-align: center; color: var(--ink-soft); }
.pager { display: flex; gap: 12px; justify-content: flex-end; padding: 12px 16px; border-top: 1px solid var(--line); }

dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 5px 16px; margin: 0; }
dl.facts.spaced { margin-top: 14px; }
dl.facts dt { color: var(--ink-soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }

input, select, textarea { font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px; padding: 7px 10px; width: 100%; min-height: 36px; }
textarea { min-height: 80px; } select { padding-right: 6px; }
input[type="checkbox"] { width: 18px; min-height: 18px; height: 18px; accent-color: var(--accent); margin: 0; }
label { display: block; font-weight: 600; margin-bottom: 4px; }
.field { margin-bottom: 14px; } .field .hint { color: var(--ink-soft); font-size: 12.5px; margin: 4px 0 0; }
.row { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-end; } .row .field { flex: 1 1 150px; margin: 0; } .row.top { align-items: flex-start; } .row.field { margin-bottom: 14px; }
.check { display: flex; gap: 9px; align-items: center; } .check label { margin: 0; font-weight: 400; }
button, .button { font: inherit; font-weight: 600; display: inline-block; min-height: 36px; padding: 6px 14px; border-radius: 8px; border: 1px solid var(--line-strong); background: var(--surface); color: var(--ink); cursor: pointer; text-decoration: none; white-space: nowrap; }
button:hover, .button:hover { background: var(--raised); border-color: var(--ink-soft); }
button.first { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
button.first:hover { filter: brightness(1.08); }
button.slight, .button.slight { min-height: 28px; padding: 2px 10px; font-size: 12.5px; }
form.inline { display: inline; }

.note { border: 1px solid var(--line); border-left: 4px solid var(--info-mark); border-radius: 8px; background: var(--surface); padding: 10px 14px; margin: 0 0 var(--gap); }
.note.is-ok { border-left-color: var(--ok-mark); } .note.is-warn { border-left-color: var(--warn-mark); } .note.is-bad { border-left-color: var(--bad-mark); }
.tabs { display: flex; gap: 4px; flex-wrap: wrap; margin: 0 0 var(--gap); }
.tabs a { padding: 6px 13px; border-radius: 99px; color: var(--ink-soft); text-decoration: none; border: 1px solid transparent; }
.tabs a:hover { background: var(--surface); border-color: var(--line); }
.tabs a[aria-current] { background: var(--surface); border-color: var(--line-strong); color: var(--ink); font-weight: 600; }
pre.raw { margin: 0; padding: 14px 16px; overflow: auto; max-height: 640px; background: var(--raised); border-top: 1px solid var(--line); line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; }
details > summary { cursor: pointer; color: var(--accent); width: fit-content; }
details > summary + * { margin-top: 8px; }

.sign { max-width: 400px; margin: 9vh auto 0; } .sign .mark { font-size: 18px; margin-bottom: 18px; } .sign h1 { margin-bottom: 6px; }

.steps { list-style: none; margin: 0; padding: 0; }
.steps > li { position: relative; display: grid; grid-template-columns: 118px 26px minmax(0, 1fr); gap: 0 10px; padding: 0 16px; }
.steps .at { text-align: right; padding: 13px 0; font-size: 12.5px; line-height: 1.4; } .steps .at strong { display: block; font-size: 14px; font-weight: 600; }
.steps .dot { position: relative; } .steps .dot::before { content: ""; position: absolute; left: 12px; top: 0; bottom: 0; width: 2px; background: var(--line); }
.steps > li:first-child .dot::before { top: 20px; } .steps > li:last-child .dot::before { bottom: auto; height: 20px; } .steps > li:only-child .dot::before { display: none; }
.steps .dot::after { content: ""; position: absolute; left: 6px; top: 16px; width: 10px; height: 10px; border-radius: 50%; background: var(--quiet-mark); border: 2px solid var(--surface); box-shadow: 0 0 0 2px var(--quiet-mark); }
.steps .is-ok .dot::after { background: var(--ok-mark); box-shadow: 0 0 0 2px var(--ok-mark); } .steps .is-warn .dot::after { background: var(--warn-mark); box-shadow: 0 0 0 2px var(--warn-mark); }
.steps .is-bad .dot::after { background: var(--bad-mark); box-shadow: 0 0 0 2px var(--bad-mark); } .steps .is-info .dot::after { background: var(--info-mark); box-shadow: 0 0 0 2px var(--info-mark); }
.steps .is-hold .dot::after { background: var(--hold-mark); box-shadow: 0 0 0 2px var(--hold-mark); }
.steps .what { padding: 10px 0 14px; border-bottom: 1px solid var(--line); min-width: 0; } .steps > li:last-child .what { border-bottom: 0; }
.steps .words { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 4px 18px; margin: 6px 0; }
.steps .words > div { min-width: 0; overflow-wrap: anywhere; } .steps .who { color: var(--ink-soft); font-size: 12px; margin: 0; }
.steps .told { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 6px 0 0; padding: 0; list-style: none; font-size: 12.5px; }
.steps .from { color: var(--ink-soft); font-size: 12.5px; margin: 6px 0 0; overflow-wrap: anywhere; }
.is-apart { opacity: 1; } .is-apart .what { color: var(--ink-soft); }

.answer { display: grid; gap: 10px; margin: 0; padding: 0; list-style: none; } .answer li { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 12px; align-items: baseline; }
.meter { display: flex; gap: 3px; margin: 8px 0 0; } .meter span { height: 6px; flex: 1; border-radius: 3px; background: var(--quiet-ground); } .meter .done { background: var(--ok-mark); } .meter .now { background: var(--info-mark); } .meter .stuck { background: var(--bad-mark); }

.plot { display: block; width: 100%; height: auto; } .plot text { font: 11.5px var(--text); fill: var(--ink-soft); } .plot .grid { stroke: var(--line); stroke-width: 1; } .plot .base { stroke: var(--line-strong); stroke-width: 1; }
.plot .p-ok { fill: var(--ok-mark); } .plot .p-warn { fill: var(--warn-mark); } .plot .p-bad { fill: var(--bad-mark); } .plot .p-info { fill: var(--info-mark); } .plot .p-quiet { fill: var(--quiet-mark); } .plot .p-hold { fill: var(--hold-mark); }
.plot .p-none { fill: var(--quiet-ground); } .plot .line { fill: none; stroke: var(--info-mark); stroke-width: 2; stroke-linejoin: round; } .plot .area { fill: var(--info-ground); }
.spark { width: 144px; } .strip { height: 26px; border-radius: 6px; }
.spaced { margin-top: 14px; } .spaced-below { margin-bottom: 12px; } td .acts { flex-wrap: nowrap; } .note .answer { padding: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 12.5px; color: var(--ink-soft); }
.legend svg { vertical-align: -1px; margin-right: 5px; } .legend .p-ok { fill: var(--ok-mark); } .legend .p-warn { fill: var(--warn-mark); } .legend .p-bad { fill: var(--bad-mark); } .legend .p-info { fill: var(--info-mark); } .legend .p-quiet { fill: var(--quiet-mark); } .legend .p-hold { fill: var(--hold-mark); } .legend .p-none { fill: var(--quiet-ground); }

.flow { display: block; width: 100%; height: auto; } .flow-tall { display: none; }
.flow text { font-family: var(--text); fill: var(--ink); } .flow .f-soft { fill: var(--ink-soft); font-size: 12px; } .flow .f-title { font-size: 11px; font-weight: 600; letter-spacing: .06em; fill: var(--ink-soft); text-transform: uppercase; paint-order: stroke; stroke: var(--surface); stroke-width: 7px; }
.flow .f-name { font-size: 13px; font-weight: 600; } .flow .f-number { font-size: 21px; font-weight: 650; letter-spacing: -0.02em; } .flow .f-box { fill: var(--surface); stroke: var(--line-strong); } .flow .f-lane { fill: var(--raised); stroke: var(--line); }
.flow .f-stream { fill: none; stroke: var(--info-mark); stroke-opacity: .35; } .flow .f-still { stroke: var(--quiet-mark); stroke-opacity: .3; } .flow .f-drops { fill: none; stroke: var(--info-mark); stroke-width: 2; stroke-dasharray: 2 14; stroke-linecap: round; animation: drops 1.6s linear infinite; }
@keyframes drops { to { stroke-dashoffset: -32; } }
.flow .f-chip rect { fill: var(--quiet-ground); } .flow .f-chip text { fill: var(--quiet); font-size: 12px; font-weight: 600; } .flow .f-warn rect { fill: var(--warn-ground); } .flow .f-warn text { fill: var(--warn); } .flow .f-bad rect { fill: var(--bad-ground); } .flow .f-bad text { fill: var(--bad); }
.flow a { text-decoration: none; } .flow a:hover .f-box { stroke: var(--accent); } .flow a:hover .f-number { fill: var(--accent); } .flow a:focus-visible { outline: none; } .flow a:focus-visible .f-box, .flow a:focus-visible rect { stroke: var(--focus); stroke-width: 2.5; }
.live { display: flex; gap: 10px; align-items: center; color: var(--ink-soft); font-size: 12.5px; }
@media (prefers-reduced-motion: reduce) { .flow .f-drops { animation: none; } }

@media (max-width: 820px) {
  .two, .side { grid-template-columns: minmax(0, 1fr); }
  .plot text { font-size: 15px; }
  .flow-wide { display: none; } .flow-tall { display: block; }
  .bar-in { padding: 10px 14px 0; } .mark { order: 1; } .bar-end { order: 2; } .pages { order: 4; flex-basis: 100%; margin: 0 -14px; padding: 0 6px; } .pages a { padding: 10px 9px 9px; }
  .find { order: 3; flex-basis: 100%; } .find input { width: 100%; }
  main { padding: 16px 14px 48px; } h1 { font-size: 19px; } .card { padding: 14px; } .flat { padding: 0; }
  .steps > li { grid-template-columns: 22px minmax(0, 1fr); padding: 0 14px; } .steps .at { grid-column: 2; grid-row: 1; text-align: left; padding: 10px 0 0; display: flex; gap: 8px; align-items: baseline; } .steps .dot { grid-column: 1; grid-row: 1 / 3; } .steps .what { grid-column: 2; padding-top: 2px; } .steps .words { grid-template-columns: minmax(0, 1fr); }
  .steps .dot::before { left: 8px; } .steps .dot::after { left: 2px; }
}
@media (max-width: 620px) {
  table.stack thead { display: none; } table.stack, table.stack tbody, table.stack tr { display: block; } table.stack caption { display: block; }
  table.stack tr { padding: 10px 14px; border-top: 1px solid var(--line); } table.stack th, table.stack td { display: flex; gap: 12px; justify-content: space-between; border: 0; padding: 3px 0; text-align: right; overflow-wrap: anywhere; min-width: 0; }
  table.stack th:first-child, table.stack td:first-child { padding-left: 0; } table.stack th:last-child, table.stack td:last-child { padding-right: 0; }
  table.stack th[scope="row"] { justify-content: flex-start; text-align: left; font-size: 15px; } table.stack th[scope="row"]::before { display: none; }
  table.stack [data-label]::before { content: attr(data-label); color: var(--ink-soft); font-weight: 400; text-align: left; white-space: nowrap; } table.stack td > *, table.stack th > * { min-width: 0; }
  dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; } dl.facts dd { margin-bottom: 8px; }
  .bar-end .who { display: none; }
}
@media print { .bar, .acts, .pager { display: none; } body { background: none; } .card { box-shadow: none; } }
`;

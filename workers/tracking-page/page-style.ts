import { type Shades, SURFACES, shadesOf } from "./colour.ts";

/** The page's one stylesheet, and the three lines that give it an account's colour. Both are files: the page has no style of its own. */

const DEFAULT_COLOUR = "#2250b8";

const variables = ({ fill, on_fill, ink }: Shades) => `--fill:${fill};--on-fill:${on_fill};--ink:${ink}`;

/** The stylesheet of a colour: it comes after the page's own. `colour`: #rrggbb. */
export function colourStyle(colour: string): string {
  const { light, dark } = shadesOf(colour);
  return `:root{${variables(light)}}@media(prefers-color-scheme:dark){:root{${variables(dark)}}}\n`;
}

const CSS = `${colourStyle(DEFAULT_COLOUR)}
:root {
  color-scheme: light dark;
  --page: ${SURFACES.light.page}; --card: ${SURFACES.light.card}; --line: #e2e5ea; --rail: #d3d8e0;
  --text: #171b22; --soft: #565f6e;
  --good: #0f6b3c; --good-ground: #e3f4ea; --warn: #8a4b00; --warn-ground: #fdf0dc;
  --bad: #a3211b; --bad-ground: #fce8e6; --quiet: #4b5462; --quiet-ground: #eceef2;
  --shadow: 0 1px 2px rgb(20 26 40 / .05), 0 8px 24px rgb(20 26 40 / .06);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: ${SURFACES.dark.page}; --card: ${SURFACES.dark.card}; --line: #2b313c; --rail: #3a424f;
    --text: #eceff4; --soft: #a5afbe;
    --good: #6fd69b; --good-ground: #143425; --warn: #f2b765; --warn-ground: #3a2a11;
    --bad: #ff9d94; --bad-ground: #431d1b; --quiet: #b4bdca; --quiet-ground: #2a303a;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1, h2, h3, p, ol, ul, dl, dd { margin: 0; padding: 0; }
ol, ul { list-style: none; }
a { color: var(--ink); text-underline-offset: .18em; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; border-radius: .25rem; }
svg { display: block; flex: none; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.brand { border-top: .3rem solid var(--fill); background: var(--card); border-bottom: 1px solid var(--line); }
.brand > div, main, footer { max-width: 42rem; margin: 0 auto; padding: 0 1rem; }
.brand > div { display: flex; align-items: center; min-height: 4rem; padding-block: .75rem; }
.brand p { font-size: 1.0625rem; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
.brand img { display: block; max-width: min(14rem, 70vw); max-height: 2.75rem; width: auto; height: auto; object-fit: contain; }
@media (prefers-color-scheme: dark) { .brand img { background: #fff; border-radius: .375rem; padding: .25rem .375rem; } }

main { display: grid; gap: 1rem; padding-block: 1rem 1.5rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 1.25rem; box-shadow: var(--shadow); min-width: 0; }
h2 { font-size: 1.0625rem; font-weight: 650; letter-spacing: -.01em; line-height: 1.3; }

.status { display: flex; gap: 1rem; align-items: flex-start; }
.badge { display: grid; place-items: center; width: 3rem; height: 3rem; border-radius: 50%; background: var(--fill); color: var(--on-fill); flex: none; }
.good .badge { background: var(--good-ground); color: var(--good); }
.warn .badge { background: var(--warn-ground); color: var(--warn); }
.bad .badge { background: var(--bad-ground); color: var(--bad); }
.quiet .badge { background: var(--quiet-ground); color: var(--quiet); }
h1 { font-size: clamp(1.5rem, 1.2rem + 1.6vw, 2rem); line-height: 1.15; font-weight: 700; letter-spacing: -.02em; overflow-wrap: break-word; }
.status p { margin-top: .375rem; color: var(--soft); }

.test, .notice { border-radius: .625rem; padding: .625rem .875rem; font-size: .9375rem; }
.test { background: var(--quiet-ground); color: var(--quiet); }
.notices { display: grid; gap: .5rem; margin-top: 1rem; }
.notice { background: var(--warn-ground); color: var(--warn); font-weight: 550; }
.expected { margin-top: 1.125rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.expected dt { font-size: .875rem; color: var(--soft); }
.expected dd { font-size: 1.1875rem; font-weight: 650; letter-spacing: -.01em; line-height: 1.3; }
.expected .first { font-size: .875rem; font-weight: 400; letter-spacing: 0; color: var(--soft); margin-top: .125rem; }

.steps { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); margin: 1.375rem -.375rem 0; }
.steps li { position: relative; display: grid; justify-items: center; align-content: start; gap: .5rem; padding: 0 .125rem; text-align: center;
  font-size: .75rem; line-height: 1.25; color: var(--soft); hyphens: manual; overflow-wrap: break-word; }
.steps li + li::before { content: ""; position: absolute; top: .75rem; left: calc(-50% + .8125rem); right: calc(50% + .8125rem); height: .1875rem; margin-top: -.09375rem; background: var(--rail); }
.steps li.done + li::before { background: var(--ink); }
.steps svg { width: 1.5rem; height: 1.5rem; position: relative; }
.steps .ring { fill: var(--card); stroke: var(--rail); stroke-width: 2; }
.steps .mark { fill: none; stroke: var(--card); stroke-width: 2.25; stroke-linecap: round; stroke-linejoin: round; }
.steps .dot { fill: var(--ink); }
.steps .done .ring { fill: var(--ink); stroke: var(--ink); }
.steps .now .ring { stroke: var(--ink); stroke-width: 2.5; }
.steps .now { color: var(--text); font-weight: 650; }
.steps .now.good .ring { fill: var(--good); stroke: var(--good); }
.steps .now.warn .ring { stroke: var(--warn); } .steps .now.warn .dot { fill: var(--warn); }
.steps .now.bad .ring { stroke: var(--bad); } .steps .now.bad .dot { fill: var(--bad); }
.steps .now.quiet .ring { stroke: var(--quiet); } .steps .now.quiet .dot { fill: var(--quiet); }
@media (min-width: 30rem) { .steps li { font-size: .8125rem; } }
/* On a phone the words of five steps do not fit side by side: where it is now, and the ends that leave room for it. */
@media (max-width: 29.99rem) {
  .steps .label { margin-inline: -1.5rem; }
  .steps li:not(.now, :first-child, :last-child) .label, .steps li:first-child:has(+ .now) .label, .steps .now + li:last-child .label {
    position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
}

.pickup { border-left: .3rem solid var(--ink); }
.pickup address { font-style: normal; margin-top: .5rem; }
.pickup address + address, .pickup a + address { margin-top: 1rem; }
.pickup strong { display: block; font-size: 1.125rem; }
.button { display: inline-flex; align-items: center; gap: .5rem; margin-top: .875rem; padding: .625rem 1rem; min-height: 2.75rem; border-radius: .625rem;
  background: var(--fill); color: var(--on-fill); font-weight: 600; text-decoration: none; }
.button:hover { text-decoration: underline; }

.parcels .count { color: var(--soft); margin-top: .125rem; }
.parcels li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .125rem 1rem; padding: .75rem 0; border-top: 1px solid var(--line); }
.parcels ul { margin-top: .75rem; }
.parcels li:last-child { padding-bottom: 0; }
.parcels .of { font-weight: 550; }
.parcels .number { display: block; font-size: .8125rem; font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
.word { align-self: center; font-size: .875rem; font-weight: 600; padding: .125rem .625rem; border-radius: 1rem; background: var(--quiet-ground); color: var(--quiet); }
.word.good { background: var(--good-ground); color: var(--good); }
.word.warn { background: var(--warn-ground); color: var(--warn); }
.word.bad { background: var(--bad-ground); color: var(--bad); }
.more { color: var(--soft); font-size: .875rem; margin-top: .75rem; }

.history h3 { font-size: .875rem; font-weight: 600; color: var(--soft); margin: 1.25rem 0 .5rem; }
.history > ol > li:first-child h3 { margin-top: .875rem; }
.history .entries li { position: relative; display: grid; grid-template-columns: 3.25rem minmax(0, 1fr); gap: 0 1.75rem; padding-bottom: .875rem; }
.history .entries li::before { content: ""; position: absolute; left: 3.875rem; top: .4375rem; width: .625rem; height: .625rem; border-radius: 50%; background: var(--rail); }
.history .entries li::after { content: ""; position: absolute; left: 4.125rem; top: 1.1875rem; bottom: -.3125rem; width: .125rem; background: var(--line); }
.history .entries li:last-child::after { display: none; }
.history > ol > li:last-child .entries li:last-child { padding-bottom: 0; }
.history .entries li.good::before { background: var(--good); }
.history .entries li.warn::before { background: var(--warn); }
.history .entries li.bad::before { background: var(--bad); }
.history > ol > li:first-child .entries li:first-child.plain::before { background: var(--ink); }
.history > ol > li:first-child .entries li:first-child .what { font-weight: 650; }
.history time { color: var(--soft); font-variant-numeric: tabular-nums; font-size: .9375rem; line-height: 1.6; }
.history .where { color: var(--soft); font-size: .9375rem; }
.history .note { color: var(--soft); font-size: .8125rem; margin-top: 1rem; }
.history .empty { color: var(--soft); margin-top: .5rem; }

.facts { display: grid; gap: .875rem 2rem; }
.facts dt { font-size: .875rem; color: var(--soft); }
.facts dd { font-weight: 550; overflow-wrap: anywhere; }
@media (min-width: 30rem) { .facts { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); } }

footer { padding-block: .5rem 2.5rem; color: var(--soft); font-size: .875rem; text-align: center; }
footer ul { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 .25rem; }
footer li a { display: inline-block; padding: .625rem .5rem; min-height: 2.75rem; line-height: 1.5; }
footer li a[aria-current] { color: var(--text); font-weight: 650; text-decoration: none; }
.missing { text-align: center; padding: 2.5rem 1.25rem; }
.missing svg { margin: 0 auto 1rem; color: var(--soft); }
.missing p { margin: .75rem auto 0; max-width: 30rem; color: var(--soft); }

@media (min-width: 48rem) {
  main { padding-block: 1.75rem 2rem; gap: 1.25rem; }
  .card { padding: 1.75rem; }
  .status { gap: 1.25rem; }
  .badge { width: 3.5rem; height: 3.5rem; }
}
@media (forced-colors: active) {
  .steps .done .ring, .steps .dot, .history .entries li::before { forced-color-adjust: none; }
}
@media print { .card { box-shadow: none; break-inside: avoid; } footer, .button { display: none; } }
`;

/** The stylesheet as it is sent: without the blanks that only we read. */
export const PAGE_STYLE = CSS.replace(/\n\s*/gu, "\n").trim();

/** A file's name changes with its words, so that it can be kept for a year. FNV-1a, 32 bits. */
export const PAGE_STYLE_NAME = `page-${fnv1a(PAGE_STYLE)}.css`;

function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

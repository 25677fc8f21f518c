/** The style of /docs: system fonts, light and dark, a list of calls beside them where there is room. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --raised: #f5f7f9; --line: #d8dfe6; --text: #17212b; --quiet: #4d5b68;
  --link: #0b5394; --get: #0a6640; --post: #0b5394; --patch: #7a4a00; --delete: #a01c1c; --focus: #1a73e8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12171c; --raised: #1b2229; --line: #323c46; --text: #e6ebf0; --quiet: #a9b6c2;
    --link: #8ab8f0; --get: #6fd3a1; --post: #8ab8f0; --patch: #f0c070; --delete: #ff9d94; --focus: #8ab8f0;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--text); background: var(--page); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem; z-index: 1; }
code, pre, input, textarea { font: .875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
header { padding: 2rem 1.5rem 1rem; border-bottom: 1px solid var(--line); }
header h1 { margin: 0 0 .25rem; font-size: 1.6rem; }
header p { margin: .25rem 0; max-width: 70ch; color: var(--quiet); }
.frame { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 2rem; padding: 0 1.5rem 4rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 1rem 0; font-size: .875rem; }
nav h2 { margin: 1rem 0 .25rem; font-size: .75rem; text-transform: uppercase; letter-spacing: .06em; color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .15rem .25rem; color: var(--text); text-decoration: none; }
nav li a:hover { text-decoration: underline; }
main { padding-top: 1rem; min-width: 0; }
main h2 { margin: 3rem 0 .25rem; font-size: 1.35rem; }
main h2:first-child { margin-top: 0; }
.call { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; padding: 1rem 1.25rem; }
.call h3 { margin: 0; font-size: 1.05rem; }
.call .line { margin: .35rem 0; overflow-wrap: anywhere; }
.method { font-weight: 700; text-transform: uppercase; font-size: .8rem; margin-right: .5rem; }
.get { color: var(--get); } .post { color: var(--post); } .put, .patch { color: var(--patch); } .delete { color: var(--delete); }
.call p { margin: .35rem 0; max-width: 75ch; }
.quiet { color: var(--quiet); }
details { margin: .5rem 0; }
summary { cursor: pointer; font-weight: 600; padding: .15rem 0; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow: auto; max-height: 28rem; margin: .5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
td:first-child { width: 32%; overflow-wrap: anywhere; }
td .type { color: var(--quiet); overflow-wrap: anywhere; }
form { display: grid; gap: .5rem; margin: .5rem 0; max-width: 44rem; }
label { font-weight: 600; font-size: .875rem; display: grid; gap: .15rem; }
input, textarea { width: 100%; padding: .45rem .55rem; border: 1px solid var(--quiet); border-radius: 4px; background: var(--page); color: var(--text); }
button { justify-self: start; padding: .45rem 1rem; border: 1px solid var(--link); border-radius: 4px; background: var(--link); color: var(--page); font: inherit; font-weight: 600; cursor: pointer; }
.credentials { display: flex; flex-wrap: wrap; gap: 1rem; max-width: 60rem; }
.credentials label { flex: 1 1 16rem; }
@media (max-width: 60rem) {
  .frame { grid-template-columns: minmax(0, 1fr); padding: 0 1rem 3rem; }
  nav { position: static; max-height: none; }
  header { padding: 1.25rem 1rem; }
  .call { padding: .75rem; }
}
`;

import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** What the pages load, by file name. Their addresses carry a mark of what is in them, so that they may be kept for ever. */

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#1d56b8"/><path d="M6 8.5 12 5l6 3.5v7L12 19l-6-3.5z" fill="none" stroke="#fff" stroke-width="1.8" stroke-linejoin="round"/><path d="M6 8.5 12 12l6-3.5M12 12v7" fill="none" stroke="#fff" stroke-width="1.8" stroke-linejoin="round"/></svg>`;

interface Asset {
  type: string;
  text: string;
}

export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ["console.css", { type: "text/css; charset=utf-8", text: STYLE }],
  ["console.js", { type: "text/javascript; charset=utf-8", text: SCRIPT }],
  ["icon.svg", { type: "image/svg+xml", text: ICON }],
]);

/** FNV-1a, 32 bits: enough to tell one edition from the next. */
function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(36);
}

const addresses = new Map<string, string>();
for (const [name, { text }] of ASSETS) addresses.set(name, `/console/assets/${name}?${markOf(text)}`);

export function assetAddress(name: string): string {
  const address = addresses.get(name);
  if (address === undefined) throw new Error(`The console has no ${name}.`);
  return address;
}

/** An account's colour on the tracking page: shades of it that can be read on light and on dark (WCAG 2.2, 1.4.3). */

export const COLOUR = /^#[0-9a-f]{6}$/u;

export interface Shades {
  /** Fills: bars and marks, with `on_fill` upon them. */
  fill: string;
  on_fill: string;
  /** Words, links and lines upon the page. */
  ink: string;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** What words must at least stand out by; a little more than 4.5 : 1, so that rounding takes nothing away. */
const READABLE = 4.6;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** The page's surfaces, as page-style.ts has them: words of the colour stand on either of the two of a scheme. */
export const SURFACES = {
  light: { card: "#ffffff", page: "#f4f5f7" },
  dark: { card: "#1b1f27", page: "#12151b" },
} as const;

/** The colour's shades for a light and a dark page. `colour`: #rrggbb. */
export function shadesOf(colour: string): { light: Shades; dark: Shades } {
  const rgb = read(colour);
  const on = contrast(rgb, WHITE) >= READABLE || contrast(rgb, WHITE) >= contrast(rgb, BLACK) ? WHITE : BLACK;
  // A colour between the two that carries neither white nor black words is moved until it does.
  const fill = towards(rgb, on === WHITE ? BLACK : WHITE, [on]);
  const shades = (surfaces: readonly string[], away: Rgb): Shades => {
    const ink = towards(rgb, away, surfaces.map(read));
    return { fill: written(fill), on_fill: written(on), ink: written(ink) };
  };
  return {
    light: shades(Object.values(SURFACES.light), BLACK),
    dark: shades(Object.values(SURFACES.dark), WHITE),
  };
}

/** The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastOf(a: string, b: string): number {
  return contrast(read(a), read(b));
}

/** The nearest mixture of a colour with black or white that stands out from all of some others. */
function towards(colour: Rgb, end: Rgb, from: readonly Rgb[]): Rgb {
  for (let share = 0; share <= 1; share += 0.02) {
    const mixed = mix(colour, end, share);
    if (from.every((other) => contrast(mixed, other) >= READABLE)) return mixed;
  }
  return end;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const part = (at: 0 | 1 | 2) => Math.round(a[at] + (b[at] - a[at]) * share);
  return [part(0), part(1), part(2)];
}

function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function read(colour: string): Rgb {
  if (!COLOUR.test(colour)) throw new Error(`"${colour}" is no colour: #rrggbb in small letters.`);
  const channel = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

function written(rgb: Rgb): string {
  return `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

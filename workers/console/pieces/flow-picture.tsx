import type { FC } from "hono/jsx";
import { count } from "./when.tsx";

/**
 * The system as a picture: stations in columns, and streams between them as wide as what went along. Drawn twice, lying
 * for a screen and standing for a phone; the style sheet shows one.
 */

export interface Chip {
  text: string;
  tone: "quiet" | "warn" | "bad";
  /** What a screen reader says. */
  label: string;
  href: string;
}

export interface Station {
  name: string;
  /** Null where nothing can be said. */
  number: number | null;
  /** There are more than the number says. */
  more?: boolean;
  unit: string;
  soft: string;
  href: string;
  chips: readonly Chip[];
  /** Something came along within the last minute. */
  lively: boolean;
}

export interface Column {
  title: string;
  stations: readonly Station[];
}

interface Placed {
  station: Station;
  x: number;
  y: number;
  width: number;
}

const BOX = 98;
const TITLE = 26;

interface Drawing {
  width: number;
  height: number;
  titles: { text: string; x: number; y: number }[];
  columns: Placed[][];
  /** A stream from a station to the next column's, as a path. */
  path(from: Placed, to: Placed): string;
}

function lying(columns: readonly Column[]): Drawing {
  const width = 1200;
  const box = 190;
  const gap = (width - columns.length * box) / Math.max(1, columns.length - 1);
  const most = Math.max(...columns.map(({ stations }) => stations.length));
  const height = TITLE + most * BOX + (most - 1) * 18 + 4;
  return {
    width,
    height,
    titles: columns.map(({ title }, at) => ({ text: title, x: at * (box + gap) + 1, y: 14 })),
    columns: columns.map(({ stations }, at) => {
      const tall = stations.length * BOX + (stations.length - 1) * 18;
      const top = TITLE + (height - TITLE - tall) / 2;
      return stations.map((station, n) => ({
        station,
        x: at * (box + gap) + 1,
        y: top + n * (BOX + 18),
        width: box - 2,
      }));
    }),
    path: (from, to) => {
      const [x1, y1, x2, y2] = [from.x + from.width, from.y + BOX / 2, to.x, to.y + BOX / 2];
      const bend = (x2 - x1) / 2;
      return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    },
  };
}

function standing(columns: readonly Column[]): Drawing {
  const width = 340;
  const step = TITLE + BOX + 34;
  return {
    width,
    height: columns.length * step - 30,
    titles: columns.map(({ title }, at) => ({ text: title, x: 1, y: at * step + 14 })),
    columns: columns.map(({ stations }, at) => {
      const gap = 8;
      const box = (width - gap * (stations.length - 1)) / stations.length;
      return stations.map((station, n) => ({
        station,
        x: n * (box + gap) + 1,
        y: at * step + TITLE,
        width: box - 2,
      }));
    }),
    path: (from, to) => {
      const [x1, y1, x2, y2] = [from.x + from.width / 2, from.y + BOX, to.x + to.width / 2, to.y];
      const bend = (y2 - y1) / 2;
      return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
    },
  };
}

/** From a hair for one to a broad band for a million. */
const widthOf = (number: number | null): number =>
  Math.round((2 + Math.log2(1 + (number ?? 0)) * 1.1) * 10) / 10;

export const FlowPicture: FC<{ columns: readonly Column[]; label: string }> = ({ columns, label }) => (
  <>
    <Drawn drawing={lying(columns)} name="flow-wide" label={label} />
    <Drawn drawing={standing(columns)} name="flow-tall" label={label} />
  </>
);

const Drawn: FC<{ drawing: Drawing; name: string; label: string }> = ({ drawing, name, label }) => (
  <svg class={`flow ${name}`} viewBox={`0 0 ${drawing.width} ${drawing.height}`} aria-labelledby={name}>
    <title id={name}>{label}</title>
    {drawing.columns.slice(1).map((to, at) => streams(drawing, drawing.columns[at] ?? [], to))}
    {drawing.titles.map(({ text, x, y }) => (
      <text class="f-title" x={x} y={y}>
        {text}
      </text>
    ))}
    {drawing.columns.flat().map((placed) => (
      <Box {...placed} />
    ))}
  </svg>
);

function streams(drawing: Drawing, from: readonly Placed[], to: readonly Placed[]) {
  return from.flatMap((one) =>
    to.map((other) => {
      // Where many meet one, each of the many has its own width.
      const { station } = from.length >= to.length ? one : other;
      const d = drawing.path(one, other);
      const still = station.number === 0 || station.number === null;
      return (
        <g>
          <path
            class={still ? "f-stream f-still" : "f-stream"}
            d={d}
            stroke-width={widthOf(station.number)}
          />
          {station.lively ? <path class="f-drops" d={d} /> : null}
        </g>
      );
    }),
  );
}

function Box({ station, x, y, width }: Placed) {
  const { name, number, more, unit, soft, href, chips } = station;
  const said = number === null ? "–" : `${count(number)}${more ? "+" : ""}`;
  const inset = width < 130 ? 9 : 14;
  return (
    <>
      <a href={href}>
        <rect class="f-box" x={x} y={y} width={width} height={BOX} rx={9} />
        <text class="f-name" x={x + inset} y={y + 21}>
          {`${name} `}
        </text>
        <text class="f-number" x={x + inset} y={y + 46}>
          {`${said} `}
        </text>
        <text class="f-soft" x={x + inset} y={y + 63}>
          {width < 130 ? unit : soft === "" ? unit : `${unit} · ${soft}`}
        </text>
      </a>
      {chipRow(chips, x + inset, y + 72, x + width - inset)}
    </>
  );
}

function chipRow(chips: readonly Chip[], from: number, y: number, end: number) {
  let x = from;
  return chips.map(({ text, tone, label, href }) => {
    const width = Math.min(text.length * 6.9 + 16, end - from);
    if (x > from && x + width > end) return null;
    const at = x;
    x += width + 6;
    return (
      <a href={href} aria-label={label} class={`f-chip${tone === "quiet" ? "" : ` f-${tone}`}`}>
        <rect x={at} y={y} width={width} height={19} rx={9.5} />
        <text x={at + width / 2} y={y + 13.5} text-anchor="middle">
          {text}
        </text>
      </a>
    );
  });
}

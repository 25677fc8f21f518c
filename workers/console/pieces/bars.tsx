import type { FC } from "hono/jsx";
import type { Tone } from "./badge.tsx";
import { count } from "./when.tsx";

/** What happened over time, as stacked bars; the label says in words what is to be seen. */

export interface Series {
  name: string;
  tone: Tone;
  values: readonly number[];
}

const [WIDTH, HEIGHT, LEFT, FOOT, TOP] = [440, 160, 52, 22, 10];

/** The next of 1, 2, 5, 10, 20, 50, … that is no less. */
export function roundUp(number: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, number)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= number) ?? number;
}

export const Bars: FC<{
  title: string;
  series: readonly Series[];
  ticks: readonly { at: number; text: string }[];
}> = ({ title, series, ticks }) => {
  const buckets = series[0]?.values.length ?? 0;
  const sums = Array.from({ length: buckets }, (_, at) =>
    series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
  );
  const top = roundUp(Math.max(1, ...sums));
  const step = (WIDTH - LEFT) / Math.max(1, buckets);
  const y = (value: number) => TOP + (HEIGHT - FOOT - TOP) * (1 - value / top);
  const totals = series.map(({ name, values }) => `${name} ${count(values.reduce((a, b) => a + b, 0))}`);
  return (
    <figure class="figure">
      <svg
        class="plot"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title}: ${totals.join(", ")}.`}
      >
        {[0, top / 2, top].map((value) => (
          <g>
            <line class={value === 0 ? "base" : "grid"} x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">
              {Number.isInteger(value) ? count(value) : ""}
            </text>
          </g>
        ))}
        {sums.map((_, at) => stack(series, at, LEFT + at * step, step, y))}
        {ticks.map((tick) => (
          <text x={LEFT + (tick.at + 0.5) * step} y={HEIGHT - 4} text-anchor="middle">
            {tick.text}
          </text>
        ))}
      </svg>
      <Legend of={series} />
    </figure>
  );
};

function stack(series: readonly Series[], at: number, x: number, step: number, y: (value: number) => number) {
  let below = 0;
  return series.map(({ tone, values }) => {
    const value = values[at] ?? 0;
    if (value === 0) return null;
    const [from, to] = [y(below), y(below + value)];
    below += value;
    const gap = Math.min(2, step / 4);
    return (
      <rect
        class={`p-${tone}`}
        x={fixed(x + gap / 2)}
        y={fixed(to)}
        width={fixed(step - gap)}
        height={fixed(Math.max(1, from - to))}
      />
    );
  });
}

const fixed = (number: number): number => Math.round(number * 100) / 100;

export const Legend: FC<{ of: readonly { name: string; tone: Tone | "none" }[] }> = ({ of }) => (
  <ul class="legend">
    {of.map(({ name, tone }) => (
      <li>
        <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
          <rect class={`p-${tone}`} width="10" height="10" rx="2" />
        </svg>
        {name}
      </li>
    ))}
  </ul>
);

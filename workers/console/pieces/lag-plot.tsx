import type { FC } from "hono/jsx";
import { roundUp } from "./bars.tsx";
import { lasting, milliseconds } from "./when.tsx";

/** A duration over time: the median as a line, what nineteen of twenty stay below as the area under it. */

const [WIDTH, HEIGHT, LEFT, FOOT, TOP] = [440, 160, 52, 22, 10];

export interface LagPoint {
  p50_ms: number | null;
  p95_ms: number | null;
}

export const LagPlot: FC<{
  title: string;
  points: readonly LagPoint[];
  ticks: readonly { at: number; text: string }[];
}> = ({ title, points, ticks }) => {
  const most = Math.max(1000, ...points.map(({ p95_ms }) => p95_ms ?? 0));
  const top = roundUp(most / 1000) * 1000;
  const step = (WIDTH - LEFT) / Math.max(1, points.length);
  const x = (at: number) => Math.round((LEFT + (at + 0.5) * step) * 10) / 10;
  const y = (ms: number) => Math.round((TOP + (HEIGHT - FOOT - TOP) * (1 - ms / top)) * 10) / 10;
  const said = points.flatMap(({ p95_ms }) => p95_ms ?? []);
  const label =
    said.length === 0
      ? `${title}: no check was made.`
      : `${title}: at worst ${lasting(Math.max(...said))}, last ${lasting(said.at(-1) ?? 0)}.`;
  return (
    <figure>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {[0, top / 2, top].map((value) => (
          <g>
            <line class={value === 0 ? "base" : "grid"} x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">
              {milliseconds(value).replace(".0", "")}
            </text>
          </g>
        ))}
        {points.map(({ p95_ms }, at) =>
          p95_ms === null ? null : (
            <rect class="area" x={x(at) - step / 2} y={y(p95_ms)} width={step} height={y(0) - y(p95_ms)} />
          ),
        )}
        {runs(points).map((run) => (
          <polyline class="line" points={run.map(({ at, ms }) => `${x(at)},${y(ms)}`).join(" ")} />
        ))}
        {points.map(({ p50_ms }, at) =>
          p50_ms === null ? null : <circle class="p-info" cx={x(at)} cy={y(p50_ms)} r={2.5} />,
        )}
        {ticks.map((tick) => (
          <text x={x(tick.at)} y={HEIGHT - 4} text-anchor="middle">
            {tick.text}
          </text>
        ))}
      </svg>
      <p class="soft small">Line: the median. Area: 95 of 100 were faster.</p>
    </figure>
  );
};

/** Stretches without a gap. */
function runs(points: readonly LagPoint[]): { at: number; ms: number }[][] {
  const runs: { at: number; ms: number }[][] = [];
  points.forEach(({ p50_ms }, at) => {
    if (p50_ms === null) return;
    const goesOn = at > 0 && points[at - 1]?.p50_ms !== null;
    if (!goesOn) runs.push([]);
    runs.at(-1)?.push({ at, ms: p50_ms });
  });
  return runs;
}

import type { FC } from "hono/jsx";
import type { DeliveryRow } from "../../delivery/views.ts";
import { toneOfAttempt } from "./badge.tsx";
import { Legend } from "./bars.tsx";
import { count, milliseconds } from "./when.tsx";

/** Attempts one beside the other, the oldest left: how long each took as its height, how it ended as its colour. */

const [WIDTH, HEIGHT, LEFT, FOOT, TOP] = [440, 150, 52, 18, 8];
/** A time-out takes thirty seconds; an answer in a few milliseconds must still be seen. */
const STEPS_MS = [10, 100, 1000, 10_000];
const MOST_MS = 30_000;
const LEAST_MS = 3;

const y = (ms: number): number => {
  const part = Math.log(Math.max(LEAST_MS, ms) / LEAST_MS) / Math.log(MOST_MS / LEAST_MS);
  return Math.round((TOP + (HEIGHT - TOP - FOOT) * (1 - Math.min(1, part))) * 10) / 10;
};

export const AttemptPlot: FC<{ attempts: readonly DeliveryRow[]; now: number }> = ({ attempts }) => {
  if (attempts.length === 0) return <p class="empty">No attempt was made yet.</p>;
  const step = Math.min(12, (WIDTH - LEFT) / attempts.length);
  const of = (...states: string[]) => attempts.filter(({ state }) => states.includes(state)).length;
  const times = attempts.flatMap(({ latency_ms }) => latency_ms ?? []).toSorted((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? null;
  const label = `The last ${count(attempts.length)} attempts: ${of("delivered")} delivered, ${of("failed", "unknown")} failed, ${of("dead")} given up; half of them took less than ${milliseconds(median)}.`;
  return (
    <figure>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {STEPS_MS.map((ms) => (
          <g>
            <line class="grid" x1={LEFT} x2={WIDTH} y1={y(ms)} y2={y(ms)} />
            <text x={LEFT - 6} y={y(ms) + 4} text-anchor="end">
              {milliseconds(ms).replace(".0", "")}
            </text>
          </g>
        ))}
        <line class="base" x1={LEFT} x2={WIDTH} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
        {attempts.map(({ state, latency_ms }, at) => (
          <rect
            class={`p-${toneOfAttempt(state)}`}
            x={LEFT + at * step}
            y={y(latency_ms ?? MOST_MS)}
            width={Math.max(1, step - 1.5)}
            height={Math.max(2, HEIGHT - FOOT - y(latency_ms ?? MOST_MS))}
          />
        ))}
        <text x={LEFT} y={HEIGHT - 2}>
          oldest
        </text>
        <text x={Math.min(WIDTH, LEFT + attempts.length * step)} y={HEIGHT - 2} text-anchor="end">
          {attempts.length * step > 90 ? "newest" : ""}
        </text>
      </svg>
      <p class="soft small">{label}</p>
      <Legend
        of={[
          { name: "Delivered", tone: "ok" },
          { name: "Failed", tone: "warn" },
          { name: "Given up", tone: "bad" },
        ]}
      />
    </figure>
  );
};

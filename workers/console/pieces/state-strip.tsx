import type { FC } from "hono/jsx";
import type { LineState, LineStateRow } from "../../delivery/views.ts";
import type { Tone } from "./badge.tsx";
import { Legend } from "./bars.tsx";
import { lasting } from "./when.tsx";

/** How an endpoint stood over time, as one strip up to now. */

const TONES: Readonly<Record<LineState, Tone>> = {
  active: "ok",
  failing: "bad",
  paused: "warn",
  gone: "quiet",
  stopped_host_key: "quiet",
};
const WIDTH = 1180;

/** `states`: newest first. */
export const StateStrip: FC<{ states: readonly LineStateRow[]; now: number }> = ({ states, now }) => {
  const first = states.at(-1)?.at ?? now;
  const span = Math.max(1, now - first);
  const parts = states
    .map(({ at, state }, index) => ({ state, from: at, until: states[index - 1]?.at ?? now }))
    .reverse();
  const sums = new Map<LineState, number>();
  for (const { state, from, until } of parts) sums.set(state, (sums.get(state) ?? 0) + until - from);
  const words = [...sums].map(([state, ms]) => `${state} for ${lasting(ms)}`);
  return (
    <figure>
      <svg
        class="plot strip"
        viewBox={`0 0 ${WIDTH} 26`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Over the last ${lasting(span)}: ${words.join(", ")}.`}
      >
        {parts.map(({ state, from, until }) => (
          <rect
            class={`p-${TONES[state]}`}
            x={Math.round(((from - first) / span) * WIDTH)}
            y={0}
            width={Math.max(2, Math.round(((until - from) / span) * WIDTH))}
            height={26}
          />
        ))}
      </svg>
      <Legend
        of={[...sums].map(([state, ms]) => ({ name: `${state}, ${lasting(ms)}`, tone: TONES[state] }))}
      />
    </figure>
  );
};

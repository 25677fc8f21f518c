import type { FC } from "hono/jsx";
import { count } from "./when.tsx";

/** A small picture for a row of a table: what went well above what did not, hour by hour. */
export const Spark: FC<{ title: string; bars: readonly { good: number; bad: number }[] }> = ({
  title,
  bars,
}) => {
  const most = Math.max(1, ...bars.map(({ good, bad }) => good + bad));
  const [good, bad] = [
    bars.reduce((all, one) => all + one.good, 0),
    bars.reduce((all, one) => all + one.bad, 0),
  ];
  const height = (number: number) => (number === 0 ? 0 : Math.max(1.5, (number / most) * 24));
  return (
    <svg
      class="plot spark"
      width="144"
      height="26"
      viewBox="0 0 144 26"
      role="img"
      aria-label={`${title}: ${count(good)} went well, ${count(bad)} failed.`}
    >
      {bars.map((bar, at) => (
        <g>
          <rect class="p-none" x={at * 6} y={24} width={5} height={2} />
          <rect class="p-ok" x={at * 6} y={26 - height(bar.good)} width={5} height={height(bar.good)} />
          <rect
            class="p-bad"
            x={at * 6}
            y={26 - height(bar.good) - height(bar.bad)}
            width={5}
            height={height(bar.bad)}
          />
        </g>
      ))}
    </svg>
  );
};

import type { Status } from "../domain/statuses.ts";
import type { BarStep } from "./steps.ts";

/** Small pictures. Each stands beside the words that say the same, so that it is hidden from those who listen. */

const BOX = "M12 3 4 7v10l8 4 8-4V7z M4 7l8 4 8-4 M12 11v10";
const TRUCK =
  "M3 6h11v10H3z M14 9h4l3 4v3h-7z M7 18.5a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5z M17.5 18.5a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5z";
const CHECK = "M5 12.5 10 17.5 19.5 7";
const PIN =
  "M12 21s-7-6.2-7-11.5A7 7 0 0 1 19 9.5C19 14.8 12 21 12 21z M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z";
const PAUSE = "M12 8v5 M12 16.5v.01 M12 3 2.5 20h19z";
const BACK = "M9 5 4 10l5 5 M4 10h10a6 6 0 0 1 6 6v3";
const CROSS = "M6.5 6.5l11 11 M17.5 6.5l-11 11";
const SHIELD = "M12 3l7 3v5.5c0 4.4-2.9 7.6-7 9.5-4.1-1.9-7-5.1-7-9.5V6z M9 12l2.2 2.2L15.2 10";
const DOOR = "M6 21V4h9v17 M3.5 21h17 M12 12v.01 M18 8l3 3-3 3";
const PAPER = "M6 3h9l4 4v14H6z M15 3v4h4 M9 12h7 M9 16h5";

const PICTURES: Record<Status, string> = {
  registered: PAPER,
  info_received: PAPER,
  collection: BOX,
  accepted: BOX,
  in_transit: TRUCK,
  customs: SHIELD,
  out_for_delivery: TRUCK,
  delivery_attempted: DOOR,
  ready_for_pickup: PIN,
  delivered: CHECK,
  exception: PAUSE,
  returning: BACK,
  returned: BACK,
  failed: CROSS,
  cancelled: CROSS,
  notice: PAPER,
};

function Picture({ path, size }: { path: string; size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

export const StatusPicture = ({ status }: { status: Status }) => (
  <Picture path={PICTURES[status]} size={26} />
);
export const MapPin = () => <Picture path={PIN} size={18} />;
export const EmptyBox = () => <Picture path={BOX} size={56} />;

/** A place on the bar: a filled mark behind, a ring with a dot now, an empty ring ahead. */
export function StepMark({ state, tone }: Pick<BarStep, "state" | "tone">) {
  const isDone = state === "done" || (state === "now" && tone === "good");
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <circle class="ring" cx="12" cy="12" r="10.5" />
      {isDone ? <path class="mark" d="M7.5 12.4 10.8 15.7 16.6 9" /> : null}
      {state === "now" && !isDone ? <circle class="dot" cx="12" cy="12" r="5" /> : null}
    </svg>
  );
}

/** What a browser shows beside the page's name. */
export const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#2250b8"/><path d="M12 5 6 8v8l6 3 6-3V8zM6 8l6 3 6-3M12 11v8" fill="none" stroke="#fff" stroke-width="1.6" stroke-linejoin="round"/></svg>`;

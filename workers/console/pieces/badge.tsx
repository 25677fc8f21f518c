import type { Child, FC } from "hono/jsx";
import type { AttemptState, LineState } from "../../delivery/views.ts";
import type { Health, Status } from "../../domain/statuses.ts";

/** A word with a tone. The word says it; the colour only helps to find it. */

export type Tone = "ok" | "warn" | "bad" | "info" | "hold" | "quiet";

export const Badge: FC<{ tone: Tone; big?: boolean; children?: Child }> = ({ tone, big, children }) => (
  <span class={`badge ${tone}${big ? " big" : ""}`}>{children}</span>
);

const STATUS_TONES: Readonly<Record<Status, Tone>> = {
  registered: "quiet",
  info_received: "quiet",
  collection: "info",
  accepted: "info",
  in_transit: "info",
  customs: "info",
  out_for_delivery: "info",
  delivery_attempted: "warn",
  ready_for_pickup: "hold",
  delivered: "ok",
  exception: "bad",
  returning: "warn",
  returned: "warn",
  failed: "bad",
  cancelled: "quiet",
  notice: "quiet",
};
const HEALTH_TONES: Readonly<Record<Health, Tone>> = {
  on_track: "ok",
  delayed: "warn",
  on_hold: "warn",
  action_required: "bad",
  failed: "bad",
};
const ATTEMPT_TONES: Readonly<Record<AttemptState, Tone>> = {
  delivered: "ok",
  failed: "warn",
  dead: "bad",
  sending: "info",
  unknown: "warn",
};
const LINE_TONES: Readonly<Record<LineState, Tone>> = {
  active: "ok",
  failing: "bad",
  paused: "warn",
  gone: "bad",
  stopped_host_key: "bad",
};

/** `out_for_delivery` → "out for delivery". */
export const inWords = (name: string): string => name.replaceAll("_", " ");

export const toneOfStatus = (status: Status): Tone => STATUS_TONES[status];
export const toneOfAttempt = (state: AttemptState): Tone => ATTEMPT_TONES[state];

export const StatusBadge: FC<{ status: Status; big?: boolean }> = ({ status, big }) => (
  <Badge tone={STATUS_TONES[status]} big={big}>
    {inWords(status)}
  </Badge>
);
export const HealthBadge: FC<{ health: Health; big?: boolean }> = ({ health, big }) => (
  <Badge tone={HEALTH_TONES[health]} big={big}>
    {inWords(health)}
  </Badge>
);
export const AttemptBadge: FC<{ state: AttemptState }> = ({ state }) => (
  <Badge tone={ATTEMPT_TONES[state]}>{state}</Badge>
);
export const LineBadge: FC<{ state: LineState; big?: boolean }> = ({ state, big }) => (
  <Badge tone={LINE_TONES[state]} big={big}>
    {state === "stopped_host_key" ? "stopped: other host key" : state}
  </Badge>
);

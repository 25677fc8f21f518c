import type { OpenedSubscription } from "../channels/channel.ts";
import { connectionsAllowed, isOpen, leastGapMs, pausedAt, resumed } from "../domain/breaker.ts";
import { DeliveryOrder } from "../domain/delivery-order.ts";
import { type LineHealth, NEW_LINE } from "./health.ts";
import type { MessageRow } from "./outbox-schema.ts";
import type { MessageShipment, WarningCode } from "./views.ts";

/** The bounds of what one subscription may hold in the object (delivery contract C17); the rest waits in the feed. */
export const MOST_MESSAGES = 2000;
export const MOST_BYTES = 64 * 1024 * 1024;
/** Messages are made late, so that they are full: as many are ready as can leave, and a few more. */
const READY_AHEAD = 3;
/** Files of one subscription leave one after the other. */
const WHOLE_LINE = "*";

/** One subscription in memory: what is durable of it lies in the outbox. Decides, and touches nothing. */
export class Line {
  readonly id: string;
  readonly way: "webhook" | "sftp";
  /** Null while it can't be opened. */
  subscription: OpenedSubscription | null = null;
  /** Why it can't; null while it can. */
  unusable: string | null = null;
  position: number;
  health: LineHealth;
  readonly order = new DeliveryOrder();
  readonly rows = new Map<string, MessageRow>();
  bytes = 0;
  /** The feed may hold more than was taken. */
  behind = true;
  /** Reads nothing before this time, after a fault of ours. */
  holdIntakeUntil = 0;
  private startedAt = 0;
  private ownFaults = 0;
  /** When `last_success_at` was last made durable. */
  savedSuccessAt = 0;

  constructor(id: string, way: "webhook" | "sftp", position: number, health: LineHealth = NEW_LINE) {
    this.id = id;
    this.way = way;
    this.position = position;
    this.health = health;
  }

  /** Takes a row that is to be sent. */
  hold(row: MessageRow): void {
    const shipments: MessageShipment[] = JSON.parse(row.shipments);
    const holds = row.file_name === null ? shipments.map((one) => one.shipment_id) : [WHOLE_LINE];
    this.order.add({ ...row, shipments: holds, returned: row.attempts > 0 });
    if (!this.rows.has(row.id)) this.bytes += row.size;
    this.rows.set(row.id, row);
  }

  /** It is delivered, dead, split or cancelled. */
  release(row: MessageRow): void {
    this.order.settle(row.id);
    if (this.rows.delete(row.id)) this.bytes -= row.size;
  }

  /** Neither paused nor ended, and its settings can be read. */
  get sendable(): boolean {
    return this.subscription !== null && !this.subscription.paused && this.health.state === "active";
  }

  /** How full it is, 0 to 1. */
  get fullness(): number {
    return Math.max(this.order.size / MOST_MESSAGES, this.bytes / MOST_BYTES);
  }

  /** Whether events should be taken from the feed now. */
  wantsNews(now: number, scale: number): boolean {
    const due = this.newsDueAt(now, scale);
    return due !== null && due <= now;
  }

  /** When events should be taken from the feed; null while there are none, or no room, or no use for them. */
  private newsDueAt(now: number, scale: number): number | null {
    if (!this.behind || this.subscription === null) return null;
    if (this.health.state === "gone") {
      const { gone_until } = this.health;
      return gone_until === null || this.position < gone_until ? this.holdIntakeUntil : null;
    }
    if (!this.sendable || this.fullness >= 1) return null;
    // While the receiver is down, the feed keeps the news: only a probe is needed.
    if (isOpen(this.health.breaker))
      return this.order.size > 0 ? null : Math.max(this.holdIntakeUntil, this.health.breaker.probe_at);
    if (this.way === "sftp")
      return this.order.size > 0 ? null : Math.max(this.holdIntakeUntil, this.fileDueAt(scale));
    if (this.order.readyCount(now, READY_AHEAD) >= READY_AHEAD) return null;
    // While every connection is taken, what stands behind those in flight is ready enough; one that is free is not left idle.
    const taken = this.order.inFlight >= connectionsAllowed(this.health.breaker, now, scale);
    if (taken && this.order.soonCount(now, READY_AHEAD) >= READY_AHEAD) return null;
    return this.holdIntakeUntil;
  }

  /** When the next file may be written. */
  fileDueAt(scale: number): number {
    if (this.subscription?.way !== "sftp") return 0;
    return this.health.last_file_at + this.subscription.settings.every_minutes * 60_000 * scale;
  }

  /** The message that may leave now: while the breaker is open a probe, else the first in order. */
  next(now: number, scale: number): MessageRow | null {
    if (!this.sendable) return null;
    const { breaker } = this.health;
    if (this.order.inFlight >= connectionsAllowed(breaker, now, scale)) return null;
    if (now < this.startedAt + leastGapMs(breaker, now, scale) && now >= this.startedAt) return null;
    if (isOpen(breaker) && now < breaker.probe_at) return null;
    const id = isOpen(breaker) ? this.order.oldest(now) : this.order.ready(now);
    return id === null ? null : (this.rows.get(id) ?? null);
  }

  started(row: MessageRow, now: number): void {
    this.startedAt = now;
    this.order.start(row.id);
  }

  /** When there will be something to do without any news; null where nothing is. What is in flight is not counted. */
  dueAt(now: number, scale: number): number | null {
    if (this.subscription === null) return now + 60_000 * scale;
    const times: (number | null)[] = [this.newsDueAt(now, scale)];
    if (this.sendable) {
      const { breaker } = this.health;
      const open = isOpen(breaker);
      const first = open ? this.order.earliestProbe() : this.order.earliest();
      const gap = open ? breaker.probe_at : this.startedAt + leastGapMs(breaker, now, scale);
      // What every connection is taken for waits for one of them to end.
      const free = this.order.inFlight < connectionsAllowed(breaker, now, scale);
      if (first !== null && free) times.push(Math.max(first, gap));
      if (this.order.size > 0) times.push(pausedAt(breaker, scale));
    }
    return earliestOf(times);
  }

  /** The wait after a fault of ours: it uses up no interval of the message, but must not spin either. */
  ownFaultWaitMs(scale: number): number {
    this.ownFaults = Math.min(this.ownFaults + 1, 6);
    return Math.max(250, 5_000 * 2 ** this.ownFaults * scale);
  }

  ownFaultOver(): void {
    this.ownFaults = 0;
  }

  note(code: WarningCode, at: number, detail: string): void {
    const others = this.health.notes.filter((one) => one.code !== code);
    this.health = { ...this.health, notes: [...others, { code, at, detail: detail.slice(0, 500) }] };
  }

  forgetNote(code: WarningCode): void {
    this.health = { ...this.health, notes: this.health.notes.filter((one) => one.code !== code) };
  }

  /** Goes on, as the customer asked for. */
  resume(now: number): void {
    const ended: readonly WarningCode[] = ["paused_after_5_days", "gone", "host_key_changed"];
    this.health = {
      ...this.health,
      state: "active",
      gone_until: null,
      refused_pin: null,
      breaker: resumed(this.health.breaker, now),
      notes: this.health.notes.filter((one) => !ended.includes(one.code)),
    };
    this.order.hasten(now);
    this.behind = true;
  }

  shift(by_ms: number): void {
    this.order.shift(by_ms);
    const moved = (time: number | null) => (time === null ? null : time + by_ms);
    const { breaker } = this.health;
    this.health = {
      ...this.health,
      last_file_at: this.health.last_file_at + by_ms,
      breaker: {
        ...breaker,
        opened_at: moved(breaker.opened_at),
        probe_at: breaker.probe_at + by_ms,
        failing_since: moved(breaker.failing_since),
        recovered_at: moved(breaker.recovered_at),
      },
    };
    this.startedAt += by_ms;
    this.holdIntakeUntil += by_ms;
  }
}

export function earliestOf(times: readonly (number | null)[]): number | null {
  let earliest: number | null = null;
  for (const time of times) if (time !== null && (earliest === null || time < earliest)) earliest = time;
  return earliest;
}

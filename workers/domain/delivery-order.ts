/**
 * The outstanding messages of one subscription, and which of them may leave (delivery contract C3): a message waits
 * while an earlier one holds any of its shipments, and no shipment is in flight twice. Pure bookkeeping in memory;
 * what is durable lies in the outbox, from which this is built again.
 */

export interface Outstanding {
  id: string;
  /** The order within the subscription. The parts of a message that was split share their whole's place. */
  place: number;
  shipments: readonly string[];
  next_at: number;
  /** What the receiver asked for by Retry-After: a probe honours it too. */
  not_before: number;
  /** It left before and came back: what stands behind it may have to wait for long. */
  returned?: boolean;
}

export class DeliveryOrder {
  private readonly byId = new Map<string, Outstanding>();
  /** By place. */
  private entries: Outstanding[] = [];
  private readonly byShipment = new Map<string, Outstanding[]>();
  private readonly flying = new Set<string>();
  private readonly shipmentsFlying = new Set<string>();

  get size(): number {
    return this.entries.length;
  }

  get inFlight(): number {
    return this.flying.size;
  }

  /** Whether an outstanding message holds the shipment. */
  holds(shipment: string): boolean {
    return this.byShipment.has(shipment);
  }

  /**
   * What the next event of a shipment has to wait for: null for nothing, else the last message that holds the shipment.
   * Where one that came back holds it, the shipment itself, for then no other shipment may wait along with it.
   */
  waitsFor(shipment: string): string | null {
    const line = this.byShipment.get(shipment);
    if (line === undefined) return null;
    return line.some((entry) => entry.returned) ? shipment : (line.at(-1)?.id ?? null);
  }

  /** Messages of several shipments that never left and stand behind a message that came back. */
  heldUpBy(id: string): string[] {
    const entry = this.byId.get(id);
    const found = new Set<string>();
    for (const shipment of entry?.shipments ?? []) {
      for (const other of this.byShipment.get(shipment) ?? [])
        if (other !== entry && other.shipments.length > 1 && !other.returned && !this.flying.has(other.id))
          found.add(other.id);
    }
    return [...found];
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  add(message: Outstanding): void {
    if (this.byId.has(message.id)) return;
    const entry = { ...message };
    this.byId.set(entry.id, entry);
    insert(this.entries, entry);
    for (const shipment of entry.shipments) {
      const line = this.byShipment.get(shipment) ?? [];
      insert(line, entry);
      this.byShipment.set(shipment, line);
    }
  }

  /** Acknowledged, dead, split or cancelled: it holds nothing any more. */
  settle(id: string): void {
    const entry = this.byId.get(id);
    if (entry === undefined) return;
    this.land(entry);
    this.byId.delete(id);
    this.entries = this.entries.filter((other) => other !== entry);
    for (const shipment of entry.shipments) {
      const line = (this.byShipment.get(shipment) ?? []).filter((other) => other !== entry);
      if (line.length === 0) this.byShipment.delete(shipment);
      else this.byShipment.set(shipment, line);
    }
  }

  /** It leaves now. */
  start(id: string): void {
    const entry = this.byId.get(id);
    if (entry === undefined) throw new Error("Only an outstanding message can leave.");
    this.flying.add(id);
    for (const shipment of entry.shipments) this.shipmentsFlying.add(shipment);
  }

  /** It came back and waits for its next time. */
  postpone(id: string, next_at: number, not_before: number): void {
    const entry = this.byId.get(id);
    if (entry === undefined) return;
    this.land(entry);
    entry.next_at = next_at;
    entry.not_before = not_before;
    entry.returned = true;
  }

  /** The receiver is back: whatever waits is due, but for what the receiver asked for. */
  hasten(now: number): void {
    for (const entry of this.entries) entry.next_at = Math.max(now, entry.not_before);
  }

  /** The clock was set: times move with it. */
  shift(by_ms: number): void {
    for (const entry of this.entries) {
      entry.next_at += by_ms;
      entry.not_before += by_ms;
    }
  }

  /** The first message that may leave now. */
  ready(now: number): string | null {
    return this.entries.find((entry) => entry.next_at <= now && this.mayLeave(entry))?.id ?? null;
  }

  /** How many could leave now, counted up to `enough`. */
  readyCount(now: number, enough: number): number {
    let count = 0;
    for (const entry of this.entries) {
      if (entry.next_at <= now && this.mayLeave(entry)) count++;
      if (count >= enough) break;
    }
    return count;
  }

  /** The same with those that only wait for messages in flight. */
  soonCount(now: number, enough: number): number {
    let count = 0;
    for (const entry of this.entries) {
      if (entry.next_at <= now && !this.flying.has(entry.id) && this.isNext(entry)) count++;
      if (count >= enough) break;
    }
    return count;
  }

  /** The oldest message that the receiver did not put off: what a probe is made with. */
  oldest(now: number): string | null {
    return this.entries.find((entry) => entry.not_before <= now && this.mayLeave(entry))?.id ?? null;
  }

  /** When the next message that nothing holds back is due; null where none waits. */
  earliest(): number | null {
    return least(this.entries.filter((entry) => this.mayLeave(entry)).map((entry) => entry.next_at));
  }

  /** The same for a probe. */
  earliestProbe(): number | null {
    return least(this.entries.filter((entry) => this.mayLeave(entry)).map((entry) => entry.not_before));
  }

  private mayLeave(entry: Outstanding): boolean {
    if (this.flying.has(entry.id)) return false;
    return entry.shipments.every(
      (shipment) => this.byShipment.get(shipment)?.[0] === entry && !this.shipmentsFlying.has(shipment),
    );
  }

  private isNext(entry: Outstanding): boolean {
    return entry.shipments.every((shipment) => {
      const [first, second] = this.byShipment.get(shipment) ?? [];
      return first === entry || (second === entry && first !== undefined && this.flying.has(first.id));
    });
  }

  private land(entry: Outstanding): void {
    if (!this.flying.delete(entry.id)) return;
    for (const shipment of entry.shipments) this.shipmentsFlying.delete(shipment);
  }
}

/** Most come at the end. */
function insert(line: Outstanding[], entry: Outstanding): void {
  let at = line.length;
  while (at > 0 && (line[at - 1]?.place ?? 0) > entry.place) at--;
  line.splice(at, 0, entry);
}

function least(times: number[]): number | null {
  return times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
}

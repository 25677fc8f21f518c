import type { MessageShipment } from "./views.ts";

/** Events into messages. Pure: a message's bytes are made here, once, and never again. */

/** An element of the webhook's array as it will be sent, with its place in the feed. */
export interface BuiltElement {
  position: number;
  shipment_id: string;
  sequence: number;
  /** UTF-8 of one JSON object. */
  bytes: Uint8Array;
}

export interface PackedMessage {
  body: Uint8Array;
  events: number;
  first_position: number;
  last_position: number;
  shipments: MessageShipment[];
}

export interface PackingLimits {
  max_batch: number;
  max_bytes: number;
}

/** A body is at most 1 MiB (public contract, section 4). */
export const LONGEST_BODY = 1024 * 1024;

/**
 * Packs elements of the feed into messages, in the order of their places. All that is told of a shipment goes into one
 * message, as far as it fits, so that no message has to wait for the one before it. `waitsFor`: what a shipment's events
 * have to wait for, null for nothing. Only shipments that wait for the same share a message, so different shipments
 * never wait for each other; what follows a message that is full waits for that message.
 */
export function pack(
  elements: readonly BuiltElement[],
  waitsFor: (shipment_id: string) => string | null,
  limits: PackingLimits,
): PackedMessage[] {
  const packets: Packet[] = [];
  /** The packets of those that wait for the same. */
  const together = new Map<Packet | string | null, Packet[]>();
  for (const [shipment_id, run] of Map.groupBy(elements, (element) => element.shipment_id)) {
    let before: Packet | string | null = waitsFor(shipment_id);
    for (let rest = run; rest.length > 0; ) {
      const open: Packet[] = together.get(before) ?? [];
      together.set(before, open);
      let packet: Packet | undefined = open.find((one) => one.room(rest) === rest.length);
      if (packet === undefined) {
        packet = new Packet(limits);
        packets.push(packet);
        open.push(packet);
      }
      const fitting = Math.max(1, packet.room(rest));
      for (const element of rest.slice(0, fitting)) packet.add(element);
      rest = rest.slice(fitting);
      before = packet;
    }
  }
  return packets.map((packet) => packet.message());
}

/** The same elements, one message a shipment. `body` is what `pack` made. */
export function splitByShipment(message: PackedMessage): PackedMessage[] {
  const elements = elementsOf(message.body);
  const parts: PackedMessage[] = [];
  for (const shipment of message.shipments) {
    const packet = new Packet({ max_batch: Number.POSITIVE_INFINITY, max_bytes: Number.POSITIVE_INFINITY });
    for (const { sequence, shipment_id, bytes } of elements) {
      if (shipment_id === shipment.shipment_id)
        packet.add({ position: message.first_position, shipment_id, sequence, bytes });
    }
    parts.push({
      ...packet.message(),
      first_position: message.first_position,
      last_position: message.last_position,
    });
  }
  return parts;
}

class Packet {
  readonly shipments = new Map<string, MessageShipment>();
  private readonly elements: BuiltElement[] = [];
  /** The brackets. */
  private size = 2;
  private readonly limits: PackingLimits;

  constructor(limits: PackingLimits) {
    this.limits = limits;
  }

  /** How many of these fit, from the first on. */
  room(elements: readonly BuiltElement[]): number {
    let { size } = this;
    let count = this.elements.length;
    for (const [index, element] of elements.entries()) {
      size += element.bytes.byteLength + (count === 0 ? 0 : 1);
      count += 1;
      if (count > this.limits.max_batch || size > this.limits.max_bytes) return index;
    }
    return elements.length;
  }

  add(element: BuiltElement): void {
    this.size += element.bytes.byteLength + (this.elements.length === 0 ? 0 : 1);
    this.elements.push(element);
    const { shipment_id, sequence } = element;
    const first_sequence = this.shipments.get(shipment_id)?.first_sequence ?? sequence;
    this.shipments.set(shipment_id, { shipment_id, first_sequence, last_sequence: sequence });
  }

  /** In the feed's order. */
  message(): PackedMessage {
    this.elements.sort((a, b) => a.position - b.position);
    const body = new Uint8Array(this.size);
    let at = 0;
    for (const [index, element] of this.elements.entries()) {
      body[at] = index === 0 ? OPEN : COMMA;
      body.set(element.bytes, at + 1);
      at += 1 + element.bytes.byteLength;
    }
    if (at === 0) body[at++] = OPEN;
    body[at] = CLOSE;
    return {
      body,
      events: this.elements.length,
      first_position: this.elements[0]?.position ?? 0,
      last_position: this.elements.at(-1)?.position ?? 0,
      shipments: [...this.shipments.values()],
    };
  }
}

const OPEN = 0x5b;
const COMMA = 0x2c;
const CLOSE = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACES = new Map([
  [OPEN, 1],
  [0x7b, 1],
  [CLOSE, -1],
  [0x7d, -1],
]);

/** Cuts the array's bytes into its elements' bytes: what was signed as one body is signed as several, byte for byte. */
function elementsOf(body: Uint8Array): { shipment_id: string; sequence: number; bytes: Uint8Array }[] {
  const found: { shipment_id: string; sequence: number; bytes: Uint8Array }[] = [];
  let depth = 0;
  let from = 1;
  let quoted = false;
  for (let at = 0; at < body.byteLength; at++) {
    const byte = body[at] ?? 0;
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
      continue;
    }
    if (byte === QUOTE) quoted = true;
    depth += BRACES.get(byte) ?? 0;
    const ends = (byte === COMMA && depth === 1) || (byte === CLOSE && depth === 0);
    if (!ends) continue;
    const bytes = body.slice(from, at);
    const { shipment_id, sequence }: { shipment_id: string; sequence: number } = JSON.parse(
      new TextDecoder().decode(bytes),
    );
    found.push({ shipment_id, sequence, bytes });
    from = at + 1;
  }
  return found;
}

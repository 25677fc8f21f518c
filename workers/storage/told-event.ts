import type { OtherFacts, TrackingEvent } from "../domain/tracking-event.ts";

/**
 * An event as it is told: its JSON is handed on as it was written, for to take a thousand events apart and put them
 * together again takes longer than all the rest. Only what is told beside the events is read from them.
 */
export interface ToldEvent {
  /** The contract's event, JSON. */
  json: string;
  other: OtherFacts;
  eta: string | null;
  created_at: number;
}

/** Reads events as they are stored (`StoredEvent`, JSON); `other`, which stands at their end, is mostly the same for many. */
export function eventReader(): (body: string, created_at: number) => ToldEvent {
  let last_tail = "";
  let last_other: OtherFacts | null = null;
  return (body, created_at) => {
    const at = body.lastIndexOf(OTHER);
    if (at < 0) return takenApart(body, created_at);
    const tail = body.slice(at + OTHER.length, -1);
    if (tail !== last_tail || last_other === null) {
      try {
        last_other = otherIn(tail);
      } catch {
        return takenApart(body, created_at);
      }
      last_tail = tail;
    }
    const json = `${body.slice(0, at)}}`;
    const eta = json.includes('"eta":"') ? eventIn(json).eta : null;
    return { json, other: last_other, eta, created_at };
  };
}

const OTHER = ',"other":';
const otherIn = (json: string): OtherFacts => JSON.parse(json);
const eventIn = (json: string): TrackingEvent & { other: OtherFacts } => JSON.parse(json);

/** However it was written. */
function takenApart(body: string, created_at: number): ToldEvent {
  const { other, ...event } = eventIn(body);
  return { json: JSON.stringify(event), other, eta: event.eta, created_at };
}

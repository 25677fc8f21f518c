import type { ShipmentEvent, TrackedShipment, TrackingEvent } from "../../client/index.ts";
import { dropFile, newsOf } from "../sandbox-carrier.ts";
import {
  elementsOf,
  type Inbox,
  type Poller,
  pollTrack,
  type ReceivedWebhook,
  watchInbox,
} from "../sandbox-customer.ts";
import type { Cast } from "./cast.ts";
import { Ledger, type WayOut } from "./ledger.ts";
import { FACTS_PER_NUMBER, factOf, type Moment, story, type Told, trackingOf, WAYS_IN } from "./story.ts";

/** Walks the nine paths: the carrier tells, the customer listens by all three ways, the ledger keeps count. */
export class Walk {
  readonly ledger = new Ledger();
  readonly facts: number;
  readonly #cast: Cast;
  readonly #moments: Record<(typeof WAYS_IN)[number], Moment[]>;
  readonly #numberOf: Map<string, string>;
  /** Files of the formats that are only shown. */
  readonly shown: { iftsta: Inbox; csv: Inbox };
  readonly #inbox: Inbox;
  readonly #poller: Poller;
  /** Faults that a real customer or carrier would have to know about. */
  readonly faults: string[] = [];

  constructor(cast: Cast, pollEveryMs: number) {
    this.#cast = cast;
    const now = Date.now();
    const all = WAYS_IN.flatMap((way) => cast.shipments[way]);
    this.facts = all.length * FACTS_PER_NUMBER;
    this.#moments = {
      webhook: story(cast.shipments.webhook, now),
      sftp: story(cast.shipments.sftp, now),
      poll: story(cast.shipments.poll, now),
    };
    this.#numberOf = new Map(all.map(({ id, tracking_number }) => [id, tracking_number]));
    this.#inbox = watchInbox(cast.inboxes.json.place, (file) => {
      for (const element of elementsOf(file)) this.#pushed("sftp", element, file.at);
    });
    this.shown = {
      iftsta: watchInbox(cast.inboxes["iftsta-d01b"].place),
      csv: watchInbox(cast.inboxes.csv.place),
    };
    this.#poller = pollTrack(
      cast.client,
      all.map(({ id }) => id),
      pollEveryMs,
      (shipments, at) => {
        for (const shipment of shipments) this.#tracked(shipment, at);
      },
      (cause) => this.faults.push(`POST /track: ${String(cause)}`),
    );
  }

  get moments(): number {
    return this.#moments.webhook.length;
  }

  /** A webhook that the customer verified. */
  hear(webhook: ReceivedWebhook): void {
    for (const element of webhook.events) this.#pushed("webhook", element, webhook.at);
  }

  /** The carrier tells one moment of its parcels' lives, by all its ways at once. Returns what happens in it. */
  async tell(index: number): Promise<string> {
    await Promise.all([this.#push(index), this.#drop(index), this.#publish(index)]);
    return this.#moments.webhook[index]?.note ?? "";
  }

  async close(): Promise<void> {
    this.#inbox.close();
    this.shown.iftsta.close();
    this.shown.csv.close();
    await this.#poller.close();
  }

  /** One push for each parcel's news; what is told again is the very same body again. */
  async #push(index: number): Promise<void> {
    const moment = this.#moments.webhook[index];
    for (const tracking of trackingOf(moment?.news ?? [])) {
      const told =
        moment?.news.filter(
          (one) => (one.parcel_number ?? one.tracking_number) === tracking.tracking_number,
        ) ?? [];
      this.#told("webhook", told);
      await this.#pushOnce(newsOf([tracking]));
    }
    for (const tracking of trackingOf(moment?.again ?? [])) await this.#pushOnce(newsOf([tracking]));
  }

  async #pushOnce(body: string): Promise<void> {
    const status = await this.#cast.carrier.push(this.#cast.webhook_url, body);
    if (status !== 202) this.faults.push(`A webhook of the carrier was answered ${status}.`);
  }

  /** One file for all parcels' news; what is told again comes as a file of its own. */
  async #drop(index: number): Promise<void> {
    const moment = this.#moments.sftp[index];
    const number = String(index + 1).padStart(4, "0");
    if (moment === undefined) return;
    this.#told("sftp", moment.news);
    dropFile(this.#cast.outbox.place, `news-${number}.json`, newsOf(trackingOf(moment.news)));
    if (moment.again.length > 0) {
      dropFile(this.#cast.outbox.place, `news-${number}-again.json`, newsOf(trackingOf(moment.again)));
    }
  }

  /** The API tells the whole history each time. */
  async #publish(index: number): Promise<void> {
    const told = this.#moments.poll.slice(0, index + 1).flatMap(({ news }) => news);
    this.#told("poll", this.#moments.poll[index]?.news ?? []);
    for (const tracking of trackingOf(told)) this.#cast.carrier.publish(tracking);
  }

  #told(way: (typeof WAYS_IN)[number], told: readonly Told[]): void {
    const at = Date.now();
    for (const { tracking_number, event } of told) {
      this.ledger.told(way, factOf(tracking_number, event.code, event.sub_code, event.time), at);
    }
  }

  #pushed(out: WayOut, element: ShipmentEvent, at: number): void {
    this.ledger.arrived(out, {
      fact: factAt(element.carrier_tracking_id, element.event),
      shipment_id: element.shipment_id,
      sequence: element.sequence,
      in_order: true,
      at,
    });
  }

  /** The events of one answer stand in the order of their times. */
  #tracked(shipment: TrackedShipment, at: number): void {
    const lists = [shipment.tracking_data, ...shipment.parcels.map((parcel) => parcel.tracking_data)];
    for (const list of lists) {
      let last = "";
      for (const event of list.events) {
        const time = new Date(event.event_time.carrier_utc ?? 0).toISOString();
        this.ledger.arrived("api", {
          fact: factAt(this.#numberOf.get(shipment.id) ?? shipment.id, event),
          shipment_id: shipment.id,
          sequence: null,
          in_order: time >= last,
          at,
        });
        if (time > last) last = time;
      }
    }
  }
}

function factAt(number: string, event: TrackingEvent): string {
  const { code, sub_code } = event.codes.carrier;
  return factOf(number, code, sub_code, event.event_time.carrier_utc);
}

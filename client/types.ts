/**
 * What travels between an account and Gluey Tracking, as the contract names it. Times are ISO 8601 with offset;
 * `iso_country` is ISO 3166-1 alpha-3. New fields may appear: leave aside what you do not know.
 */

export interface KeyValue {
  key: string;
  value: string;
}

export interface NewShipment {
  /** Detected from the number where absent. */
  carrier_id?: string;
  carrier_tracking_id: string;
  /** Further numbers of the same shipment. */
  carrier_tracking_ids?: string[];
  uuid_ref?: string;
  tracking_level?: "shipment" | "parcel";
  references?: { shipper?: string | null; receiver?: string | null };
  meta_data?: KeyValue[];
  parcels?: { carrier_tracking_id: string; uuid_ref?: string; meta_data?: KeyValue[] }[];
  direction?: "outbound" | "return";
  destination?: { iso_country: string; postal_code: string };
  /** With a test key, played by the carrier sandbox: what the carrier tells of this shipment. See docs/simulator.md. */
  scenario?: Scenario;
  /** By which way the carrier tells it: webhook where absent. */
  way?: "webhook" | "sftp" | "poll";
  /** Seconds from one document to the next, 0.1 to 3,600: 2 where absent. */
  speed?: number;
}

/** The simulator's stories. */
export type Scenario =
  | "delivered"
  | "out-of-order"
  | "duplicates"
  | "locker"
  | "return"
  | "3-of-5-parcels"
  | "customs-hold"
  | "carrier-silent"
  | "number-swapped"
  | "clock-change-night"
  | "lost-then-found";

export interface Shipment {
  id: string;
  carrier_id: string;
  carrier_tracking_id: string;
  carrier_tracking_ids: string[];
  /** The number the carrier gave instead. */
  carrier_tracking_update: CarrierTrackingUpdate | null;
  uuid_ref: string | null;
  tracking_level: "shipment" | "parcel";
  references: { shipper: string | null; receiver: string | null } | null;
  meta_data: KeyValue[];
  destination: { iso_country: string | null; postal_code: string | null } | null;
  direction: "outbound" | "return";
  parcels: {
    id: string;
    carrier_tracking_id: string;
    carrier_tracking_update: CarrierTrackingUpdate | null;
    uuid_ref: string | null;
    meta_data: KeyValue[];
    status: string;
    condition: "good" | "damaged" | "unknown";
  }[];
  /** Where it is, worked out from its whole timeline. */
  status: string;
  tracking_state: string;
  health: string;
  action_required_by: string;
  /** How many parcels in all, and in each status. */
  pieces: Record<string, number>;
  /** The carrier's latest promise, its first, and the one before. */
  eta: { current: string; first: string; previous: string | null; source: string } | null;
  last_event_at: string | null;
  ended_at: string | null;
  last_checked_at: string | null;
  next_check_at: string | null;
  created_at: string;
  updated_at: string;
  test: boolean;
  /** The page for the person who waits for the parcel; null once tracking is stopped. */
  tracking_url: string | null;
}

/** How an account's tracking pages look. */
export interface Branding {
  name: string;
  /** #rrggbb; null where it is Gluey's own. */
  colour: string | null;
  logo: { digest: string; width: number; height: number } | null;
}

/** What is left out is as it comes. */
export interface NewBranding {
  name?: string;
  /** #rrggbb. */
  colour?: string;
  /** A PNG, JPEG or WebP picture in base64, at most 64 KiB. */
  logo?: string;
}

/** One place of a batch's answer: the shipment, or why that one item was refused. */
export type BatchResult = { status: number; shipment: Shipment } | { status: number; error: Problem };

export interface Place {
  carrier_location_coding: { code: string; description: string | null; type: string | null } | null;
  address: {
    type: string | null;
    name: string | null;
    street: string | null;
    street_2: string | null;
    postal_code: string | null;
    suburb: string | null;
    city: string | null;
    state: string | null;
    iso_country: string | null;
  } | null;
  what3words: string | null;
  geo: { lat: number; lng: number } | null;
}

export interface TrackingEvent {
  /** The same fact has the same id however often it comes: what to tell duplicates by. */
  id: string;
  carrier_meta_data: KeyValue[];
  event_time: {
    created_utc: string;
    carrier_utc: string | null;
    precision: "second" | "minute" | "date" | "unknown";
    offset_source: "carrier" | "place" | "carrier_default" | "assumed";
  };
  eta: string | null;
  codes: {
    gluey: { milestone: string; code: string; sub_code: string | null; freetext_detail: string | null };
    carrier: { code: string | null; sub_code: string | null; freetext_detail: string | null };
  };
  location: Place | null;
  status: string;
  reason: string | null;
  attempt: number | null;
  rule: { id: string; version: number };
  replaces: string | null;
  withdrawn: boolean;
  late_scan: boolean;
  duplicate_of: string | null;
  source: "webhook" | "sftp" | "poll";
}

export interface Measures {
  weight: { value: number; unit: "kg" | "lb" | "g" | "oz" } | null;
  dimensions: {
    length: number;
    width: number;
    height: number;
    unit: "cm" | "in" | "m" | "ft" | "mm" | "yd";
  } | null;
}

export interface DeliveryConfirmation {
  signed_by: string | null;
  base64_photo: string | null;
  photo_format: string | null;
}

/** What an event of a webhook or of the feed says beside itself. */
export interface OtherFacts {
  condition: "good" | "damaged" | "unknown" | null;
  carrier_weight_dims: Measures | null;
  eta: string | null;
  shipping_cost: number | null;
  shipping_cost_currency: string | null;
  delivery_confirmation: DeliveryConfirmation | null;
  co2_footprint_kg: number | null;
}

export interface CarrierTrackingUpdate {
  new_carrier_tracking_id: string;
  new_carrier_tracking_url: string | null;
}

/** One element of a webhook's array, of a JSON file by sFTP, and of the account's feed. */
export interface ShipmentEvent {
  shipment_id: string;
  shipment_uuid_ref: string | null;
  shipment_meta_data: KeyValue[];
  carrier_id: string;
  carrier_tracking_id: string;
  carrier_tracking_update: CarrierTrackingUpdate | null;
  tracking_level: "shipment" | "parcel";
  /** Null where the event is about the whole shipment. */
  parcel: {
    parcel_id: string;
    parcel_uuid_ref: string | null;
    parcel_meta_data: KeyValue[];
    carrier_tracking_id: string;
    carrier_tracking_update: CarrierTrackingUpdate | null;
  } | null;
  /** Of this shipment, from 1: the order in which to apply its events. */
  sequence: number;
  shipment_status: string;
  health: string;
  action_required_by: string;
  test: boolean;
  event: TrackingEvent & { other: OtherFacts };
}

export interface TrackingData {
  current_eta: string | null;
  shipping_cost: number | null;
  shipping_cost_currency: string | null;
  delivery_confirmation: DeliveryConfirmation | null;
  co2_footprint_kg: number | null;
  events: TrackingEvent[];
}

export interface TrackedParcel {
  id: string;
  uuid_ref: string | null;
  meta_data: KeyValue[];
  carrier_tracking_id: string;
  status: string;
  condition: "good" | "damaged" | "unknown";
  carrier_weight_dims: Measures | null;
  /** What is about this parcel, where parcels are followed. */
  tracking_data: TrackingData;
}

export interface TrackedShipment {
  id: string;
  uuid_ref: string | null;
  tracking_level: "shipment" | "parcel";
  references: { shipper: string | null; receiver: string | null } | null;
  status: string;
  parcels: TrackedParcel[];
  /** The whole timeline where the shipment is followed; where parcels are, what is about none of them alone. */
  tracking_data: TrackingData;
}

/** In the place of a shipment that is not this account's. */
export interface NotTracked {
  id: string | null;
  error: { status: number; detail: string };
}

export type TrackQuestion = (
  | { ids: string[] }
  | { shipments: { carrier_id: string; carrier_tracking_id: string }[] }
) & {
  /** A cursor of an earlier answer: only what is new since then. */
  since?: string;
};

export interface TrackAnswer {
  /** In the order asked; empty where nothing is new. */
  shipments: (TrackedShipment | NotTracked)[];
  /** Pass it as `since` next time. Null where the answer had none. */
  next_cursor: string | null;
  /** The newest `created_utc` in the answer. */
  last_updated: string | null;
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** Which events a subscription is told of: those that pass all three. */
export interface NewEventFilter {
  /** Only events of these milestones; all where absent. */
  milestones?: string[] | null;
  /** Only events of these carriers, by their ids; all where absent. */
  carriers?: string[] | null;
  /** Only events with which the shipment enters a status it had not been in before. */
  first_time_in_status?: boolean;
}

export interface NewWebhookSubscription extends NewEventFilter {
  endpoint: string;
  /** Events in one call, 1 to 100; 20 where absent. */
  max_batch?: number;
}

export interface NewSftpSubscription extends NewEventFilter {
  host: string;
  port?: number;
  username: string;
  password?: string;
  private_key?: string;
  /** As OpenSSH prints it; the transfer stops when the server shows another one. */
  host_key_sha256: string;
  directory?: string;
  format: "iftsta-d01b" | "iftsta-d96a" | "x12-214" | "csv" | "json";
  every_minutes?: number;
  file_name?: string;
  /** What you and Gluey agree on for IFTSTA and X12 files (ids, qualifiers, references); all of it has a default. See /docs. */
  edi?: Record<string, unknown>;
  /** A folder of your server where you put CONTRL, 997, 999 and TA1. */
  ack_directory?: string | null;
  /** How long an acknowledgement may take before you are warned. */
  ack_within_hours?: number | null;
}

/** How a subscription stands. */
export interface Standing {
  id: string;
  /** `failing`: Gluey waits for the end of an outage. `gone`: the endpoint said 410. `stopped_host_key`: the server showed another key. */
  state: "active" | "failing" | "paused" | "gone" | "stopped_host_key";
  warnings: { code: string; at: string; detail: string }[];
  /** By you. */
  paused: boolean;
  /** Messages or files not delivered yet. */
  waiting: number;
  /** Messages or files given up, kept 90 days. */
  dead: number;
  last_success_at: string | null;
  next_attempt_at: string | null;
  milestones: string[] | null;
  carriers: string[] | null;
  first_time_in_status: boolean;
  test: boolean;
  created_at: string;
  updated_at: string;
}

export interface WebhookSubscription extends Standing {
  endpoint: string;
  max_batch: number;
}

/** `secret` is shown this once: keep it, `verifyWebhook` needs it. */
export interface CreatedWebhookSubscription extends WebhookSubscription {
  secret: string;
}

export interface SftpSubscription extends Standing {
  host: string;
  port: number;
  username: string;
  host_key_sha256: string;
  directory: string;
  format: NewSftpSubscription["format"];
  every_minutes: number;
  file_name: string;
}

/** One attempt to deliver one message or file. */
export interface Delivery {
  id: string;
  subscription_id: string;
  /** The `webhook-id`, the same at every try, or the file's id. */
  message_id: string;
  file_name: string | null;
  attempt: number;
  started_at: string;
  ended_at: string | null;
  state: "delivered" | "failed" | "dead" | "sending" | "unknown";
  status: number | null;
  latency_ms: number | null;
  answer: string | null;
  next_attempt_at: string | null;
  events: number;
  first_cursor: string;
  last_cursor: string;
  shipments: { shipment_id: string; first_sequence: number; last_sequence: number }[];
}

/** What is sent again. `rebuilt` of the messages are made anew, because the old ones are no longer kept. */
export interface Redelivery {
  messages: number;
  rebuilt: number;
  /** Where it ended, if that was not all. */
  next_cursor: string | null;
}

/** What a receiver did with test messages, good and bad. */
export interface ReceiverProbe {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; took_ms: number | null }[];
}

/** RFC 9457, as every refusal is told. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id?: string;
  errors?: { field: string; message: string }[];
}

import type { z } from "zod";
import type { Renumbering } from "../domain/renumbering.ts";
import type { CarrierEvent, Source } from "../domain/tracking-event.ts";
import type { RuleTable } from "./rules.ts";

/** What a carrier is to Gluey: who it is, which ways in it has, and how its documents are read. Everything here is pure. */

/** What a carrier sent, byte for byte: one webhook body, one file, one answer of its API. */
export interface RawDocument {
  source: Source;
  body: Uint8Array;
  content_type: string | null;
  /** When we got it, epoch milliseconds. The only clock a reader may use, and only to fill in what a carrier leaves out (a year, say). */
  received_at: number;
  /** Poll only: the HTTP status of the answer. */
  http_status: number | null;
  /** Poll only: the numbers that were asked for, in order; some carriers do not repeat them. */
  asked: readonly string[];
  /** sFTP only. */
  file_name: string | null;
  /** Webhook only: the headers that the carrier's way names in `tells`, by their names in lower case. */
  headers?: Readonly<Record<string, string>>;
}

/** Something a reader noticed: an unreadable part, an unknown code, a tolerated fault. `at` says where (line, path, segment), null where that means nothing. */
export interface Remark {
  kind:
    | "unreadable"
    | "unknown_code"
    | "tolerated"
    | "not_found"
    | "carrier_error"
    | "time_unknown"
    | "incomplete"
    | "skipped";
  detail: string;
  at: string | null;
}

/** All that one document says about one parcel (or about the shipment as a whole). */
export interface HarmonizedShipment {
  /** The shipment's number at the carrier, or the parcel's where the carrier names no shipment. */
  carrier_tracking_id: string;
  /** The parcel's number; null when the news is about the whole shipment. */
  parcel_tracking_id: string | null;
  /** Further numbers by which the same shipment may be tracked (references, SSCC with and without leading 00). */
  other_ids: string[];
  events: CarrierEvent[];
  /** The carrier's latest promise: ISO 8601 with offset, or YYYY-MM-DD. */
  eta: string | null;
  /** The carrier replaced a number, the parcel's or the shipment's: the old one, the new one, and where to follow it. */
  carrier_tracking_update: Renumbering | null;
}

export interface Harmonized {
  shipments: HarmonizedShipment[];
  remarks: Remark[];
  /** False when the document ends in the middle (an upload still under way, a cut answer): what was read counts, and it is read again. */
  complete: boolean;
}

export interface HarmonizeContext {
  /** The carrier's own table with the operator's additions on top. */
  rules: RuleTable;
}

/** An HTTP call as a value. The edge that sends it adds the gate for addresses, time-outs and size limits. */
export interface CarrierRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

/** A connection's opened credentials: flat, strings only, named as the carrier's `credentials` schemas name them. */
export type Credentials = Readonly<Record<string, string>>;

/** A carrier's webhook request before anything believed it. Header names are lower case. */
export interface Push {
  headers: ReadonlyMap<string, string>;
  query: ReadonlyMap<string, string>;
  body: Uint8Array;
  now: number;
  /** The connection whose address it was sent to. */
  connection_id?: string;
}

/** A plain answer to a push that is a handshake and no news. */
export interface HandshakeAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface WebhookWay {
  /** The fields that verification needs. */
  credentials: z.ZodType<Record<string, string>>;
  /** Headers that say something of the news and stand nowhere in the body, in lower case: kept with the document. */
  tells?: readonly string[];
  /** Where the carrier asks us for a token before it pushes: the secret by which it proves itself, and which `verify` takes the token by. */
  tokens?: { secret(credentials: Credentials): string };
  /** Is this push really theirs? Over the raw bytes, in constant time. */
  verify(push: Push, credentials: Credentials): Promise<boolean>;
  /** Where the carrier validates an address before it sends: the answer, or null for an ordinary push. Called after `verify` unless `handshake_is_unsigned`. */
  handshake?(push: Push, credentials: Credentials): Promise<HandshakeAnswer | null>;
  handshake_is_unsigned?: boolean;
}

export interface PollWay {
  credentials: z.ZodType<Record<string, string>>;
  /** How many numbers the carrier takes in one call. */
  numbers_per_call: number;
  /** The carrier's limits, where it states them. */
  rate: { per_second?: number; per_day?: number };
  /** How long the carrier wants between two calls for the same number, minutes, where it says so. Stands in every connection. */
  min_minutes?: number;
  /** Where the API lives; a connection may name another (a test system). */
  base_url: string;
  request(
    numbers: readonly string[],
    connection: { base_url: string; credentials: Credentials },
  ): CarrierRequest;
  /**
   * What an answer says of each number, by the number as it is printed there: plain data in which nothing changes by
   * itself (no clock, no count of requests). Where a carrier's answers have such parts, those that are what they were
   * are not read any further. Null for an answer that has none.
   */
  parts?(body: Uint8Array): Map<string, unknown> | null;
  /** Carriers that want a token first say how to get it; the edge caches it until shortly before it ends. */
  token?: {
    request(connection: { base_url: string; credentials: Credentials }): CarrierRequest;
    /** The token and its life in seconds, from the answer's body; null when the body holds none. */
    read(body: Uint8Array): { token: string; expires_in_s: number } | null;
    /** Whether this answer refuses the token, where the carrier says so in the body and not by HTTP 401 alone. */
    refused?(body: Uint8Array): boolean;
    /** Adds the token to a call. */
    apply(request: CarrierRequest, token: string): CarrierRequest;
  };
}

export interface SftpWay {
  /** Which file names hold tracking news; others are left where they are. Temporary names are skipped before this is asked. */
  files: RegExp;
}

export interface Carrier {
  /** Folder name, route segment and stored value: one spelling everywhere. */
  id: string;
  name: string;
  /** True for the carrier that exists only for tests: it works with test keys only. */
  test_only?: boolean;
  rules: RuleTable;
  /** Reads any document of this carrier by any way. Never throws: what cannot be read is a remark. */
  harmonize(document: RawDocument, context: HarmonizeContext): Harmonized;
  /**
   * JSON and XML of this carrier are never read in portions: what is told of one shipment depends on another in the same
   * document. Everywhere else a list cut in two has to tell the same as the whole; the suite of carriers checks it.
   */
  indivisible?: boolean;
  /** By which way a document with nothing around it came, as far as its shape tells; absent where there is only one way. */
  sourceOf?(body: Uint8Array): Source | null;
  /** Formats of its tracking numbers, most specific first; used to detect a carrier from a number. */
  numbers: readonly NumberFormat[];
  webhook?: WebhookWay;
  poll?: PollWay;
  sftp?: SftpWay;
}

export interface NumberFormat {
  /** Anchored, over the number in capitals without blanks. */
  pattern: RegExp;
  /** Is the check digit right? Absent where the format has none. */
  check?(number: string): boolean;
  /** Where this is a whole barcode: the number that stands in it, by which the goods are tracked; null where none can be told. */
  inside?(number: string): string | null;
  /** 0 to 1: how surely a match is this carrier's. */
  likelihood: number;
}

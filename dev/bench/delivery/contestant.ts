import type { Running } from "../../processes.ts";
import type { Fact } from "./plan.ts";

/** What every contestant is given, and what it must be able to do. */

/** One event of the bench: as its carrier tells it, and as the element of a webhook that is made of it. */
export interface BenchEvent {
  fact: Fact;
  shipment_id: string;
  sequence: number;
  /** JSON of the webhook's element: what Gluey itself made of the fact. */
  element: string;
}

export interface Destination {
  /** The customer's endpoint. */
  url: string;
  /** `whsec_…`. */
  secret: string;
}

export interface Run {
  /** A directory of its own for the run. */
  directory: string;
  /** The events that lie there, accepted and held, before anything is sent: the first so many. */
  backlog: number;
  events: readonly BenchEvent[];
  destinations: readonly Destination[];
  /** Base64 PKCS#8 of the Ed25519 key that signs `v1a`. */
  signing_key: string;
  max_batch: number;
  /** Multiplies the waits between attempts. */
  time_scale: number;
}

export interface Engaged {
  /** Sends what is held, and from now on whatever comes. */
  release(): Promise<void>;
  /** Resolves when the events, all of one customer, are durable and their sender answers for them. A customer's come one call after the other. */
  accept(events: readonly BenchEvent[]): Promise<void>;
  /** The sender and the store below it. */
  processes(): readonly Running[];
  /** SIGKILL for the sender and the store below it, as a power cut would. */
  kill(): Promise<void>;
  /** Starts both again, at work; resolves when all processes are up. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Contestant {
  name: string;
  /** What it is made of, with versions. */
  made_of: string;
  /** What is durable when, in its own words. */
  durable: string;
  /** What order it promises, and how it was set up for that. */
  order: string;
  engage(run: Run): Promise<Engaged>;
}

/** Three connections an endpoint, wherever a contestant can have several: Gluey's own limit. */
export const CONNECTIONS = 3;
/** After this a POST has failed. Gluey's own is the same where time is squeezed. */
export const TIMEOUT_MS = 10_000;

/** What a sender's process is told, in a file. */
export interface SenderSettings {
  /** Where the packages are installed. */
  home: string;
  port: number;
  destinations: readonly Destination[];
  signing_key: string;
  max_batch: number;
  time_scale: number;
  /** Waits for SIGUSR2 before it sends anything. */
  held: boolean;
  /** Where a contestant listens itself. */
  own_port: number;
}

/** Tells a held sender to begin. */
export function tellToBegin({ pid }: Running): void {
  process.kill(pid, "SIGUSR2");
}

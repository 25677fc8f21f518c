import { waitUntil } from "cloudflare:workers";
import { newId as drawId, type IdPrefix } from "./domain/ids.ts";
import { sftpInstance } from "./domain/sftp-instance.ts";
import type { CarrierInbox } from "./durable/carrier-inbox.ts";
import type { ConnectionPace } from "./durable/connection-pace.ts";
import type { CustomerDelivery } from "./durable/customer-delivery.ts";
import type { SandboxCarrier } from "./durable/sandbox-carrier.ts";
import { databasesOf, type Env, readVariables } from "./env.ts";
import { inboxName } from "./inbox/name.ts";
import { type Metrics, metricsOver } from "./observe/metrics.ts";
import { Tally } from "./observe/tally.ts";
import { BODIES_BYTES, ByteBudget } from "./outside/byte-budget.ts";
import { type Outgoing, outgoingHttp } from "./outside/http.ts";
import { type Sftp, sftpOver } from "./outside/sftp.ts";
import { withSimulatedCarrier } from "./outside/simulated-carrier.ts";
import { type Shard, shardOf } from "./storage/account-shard.ts";
import { createKeyDerivation } from "./storage/derived-key.ts";
import { KeptConnections } from "./storage/kept-connections.ts";
import { Placements } from "./storage/placement.ts";
import { createVault, type Vault } from "./storage/vault.ts";
import { createTrackingLinks, type TrackingLinks } from "./tracking-page/token.ts";

/** How long what is kept, in milliseconds. */
export interface Kept {
  /** Shipments with their events, counted from when nothing is heard of them any more. */
  events_ms: number;
  /** Raw documents. */
  documents_ms: number;
  /** Delivery attempts, dead letters, and what can be sent again. */
  attempts_ms: number;
}

const DAY_MS = 86_400_000;

/** What others may ask of an inbox. */
export type InboxCalls = Pick<
  CarrierInbox,
  | "accept"
  | "setVersion"
  | "remove"
  | "readAgain"
  | "upkeep"
  | "report"
  | "describeAll"
  | "load"
  | "list"
  | "idsAfter"
  | "hours"
>;

/** Everything a step may touch, made once from the bindings. The only file that names a binding. */
export interface Context {
  /** Accounts, keys, connections, directory, checks, documents, subscriptions. */
  control: D1Database;
  /** Where an account's shipments and events live: looked up, and followed when the account moves. */
  shardFor(account_number: string): Shard;
  /** Which database that is, for the few who have to know. */
  placements: Placements;
  /** Among which databases new accounts are placed; empty: as it comes, see `placeForNew`. */
  newAccountShards: readonly string[];
  /** Bodies of older documents; null where no bucket is bound, and they stay in D1. */
  archive: R2Bucket | null;
  kept: Kept;
  /** Bytes that an inbox stores before it refuses further documents. */
  inboxMaxBytes: number;
  /** Every shard, for operator pages and sweeps. */
  shards(): D1Database[];
  /** Checks have three lanes, see flow/tick.ts. */
  queues: { checks: Queue; slowChecks: Queue; fileChecks: Queue };
  /** The Durable Object that stores what a connection's carrier sends, and takes it into the timelines: one a lane. */
  inboxOf(connection_id: string, lane: number): InboxCalls;
  /** The Durable Object that serializes a tenant's deliveries. */
  deliveryOf(tenant_id: string): DurableObjectStub<CustomerDelivery>;
  /** Who says when a connection's carrier may be called: one Durable Object for all pollers. */
  paceOf(connection_id: string): Pick<ConnectionPace, "take" | "blocked" | "ended">;
  /** How a connection's checks go: the same object. */
  checksOf(connection_id: string): Pick<ConnectionPace, "looked" | "health" | "history">;
  /** The sandbox carrier as an account's test shipments have it: one Durable Object an account. */
  simulatedCarrierOf(account_number: string): Pick<SandboxCarrier, "start" | "track">;
  sftp: Sftp;
  /** The only way to call out by HTTP: behind the gate for addresses, bounded in time and size. */
  http: Outgoing;
  vault: Vault;
  /** The connections that pushes come by, as they were opened last. */
  keptConnections: KeptConnections;
  /** Memory for the bodies of large pushes. */
  bodies: ByteBudget;
  /** The links to the pages of those who wait for a parcel. */
  trackingLinks: TrackingLinks;
  /** Counts of what is under way, written once a batch by whoever ends it. */
  tally: Tally;
  /** Data points for plots and alerts. */
  metrics: Metrics;
  keyRate: RateLimit;
  /** How often an address may try to sign in at the console. */
  signInRate: RateLimit;
  /** A key that signs for one purpose, derived from the Worker's secrets. */
  derivedKey(purpose: string): Promise<CryptoKey>;
  adminToken: string;
  signingKey: string | null;
  allowPrivate: boolean;
  /** Multiplies every interval: 1 on Cloudflare, less where time is squeezed. */
  timeScale: number;
  now(): number;
  /** Work that the answer does not wait for. */
  afterwards(work: Promise<void>): void;
  /** Resolves after so many milliseconds of the same clock. */
  wait(ms: number): Promise<void>;
  newId(prefix: IdPrefix): string;
}

/** Throws a sentence for each variable that is missing. `overrides` replaces single ports, for tests. */
export function createContext(env: Env, overrides: Partial<Context> = {}): Context {
  const variables = readVariables(env);
  const allowPrivate = variables.ALLOW_PRIVATE_DESTINATIONS === "true";
  const now = overrides.now ?? Date.now;
  const containerUrl = variables.SFTP_CONTAINER_URL;
  const placements = placementsOf(env);
  const { JURISDICTION, LOCATION_HINT } = variables;
  /** An object is created where it is first called from, unless a hint says otherwise: so every call gives it. */
  const objectOf = <T extends Rpc.DurableObjectBranded>(objects: DurableObjectNamespace<T>, name: string) =>
    JURISDICTION === undefined
      ? objects.getByName(name, LOCATION_HINT === undefined ? {} : { locationHint: LOCATION_HINT })
      : objects.jurisdiction(JURISDICTION).getByName(name);
  const simulatedCarrierOf = (account_number: string) => objectOf(env.SANDBOX_CARRIER, account_number);
  return {
    control: env.DB,
    shardFor: (account_number) => shardOf(placements, account_number),
    placements,
    newAccountShards: variables.NEW_ACCOUNTS_ON,
    archive: env.ARCHIVE ?? null,
    kept: {
      events_ms: variables.EVENTS_KEPT_MONTHS * 30.5 * DAY_MS,
      documents_ms: variables.DOCUMENTS_KEPT_DAYS * DAY_MS,
      attempts_ms: variables.ATTEMPTS_KEPT_DAYS * DAY_MS,
    },
    inboxMaxBytes: variables.INBOX_MAX_BYTES,
    shards: () => [...placements.databases.values()],
    queues: {
      checks: env.CHECKS,
      slowChecks: env.SLOW_CHECKS,
      fileChecks: env.FILE_CHECKS,
    },
    inboxOf: (connection_id, lane) => objectOf(env.CARRIER_INBOX, inboxName({ connection_id, lane })),
    deliveryOf: (tenant_id) => objectOf(env.CUSTOMER_DELIVERY, tenant_id),
    paceOf: (connection_id) => objectOf(env.CONNECTION_PACE, connection_id),
    checksOf: (connection_id) => objectOf(env.CONNECTION_PACE, connection_id),
    sftp: sftpOver(
      containerUrl === undefined
        ? (host, path, init) =>
            objectOf(env.SFTP_CONTAINER, sftpInstance(host, variables.SFTP_CONTAINERS)).fetch(
              new Request(`http://container${path}`, init),
            )
        : (_host, path, init) => fetch(new URL(path, containerUrl), init),
      variables.SFTP_CONTAINER_TOKEN,
    ),
    simulatedCarrierOf,
    http: withSimulatedCarrier(
      outgoingHttp({ allowPrivate, ownHosts: variables.OWN_HOSTS }),
      (account_number, api_key, numbers) => simulatedCarrierOf(account_number).track(api_key, numbers),
    ),
    vault: createVault(variables.CREDENTIALS_KEYS),
    keptConnections: new KeptConnections(),
    bodies: new ByteBudget(BODIES_BYTES),
    trackingLinks: createTrackingLinks(variables.CREDENTIALS_KEYS, variables.TRACKING_LINKS_SERIES),
    tally: new Tally(),
    metrics: metricsOver(env.METRICS),
    keyRate: env.KEY_RATE,
    signInRate: env.SIGN_IN_RATE,
    derivedKey: createKeyDerivation([variables.CREDENTIALS_KEYS, variables.ADMIN_TOKEN]),
    adminToken: variables.ADMIN_TOKEN,
    signingKey: variables.SIGNING_KEY ?? null,
    allowPrivate,
    timeScale: variables.TIME_SCALE,
    now,
    afterwards: (work) => waitUntil(work),
    wait: (ms) => new Promise((resume) => setTimeout(resume, ms)),
    newId: (prefix) => drawId(prefix, now(), crypto.getRandomValues(new Uint8Array(10))),
    ...overrides,
  };
}

/** What an isolate knows of accounts' places is known to all its requests: the bindings are the same object for each. */
const places = new WeakMap<Env, Placements>();

function placementsOf(env: Env): Placements {
  const known = places.get(env) ?? new Placements(env.DB, databasesOf(env));
  places.set(env, known);
  return known;
}

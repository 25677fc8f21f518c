import { newId as drawId, type IdPrefix } from "./domain/ids.ts";
import type { ConnectionPace } from "./durable/connection-pace.ts";
import type { CustomerDelivery } from "./durable/customer-delivery.ts";
import { type Env, readVariables } from "./env.ts";
import { type Outgoing, outgoingHttp } from "./outside/http.ts";
import { type Sftp, sftpOver } from "./outside/sftp.ts";
import { createKeyDerivation } from "./storage/derived-key.ts";
import { createVault, type Vault } from "./storage/vault.ts";
import { createTrackingLinks, type TrackingLinks } from "./tracking-page/token.ts";

/** Everything a step may touch, made once from the bindings. The only file that names a binding. */
export interface Context {
  /** Accounts, keys, connections, directory, checks, documents, subscriptions. */
  control: D1Database;
  /** The database that an account's shipments and events live in. */
  shardFor(account_number: string): D1Database;
  /** Every shard, for operator pages and sweeps. */
  shards(): D1Database[];
  queues: { documents: Queue; checks: Queue; events: Queue };
  /** The Durable Object that serializes a tenant's deliveries. */
  deliveryOf(tenant_id: string): DurableObjectStub<CustomerDelivery>;
  /** Who says when a connection's carrier may be called: one Durable Object for all pollers. */
  paceOf(connection_id: string): Pick<ConnectionPace, "take" | "ended">;
  sftp: Sftp;
  /** The only way to call out by HTTP: behind the gate for addresses, bounded in time and size. */
  http: Outgoing;
  vault: Vault;
  /** The links to the pages of those who wait for a parcel. */
  trackingLinks: TrackingLinks;
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
  newId(prefix: IdPrefix): string;
}

/** Throws a sentence for each variable that is missing. `overrides` replaces single ports, for tests. */
export function createContext(env: Env, overrides: Partial<Context> = {}): Context {
  const variables = readVariables(env);
  const allowPrivate = variables.ALLOW_PRIVATE_DESTINATIONS === "true";
  const now = overrides.now ?? Date.now;
  const containerUrl = variables.SFTP_CONTAINER_URL;
  return {
    control: env.DB,
    // One database for now; the only place that decides which one an account lives in.
    shardFor: () => env.DB,
    shards: () => [env.DB],
    queues: { documents: env.DOCUMENTS, checks: env.CHECKS, events: env.EVENTS },
    deliveryOf: (tenant_id) => env.CUSTOMER_DELIVERY.getByName(tenant_id),
    paceOf: (connection_id) => env.CONNECTION_PACE.getByName(connection_id),
    sftp: sftpOver(
      containerUrl === undefined
        ? (path, init) =>
            env.SFTP_CONTAINER.getByName("sftp").fetch(new Request(`http://container${path}`, init))
        : (path, init) => fetch(new URL(path, containerUrl), init),
      variables.SFTP_CONTAINER_TOKEN,
    ),
    http: outgoingHttp({ allowPrivate, ownHosts: variables.OWN_HOSTS }),
    vault: createVault(variables.CREDENTIALS_KEYS),
    trackingLinks: createTrackingLinks(variables.CREDENTIALS_KEYS, variables.TRACKING_LINKS_SERIES),
    keyRate: env.KEY_RATE,
    signInRate: env.SIGN_IN_RATE,
    derivedKey: createKeyDerivation([variables.CREDENTIALS_KEYS, variables.ADMIN_TOKEN]),
    adminToken: variables.ADMIN_TOKEN,
    signingKey: variables.SIGNING_KEY ?? null,
    allowPrivate,
    timeScale: variables.TIME_SCALE,
    now,
    newId: (prefix) => drawId(prefix, now(), crypto.getRandomValues(new Uint8Array(10))),
    ...overrides,
  };
}

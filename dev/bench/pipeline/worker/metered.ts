import { Meter } from "../../../../workers/cost/meter.ts";
import { CarrierInbox as Inbox } from "../../../../workers/durable/carrier-inbox.ts";
import { CustomerDelivery as Delivery } from "../../../../workers/durable/customer-delivery.ts";
import type { Env } from "../../../../workers/env.ts";
import app from "../../../../workers/index.ts";

/**
 * Gluey's Worker with its databases counted, for the turn of `npm run bench -- pipeline` that counts and is not timed.
 * `GET /bench/meter` says what was used since it was asked last. Durable Objects share the isolate, and so the meter:
 * a class that uses a database is wrapped here as `CustomerDelivery` is.
 */
export { ContainerProxy } from "@cloudflare/containers";
export { ConnectionPace } from "../../../../workers/durable/connection-pace.ts";
export { SandboxCarrier } from "../../../../workers/durable/sandbox-carrier.ts";
export { SftpContainer } from "../../../../workers/durable/sftp-container.ts";

const meter = new Meter();
/** By class: what its objects wrote since the meter was asked last. */
const cursors = new Map<string, SqlStorageCursor<Record<string, SqlStorageValue>>[]>();
const kept = new WeakMap<Env, Env>();

function metered(env: Env): Env {
  const known = kept.get(env);
  if (known !== undefined) return known;
  const counted = { ...env, DB: meter.database(env.DB) };
  kept.set(env, counted);
  return counted;
}

function watch(name: string, { storage }: DurableObjectState): void {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  const made = cursors.get(name) ?? [];
  cursors.set(name, made);
  Object.defineProperty(sql, "exec", {
    value: (query: string, ...values: SqlStorageValue[]) => {
      const cursor = exec(query, ...values);
      made.push(cursor);
      return cursor;
    },
  });
}

export class CustomerDelivery extends Delivery {
  constructor(ctx: DurableObjectState, env: Env) {
    watch("CustomerDelivery", ctx);
    super(ctx, metered(env));
  }
}

export class CarrierInbox extends Inbox {
  constructor(ctx: DurableObjectState, env: Env) {
    watch("CarrierInbox", ctx);
    super(ctx, metered(env));
  }
}

function told(): Response {
  const { d1_queries, d1_rows_read, d1_rows_written } = meter.cost;
  const object_rows_written = Object.fromEntries(
    [...cursors].map(([name, made]) => [
      name,
      made.splice(0).reduce((sum, cursor) => sum + cursor.rowsWritten, 0),
    ]),
  );
  const { statements } = meter;
  meter.reset();
  return Response.json({ d1_queries, statements, d1_rows_read, d1_rows_written, object_rows_written });
}

export default {
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname === "/bench/meter" ? told() : app.fetch(request, metered(env), ctx),
  queue: (batch, env) => app.queue(batch, metered(env)),
  scheduled: (event, env) => app.scheduled(event, metered(env)),
} satisfies ExportedHandler<Env>;

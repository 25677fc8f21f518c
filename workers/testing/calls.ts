import type { Context, InboxCalls } from "../context.ts";
import type { Env } from "../env.ts";
import type { Sftp, SftpSession } from "../outside/sftp.ts";
import { hooked } from "./databases.ts";
import { recording, testContext, testEnv, watchedEnv } from "./seed.ts";
import { statements } from "./stage.ts";

/** Every call that leaves an invocation, for tests that count them or let one of them fail. */

export interface Call {
  kind: "database" | "object" | "queue" | "bucket" | "http";
  /** A database's binding and the first words of its statements, or an object's method. */
  name: string;
  sql?: string;
}

/** Carries a call out, or does not; what it returns is the call's result. */
export type CallHook = (call: Call, work: () => Promise<unknown>) => Promise<unknown>;

/** A context of which every call goes through `hook`. `overrides` replaces single ports, whose calls are seen too. */
export function contextSeen(hook: CallHook, overrides: Partial<Context> = {}): Context {
  const base = testEnv();
  const seenEnv: Env = {
    ...watchedEnv((db) => seenDatabase(recording(db, statements), nameOf(base, db), hook)),
  };
  const ctx = testContext(overrides, seenEnv);
  const seen = <T extends object>(kind: Call["kind"], owner: string, target: T): T =>
    seenMethods(target, (method, work) => hook({ kind, name: `${owner}.${method}` }, work));
  return Object.assign(ctx, {
    queues: {
      checks: seen("queue", "checks", ctx.queues.checks),
      slowChecks: seen("queue", "slowChecks", ctx.queues.slowChecks),
      fileChecks: seen("queue", "fileChecks", ctx.queues.fileChecks),
    },
    archive: ctx.archive === null ? null : seen("bucket", "archive", ctx.archive),
    http: seen("http", "http", ctx.http),
    sftp: sftpSeen(ctx.sftp, (session) => seen("http", "sftp", session)),
    inboxOf: follow(ctx.inboxOf, (inbox: InboxCalls) => seen("object", "inbox", inbox)),
    deliveryOf: follow(ctx.deliveryOf, (delivery) => seen("object", "delivery", delivery)),
    paceOf: follow(ctx.paceOf, (pace) => seen("object", "pace", pace)),
    checksOf: follow(ctx.checksOf, (pace) => seen("object", "pace", pace)),
    simulatedCarrierOf: follow(ctx.simulatedCarrierOf, (carrier) => seen("object", "carrier", carrier)),
  });
}

function follow<A extends unknown[], T>(of: (...args: A) => T, seen: (object: T) => T): (...args: A) => T {
  return (...args) => seen(of(...args));
}

/** Each step of a session is a call to the container. */
function sftpSeen(sftp: Sftp, seen: (session: SftpSession) => SftpSession): Sftp {
  return { run: (target, work) => sftp.run(target, (session) => work(seen(session))) };
}

function nameOf(env: Env, db: D1Database): string {
  return db === env.DB ? "DB" : db === env.SHARD_1 ? "SHARD_1" : "SHARD_2";
}

/** A database and its sessions: a batch is one call, as a single statement is. */
function seenDatabase(db: D1Database, name: string, hook: CallHook): D1Database {
  const seen = <T extends D1Database | D1DatabaseSession>(one: T): T =>
    hooked(one, ({ sql }, work) => hook({ kind: "database", name: `${name} ${headingOf(sql)}`, sql }, work));
  return new Proxy(seen(db), {
    get: (target, property) =>
      property === "withSession"
        ? (constraint?: string) => seen(db.withSession(constraint))
        : Reflect.get(target, property),
  });
}

/** What each statement of a call writes to, or reads from. */
function headingOf(sql: string): string {
  return sql
    .split(";\n")
    .map(
      (one) =>
        (/\b(?:INSERT INTO|UPDATE|DELETE FROM) \w+/u.exec(one) ??
          /\b(?:FROM|JOIN) (?!json_each)\w+/u.exec(one))?.[0] ?? one.trim().slice(0, 30),
    )
    .join(" + ")
    .slice(0, 120);
}

function seenMethods<T extends object>(
  target: T,
  hook: (method: string, work: () => Promise<unknown>) => Promise<unknown>,
): T {
  return new Proxy(target, {
    get: (object, name) => {
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => hook(String(name), async () => Reflect.apply(value, object, given));
    },
  });
}

import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Lookup } from "./address-check.ts";
import {
  bodyOf,
  check,
  FileMove,
  FileNamed,
  FileRead,
  FilesList,
  readJson,
  SessionsCreate,
} from "./calls.ts";
import { Problem } from "./errors.ts";
import type { Log } from "./log.ts";
import { splitPath } from "./remote-path.ts";
import { SessionPool, shortened, shuttingDown } from "./session-pool.ts";
import type { Settings } from "./settings.ts";

export interface App {
  listener: RequestListener;
  /** Sessions open or being opened. */
  sessions(): number;
  /** Takes no new calls, lets those in hand end for at most `graceMs`, then closes all sessions. */
  stop(graceMs: number): Promise<void>;
}

/** What is left of a body that nobody reads is taken in for this long, so that the sender sees the answer. */
const DRAIN_MS = 2_000;
const MAX_LOGGED_PATH = 100;

/** The HTTP face: `README.md` lists the calls. */
export function createApp(settings: Settings, lookup: Lookup, log: Log): App {
  const pool = new SessionPool({ ...settings, lookup }, log);
  let stopping = false;

  const answer = async (call: Call): Promise<void> => {
    const { method, path } = call;
    if (path === "/healthz" && method === "GET") {
      return json(call, 200, {
        ok: true,
        sessions: pool.size,
        max_sessions: settings.maxSessions,
        quarantined: pool.quarantined,
      });
    }
    if (!isAuthorized(call.request, settings.token)) {
      throw new Problem("unauthorized", "The Authorization header does not carry this service's token.");
    }
    if (path === "/sessions" && method === "POST") return openSession(pool, call);

    const [, id = "", what] = /^\/sessions\/([\w-]{1,64})(?:\/(files|file|move))?$/.exec(path) ?? [];
    const route = `${method} ${what ?? ""}`;
    if (id !== "" && route === "DELETE ") {
      await pool.close(id);
      return empty(call);
    }
    const work = id === "" ? undefined : SESSION_CALLS[route];
    if (work === undefined) throw new Problem("not_found", "There is no such call.");
    if (stopping) throw shuttingDown();
    return work(pool, id, call);
  };

  const listener: RequestListener = (request, response) => {
    const started = performance.now();
    const call = callOf(request, response);
    answer(call)
      .then(() =>
        log("call.answered", { ...call.facts, status: response.statusCode, took_ms: since(started) }),
      )
      .catch((cause: unknown) => {
        const gone = call.caller.aborted;
        const problem = cause instanceof Problem ? cause : unexpected(cause, gone, log);
        if (!gone) refuse(call, problem);
        const kind = gone ? "caller_gone" : problem.kind;
        log("call.failed", {
          ...call.facts,
          kind,
          detail: gone ? undefined : problem.detail,
          took_ms: since(started),
        });
      });
  };

  return {
    listener,
    sessions: () => pool.size,
    stop: (graceMs) => {
      stopping = true;
      return pool.stop(graceMs);
    },
  };
}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  path: string;
  query: Record<string, string>;
  /** Aborts when the caller went away before it had its answer. */
  caller: AbortSignal;
  /** For the log. */
  facts: Record<string, string | number | undefined>;
}

function callOf(request: IncomingMessage, response: ServerResponse): Call {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("The caller went away."));
  });
  // A chunk may still come for an answer that was broken off; that is no news.
  response.on("error", () => {});
  const method = request.method ?? "";
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const [, , id] = path.split("/");
  const facts = { method, path: (id ? path.replace(id, shortened(id)) : path).slice(0, MAX_LOGGED_PATH) };
  return {
    request,
    response,
    method,
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    caller: gone.signal,
    facts,
  };
}

async function openSession(pool: SessionPool, call: Call): Promise<void> {
  const body = check(SessionsCreate, await readJson(call.request));
  const { host, port, username } = body;
  Object.assign(call.facts, { host, port });
  const target = {
    host,
    port,
    username,
    password: body.password ?? undefined,
    privateKey: body.private_key ?? undefined,
    passphrase: body.passphrase ?? undefined,
    hostKey: body.host_key_sha256 ?? null,
  };
  const id = await pool.open(target, body.directory ?? undefined, call.caller, body.probe ?? false);
  json(call, 201, { session_id: id });
}

const SESSION_CALLS: Record<string, (pool: SessionPool, id: string, call: Call) => Promise<void>> = {
  "GET files": async (pool, id, call) => {
    const { directory, limit, keep, from_name, from_mtime_ms } = check(FilesList, call.query);
    const from = from_name === undefined ? undefined : { name: from_name, mtime_ms: from_mtime_ms };
    const listing = await pool.get(id).list(directory, { limit, keep, from }, call.caller);
    call.facts.files = listing.files.length;
    json(call, 200, listing);
  },

  "GET file": async (pool, id, call) => {
    const { path, offset, length } = check(FileRead, call.query);
    const { response, caller } = call;
    call.facts.file = path;
    const part = await pool.get(id).read(path, { offset, length }, caller, ({ size, mtimeMs, length }) => {
      response.writeHead(200, {
        "content-type": "application/octet-stream",
        "content-length": length,
        "x-file-size": size,
        "x-file-mtime-ms": mtimeMs,
      });
      return async (bytes) => {
        if (!response.write(bytes)) await once(response, "drain", { signal: caller });
      };
    });
    call.facts.bytes = part.length;
    await ended(response);
  },

  "PUT file": async (pool, id, call) => {
    const { path } = check(FileNamed, call.query);
    call.facts.file = path;
    const { size, sha256, already } = await pool.get(id).put(path, bodyOf(call.request), call.caller);
    call.facts.bytes = size;
    json(call, already ? 200 : 201, { name: splitPath(path).name, size, sha256, already });
  },

  "DELETE file": async (pool, id, call) => {
    const { path } = check(FileNamed, call.query);
    call.facts.file = path;
    await pool.get(id).remove(path, call.caller);
    empty(call);
  },

  "POST move": async (pool, id, call) => {
    const { from, to, listed } = check(FileMove, await readJson(call.request));
    Object.assign(call.facts, { file: from, to });
    await pool.get(id).move(from, to, listed, call.caller);
    json(call, 200, {});
  },
};

function json({ response }: Call, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function empty({ response }: Call): void {
  response.writeHead(204);
  response.end();
}

/** Resolves when the answer is with the operating system, or will never be. */
function ended(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", resolve);
    response.end(resolve);
  });
}

function refuse({ request, response }: Call, problem: Problem): void {
  if (response.headersSent) {
    // Fewer bytes than announced: the caller sees a broken answer, not a short file.
    response.destroy();
    return;
  }
  response.statusCode = problem.status;
  response.setHeader("content-type", "application/problem+json");
  const { kind, detail, retryAfterS } = problem;
  if (retryAfterS !== undefined) response.setHeader("retry-after", retryAfterS);
  if (!request.complete) {
    response.setHeader("connection", "close");
    request.on("error", () => {});
    request.resume();
    const timer = setTimeout(() => request.destroy(), DRAIN_MS);
    request.once("close", () => clearTimeout(timer));
  }
  const retry_at =
    retryAfterS === undefined ? undefined : new Date(Date.now() + retryAfterS * 1_000).toISOString();
  response.end(JSON.stringify({ kind, detail, retry_at }));
}

function unexpected(cause: unknown, gone: boolean, log: Log): Problem {
  // An abort by the caller comes as whatever its stream threw.
  if (!gone)
    log("call.broke", { error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
  return new Problem("sftp_error", "The sFTP service failed in a way it does not know; see its log.");
}

/** In constant time, whatever the length. */
function isAuthorized(request: IncomingMessage, token: string): boolean {
  const [, given = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const digest = (value: string) => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function since(started: number): number {
  return Math.round(performance.now() - started);
}

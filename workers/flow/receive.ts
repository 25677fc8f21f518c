import { XMLValidator } from "fast-xml-parser";
import type { Credentials, HandshakeAnswer, Push, RawDocument, WebhookWay } from "../carriers/carrier.ts";
import { findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import { readBounded } from "../outside/bounded.ts";
import { type OpenedConnection, openVersion } from "../storage/open-connection.ts";
import { accept } from "./accept.ts";
import { log } from "./log.ts";

/** Step 1a: a carrier's webhook. Verified, stored by an inbox of the connection, and only then answered. */

const WEBHOOK_MAX_BYTES = 10 * 1024 * 1024;
/** A larger body is not parsed at the door: its inbox says whether it can be read. */
const CHECKED_MAX_BYTES = 256 * 1024;
/** When a lane may have room again. */
const RETRY_AFTER_S = 30;

function problem(refusal: Refusal, request_id: string): Response {
  const { status, title, detail, retry_after_s } = refusal;
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "x-request-id": request_id,
  };
  if (retry_after_s !== undefined) headers["retry-after"] = String(retry_after_s);
  return Response.json({ type: "about:blank", title, status, detail, request_id }, { status, headers });
}

/**
 * Answers a carrier's request: 202 once it is stored durably; 401 unverified, 404, 413, 422 not even JSON or XML, 503
 * where the connection's inboxes are full.
 */
export async function receivePush(
  ctx: Context,
  carrier_id: string,
  connection_id: string,
  request: Request,
): Promise<Response> {
  return (await takePush(ctx, carrier_id, connection_id, request)).answer;
}

/** The same, with the id of the document; null where nothing was stored. */
export async function takePush(
  ctx: Context,
  carrier_id: string,
  connection_id: string,
  request: Request,
): Promise<{ answer: Response; document_id: string | null }> {
  const request_id = ctx.newId("req");
  const refused = (refusal: Refusal) => ({ answer: problem(refusal, request_id), document_id: null });
  const way = findCarrier(carrier_id)?.webhook;
  if (way === undefined) return refused(UNKNOWN);
  // Large bodies take turns: an isolate has 128 MB for all of them.
  const declared = Number(request.headers.get("content-length") ?? WEBHOOK_MAX_BYTES);
  const release = await ctx.bodies.reserve(Math.min(declared, WEBHOOK_MAX_BYTES));
  try {
    const received = await receive(ctx, { carrier_id, connection_id, way, request, declared });
    if (received.kind === "answer") return { answer: received.answer, document_id: null };
    if (received.kind === "refuse") {
      if (received === UNVERIFIED)
        log("document.refused", { carrier_id, connection_id, request_id, why: "unverified" });
      return refused(received);
    }
    const { id: document_id } = received;
    const headers = { "x-request-id": request_id };
    return { answer: Response.json({ accepted: true, request_id }, { status: 202, headers }), document_id };
  } finally {
    release();
  }
}

interface Arrival {
  carrier_id: string;
  connection_id: string;
  way: WebhookWay;
  request: Request;
  /** Bytes, as the carrier says. */
  declared: number;
}

type Received = { kind: "accepted"; id: string } | Refusal | { kind: "answer"; answer: Response };

async function receive(ctx: Context, arrival: Arrival): Promise<Received> {
  const { carrier_id, connection_id, way, request, declared } = arrival;
  const body =
    declared > WEBHOOK_MAX_BYTES ? null : await readBounded(request.body, WEBHOOK_MAX_BYTES, declared);
  const push: Push = {
    headers: new Map(request.headers),
    query: new Map(new URL(request.url).searchParams),
    body: body ?? NOTHING,
    now: ctx.now(),
    connection_id,
  };
  // The nearest copies first: this isolate's, then a replica's. Each may be old, so only the primary's counts for a
  // refusal, and the inbox refuses what was verified by an older version than it knows.
  for (const from of ["isolate", "replica", "primary"] as const) {
    const opened = await openFrom(ctx, connection_id, from);
    if (opened === null) continue;
    const judged = await judgeBy(opened, carrier_id, way, push, body === null);
    if (judged.kind !== "keep") {
      if (from === "primary") return judged;
      continue;
    }
    const document = {
      carrier_id,
      source: "webhook" as const,
      body: push.body,
      content_type: request.headers.get("content-type"),
      received_at: push.now,
      http_status: null,
      asked: [],
      file_name: null,
      headers: carriedHeaders(way, push.headers),
    };
    const accepted = await accept(
      ctx,
      { connection_id, lanes: opened.connection.lanes, version: opened.version },
      document,
    );
    if (accepted.kind === "outdated") {
      // An inbox that knows better than the primary: the database was restored to an earlier moment.
      if (from === "primary") return FULL;
      continue;
    }
    if (accepted.kind === "removed") return UNKNOWN;
    // Full, or an answer that only a later version of the inbox knows: nothing says that it is stored.
    if (accepted.kind !== "accepted") return FULL;
    if (from !== "isolate") ctx.keptConnections.keep(opened);
    return { kind: "accepted", id: accepted.id };
  }
  ctx.keptConnections.forget(connection_id);
  return UNKNOWN;
}

async function openFrom(
  ctx: Context,
  connection_id: string,
  from: "isolate" | "replica" | "primary",
): Promise<OpenedConnection | null> {
  if (from === "isolate") return ctx.keptConnections.get(connection_id);
  const known = ctx.keptConnections.get(connection_id);
  // What was opened before is refused by something newer: a replica may be as old.
  if (from === "replica" && known !== null) return null;
  const control = from === "replica" ? ctx.control.withSession("first-unconstrained") : ctx.control;
  return openVersion(control, ctx.vault, connection_id);
}

async function judgeBy(
  { connection }: OpenedConnection,
  carrier_id: string,
  way: WebhookWay,
  push: Push,
  isTooLarge: boolean,
): Promise<Judged> {
  if (connection.carrier_id !== carrier_id || connection.ways.webhook === undefined) return UNKNOWN;
  return isTooLarge ? TOO_LARGE : judge(way, push, connection.credentials);
}

const NOTHING = new Uint8Array();

/** What becomes of a push: it is kept, refused, or was a carrier's way to see whether somebody is there. */
type Judged = { kind: "keep" } | Refusal | { kind: "answer"; answer: Response };

interface Refusal {
  kind: "refuse";
  status: number;
  title: string;
  detail: string;
  retry_after_s?: number;
}

const UNKNOWN: Refusal = {
  kind: "refuse",
  status: 404,
  title: "Not found",
  detail: "There is no webhook of this carrier and connection. Check the address that the operator gave you.",
};
const TOO_LARGE: Refusal = {
  kind: "refuse",
  status: 413,
  title: "Too large",
  detail: `A webhook may hold at most ${WEBHOOK_MAX_BYTES} bytes. Send fewer events at once.`,
};
const UNVERIFIED: Refusal = {
  kind: "refuse",
  status: 401,
  title: "Not verified",
  detail:
    "The request does not carry this connection's proof (signature, token or header). Nothing was stored.",
};
const FULL: Refusal = {
  kind: "refuse",
  status: 503,
  title: "Try again later",
  detail: "Too many documents of this connection wait to be processed. Send this one again later.",
  retry_after_s: RETRY_AFTER_S,
};
const UNREADABLE: Refusal = {
  kind: "refuse",
  status: 422,
  title: "Unreadable",
  detail: "The body is neither well-formed JSON nor XML. Send the document as your API describes it.",
};

async function judge(way: WebhookWay, push: Push, credentials: Credentials): Promise<Judged> {
  const early = way.handshake_is_unsigned ? await way.handshake?.(push, credentials) : null;
  if (early) return answered(early);
  if (!(await way.verify(push, credentials))) return UNVERIFIED;
  const late = way.handshake_is_unsigned ? null : await way.handshake?.(push, credentials);
  if (late) return answered(late);
  return isWellFormed(push.body) ? { kind: "keep" } : UNREADABLE;
}

function answered(answer: HandshakeAnswer): Judged {
  const { status, headers, body } = answer;
  return { kind: "answer", answer: new Response(body, { status, headers }) };
}

/** Longer values of headers are cut: they are a moment or an id. */
const HEADER_MAX = 300;

/** The headers that say something about the events, as the carrier's way names them. */
function carriedHeaders(way: WebhookWay, sent: ReadonlyMap<string, string>): RawDocument["headers"] {
  const carried = (way.tells ?? []).flatMap((name) => {
    const value = sent.get(name);
    return value === undefined ? [] : [[name, value.slice(0, HEADER_MAX)]];
  });
  return carried.length === 0 ? undefined : Object.fromEntries(carried);
}

function isWellFormed(body: Uint8Array): boolean {
  if (body.length > CHECKED_MAX_BYTES) return true;
  const text = new TextDecoder().decode(body).trim();
  if (text.startsWith("<")) return XMLValidator.validate(text) === true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

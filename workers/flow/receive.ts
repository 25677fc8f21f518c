import { XMLValidator } from "fast-xml-parser";
import type { Credentials, HandshakeAnswer, Push, RawDocument, WebhookWay } from "../carriers/carrier.ts";
import { findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import { readBounded } from "../outside/bounded.ts";
import { keepDocument, keepDocumentOf, type NewDocument } from "../storage/documents.ts";
import { type OpenedConnection, openVersion } from "../storage/open-connection.ts";
import { log, reasonOf } from "./log.ts";

/** Step 1a: a carrier's webhook. Verified, kept, and only then answered; the queue message is a hint that a sweep can make again. */

const WEBHOOK_MAX_BYTES = 10 * 1024 * 1024;

function problem(status: number, title: string, detail: string, request_id: string): Response {
  return Response.json(
    { type: "about:blank", title, status, detail, request_id },
    { status, headers: { "content-type": "application/problem+json", "x-request-id": request_id } },
  );
}

/** Answers a carrier's request: 202 once it is held durably; 401 unverified, 404, 413, 422 not even JSON or XML. */
export async function receivePush(
  ctx: Context,
  carrier_id: string,
  connection_id: string,
  request: Request,
): Promise<Response> {
  const request_id = ctx.newId("req");
  const refuse = (refusal: Refusal) => problem(refusal.status, refusal.title, refusal.detail, request_id);
  const way = findCarrier(carrier_id)?.webhook;
  if (way === undefined) return refuse(UNKNOWN);
  const known = ctx.keptConnections.get(connection_id);
  const reopen = () => openVersion(ctx.control, ctx.vault, connection_id);
  let opened = known ?? (await reopen());
  if (opened === null) return refuse(UNKNOWN);
  const declared = Number(request.headers.get("content-length") ?? 0);
  const body = declared > WEBHOOK_MAX_BYTES ? null : await readBounded(request.body, WEBHOOK_MAX_BYTES);
  const push: Push = {
    headers: new Map(request.headers),
    query: new Map(new URL(request.url).searchParams),
    body: body ?? NOTHING,
    now: ctx.now(),
    connection_id,
  };
  const judgeBy = async ({ connection }: OpenedConnection): Promise<Judged> => {
    if (connection.carrier_id !== carrier_id || connection.ways.webhook === undefined) return UNKNOWN;
    return body === null ? TOO_LARGE : judge(way, push, connection.credentials);
  };
  const document: NewDocument = {
    id: ctx.newId("doc"),
    connection_id,
    carrier_id,
    source: "webhook",
    body: push.body,
    content_type: request.headers.get("content-type"),
    received_at: push.now,
    http_status: null,
    asked: [],
    file_name: null,
    headers: toldInHeaders(way, push.headers),
  };
  let judged = await judgeBy(opened);
  // As it was opened last it leads to nothing but a row, which is written if the connection is still the same.
  const kept =
    known !== null && judged.kind === "keep" && (await keepDocumentOf(ctx.control, document, known.version));
  if (!kept) {
    if (known !== null) {
      ctx.keptConnections.forget(connection_id);
      opened = await reopen();
      judged = opened === null ? UNKNOWN : await judgeBy(opened);
    }
    if (judged.kind === "answer") return judged.answer;
    if (judged.kind === "refuse") {
      if (judged === UNVERIFIED)
        log("document.refused", { carrier_id, connection_id, request_id, why: "unverified" });
      return refuse(judged);
    }
    await keepDocument(ctx.control, document);
    if (opened !== null) ctx.keptConnections.keep(opened);
  }
  await hint(ctx, document.id);
  log("document.received", {
    document_id: document.id,
    carrier_id,
    connection_id,
    request_id,
    source: "webhook",
    bytes: push.body.length,
  });
  return Response.json(
    { accepted: true, request_id },
    { status: 202, headers: { "x-request-id": request_id } },
  );
}

const NOTHING = new Uint8Array();

/** What becomes of a push: it is kept, refused, or was a carrier's way to see whether somebody is there. */
type Judged = { kind: "keep" } | Refusal | { kind: "answer"; answer: Response };

interface Refusal {
  kind: "refuse";
  status: number;
  title: string;
  detail: string;
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
    "The request does not carry this connection's proof (signature, token or header). Nothing was kept.",
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

function toldInHeaders(way: WebhookWay, sent: ReadonlyMap<string, string>): RawDocument["headers"] {
  const told = (way.tells ?? []).flatMap((name) => {
    const value = sent.get(name);
    return value === undefined ? [] : [[name, value.slice(0, HEADER_MAX)]];
  });
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

/** Tells the harmonizer that a document waits. Its row is what counts: a hint that can't be sent is made again by the sweep. */
export async function hint(ctx: Context, document_id: string): Promise<void> {
  try {
    await ctx.queues.documents.send({ document_id });
  } catch (error) {
    log("hint.failed", { document_id, why: reasonOf(error) });
  }
}

function isWellFormed(body: Uint8Array): boolean {
  const text = new TextDecoder().decode(body).trim();
  if (text.startsWith("<")) return XMLValidator.validate(text) === true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

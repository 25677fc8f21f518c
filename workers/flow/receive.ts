import { XMLValidator } from "fast-xml-parser";
import type { Push, RawDocument, WebhookWay } from "../carriers/carrier.ts";
import { findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import { readBounded } from "../outside/bounded.ts";
import { keepDocument } from "../storage/documents.ts";
import { openConnection } from "../storage/open-connection.ts";
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
  const carrier = findCarrier(carrier_id);
  const way = carrier?.webhook;
  const connection = carrier && way ? await openConnection(ctx.control, ctx.vault, connection_id) : null;
  if (!carrier || !way || connection?.carrier_id !== carrier_id || connection.ways.webhook === undefined) {
    return problem(
      404,
      "Not found",
      "There is no webhook of this carrier and connection. Check the address that the operator gave you.",
      request_id,
    );
  }
  const declared = Number(request.headers.get("content-length") ?? 0);
  const body = declared > WEBHOOK_MAX_BYTES ? null : await readBounded(request.body, WEBHOOK_MAX_BYTES);
  if (body === null) {
    return problem(
      413,
      "Too large",
      `A webhook may hold at most ${WEBHOOK_MAX_BYTES} bytes. Send fewer events at once.`,
      request_id,
    );
  }
  const push: Push = {
    headers: new Map(request.headers),
    query: new Map(new URL(request.url).searchParams),
    body,
    now: ctx.now(),
    connection_id,
  };
  if (way.handshake_is_unsigned) {
    const answer = await way.handshake?.(push, connection.credentials);
    if (answer) return new Response(answer.body, { status: answer.status, headers: answer.headers });
  }
  if (!(await way.verify(push, connection.credentials))) {
    log("document.refused", { carrier_id, connection_id, request_id, why: "unverified" });
    return problem(
      401,
      "Not verified",
      "The request does not carry this connection's proof (signature, token or header). Nothing was kept.",
      request_id,
    );
  }
  const answer = way.handshake_is_unsigned ? null : await way.handshake?.(push, connection.credentials);
  if (answer) return new Response(answer.body, { status: answer.status, headers: answer.headers });
  if (!isWellFormed(body)) {
    return problem(
      422,
      "Unreadable",
      "The body is neither well-formed JSON nor XML. Send the document as your API describes it.",
      request_id,
    );
  }
  const document_id = ctx.newId("doc");
  await keepDocument(ctx.control, {
    id: document_id,
    connection_id,
    carrier_id,
    source: "webhook",
    body,
    content_type: request.headers.get("content-type"),
    received_at: ctx.now(),
    http_status: null,
    asked: [],
    file_name: null,
    headers: toldInHeaders(way, push.headers),
  });
  await hint(ctx, document_id);
  log("document.received", {
    document_id,
    carrier_id,
    connection_id,
    request_id,
    source: "webhook",
    bytes: body.length,
  });
  return Response.json(
    { accepted: true, request_id },
    { status: 202, headers: { "x-request-id": request_id } },
  );
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

import type { Carrier, CarrierRequest, PollWay, RawDocument } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../domain/connection.ts";
import { PROBE_EVERY_MS } from "../domain/pace.ts";
import { retryAfterMs } from "../domain/retry-after.ts";
import type { CheckCall } from "../observe/check-statistics.ts";
import type { OutgoingResult } from "../outside/http.ts";
import type { Held } from "../storage/check-slots.ts";
import { type CheckedNumber, keepAnswers, numbersIn } from "../storage/checks.ts";
import { contentHash, keepDocument } from "../storage/documents.ts";
import { changedAnswers, changedParts } from "./answers.ts";
import type { CheckEnd } from "./check.ts";
import { halve } from "./halving.ts";
import { log } from "./log.ts";
import type { CheckMessage } from "./messages.ts";
import { hint } from "./receive.ts";
import { isAskedNow, regroup, respreadNumbers } from "./regroup.ts";
import { keptTokens } from "./tokens.ts";

/** Step 1c.2: asks a carrier's API for the numbers of a slot, as many a call as it allows. An answer that is what it was costs nothing further. */

const CALL_TIMEOUT_MS = 30_000;
const ANSWER_MAX_BYTES = 10 * 1024 * 1024;
/** Calls in one message: the rest of a large slot goes on in the next, so that none runs for long. */
const CALLS_PER_MESSAGE = 20;
/** And so long at most, with the last call's time on top: a slow carrier holds its consumer no longer. */
const MESSAGE_MAX_MS = 20_000;

/** So often the same numbers are asked for again after a fault that may be theirs; then the others come first. */
const TRIES_BEFORE_PASSING = 3;

/** A turn further off than this is not waited for: the slot goes on when it has come. */
const WAIT_MAX_MS = 10_000;

export async function pollSlot(
  ctx: Context,
  carrier: Carrier,
  way: PollWay,
  connection: Connection,
  message: CheckMessage,
  held: Held,
): Promise<CheckEnd> {
  const began = ctx.now();
  const limit = way.numbers_per_call * CALLS_PER_MESSAGE;
  const all = await numbersIn(ctx.control, message, message.after ?? "", limit);
  if (all.length === 0 && message.after === null) return { kind: "empty" };
  const numbers = all.filter((number) => isAskedNow(ctx, connection, number));
  const probe_every_ms = PROBE_EVERY_MS * ctx.timeScale;
  const changed = new Set<string>();
  let resume_after = message.after;
  let spoilt: Failed | null = null;
  /** The API itself may be ill: the same numbers are tried again, but ones that fail for ever hold up no others. */
  const giveUp = (fault: Failed, behind: string | null): CheckEnd => {
    return { ...fault, resume_after: held.failures < TRIES_BEFORE_PASSING ? resume_after : behind };
  };
  /** The last number asked, and how that call went. */
  let last = message.after;
  let before: Asking = { kind: "answered", changed: [] };
  for (let at = 0, size = 0; at < numbers.length; at += size) {
    size = callOf(numbers, at, way.numbers_per_call);
    if (at > 0 && last !== null && ctx.now() - began > MESSAGE_MAX_MS) {
      await regroup(ctx, connection, message, held.spread, {
        numbers: numbers.slice(0, at),
        asked: numbers,
        changed,
      });
      return { kind: "more", after: last, seen: message.seen === null ? null : message.seen + at };
    }
    const first = at === 0 && message.after === null && message.turn_at > 0;
    const turn = await turnFor(ctx, way, probe_every_ms, {
      connection_id: connection.id,
      carrier_id: carrier.id,
      way: "poll",
      numbers: size,
      lag_ms: first ? began - message.turn_at : null,
    });
    if (turn.kind === "wait") {
      if (before.kind === "failed")
        return giveUp({ ...before, retry_after_ms: turn.not_before - ctx.now() }, last);
      return { kind: "later", not_before: turn.not_before, all: turn.blocked, resume_after };
    }
    const asked = numbers.slice(at, at + size);
    const whole = await ask(ctx, carrier, way, connection, asked);
    const halved =
      whole.kind === "failed" && whole.refused === true && asked.length > 1
        ? await inHalves(ctx, carrier, way, connection, asked, whole)
        : whole;
    // Alone because it was refused before: no news of the carrier's health.
    const known = halved.kind === "failed" && halved.refused === true && asked[0]?.answer_hash === REFUSED;
    if (known || (halved.kind === "answered" && halved.error !== undefined))
      spoilt = faultIn(halved) ?? spoilt;
    const asking: Asking = known ? { kind: "answered", changed: [] } : halved;
    const failed = asking.kind === "failed" ? asking : null;
    if (failed !== null || turn.failing) {
      await ctx
        .paceOf(connection.id)
        .ended(
          { ok: failed === null, retry_after_ms: failed?.retry_after_ms ?? null },
          ctx.now(),
          probe_every_ms,
        );
    }
    last = asked.at(-1)?.carrier_number ?? last;
    if (asking.kind === "answered") {
      for (const number of asking.changed) changed.add(number);
      resume_after = last;
    } else {
      if (!asking.by_numbers) return { ...asking, resume_after };
      const more = at + asked.length < numbers.length;
      if (before.kind === "failed" || numbers.length === asked.length)
        return giveUp(asking, more ? last : null);
      spoilt = asking;
      log("check.spoilt", { connection_id: connection.id, why: withoutTheirWords(asking.error) });
    }
    before = asking;
  }
  const full = all.length === limit;
  const seen = message.seen === null ? null : message.seen + all.length;
  const spread = await respreadNumbers(ctx, way, connection, message, held, { seen, full });
  await regroup(ctx, connection, message, spread, { numbers: all, asked: numbers, changed });
  return full
    ? { kind: "more", after: all.at(-1)?.carrier_number ?? "", seen }
    : { kind: "done", error: spoilt?.error ?? null };
}

/** Leave for one call, waited for where it is near. */
async function turnFor(
  ctx: Context,
  way: PollWay,
  probe_every_ms: number,
  call: CheckCall,
): Promise<{ kind: "go"; failing: boolean } | { kind: "wait"; not_before: number; blocked: boolean }> {
  const pace = ctx.paceOf(call.connection_id);
  const turn = await pace.take(way.rate, ctx.now(), WAIT_MAX_MS, probe_every_ms, call);
  if (turn.kind === "wait") return turn;
  const wait_ms = turn.at - ctx.now();
  if (wait_ms <= 0) return turn;
  await ctx.wait(wait_ms);
  // Meanwhile the carrier may have asked another poller to wait.
  const blocked = await pace.blocked(ctx.now());
  return blocked === null ? turn : { kind: "wait", not_before: blocked, blocked: true };
}

/** What kept a call from an answer, for a line: what the carrier itself says of it may name somebody, and is with the slot. */
export function withoutTheirWords(error: string): string {
  return error.split(": ", 1)[0] ?? "";
}

interface Failed {
  kind: "failed";
  error: string;
  retry_after_ms: number | null;
  /** Whether the fault may lie in what was asked rather than in the API: other numbers may fare better. */
  by_numbers: boolean;
  /** The carrier refuses the call as it stands (HTTP 4xx): fewer numbers may fare better. */
  refused?: boolean;
}
/** `error`: what was wrong with single numbers, where the others were answered. */
type Asking = { kind: "answered"; changed: string[]; error?: string } | Failed;

/** Stands for the answer of a number that the carrier refused, and spoilt its call by: it is asked for alone from then on. */
const REFUSED = "refused";

/** How many of the numbers from here on stand in one call. */
function callOf(numbers: readonly CheckedNumber[], at: number, most: number): number {
  if (numbers[at]?.answer_hash === REFUSED) return 1;
  const until = numbers.slice(at, at + most).findIndex((number) => number.answer_hash === REFUSED);
  return until < 0 ? Math.min(most, numbers.length - at) : until;
}

function faultIn(asking: Asking): Failed | null {
  if (asking.kind === "failed") return asking;
  return asking.error === undefined ? null : ofNumbers(asking.error);
}

/** A call that was refused for something in it, in halves until what is wrong stands alone and is marked. The others have their news. */
async function inHalves(
  ctx: Context,
  carrier: Carrier,
  way: PollWay,
  connection: Connection,
  asked: readonly CheckedNumber[],
  whole: Failed,
): Promise<Asking> {
  const end = await halve<CheckedNumber, Failed>(asked, async (numbers) => {
    const turn = await turnFor(ctx, way, PROBE_EVERY_MS * ctx.timeScale, {
      connection_id: connection.id,
      carrier_id: carrier.id,
      way: "poll",
      numbers: numbers.length,
      lag_ms: null,
    });
    if (turn.kind === "wait") return { kind: "waits", why: whole };
    const asking = await ask(ctx, carrier, way, connection, numbers);
    if (asking.kind === "answered") return asking;
    return { kind: asking.refused === true ? "refused" : "failed", why: asking };
  });
  // Refused one and all: that is the carrier's fault, or the connection's, and no number's.
  if (!end.answered) return end.ended ?? whole;
  await keepAnswers(
    ctx.control,
    connection.id,
    end.refused.map(({ number }) => ({ number: number.carrier_number, hash: REFUSED })),
    ctx.now(),
  );
  const [first] = end.refused;
  const fault = end.ended ?? whole;
  if (end.ended !== null && !end.ended.by_numbers) return end.ended;
  const error =
    first === undefined
      ? fault.error
      : `${first.number.carrier_number}${end.refused.length > 1 ? ` and ${end.refused.length - 1} more` : ""}: ${first.why.error}`;
  return { kind: "answered", changed: end.changed, error };
}

/** One call. Its answer's news, if there is any, is then a kept document. */
async function ask(
  ctx: Context,
  carrier: Carrier,
  way: PollWay,
  connection: Connection,
  asked: readonly CheckedNumber[],
): Promise<Asking> {
  const numbers = asked.map((number) => number.carrier_number);
  const answer = await call(ctx, way, connection, numbers);
  if (answer.kind === "failed") return answer;
  const fault = faultOf(answer, ctx.now());
  const soap = answer.kind === "answered" && !answer.body_cut && isSoapFault(answer.status, answer.body);
  if (fault !== null && !soap) return fault;
  if (answer.kind !== "answered") return { kind: "answered", changed: [] };
  const document: RawDocument = {
    source: "poll",
    body: answer.body,
    content_type: answer.headers.get("content-type"),
    received_at: ctx.now(),
    http_status: answer.status,
    asked: numbers,
    file_name: null,
  };
  const parted = answer.status === 200 ? changedParts(way, answer.body, asked) : null;
  const judged = parted ?? judge(carrier, document, asked, { status: answer.status, fault });
  if (!Array.isArray(judged)) return judged;
  const changed = judged;
  if (changed.length > 0) {
    const id = ctx.newId("doc");
    await keepDocument(ctx.control, {
      ...document,
      id,
      connection_id: connection.id,
      carrier_id: carrier.id,
    });
    // After the document: a crash between asks again and finds nothing new, the other way round would lose the news.
    await keepAnswers(ctx.control, connection.id, changed, ctx.now());
    await hint(ctx, id);
    log("document.received", {
      document_id: id,
      carrier_id: carrier.id,
      connection_id: connection.id,
      source: "poll",
      bytes: answer.body.length,
      changed: changed.length,
    });
  }
  return { kind: "answered", changed: changed.map(({ number }) => number) };
}

/** Reads an answer: what changed, or why it is none. */
function judge(
  carrier: Carrier,
  document: RawDocument,
  asked: readonly CheckedNumber[],
  { status, fault }: { status: number; fault: Failed | null },
): { number: string; hash: string }[] | Failed {
  const read = carrier.harmonize(document, { rules: carrier.rules });
  const unreadable = read.remarks.find((remark) => remark.kind === "unreadable");
  const found = read.shipments.length > 0 || read.remarks.some((remark) => remark.kind === "not_found");
  if (fault !== null && (unreadable !== undefined || !found)) return fault;
  if (!found) {
    const said = read.remarks.find((remark) => remark.kind === "carrier_error");
    const refused = refuses(status);
    if (unreadable !== undefined)
      return {
        ...ofNumbers(`The carrier answered ${status} with what can't be read: ${unreadable.detail}`),
        refused,
      };
    if (said !== undefined)
      return { ...ofNumbers(`The carrier answered ${status}: ${said.detail}`), refused };
  }
  return changedAnswers(carrier, read, asked);
}

/** 4xx that say nothing of what was asked for: who asks, how, or how often. */
const NOT_FOR_NUMBERS: ReadonlySet<number> = new Set([401, 402, 403, 405, 406, 407, 408, 415, 426, 429]);

function refuses(status: number): boolean {
  return status >= 400 && status < 500 && !NOT_FOR_NUMBERS.has(status);
}

/** SOAP 1.1 (section 6.2) tells "no such parcel" under HTTP 500, as it tells that the service is down: what is read decides. */
function isSoapFault(status: number, body: Uint8Array): boolean {
  return status === 500 && /<(?:\w+:)?Fault[\s>]/u.test(new TextDecoder().decode(body.subarray(0, 4000)));
}

async function call(
  ctx: Context,
  way: PollWay,
  connection: Connection,
  numbers: readonly string[],
): Promise<OutgoingResult | Failed> {
  const to = {
    base_url: (connection.ways.poll?.base_url ?? way.base_url).replace(/\/+$/, ""),
    credentials: connection.credentials,
  };
  const send = (request: CarrierRequest) =>
    ctx.http.send({ ...request, timeout_ms: CALL_TIMEOUT_MS, max_body_bytes: ANSWER_MAX_BYTES });
  if (way.token === undefined) return send(way.request(numbers, to));
  const { token: tokenWay } = way;
  const tokenRequest = tokenWay.request(to);
  const key = await contentHash(new TextEncoder().encode(JSON.stringify(tokenRequest)));
  const withToken = async (refused: string | null) => {
    const taken = await tokens.take({
      key,
      now: ctx.now(),
      refused,
      fetch: async () => {
        const answer = await send(tokenRequest);
        const read = answer.kind === "answered" && answer.status < 300 ? tokenWay.read(answer.body) : null;
        return read === null ? { kind: "refused", why: answer } : { kind: "token", ...read };
      },
    });
    if (taken.kind === "refused") return { token: null, answer: withoutToken(taken.why, ctx.now()) };
    return {
      token: taken.token,
      answer: await send(tokenWay.apply(way.request(numbers, to), taken.token)),
    };
  };
  const first = await withToken(null);
  // A token may end early or be taken back: one new one, once.
  const { token, answer } = first;
  const again =
    token !== null &&
    answer.kind === "answered" &&
    (answer.status === 401 || tokenWay.refused?.(answer.body) === true);
  return again ? (await withToken(token)).answer : answer;
}

/** Whoever asks for tokens of a carrier in this isolate asks here. */
const tokens = keptTokens<OutgoingResult>();

/** Why there is no token: what kept its call from an answer, or an answer that holds none. */
function withoutToken(answer: OutgoingResult, now: number): Failed {
  const fault = faultOf(answer, now);
  if (fault !== null) return { ...fault, by_numbers: false };
  const status = answer.kind === "answered" ? ` (HTTP ${answer.status})` : "";
  return failed(`The carrier gave no token for these credentials${status}. Enter them again.`);
}

function failed(error: string, retry_after_ms: number | null = null): Failed {
  return { kind: "failed", error, retry_after_ms, by_numbers: false };
}

function ofNumbers(error: string): Failed {
  return { kind: "failed", error, retry_after_ms: null, by_numbers: true };
}

/** What kept a call from an answer worth reading; null for one that is. 404 may be a carrier's way to say "not yet". */
function faultOf(answer: OutgoingResult, now: number): Failed | null {
  switch (answer.kind) {
    case "refused_address":
      return failed(`The address of the carrier's API is refused: ${answer.detail}`);
    case "address_unresolved":
      return failed(`The address of the carrier's API can't be looked up now: ${answer.detail}`);
    case "timed_out":
      return ofNumbers("The carrier's API did not answer in time.");
    case "unreachable":
      return failed(`The carrier's API can't be reached: ${answer.detail}`);
    case "answered":
      break;
  }
  const { status, headers, body_cut } = answer;
  const retry_after_ms = retryAfterMs(headers.get("retry-after"), now);
  if (status === 401 || status === 403)
    return failed(`The carrier refuses these credentials (HTTP ${status}). Enter them again.`);
  if (status === 429)
    return failed("The carrier asks to be asked less often (HTTP 429).", retry_after_ms ?? 60_000);
  if (status >= 500) {
    const error = `The carrier's API fails (HTTP ${status}).`;
    return retry_after_ms === null ? ofNumbers(error) : failed(error, retry_after_ms);
  }
  if (status >= 300 && status < 400)
    return failed(
      `The carrier's API answers with a redirect (HTTP ${status}), which is not followed. Enter the address it points to.`,
    );
  if (body_cut)
    return ofNumbers(`The carrier's answer is larger than ${ANSWER_MAX_BYTES} bytes, or was cut.`);
  return null;
}

import type { Carrier, PollWay, RawDocument } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../domain/connection.ts";
import { PROBE_EVERY_MS } from "../domain/pace.ts";
import type { CheckCall } from "../observe/check-statistics.ts";
import { type CheckedNumber, keepAnswers } from "../storage/checks.ts";
import { acceptFetched } from "./accept.ts";
import { changedAnswers, changedParts } from "./answers.ts";
import { callCarrier, type Failed, faultOf, isSoapFault, ofNumbers, refuses } from "./carrier-call.ts";
import { halve } from "./halving.ts";
import { log } from "./log.ts";

/** Some numbers asked for in one call, or in halves where the carrier refuses it: its news are then a kept document. */

/** A turn further off than this is not waited for: the slot goes on when it has come. */
const WAIT_MAX_MS = 10_000;

/** `error`: what was wrong with single numbers, where the others were answered. */
export type Asking = { kind: "answered"; changed: string[]; error?: string } | Failed;

/** Stands for the answer of a number that the carrier refused, and spoilt its call by: it is asked for alone from then on. */
export const REFUSED = "refused";

/** Leave for one call, waited for where it is near. */
export async function turnFor(
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

/** A call that was refused for something in it, in halves until what is wrong stands alone and is marked. The others have their news. */
export async function inHalves(
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
export async function ask(
  ctx: Context,
  carrier: Carrier,
  way: PollWay,
  connection: Connection,
  asked: readonly CheckedNumber[],
): Promise<Asking> {
  const numbers = asked.map((number) => number.carrier_number);
  const answer = await callCarrier(ctx, way, connection, numbers);
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
    const entrance = { connection_id: connection.id, lanes: connection.lanes };
    const id = await acceptFetched(ctx, entrance, { ...document, carrier_id: carrier.id });
    // After the document: a crash between asks again and finds nothing new, the other way round would lose the news.
    await keepAnswers(ctx.control, connection.id, changed, ctx.now());
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

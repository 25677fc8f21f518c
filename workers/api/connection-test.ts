import type { CarrierRequest, PollWay } from "../carriers/carrier.ts";
import { findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../domain/connection.ts";
import { targetOf } from "../flow/collect.ts";
import type { OutgoingResult } from "../outside/http.ts";
import { SftpFault } from "../outside/sftp.ts";

/** Tries each way of a connection once and says what it saw. Nothing is kept, moved or registered. */

export interface Seen {
  way: "webhook" | "sftp" | "poll";
  ok: boolean;
  detail: string;
}

const CALL_TIMEOUT_MS = 15_000;
const ANSWER_MAX_BYTES = 1024 * 1024;
const LISTED_MAX = 1000;
/** A number that no carrier gives: its answer still shows whether address and credentials are right. */
const NOBODYS_NUMBER = "00000000000000";

export async function testConnection(
  ctx: Context,
  connection: Connection,
  number: string | null,
  webhook_url: string | null,
): Promise<Seen[]> {
  const { ways } = connection;
  const poll = findCarrier(connection.carrier_id)?.poll;
  const tries: Promise<Seen>[] = [];
  if (ways.webhook !== undefined)
    tries.push(
      Promise.resolve({
        way: "webhook",
        ok: true,
        detail: `Give the carrier this address: ${webhook_url}. Whether it sends can only be seen once it does.`,
      }),
    );
  if (ways.sftp !== undefined) tries.push(tryFolder(ctx, connection));
  if (ways.poll !== undefined && poll !== undefined) tries.push(tryPoll(ctx, connection, poll, number));
  return Promise.all(tries);
}

async function tryFolder(ctx: Context, connection: Connection): Promise<Seen> {
  const way = connection.ways.sftp;
  const carrier = findCarrier(connection.carrier_id);
  if (way === undefined || carrier === null)
    return { way: "sftp", ok: false, detail: "The connection has no folder." };
  try {
    const { files, truncated } = await ctx.sftp.run(
      { ...targetOf(connection, way), probe: true },
      (session) => session.list(way.directory, LISTED_MAX),
    );
    const news = files.filter(({ name }) => carrier.sftp?.files.test(name) ?? false).length;
    const count = truncated ? `more than ${files.length}` : String(files.length);
    return {
      way: "sftp",
      ok: true,
      detail: `Signed in; ${way.directory} holds ${count} files, ${news} of them tracking news.`,
    };
  } catch (error) {
    if (!(error instanceof SftpFault)) throw error;
    return { way: "sftp", ok: false, detail: `${error.kind}: ${error.message}` };
  }
}

async function tryPoll(
  ctx: Context,
  connection: Connection,
  way: PollWay,
  number: string | null,
): Promise<Seen> {
  const to = {
    base_url: (connection.ways.poll?.base_url ?? way.base_url).replace(/\/+$/u, ""),
    credentials: connection.credentials,
  };
  const send = (request: CarrierRequest) =>
    ctx.http.send({ ...request, timeout_ms: CALL_TIMEOUT_MS, max_body_bytes: ANSWER_MAX_BYTES });
  const request = way.request([number ?? NOBODYS_NUMBER], to);
  if (way.token === undefined) return seenBy(await send(request));
  const asked = await send(way.token.request(to));
  const token = asked.kind === "answered" && asked.status < 300 ? way.token.read(asked.body) : null;
  if (token === null)
    return { way: "poll", ok: false, detail: `The carrier gave no token. ${seenBy(asked).detail}` };
  return seenBy(await send(way.token.apply(request, token.token)));
}

function seenBy(answer: OutgoingResult): Seen {
  const failed = (detail: string): Seen => ({ way: "poll", ok: false, detail });
  switch (answer.kind) {
    case "refused_address":
      return failed(`The address is refused: ${answer.detail}`);
    case "address_unresolved":
      return failed(`The address can't be looked up now: ${answer.detail}`);
    case "failed_inside":
      return failed(answer.detail);
    case "timed_out":
      return failed(`No answer within ${CALL_TIMEOUT_MS / 1000} s.`);
    case "unreachable":
      return failed(`The API can't be reached: ${answer.detail}`);
    case "answered": {
      const { status, took_ms } = answer;
      if (status === 401 || status === 403)
        return failed(`The carrier refuses these credentials (HTTP ${status}).`);
      // A number nobody has may well be "not found": that, too, is an answer by somebody who let us in.
      const ok = status < 300 || status === 404;
      return { way: "poll", ok, detail: `The API answered HTTP ${status} after ${Math.round(took_ms)} ms.` };
    }
  }
}

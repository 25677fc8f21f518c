import type { ToldTracking } from "../carriers/sandbox/scenarios.ts";
import type { Outgoing, OutgoingResult } from "./http.ts";

/**
 * The simulated carrier's API. Its address ends in `.invalid` (RFC 2606), which no resolver knows, so that nothing but
 * this answers for it: a poller's call to it stays inside the Worker, and all other calls go out as they do.
 */
export const SIMULATOR_URL = "https://sandbox-carrier.invalid";

/** The carrier as an account's shipments see it. Null: no such key. */
export type AskSimulator = (
  account_number: string,
  api_key: string,
  numbers: readonly string[],
) => Promise<ToldTracking[] | null>;

const NUMBERS_PER_CALL = 50;

/** `outgoing`, with the simulated carrier answered in its place. */
export function withSimulatedCarrier(outgoing: Outgoing, ask: AskSimulator): Outgoing {
  return {
    ...outgoing,
    async send(request) {
      if (request.method !== "GET" || !request.url.startsWith(`${SIMULATOR_URL}/`))
        return outgoing.send(request);
      const url = new URL(request.url);
      const [account_number, call] = url.pathname.split("/").slice(1).map(decodeURIComponent);
      const key = /^Bearer (\S+)$/u.exec(request.headers.authorization ?? "")?.[1];
      if (account_number === undefined || call !== "track") return answered(404, { error: "no such page" });
      if (key === undefined) return answered(401, { error: "no such key" });
      const numbers = (url.searchParams.get("numbers") ?? "").split(",").filter((number) => number !== "");
      if (numbers.length > NUMBERS_PER_CALL) return answered(400, { error: "at most 50 numbers" });
      const tracking = await ask(account_number, key, numbers);
      return tracking === null ? answered(401, { error: "no such key" }) : answered(200, { tracking });
    },
  };
}

function answered(status: number, body: unknown): OutgoingResult {
  return {
    kind: "answered",
    status,
    headers: new Headers({ "content-type": "application/json" }),
    body: new TextEncoder().encode(JSON.stringify(body)),
    body_cut: false,
    took_ms: 0,
  };
}

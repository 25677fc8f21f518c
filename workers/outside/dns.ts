import { z } from "zod";
import type { Resolved } from "../domain/address-gate.ts";

/** Looks a host name up: all its A and AAAA answers. Never throws. */
export type Resolver = (host: string) => Promise<Resolved>;

const SERVICE = "https://cloudflare-dns.com/dns-query";
const LOOK_UP_TIMEOUT_MS = 5000;
const LONGEST_ANSWER = 64 * 1024;
const KEPT_MS = 60_000;
const KEPT_NAMES = 1000;

/** Response codes and record types of RFC 1035 and RFC 3596. */
const NO_ERROR = 0;
const NAME_ERROR = 3;
const RECORD = { A: 1, CNAME: 5, AAAA: 28 } as const;

/** The JSON form of DNS over HTTPS that Cloudflare and Google share. */
const Answer = z.object({
  Status: z.number(),
  Answer: z.array(z.object({ type: z.number(), TTL: z.number(), data: z.string() })).optional(),
});

type LookUp = { resolved: Resolved; ttl_ms: number };

/**
 * A working resolver got nothing from the name's own servers (SERVFAIL, REFUSED: a broken delegation or DNSSEC, servers
 * that are down): for whoever wants to call it, a name without an address. Only a resolver that is out of reach is our fault.
 */
const UNANSWERED: LookUp = { resolved: { kind: "resolved", addresses: [], aliases: [] }, ttl_ms: 0 };

/** DNS over HTTPS. What was resolved is kept for its time to live, at most 60 s; a failure or a missing name is not kept. */
export function dnsOverHttps(now: () => number = Date.now): Resolver {
  const kept = new Map<string, { resolved: Resolved; until: number }>();
  return async (host) => {
    const known = kept.get(host);
    if (known !== undefined && known.until > now() && known.until <= now() + KEPT_MS) return known.resolved;
    kept.delete(host);
    const { resolved, ttl_ms } = joined(await lookUp(host, "A"), await lookUp(host, "AAAA"));
    if (resolved.kind === "resolved" && ttl_ms > 0) {
      if (kept.size >= KEPT_NAMES) kept.clear();
      kept.set(host, { resolved, until: now() + Math.min(ttl_ms, KEPT_MS) });
    }
    return resolved;
  };
}

/** Both families must have been asked: what one does not tell, the other may hide. */
function joined(a: LookUp, aaaa: LookUp): LookUp {
  for (const one of [a, aaaa]) if (one.resolved.kind === "failed") return one;
  if (a === UNANSWERED || aaaa === UNANSWERED) return UNANSWERED;
  const found = [a, aaaa].flatMap(({ resolved }) => (resolved.kind === "resolved" ? [resolved] : []));
  if (found.length === 0) return a;
  const chains = found.map((one) => one.aliases);
  // Each family tells the chain of aliases again: a name told by both is no loop, one told twice by one family is.
  const looped = chains.find((chain) => new Set(chain).size < chain.length);
  return {
    resolved: {
      kind: "resolved",
      addresses: found.flatMap((one) => one.addresses),
      aliases: looped ?? [...new Set(chains.flat())],
    },
    ttl_ms: Math.min(a.ttl_ms, aaaa.ttl_ms),
  };
}

async function lookUp(host: string, type: "A" | "AAAA"): Promise<LookUp> {
  const failed = (detail: string): LookUp => ({ resolved: { kind: "failed", detail }, ttl_ms: 0 });
  let answer: z.infer<typeof Answer>;
  try {
    const response = await fetch(`${SERVICE}?${new URLSearchParams({ name: host, type })}`, {
      headers: { accept: "application/dns-json" },
      redirect: "manual",
      signal: AbortSignal.timeout(LOOK_UP_TIMEOUT_MS),
    });
    if (response.status !== 200) return failed(`The resolver answered with status ${response.status}.`);
    const text = await response.text();
    if (text.length > LONGEST_ANSWER) return failed("The resolver's answer is too long.");
    answer = Answer.parse(JSON.parse(text));
  } catch {
    return failed("The resolver did not answer.");
  }
  if (answer.Status === NAME_ERROR) return { resolved: { kind: "no_such_name" }, ttl_ms: 0 };
  if (answer.Status !== NO_ERROR) return UNANSWERED;
  const records = answer.Answer ?? [];
  return {
    resolved: {
      kind: "resolved",
      addresses: records.filter((r) => r.type === RECORD[type]).map((r) => r.data),
      aliases: records.filter((r) => r.type === RECORD.CNAME).map((r) => r.data),
    },
    ttl_ms: records.length === 0 ? KEPT_MS : Math.min(...records.map((r) => r.TTL)) * 1000,
  };
}

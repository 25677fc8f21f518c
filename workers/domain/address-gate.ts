/**
 * The gate for addresses that somebody else chose: may we call this URL at all? Pure: the resolver's answers are
 * judged by `isGloballyRoutable`, the look-up itself is in outside/dns.ts.
 */

export type UrlVerdict =
  /** `url` is the one spelling to keep and call. `resolve` is false where the address needs no look-up (local work). */
  { kind: "allowed"; url: string; host: string; resolve: boolean } | { kind: "refused"; detail: string };

export interface GateOptions {
  /** Local work only: opens http and https to 127.0.0.1, ::1 and localhost on any port, and nothing else. */
  allowPrivate: boolean;
  /** Our own names: each refuses itself and all names under it, so that no delivery can loop back. */
  ownHosts?: readonly string[];
}

const LONGEST_URL = 2048;
const LONGEST_HOST = 253;
const PORTS = new Set(["", "8443"]);

// Controls, blanks and characters without a glyph: parsers drop some of them silently, and a page shows none.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Special-use names (IANA, RFC 6761 and successors) and names that private networks use as top levels. */
const PRIVATE_TOP_LEVELS = new Set([
  "alt",
  "arpa",
  "cluster",
  "consul",
  "corp",
  "domain",
  "example",
  "home",
  "internal",
  "intranet",
  "invalid",
  "lan",
  "local",
  "localdomain",
  "localhost",
  "mail",
  "onion",
  "private",
  "svc",
  "test",
  "workgroup",
]);

/** Names under public top levels that clouds answer from inside. */
const METADATA_NAMES = ["metadata.goog", "metadata.tencentyun.com", "instance-data.amazonaws.com"];

const LOCAL_HOSTS = new Set(["127.0.0.1", "[::1]", "localhost"]);

const refused = (detail: string): UrlVerdict => ({ kind: "refused", detail });

/** Judges a URL as it was given, before anything is looked up (delivery contract C12). */
export function checkUrl(raw: string, options: GateOptions): UrlVerdict {
  const spelling = faultOfSpelling(raw);
  if (spelling !== null) return refused(spelling);
  const local = options.allowPrivate ? localUrl(raw) : null;
  if (local !== null) return local;
  const authority = /^https:\/\/([^/?#]+)/.exec(raw)?.[1];
  if (authority === undefined) return refused("The address must begin with https:// and a host name.");
  if (authority.includes("%")) return refused("The address must not have % in its host name.");
  if (!URL.canParse(raw)) return refused("The address is no URL.");
  const url = new URL(raw);
  if (url.protocol !== "https:") return refused("The address must begin with https://.");
  if (!PORTS.has(url.port)) return refused("The address may only use port 443 or 8443.");
  const fault = faultOfHost(url.hostname, options.ownHosts ?? []);
  if (fault !== null) return refused(fault);
  url.hash = "";
  return { kind: "allowed", url: url.href, host: url.hostname, resolve: true };
}

function faultOfSpelling(raw: string): string | null {
  if (raw.length > LONGEST_URL) return `The address is longer than ${LONGEST_URL} characters.`;
  if (INVISIBLE.test(raw)) return "The address holds a blank, a control character or an invisible one.";
  if (raw.includes("\\")) return "The address holds a backslash.";
  const beforePath = /^[^/]*\/\/[^/?#]*/.exec(raw)?.[0] ?? raw;
  if (beforePath.includes("@")) return "The address must not carry a user name or password.";
  return null;
}

function localUrl(raw: string): UrlVerdict | null {
  const host = /^https?:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::\d{1,5})?(?:[/?#]|$)/.exec(raw)?.[1];
  if (host === undefined || !URL.canParse(raw)) return null;
  const url = new URL(raw);
  url.hash = "";
  return LOCAL_HOSTS.has(url.hostname)
    ? { kind: "allowed", url: url.href, host: url.hostname, resolve: false }
    : null;
}

function faultOfHost(host: string, ownHosts: readonly string[]): string | null {
  if (host.startsWith("[") || /^[0-9.]+$/.test(host))
    return "The address must name a host, not an IP address.";
  if (host.endsWith(".")) return "The host name must not end with a dot.";
  if (host.length > LONGEST_HOST) return `The host name is longer than ${LONGEST_HOST} characters.`;
  const labels = host.split(".");
  if (labels.length > 1 && !labels.every((label) => LABEL.test(label)))
    return "The host name is not a valid DNS name.";
  const top = labels.at(-1) ?? "";
  if (/^\d+$/.test(top) || /^0x[0-9a-f]*$/.test(top))
    return "The address must name a host, not an IP address.";
  return faultOfName(host, ownHosts);
}

function faultOfName(host: string, ownHosts: readonly string[]): string | null {
  const labels = host.split(".");
  if (labels.length < 2) return "The host name must have a domain.";
  if (PRIVATE_TOP_LEVELS.has(labels.at(-1) ?? "")) return "The host name is not one of the public internet.";
  if (METADATA_NAMES.some((name) => isUnder(host, name)))
    return "The host name is that of a cloud's metadata service.";
  if (ownHosts.some((own) => isUnder(host, own.toLowerCase()))) return "The host name is one of our own.";
  return null;
}

/** What the resolver said of a name: all A and AAAA answers, and the names that aliases led through. */
export type Resolved =
  | { kind: "resolved"; addresses: string[]; aliases: string[] }
  | { kind: "no_such_name" }
  | { kind: "failed"; detail: string };

/** `missing`: the name has no address. `later`: only the resolver failed, which is never a verdict on the address. */
export type ResolvedVerdict =
  | { kind: "allowed" }
  | { kind: "refused"; detail: string }
  | { kind: "missing"; detail: string }
  | { kind: "later"; detail: string };

const LONGEST_ALIAS_CHAIN = 8;

/** Judges a look-up. One answer that is not of the public internet refuses the name, whatever the others are. */
export function judgeResolved(resolved: Resolved, ownHosts: readonly string[] = []): ResolvedVerdict {
  if (resolved.kind === "failed") return { kind: "later", detail: resolved.detail };
  if (resolved.kind === "no_such_name") return { kind: "missing", detail: "The host name does not exist." };
  const aliases = resolved.aliases.map((name) => name.toLowerCase().replace(/\.$/, ""));
  if (aliases.length > LONGEST_ALIAS_CHAIN || new Set(aliases).size < aliases.length)
    return { kind: "refused", detail: "The host name is an alias of an alias without end." };
  if (aliases.some((name) => faultOfName(name, ownHosts) !== null))
    return { kind: "refused", detail: "The host name is an alias of one that may not be called." };
  if (resolved.addresses.length === 0) return { kind: "missing", detail: "The host name has no address." };
  if (!resolved.addresses.every(isGloballyRoutable))
    return {
      kind: "refused",
      detail: "The host name leads to an address that is not of the public internet.",
    };
  return { kind: "allowed" };
}

function isUnder(host: string, zone: string): boolean {
  return host === zone || host.endsWith(`.${zone}`);
}

/** First address and prefix length. IANA's IPv4 special-purpose registry (RFC 6890 and successors), and multicast. */
const REFUSED_IPV4: readonly [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  // Azure's wire server: a public number that only means something inside a cloud.
  ["168.63.129.16", 32],
];

/** Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4, documentation. */
const REFUSED_IPV6: readonly [string, number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

/**
 * Whether an address of the resolver's answer is one of the public internet. Of IPv6 only 2000::/3 is: mapped,
 * compatible, translated, unique local and link-local addresses all lie outside. What can't be read is not.
 */
export function isGloballyRoutable(ip: string): boolean {
  const v4 = readIpv4(ip);
  if (v4 !== null) return !REFUSED_IPV4.some(([from, length]) => inRange(v4, readIpv4(from), length, 32n));
  const v6 = readIpv6(ip);
  if (v6 === null || !inRange(v6, readIpv6("2000::"), 3, 128n)) return false;
  return !REFUSED_IPV6.some(([from, length]) => inRange(v6, readIpv6(from), length, 128n));
}

function inRange(address: bigint, from: bigint | null, length: number, bits: bigint): boolean {
  const shift = bits - BigInt(length);
  return from !== null && address >> shift === from >> shift;
}

/** Dotted decimal only, as resolvers write it. */
function readIpv4(text: string): bigint | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (parts === undefined || parts.some((part) => Number(part) > 255 || String(Number(part)) !== part))
    return null;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function readIpv6(text: string): bigint | null {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":")) return null;
  const tail = /^(.*:)([\d.]+)$/.exec(text);
  if (tail?.[2]?.includes(".")) {
    const v4 = readIpv4(tail[2]);
    if (v4 === null) return null;
    return readIpv6(`${tail[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const groups = (half: string | undefined) => (half === undefined || half === "" ? [] : half.split(":"));
  const head = groups(halves[0]);
  const rest = groups(halves[1]);
  const missing = 8 - head.length - rest.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: missing }, () => "0"), ...rest];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

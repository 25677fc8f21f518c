import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import { Problem } from "./errors.ts";

/** Not globally reachable, or reserved: IANA's IPv4 special-purpose registry (RFC 6890 and successors), and multicast. */
const REFUSED_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Azure's wire server: a public number that only means something inside a cloud.
  "168.63.129.16/32",
];

/** Inside 2000::/3, but protocol assignments with Teredo, documentation, 6to4, documentation. */
const REFUSED_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const refused = new BlockList();
const globalUnicast = new BlockList();
// Two lists, because one with an IPv4 range in it also matches that range's mapped IPv6 addresses.
const loopbackIpv4 = new BlockList();
const loopbackIpv6 = new BlockList();
for (const range of REFUSED_IPV4) add(refused, range, "ipv4");
for (const range of REFUSED_IPV6) add(refused, range, "ipv6");
add(globalUnicast, "2000::/3", "ipv6");
add(loopbackIpv4, "127.0.0.0/8", "ipv4");
add(loopbackIpv6, "::1/128", "ipv6");

function add(list: BlockList, range: string, family: "ipv4" | "ipv6"): void {
  const [network = "", prefix] = range.split("/");
  list.addSubnet(network, Number(prefix), family);
}

/**
 * Whether an address is one of the public internet. Only 2000::/3 is, of IPv6: mapped, compatible, translated,
 * unique local and link-local addresses all lie outside.
 */
export function isGloballyRoutable(address: string): boolean {
  if (isIPv4(address)) return !refused.check(address, "ipv4");
  if (!isIPv6(address) || address.includes("%")) return false;
  return globalUnicast.check(address, "ipv6") && !refused.check(address, "ipv6");
}

/** 127.0.0.0/8 and ::1. A mapped ::ffff:127.0.0.1 is none, however it is spelled. */
export function isLoopback(address: string): boolean {
  if (isIPv4(address)) return loopbackIpv4.check(address, "ipv4");
  return isIPv6(address) && loopbackIpv6.check(address, "ipv6");
}

/** Name → addresses, as the operating system resolves it. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** More is no server but a game; each of them could cost a connect time-out. */
const MAX_ADDRESSES = 8;

/**
 * The addresses of `host` that may be dialled. One bad address refuses them all: a name that answers with a
 * public and a private one is trying something. The caller dials these and never the name, so that no second
 * look-up can give another answer.
 * @throws {Problem} `unreachable` when the name does not resolve, `address_refused`.
 */
export async function checkedAddresses(
  host: string,
  lookup: Lookup,
  allowLoopback: boolean,
): Promise<readonly string[]> {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  const addresses = isIP(bare) ? [bare] : await resolved(bare, lookup);
  if (addresses.length === 0) throw new Problem("unreachable", `The host name ${host} has no address.`);
  for (const address of addresses) {
    if (isGloballyRoutable(address) || (allowLoopback && isLoopback(address))) continue;
    throw new Problem(
      "address_refused",
      `The host ${host} is not on the public internet; give the address of a server that is.`,
    );
  }
  return addresses.slice(0, MAX_ADDRESSES);
}

async function resolved(host: string, lookup: Lookup): Promise<readonly string[]> {
  try {
    return await lookup(host);
  } catch {
    throw new Problem("unreachable", `The host name ${host} does not resolve; check its spelling.`);
  }
}

import { describe, expect, it } from "vitest";
import { checkedAddresses, isGloballyRoutable, isLoopback } from "./address-check.ts";
import { Problem } from "./errors.ts";

const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.31.196.1",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2001:200::",
  "2001:4860:4860::8888",
  "2003::",
  "2606:4700:4700::1111",
  "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

const NOT_PUBLIC = [
  ["0.0.0.0", "this network"],
  ["10.1.2.3", "private"],
  ["100.64.0.1", "carrier-grade NAT"],
  ["100.100.100.200", "a cloud's metadata"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.255", "loopback, last"],
  ["168.63.129.16", "a cloud's wire server"],
  ["169.254.169.254", "metadata, link-local"],
  ["172.16.0.0", "private, first"],
  ["172.31.255.255", "private, last"],
  ["192.0.0.8", "protocol assignments"],
  ["192.0.2.1", "documentation"],
  ["192.88.99.1", "6to4 relays"],
  ["192.168.0.1", "private"],
  ["198.18.0.1", "benchmarks"],
  ["198.51.100.1", "documentation"],
  ["203.0.113.1", "documentation"],
  ["224.0.0.1", "multicast"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "broadcast"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["::127.0.0.1", "IPv4-compatible"],
  ["::ffff:127.0.0.1", "IPv4-mapped loopback"],
  ["::ffff:8.8.8.8", "IPv4-mapped, even when public"],
  ["::ffff:0:127.0.0.1", "translated"],
  ["64:ff9b::808:808", "NAT64"],
  ["64:ff9b:1::1", "local NAT64"],
  ["100::1", "discard"],
  ["1fff:ffff::", "just below global unicast"],
  ["2001::1", "Teredo"],
  ["2001:db8::1", "documentation"],
  ["2002:7f00:1::", "6to4"],
  ["3fff::1", "documentation"],
  ["4000::", "just above global unicast"],
  ["5f00::1", "segment routing"],
  ["fc00::1", "unique local"],
  ["fd00:ec2::254", "metadata, unique local"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "link-local with a zone"],
  ["2606:4700:4700::1111%eth0", "a zone on a public one"],
  ["ff02::1", "multicast"],
  ["sftp.example", "no address"],
  ["2130706433", "no spelling of an address"],
  ["", "nothing"],
] as const;

describe("isGloballyRoutable", () => {
  it.each(PUBLIC)("%s is", (address) => expect(isGloballyRoutable(address)).toBe(true));
  it.each(NOT_PUBLIC)("%s (%s) is not", (address) => expect(isGloballyRoutable(address)).toBe(false));
});

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1"])("%s is", (address) =>
    expect(isLoopback(address)).toBe(true),
  );
  it.each(["10.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1", "0:0:0:0:0:ffff:7f00:1", "localhost", "8.8.8.8"])(
    "%s is not",
    (address) => expect(isLoopback(address)).toBe(false),
  );
});

describe("checkedAddresses", () => {
  const answering =
    (...addresses: string[]) =>
    async () =>
      addresses;
  const kindOf = (host: string, lookup: () => Promise<string[]>, allowLoopback = false) =>
    checkedAddresses(host, lookup, allowLoopback).then(
      () => "allowed",
      (cause: unknown) => (cause instanceof Problem ? cause.kind : cause),
    );

  it("gives the addresses of a public name in the resolver's order", async () => {
    const lookup = answering("93.184.216.34", "2606:2800:220:1::1");
    expect(await checkedAddresses("sftp.example", lookup, false)).toEqual([
      "93.184.216.34",
      "2606:2800:220:1::1",
    ]);
  });
  it("takes a public address without a look-up, in brackets too", async () => {
    const never = () => Promise.reject(new Error("looked up"));
    expect(await checkedAddresses("93.184.216.34", never, false)).toEqual(["93.184.216.34"]);
    expect(await checkedAddresses("[2606:4700:4700::1111]", never, false)).toEqual(["2606:4700:4700::1111"]);
  });
  it("refuses all when one of several is private", async () => {
    expect(await kindOf("sftp.example", answering("93.184.216.34", "10.0.0.1"))).toBe("address_refused");
    expect(await kindOf("sftp.example", answering("93.184.216.34", "fd00::1"))).toBe("address_refused");
  });
  it("judges a number by what the resolver makes of it", async () => {
    expect(await kindOf("2130706433", answering("127.0.0.1"))).toBe("address_refused");
    expect(await kindOf("0x7f.1", answering("127.0.0.1"))).toBe("address_refused");
  });
  it("opens loopback, and only loopback, when told to", async () => {
    expect(await kindOf("localhost", answering("127.0.0.1", "::1"))).toBe("address_refused");
    expect(await kindOf("localhost", answering("127.0.0.1", "::1"), true)).toBe("allowed");
    expect(await kindOf("10.0.0.1", answering(), true)).toBe("address_refused");
    expect(await kindOf("::ffff:127.0.0.1", answering(), true)).toBe("address_refused");
    expect(await kindOf("169.254.169.254", answering(), true)).toBe("address_refused");
  });
  it("calls a name without an answer unreachable, never allowed", async () => {
    expect(await kindOf("nowhere.example", answering())).toBe("unreachable");
    expect(await kindOf("nowhere.example", () => Promise.reject(new Error("ENOTFOUND")))).toBe("unreachable");
  });
});

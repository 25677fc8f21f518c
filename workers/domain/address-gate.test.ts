import { describe, expect, it } from "vitest";
import { checkUrl, isGloballyRoutable, judgeResolved } from "./address-gate.ts";

/** Representative spellings of each way round a gate; the longer lists of the project are checked beside the tests. */

const kindOf = (url: string, options = { allowPrivate: false }) => checkUrl(url, options).kind;
const long = (length: number) => `https://hooks.example.com/${"a".repeat(length)}`.slice(0, length);

describe("the gate for addresses", () => {
  it.each([
    "https://hooks.example.com",
    "https://hooks.example.com/tracking?token=a%20b&x=1",
    "https://hooks.example.com:443/",
    "https://hooks.example.com:8443/in",
    "https://HOOKS.Example.COM/In",
    "https://münchen.example.com/in",
    "https://10.example.com/", // a digit is a label too
    "https://127.0.0.1.example.com/",
    "https://localhost.example.com/",
    "https://metadata.example.com/",
    "https://hooks.example.com/http://127.0.0.1/",
    "https://hooks.example.com/@someone",
    long(2048),
  ])("opens to %s", (url) => {
    expect(kindOf(url)).toBe("allowed");
  });

  it.each([
    ["", "nothing"],
    ["http://hooks.example.com/", "scheme"],
    ["ftp://hooks.example.com/", "scheme"],
    ["HTTPS://hooks.example.com/", "spelling of the scheme"],
    ["//hooks.example.com/", "no scheme"],
    ["https:hooks.example.com/", "repaired by parsers"],
    ["https:///hooks.example.com/", "repaired by parsers"],
    ["https://?x", "no host"],
    [long(2049), "length"],
    [`https://${"a".repeat(64)}.example.com/`, "label"],
    [`https://${`${"a".repeat(60)}.`.repeat(4)}example.com/`, "host's length"],
    ["https://hooks.example.com:8080/", "port"],
    ["https://hooks.example.com:80/", "port"],
    ["https://hooks.example.com:0/", "port"],
    ["https://user:word@hooks.example.com/", "user"],
    ["https://@hooks.example.com/", "user"],
    ["https://hooks.example.com@127.0.0.1/", "decoy"],
    ["https://hooks.example.com\\@127.0.0.1/", "backslash"],
    ["https://hooks.example.com%00.example.net/", "percent"],
    ["https://127%2e0%2e0%2e1/", "percent"],
    ["https://hooks.example.com/ x", "blank"],
    ["https://hooks.example.com/\n", "control"],
    ["https://hooks\u00ad.example.com/", "soft hyphen"],
    ["https://hooks\u200b.example.com/", "zero width"],
    ["https://hooks\ufe0f.example.com/", "variation selector"],
    ["https://hooks.example.com/\u202e", "bidi override"],
    ["https://8.8.8.8/", "an IP, public or not"],
    ["https://2130706433/", "decimal"],
    ["https://0177.0.0.1/", "octal"],
    ["https://0x7f.1/", "hex, short"],
    ["https://１２７.0.0.1/", "full width"],
    ["https://127。0。0。1/", "other full stops"],
    ["https://[::1]/", "bracketed"],
    ["https://[2606:4700:4700::1111]/", "bracketed, public"],
    ["https://localhost/", "name"],
    ["https://intranet/", "single label"],
    ["https://hooks.localhost/", "special use"],
    ["https://printer.local/", "special use"],
    ["https://metadata.google.internal/", "metadata"],
    ["https://metadata.goog/", "metadata"],
    ["https://router.home.arpa/", "special use"],
    ["https://hooks.example.com./", "trailing dot"],
    ["https://hooks..example.com/", "empty label"],
    ["https://-hooks.example.com/", "hyphen"],
    ["https://hooks_1.example.com/", "underscore"],
    ["https://*.example.com/", "wildcard"],
    ["https://hooks.example.0x7/", "number as a top level"],
  ])("is closed to %s (%s)", (url) => {
    expect(kindOf(url)).toBe("refused");
  });

  it("keeps one spelling, without a fragment", () => {
    expect(checkUrl("https://Hooks.Example.com:443/In#x", { allowPrivate: false })).toEqual({
      kind: "allowed",
      url: "https://hooks.example.com/In",
      host: "hooks.example.com",
      resolve: true,
    });
  });

  it("is closed to our own names and all under them", () => {
    const own = { allowPrivate: false, ownHosts: ["gluey.example.com"] };
    expect(kindOf("https://gluey.example.com/in", own)).toBe("refused");
    expect(kindOf("https://api.gluey.example.com/in", own)).toBe("refused");
    expect(kindOf("https://notgluey.example.com/in", own)).toBe("allowed");
  });

  it("for local work opens to this machine on any port, and to nothing else", () => {
    const local = { allowPrivate: true };
    for (const url of [
      "http://127.0.0.1:8080/a",
      "https://localhost/",
      "http://[::1]:9/x",
      "http://localhost:5173?x",
    ])
      expect(checkUrl(url, local)).toMatchObject({ kind: "allowed", resolve: false });
    for (const url of [
      "http://127.0.0.2/",
      "http://10.0.0.1/",
      "http://192.168.0.1/",
      "http://hooks.example.com/",
      "http://localhost.example.com/",
      "http://user@127.0.0.1/",
      "http://127.0.0.1.nip.io:80/",
      "http://0.0.0.0/",
      "https://127.1/",
      "http://127.0.0.1:99999/",
      "ftp://localhost/",
    ])
      expect([url, kindOf(url, local)]).toEqual([url, "refused"]);
    expect(checkUrl("https://hooks.example.com/", local)).toMatchObject({ kind: "allowed", resolve: true });
  });
});

describe("a globally routable address", () => {
  it.each([
    "1.1.1.1",
    "9.255.255.255",
    "100.63.255.255",
    "172.15.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2001:200::",
    "2003::1",
    "2001:4860:4860::8888",
  ])("%s is one", (ip) => {
    expect(isGloballyRoutable(ip)).toBe(true);
  });

  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.255.255",
    "192.0.0.170",
    "192.168.1.1",
    "198.19.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::ffff:8.8.8.8",
    "::8.8.8.8",
    "64:ff9b::808:808",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "4000::1",
    "fd00::1",
    "fe80::1",
    "ff02::1",
    "",
    "hooks.example.com",
    "1.2.3",
    "01.2.3.4",
    "1.2.3.256",
    "2606:4700::1::2",
    "2606:4700",
    "2606:4700::g",
    "fe80::1%eth0",
  ])("%s is none", (ip) => {
    expect(isGloballyRoutable(ip)).toBe(false);
  });
});

describe("what the resolver said", () => {
  const found = (addresses: string[], aliases: string[] = []) =>
    judgeResolved({ kind: "resolved", addresses, aliases }).kind;
  it("is judged by its worst answer", () => {
    expect(found(["1.1.1.1", "2606:4700::1111"])).toBe("allowed");
    expect(found(["1.1.1.1", "10.0.0.1"])).toBe("refused");
    expect(found(["1.1.1.1", "fd00::1"])).toBe("refused");
  });
  it("tells a name that is missing from a resolver that failed", () => {
    expect(found([])).toBe("missing");
    expect(judgeResolved({ kind: "no_such_name" }).kind).toBe("missing");
    expect(judgeResolved({ kind: "failed", detail: "down" }).kind).toBe("later");
  });
  it("follows aliases: none may be private, our own, or without end", () => {
    expect(found(["1.1.1.1"], ["cdn.example.net."])).toBe("allowed");
    expect(found(["1.1.1.1"], ["metadata.google.internal."])).toBe("refused");
    expect(found(["1.1.1.1"], ["a.example.net", "b.example.net", "a.example.net"])).toBe("refused");
    expect(
      found(
        ["1.1.1.1"],
        Array.from({ length: 9 }, (_, index) => `n${index}.example.net`),
      ),
    ).toBe("refused");
    const own = judgeResolved({ kind: "resolved", addresses: ["1.1.1.1"], aliases: ["api.gluey.example"] }, [
      "gluey.example",
    ]);
    expect(own.kind).toBe("refused");
  });
});

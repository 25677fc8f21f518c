import { beforeEach, describe, expect, it, vi } from "vitest";
import { dnsOverHttps } from "./dns.ts";

/** A resolver's answers, by type. */
type Answers = Record<string, { status?: number; body?: unknown } | "hangs">;
let asked: string[] = [];
let answers: Answers = {};

beforeEach(() => {
  asked = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const url = new URL(String(input));
    const type = url.searchParams.get("type") ?? "";
    asked.push(`${url.searchParams.get("name")} ${type}`);
    const answer = answers[type];
    if (answer === "hangs") throw new DOMException("late", "TimeoutError");
    return new Response(JSON.stringify(answer?.body ?? { Status: 0 }), { status: answer?.status ?? 200 });
  });
});

const records = (...list: [type: number, data: string, ttl?: number][]) => ({
  body: { Status: 0, Answer: list.map(([type, data, TTL = 300]) => ({ name: "x", type, TTL, data })) },
});

describe("DNS over HTTPS", () => {
  it("asks for both families and tells all answers", async () => {
    answers = {
      A: records([5, "cdn.example.net."], [1, "1.1.1.1"]),
      AAAA: records([5, "cdn.example.net."], [28, "2606:4700::1111"]),
    };
    expect(await dnsOverHttps()("hooks.example.com")).toEqual({
      kind: "resolved",
      addresses: ["1.1.1.1", "2606:4700::1111"],
      aliases: ["cdn.example.net."],
    });
    expect(asked).toEqual(["hooks.example.com A", "hooks.example.com AAAA"]);
  });

  it.each([
    ["one family hangs", { A: records([1, "1.1.1.1"]), AAAA: "hangs" }],
    ["one family hangs, the other has no server", { A: { body: { Status: 2 } }, AAAA: "hangs" }],
    ["status 500", { A: { status: 500, body: {} } }],
    ["no JSON of theirs", { A: { body: ["surprise"] } }],
    ["an endless answer", { A: { body: { Status: 0, pad: "x".repeat(70_000) } } }],
  ] satisfies [string, Answers][])("fails where it can't know: %s", async (_what, given) => {
    answers = given;
    expect((await dnsOverHttps()("hooks.example.com")).kind).toBe("failed");
  });

  it.each([
    ["SERVFAIL", 2],
    ["REFUSED", 5],
  ])("takes %s for the name's own fault, whatever the other family says", async (_what, Status) => {
    const nothing = { kind: "resolved", addresses: [], aliases: [] };
    answers = { A: { body: { Status } }, AAAA: records([28, "2606:4700::1111"]) };
    expect(await dnsOverHttps()("broken.example.com")).toEqual(nothing);
    answers = { A: records([1, "1.1.1.1"]), AAAA: { body: { Status } } };
    const resolve = dnsOverHttps();
    expect(await resolve("broken.example.com")).toEqual(nothing);
    answers = { A: records([1, "1.1.1.1"]), AAAA: { body: { Status: 0 } } };
    expect(await resolve("broken.example.com")).toMatchObject({ addresses: ["1.1.1.1"] });
  });

  it("tells a name that does not exist from one without addresses", async () => {
    answers = { A: { body: { Status: 3 } }, AAAA: { body: { Status: 3 } } };
    expect(await dnsOverHttps()("nowhere.example.com")).toEqual({ kind: "no_such_name" });
    answers = {};
    expect(await dnsOverHttps()("empty.example.com")).toEqual({
      kind: "resolved",
      addresses: [],
      aliases: [],
    });
  });

  it("keeps an answer for its time to live, at most a minute, and a failure not at all", async () => {
    let now = 0;
    const resolve = dnsOverHttps(() => now);
    answers = { A: records([1, "1.1.1.1", 20]), AAAA: records([28, "2606:4700::1111", 3600]) };
    await resolve("a.example.com");
    now = 19_999;
    await resolve("a.example.com");
    expect(asked).toHaveLength(2);
    now = 20_000;
    await resolve("a.example.com");
    expect(asked).toHaveLength(4);
    answers = { A: records([1, "1.1.1.1", 3600]), AAAA: records([28, "2606:4700::1111", 3600]) };
    await resolve("b.example.com");
    now += 60_000;
    await resolve("b.example.com");
    expect(asked).toHaveLength(8);
    answers = { A: "hangs" };
    await resolve("c.example.com");
    await resolve("c.example.com");
    expect(asked).toHaveLength(12);
  });
});

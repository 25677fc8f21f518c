import { describe, expect, it } from "vitest";
import { type Fetched, keptTokens } from "./tokens.ts";

const NOW = Date.parse("2026-03-14T10:00:00Z");

/** A carrier that gives T1, T2 … and counts. */
function aCarrier(expires_in_s = 3600) {
  const carrier = {
    given: 0,
    fetch: async (): Promise<Fetched<string>> => {
      carrier.given += 1;
      const token = `T${carrier.given}`;
      await Promise.resolve();
      return { kind: "token", token, expires_in_s };
    },
  };
  return carrier;
}

const never = () => ({ passed: new Promise<null>(() => {}), stop: () => {} });
const atOnce = () => ({ passed: Promise.resolve(null), stop: () => {} });
const wanted = (fetch: () => Promise<Fetched<string>>, more: object = {}) => ({
  key: "k",
  now: NOW,
  refused: null,
  fetch,
  ...more,
});

describe("a carrier's token", () => {
  it("is fetched once, however many want it at the same time or later", async () => {
    const carrier = aCarrier();
    const tokens = keptTokens<string>(never);
    const taken = await Promise.all(Array.from({ length: 50 }, () => tokens.take(wanted(carrier.fetch))));
    expect(new Set(taken.map((one) => JSON.stringify(one)))).toEqual(
      new Set(['{"kind":"token","token":"T1","expires_in_s":3600}']),
    );
    expect(await tokens.take(wanted(carrier.fetch, { now: NOW + 3_539_000 }))).toMatchObject({ token: "T1" });
    expect(carrier.given).toBe(1);
  });

  it("is not used in its last minute", async () => {
    const carrier = aCarrier();
    const tokens = keptTokens<string>(never);
    await tokens.take(wanted(carrier.fetch));
    expect(await tokens.take(wanted(carrier.fetch, { now: NOW + 3_540_000 }))).toMatchObject({ token: "T2" });
  });

  it.each([
    ["shorter than that minute", 40, 19_000, 21_000],
    ["without end", 1e12, 86_000_000, 86_400_000],
  ])("with a life %s is kept for a while all the same", async (_, life, still, over) => {
    const carrier = aCarrier(life);
    const tokens = keptTokens<string>(never);
    await tokens.take(wanted(carrier.fetch));
    expect(await tokens.take(wanted(carrier.fetch, { now: NOW + still }))).toMatchObject({ token: "T1" });
    expect(await tokens.take(wanted(carrier.fetch, { now: NOW + over }))).toMatchObject({ token: "T2" });
  });

  it.each([0, -5, Number.NaN])("with a life of %s seconds is used once and not kept", async (life) => {
    const tokens = keptTokens<string>(never);
    expect(await tokens.take(wanted(aCarrier(life).fetch))).toMatchObject({ token: "T1" });
    expect(tokens.size()).toBe(0);
  });

  it("that the carrier refuses is replaced once for all who were refused it", async () => {
    const carrier = aCarrier();
    const tokens = keptTokens<string>(never);
    await tokens.take(wanted(carrier.fetch));
    const again = () => tokens.take(wanted(carrier.fetch, { refused: "T1" }));
    const taken = [...(await Promise.all([again(), again(), again()])), await again()];
    expect(taken.map((one) => one.kind === "token" && one.token)).toEqual(["T2", "T2", "T2", "T2"]);
    expect(carrier.given).toBe(2);
  });

  it("of other credentials is another token", async () => {
    const carrier = aCarrier();
    const tokens = keptTokens<string>(never);
    await tokens.take(wanted(carrier.fetch));
    expect(await tokens.take(wanted(carrier.fetch, { key: "changed" }))).toMatchObject({ token: "T2" });
  });

  it("that is refused or fails is told to all who wait, and asked for again next time", async () => {
    const tokens = keptTokens<string>(never);
    const refuse = async (): Promise<Fetched<string>> => ({ kind: "refused", why: "wrong secret" });
    const all = await Promise.all([tokens.take(wanted(refuse)), tokens.take(wanted(refuse))]);
    expect(all).toEqual([
      { kind: "refused", why: "wrong secret" },
      { kind: "refused", why: "wrong secret" },
    ]);
    const broken = async (): Promise<Fetched<string>> => {
      throw new Error("down");
    };
    const [first, second] = await Promise.allSettled([
      tokens.take(wanted(broken)),
      tokens.take(wanted(aCarrier().fetch)),
    ]);
    expect([first?.status, second?.status]).toEqual(["rejected", "fulfilled"]);
    expect(tokens.size()).toBe(1);
  });

  it("is fetched anew when the one who fetches is gone", async () => {
    const carrier = aCarrier();
    const tokens = keptTokens<string>(atOnce);
    void tokens.take(wanted(() => new Promise<never>(() => {})));
    expect(await tokens.take(wanted(carrier.fetch))).toMatchObject({ token: "T1" });
  });

  it("takes a bounded room, those used longest ago go first", async () => {
    const carrier = aCarrier();
    const tokens = keptTokens<string>(never);
    for (let n = 0; n < 2000; n++) {
      await tokens.take(wanted(carrier.fetch, { key: `k${n}` }));
      await tokens.take(wanted(carrier.fetch, { key: "k0" }));
    }
    expect(tokens.size()).toBe(500);
    expect(await tokens.take(wanted(carrier.fetch, { key: "k0" }))).toMatchObject({ token: "T1" });
    expect(carrier.given).toBe(2000);
  });
});

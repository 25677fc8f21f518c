import { describe, expect, it } from "vitest";
import { tenantOf } from "../domain/tenant.ts";
import { createTrackingLinks } from "./token.ts";

const secret = (byte: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
const keys = (...bytes: number[]) =>
  JSON.stringify(Object.fromEntries(bytes.map((b) => [`k${b}`, secret(b)])));

const shipment_id = "shp_01k5z0v3qm8r2w7x9cabdefghj";
const of = { tenant: tenantOf("acme", "test"), shipment_id };
const links = createTrackingLinks(keys(1), "1");

describe("a link to a tracking page", () => {
  it("opens to what it was issued for, and is the same each time", async () => {
    for (const tenant of [
      tenantOf("acme", "live"),
      tenantOf("A_b-9".repeat(8), "test"),
      tenantOf("x", "test"),
    ]) {
      const token = await links.issue({ tenant, shipment_id });
      expect(token).toMatch(/^[A-Za-z0-9_-]{43,120}$/u);
      expect(await links.issue({ tenant, shipment_id })).toBe(token);
      expect(await links.open(token)).toEqual({ tenant, shipment_id });
    }
  });

  it("tells neither the account nor the shipment", async () => {
    const token = await links.issue(of);
    const seen = atob(token.replaceAll("-", "+").replaceAll("_", "/"));
    expect(seen).not.toContain("acme");
    expect(seen).not.toContain(shipment_id.slice(-10));
  });

  it("opens no longer when any one letter of it differs, or some are missing", async () => {
    const token = await links.issue(of);
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === "A" ? "B" : "A";
      expect(await links.open(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBeNull();
      expect(await links.open(token.slice(0, at))).toBeNull();
    }
    expect(await links.open(`${token}A`)).toBeNull();
  });

  it("has one spelling: spare bits of the last letter are no second link", async () => {
    const tenant = tenantOf("abcde", "test");
    const token = await links.issue({ tenant, shipment_id });
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const opened = await Promise.all([...letters].map((letter) => links.open(token.slice(0, -1) + letter)));
    expect(opened.filter((found) => found !== null)).toEqual([{ tenant, shipment_id }]);
  });

  it("outlives a new key, and ends with its own key or its series", async () => {
    const token = await links.issue(of);
    expect(await createTrackingLinks(keys(1, 2), "1").open(token)).toEqual(of);
    expect(await createTrackingLinks(keys(1, 2), "1").issue(of)).not.toBe(token);
    expect(await createTrackingLinks(keys(2), "1").open(token)).toBeNull();
    expect(await createTrackingLinks(keys(1), "2").open(token)).toBeNull();
  });

  it("of another shipment or side has nothing of this one's", async () => {
    const tokens = await Promise.all([
      links.issue(of),
      links.issue({ ...of, tenant: tenantOf("acme", "live") }),
      links.issue({ ...of, shipment_id: "shp_01k5z0v3qm8r2w7x9cabdefghk" }),
    ]);
    expect(new Set(tokens.map((token) => token.slice(0, 12))).size).toBe(3);
  });

  it("is issued for shipments only", async () => {
    await expect(links.issue({ ...of, shipment_id: "prc_01k5z0v3qm8r2w7x9cabdefghj" })).rejects.toThrow(
      "no shipment's id",
    );
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { anAccount, testClient } from "../api/test-client.ts";
import type { Context } from "../context.ts";
import { createKeyDerivation } from "../storage/derived-key.ts";
import { pageToOpen } from "./pages/sign-in.tsx";
import { visitor } from "./test-visitor.ts";

const ADMIN_TOKEN = "test-admin-token";
const NO_LIMIT: RateLimit = { limit: async () => ({ success: true }) };

let client = testClient();
let names = 0;
const open = (overrides: Partial<Context> = {}) =>
  visitor({ ...client.ctx, signInRate: NO_LIMIT, ...overrides });
const newAccount = () => anAccount(client, `console-${++names}`);
beforeEach(() => {
  client = testClient();
});

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const OWN = { ...FORM, origin: "https://hub.example", "sec-fetch-site": "same-origin" };

describe("signing in", () => {
  it("sends who is not signed in to the form, and back to where they wanted to go", async () => {
    const someone = open();
    const sent = await someone.get("/console/shipments?q=42");
    expect([sent.status, sent.headers.get("location")]).toEqual([
      303,
      "/console/sign-in?to=%2Fconsole%2Fshipments%3Fq%3D42",
    ]);
    const form = await someone.get("/console/sign-in?to=/console/deliveries");
    expect(form.text).toContain('name="to" value="/console/deliveries"');
    const done = await someone.post(
      "/console/sign-in",
      { key: ADMIN_TOKEN, to: "/console/deliveries" },
      "/console/sign-in",
    );
    expect([done.status, done.headers.get("location")]).toEqual([303, "/console/deliveries"]);
  });

  it("takes an account's key and the operator's token, and nothing else", async () => {
    const { live, test } = await newAccount();
    for (const key of [live, test, ADMIN_TOKEN]) {
      const someone = open();
      expect((await someone.signIn(key)).status).toBe(303);
      expect((await someone.get("/console")).status).toBe(200);
    }
    for (const key of ["", "wrong", `${live}x`, `gl-acc-${"0".repeat(32)}`, `${ADMIN_TOKEN} x`]) {
      const someone = open();
      const refused = await someone.signIn(key);
      expect([refused.status, refused.text.includes("not valid")]).toEqual([401, true]);
      expect((await someone.get("/console")).status).toBe(303);
    }
  });

  it("keeps the key out of the cookie, and the cookie from scripts, other sites and plain connections", async () => {
    const { live } = await newAccount();
    const someone = open();
    const { headers } = await someone.signIn(live);
    const line = headers.getSetCookie().find((one) => one.startsWith("__Host-gluey-console=")) ?? "";
    expect(line).toMatch(/; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Strict$/u);
    const value = someone.cookies.get("__Host-gluey-console") ?? "";
    const said = atob((value.split(".")[0] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    expect(JSON.parse(said)).toMatchObject({ who: { kind: "account" } });
    expect(said).not.toContain(live.slice(-20));
  });

  it("counts the tries of an address", async () => {
    const asked: string[] = [];
    const limited = open({
      signInRate: {
        limit: async ({ key }) => {
          asked.push(key);
          return { success: asked.length <= 2 };
        },
      },
    });
    for (const status of [401, 401, 429]) expect((await limited.signIn("wrong")).status).toBe(status);
    expect(new Set(asked)).toEqual(new Set(["console:local"]));
    expect((await limited.signIn(ADMIN_TOKEN)).status).toBe(429);
  });

  it("opens no address but the console's own", () => {
    expect(pageToOpen("/console/shipments/shp_1?x=1")).toBe("/console/shipments/shp_1?x=1");
    for (const to of [
      "https://bad.example",
      "//bad.example",
      "/console//\\bad",
      "/consoles",
      "/console\n",
      undefined,
      "/console/sign-in",
    ])
      expect(pageToOpen(to)).toBe("/console");
  });
});

describe("a session", () => {
  it("ends with the key, with the token, with its time and by signing out", async () => {
    const { live } = await newAccount();
    const account = `console-${names}`;
    const someone = open();
    await someone.signIn(live);
    expect((await someone.get("/console")).status).toBe(200);
    const [key] = (
      await client.ctx.control
        .prepare("SELECT id FROM api_keys WHERE account_number = ?1 AND tenant_id = ?2")
        .bind(account, `${account}.live`)
        .all<{ id: string }>()
    ).results;
    await client.operator("DELETE", `/admin/accounts/${account}/keys/${key?.id}`);
    expect((await someone.get("/console")).status).toBe(303);

    const operator = open();
    await operator.signIn(ADMIN_TOKEN);
    const later = open({ now: () => Date.now() + 8 * 3_600_000 + 1000 });
    const elsewhere = open({ derivedKey: createKeyDerivation(["the keys", "another token"]) });
    for (const [name, value] of operator.cookies) {
      later.cookies.set(name, value);
      elsewhere.cookies.set(name, value);
    }
    expect((await operator.get("/console")).status).toBe(200);
    expect((await later.get("/console")).status).toBe(303);
    expect((await elsewhere.get("/console")).status).toBe(303);
    await operator.post("/console/sign-out", {});
    expect(operator.cookies.has("__Host-gluey-console")).toBe(false);
    expect((await operator.get("/console")).status).toBe(303);
  });

  it("can't be made up, changed, or taken from a form", async () => {
    const operator = open();
    await operator.signIn(ADMIN_TOKEN);
    const value = operator.cookies.get("__Host-gluey-console") ?? "";
    const [said = "", mac = ""] = value.split(".");
    const session = JSON.parse(atob(said.replaceAll("-", "+").replaceAll("_", "/")));
    const longer = btoa(JSON.stringify({ ...session, until: session.until + 1 })).replace(/=+$/u, "");
    const token = await operator.token("/console");
    for (const forged of [
      said,
      `${said}.`,
      `${longer}.${mac}`,
      `${said}.${mac}x`,
      `${said}.${token}`,
      `${value}.`,
      "",
      ".",
    ]) {
      const thief = open();
      thief.cookies.set("__Host-gluey-console", forged);
      expect((await thief.get("/console")).status).toBe(303);
    }
    const visiting = open();
    await visiting.get("/console/sign-in");
    visiting.cookies.set("__Host-gluey-console", visiting.cookies.get("__Host-gluey-console-visit") ?? "");
    expect((await visiting.get("/console")).status).toBe(303);
  });

  it("outlives a link from elsewhere, which comes without its cookie", async () => {
    const answer = await open().get("/console/shipments?q=%22%3E", { "sec-fetch-site": "cross-site" });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('content="0; url=/console/shipments?q=%22%3E"');
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe("a form", () => {
  it("is taken from our own pages only", async () => {
    const operator = open();
    await operator.signIn(ADMIN_TOKEN);
    const form_token = await operator.token("/console");
    const out = "/console/sign-out";
    for (const [headers, status] of [
      [{ ...FORM, origin: "https://bad.example", "sec-fetch-site": "cross-site" }, 403],
      [{ ...FORM, origin: "https://hub.example", "sec-fetch-site": "same-site" }, 403],
      [{ ...FORM, origin: "https://bad.example", "sec-fetch-site": "same-origin" }, 403],
      [{ ...FORM, origin: "null" }, 403],
      [FORM, 403],
      [{ ...OWN, "content-type": "text/plain" }, 415],
    ] as const)
      expect((await operator.send(out, { form_token }, headers)).status).toBe(status);
    for (const token of ["", "x", `${form_token}x`])
      expect((await operator.send(out, { form_token: token }, OWN)).status).toBe(403);
    expect((await operator.send(out, {}, OWN)).status).toBe(403);
    expect((await operator.get("/console")).status).toBe(200);
    expect(
      (await operator.send(out, { form_token }, { ...FORM, origin: "null", "sec-fetch-site": "same-origin" }))
        .status,
    ).toBe(303);
  });

  it("of one session is worth nothing in another", async () => {
    const [one, other] = [open(), open()];
    await one.signIn(ADMIN_TOKEN);
    await other.signIn(ADMIN_TOKEN);
    const form_token = await one.token("/console");
    expect((await other.send("/console/sign-out", { form_token }, OWN)).status).toBe(403);
    const stranger = open();
    expect((await stranger.send("/console/sign-in", { key: ADMIN_TOKEN, form_token }, OWN)).status).toBe(403);
  });

  it("is refused when it is too large, and other methods are", async () => {
    const operator = open();
    await operator.signIn(ADMIN_TOKEN);
    const huge = await operator.send("/console/sign-out", { form_token: "x".repeat(1_100_000) }, OWN);
    expect(huge.status).toBe(413);
  });
});

it("every answer is under the strict policy, and nothing but the files is kept", async () => {
  const operator = open();
  await operator.signIn(ADMIN_TOKEN);
  for (const path of ["/console", "/console/nowhere", "/console/sign-in", "/console/assets/console.css"]) {
    const { headers, text } = await operator.get(path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect([headers.get("referrer-policy"), headers.get("x-content-type-options")]).toEqual([
      "no-referrer",
      "nosniff",
    ]);
    expect(headers.get("cache-control")).toBe(
      path.includes("assets") ? "public, max-age=31536000, immutable" : "no-store",
    );
    expect(text).not.toMatch(/ style="| on[a-z]+="|<style|<script(?! src="\/console\/assets\/)/u);
  }
});

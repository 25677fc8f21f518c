import { describe, expect, it } from "vitest";
import { basicAuth } from "./authentic.ts";
import type { Push } from "./carrier.ts";
import { answerTokenRequest, hasIssuedToken, PUSH_TOKEN_LIFE_S, type TokenRequest } from "./push-tokens.ts";

const NOW = Date.parse("2026-03-14T10:00:00Z");
const SECRET = "a secret of thirty-two letters 01";
const GRANT = "grant_type=client_credentials";

const ask = (over: Partial<TokenRequest> = {}) => {
  const request = {
    connection_id: "con_1",
    authorization: basicAuth("con_1", SECRET),
    form: GRANT,
    now: NOW,
    ...over,
  };
  const { status, headers, body } = answerTokenRequest(request, SECRET);
  return { status, headers, ...JSON.parse(body) };
};
const pushWith = (authorization: string | null, over: Partial<Push> = {}): Push => ({
  headers: new Map(authorization === null ? [] : [["authorization", authorization]]),
  query: new Map(),
  body: new Uint8Array(),
  now: NOW,
  connection_id: "con_1",
  ...over,
});

describe("a token for a carrier's pushes", () => {
  it("is given to the client that proves itself, and believed until it ends", () => {
    const answer = ask();
    expect(answer).toMatchObject({
      status: 200,
      token_type: "Bearer",
      expires_in: PUSH_TOKEN_LIFE_S,
      headers: { "cache-control": "no-store" },
    });
    const bearer = `Bearer ${answer.access_token}`;
    const at = (s: number) => hasIssuedToken(pushWith(bearer, { now: NOW + s * 1000 }), SECRET);
    expect([0, 1, PUSH_TOKEN_LIFE_S - 1].map(at)).toEqual([true, true, true]);
    expect([PUSH_TOKEN_LIFE_S, PUSH_TOKEN_LIFE_S + 1, 1e9].map(at)).toEqual([false, false, false]);
  });

  it("says nothing of the secret", () => {
    expect(JSON.stringify(ask())).not.toContain(SECRET);
    expect(JSON.stringify(ask({ authorization: basicAuth("con_1", "wrong") }))).not.toContain(SECRET);
  });

  it("may be asked for in the form, and with a secret that is form-encoded", () => {
    const form = `${GRANT}&client_id=con_1&client_secret=${encodeURIComponent(SECRET)}`;
    expect(ask({ authorization: null, form }).status).toBe(200);
    expect(ask({ authorization: basicAuth("con_1", encodeURIComponent(SECRET)) }).status).toBe(200);
  });

  it.each<[string, Partial<TokenRequest>, number, string]>([
    ["no client", { authorization: null }, 401, "invalid_client"],
    ["another secret", { authorization: basicAuth("con_1", `${SECRET}x`) }, 401, "invalid_client"],
    ["another client", { authorization: basicAuth("con_2", SECRET) }, 401, "invalid_client"],
    ["no secret", { authorization: basicAuth("con_1", "") }, 401, "invalid_client"],
    ["another scheme", { authorization: `Bearer ${SECRET}` }, 401, "invalid_client"],
    ["no base64", { authorization: "Basic §" }, 401, "invalid_client"],
    ["a lone percent sign", { authorization: basicAuth("con_1", "%") }, 401, "invalid_client"],
    [
      "the secret without its client",
      { authorization: null, form: `${GRANT}&client_secret=${SECRET}` },
      401,
      "invalid_client",
    ],
    ["two proofs", { form: `${GRANT}&client_id=con_1&client_secret=${SECRET}` }, 400, "invalid_request"],
    ["no grant", { form: "" }, 400, "invalid_request"],
    ["a form that never ends", { form: `${GRANT}&a=${"b".repeat(10_000)}` }, 400, "invalid_request"],
    ["two grants", { form: `${GRANT}&${GRANT}` }, 400, "invalid_request"],
    ["another grant", { form: "grant_type=password" }, 400, "unsupported_grant_type"],
    ["JSON", { form: '{"grant_type":"client_credentials"}' }, 400, "invalid_request"],
  ])("is refused with %s", (_, over, status, error) => {
    expect(ask(over)).toMatchObject({ status, error });
    expect(ask(over).access_token).toBeUndefined();
  });

  it("is worth nothing at another connection, under another secret, longer than it may live, or changed", () => {
    const token: string = ask().access_token;
    const bearer = `Bearer ${token}`;
    expect(hasIssuedToken(pushWith(bearer, { connection_id: "con_2" }), SECRET)).toBe(false);
    expect(hasIssuedToken(pushWith(bearer, { connection_id: undefined }), SECRET)).toBe(false);
    expect(hasIssuedToken(pushWith(bearer), `${SECRET}x`)).toBe(false);
    const far = answerTokenRequest(
      {
        connection_id: "con_1",
        authorization: basicAuth("con_1", SECRET),
        form: GRANT,
        now: NOW + 10 * 86_400_000,
      },
      SECRET,
    );
    expect(hasIssuedToken(pushWith(`Bearer ${JSON.parse(far.body).access_token}`), SECRET)).toBe(false);
    for (let at = 0; at < token.length; at++) {
      const changed = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
      expect(hasIssuedToken(pushWith(`Bearer ${changed}`), SECRET)).toBe(false);
    }
  });

  it.each([
    null,
    "",
    "Bearer",
    "Bearer ",
    "Bearer gpt_",
    `Bearer gpt_${"9".repeat(400)}_${"A".repeat(43)}=`,
    `Bearer gpt_1_${"A".repeat(43)}=`,
    `Basic ${btoa("con_1:x")}`,
    `Bearer ${"x".repeat(100_000)}`,
  ])("%j is none", (authorization) => {
    expect(hasIssuedToken(pushWith(authorization), SECRET)).toBe(false);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type IdPrefix, newId } from "../domain/ids.ts";
import { redactFacts, redactText } from "./redact.ts";

/** Nothing that looks like a secret or a person passes, whatever stands around it; and our own ids do. */

const ascii = (alphabet: string, min: number, max: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: min, maxLength: max })
    .map((letters) => letters.join(""));
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const ALL = `${LETTERS}${LETTERS.toUpperCase()}0123456789`;
/** Long enough that it does not stand in the sentence by chance, and no word of ours. */
const drawn = ascii(ALL, 12, 40).map((text) => `zq${text}`);

const email = fc
  .tuple(
    ascii(`${LETTERS}0123456789.+_-`, 1, 12),
    ascii(LETTERS, 2, 10),
    fc.constantFrom("se", "co.uk", "org"),
  )
  .map(([name, host, end]) => ({ told: `zq${name}@${host}.${end}`, secret: `zq${name}@` }));
const phone = fc
  .tuple(
    fc.constantFrom("+46", "0046", "+1 ", "0"),
    ascii("0123456789", 8, 11),
    fc.constantFrom("", " ", "-", "."),
  )
  .map(([country, digits, gap]) => {
    const told = `${country}${digits.slice(0, 2)}${gap}${digits.slice(2, 5)}${gap}${digits.slice(5)}`;
    return { told, secret: told };
  });
const bearer = fc
  .tuple(fc.constantFrom("Bearer", "bearer", "Basic", "Token"), drawn)
  .map(([scheme, secret]) => ({ told: `${scheme} ${secret}`, secret }));
const named = fc
  .tuple(
    fc.constantFrom(
      "password",
      "api_key",
      "client_secret",
      "access-token",
      "X-Api-Key",
      "Authorization",
      "cookie",
    ),
    fc.constantFrom("=", ": ", '":"', " = "),
    drawn,
  )
  .map(([name, sign, secret]) => ({ told: `${name}${sign}${secret}`, secret }));
const key = drawn.chain((secret) =>
  fc
    .constantFrom("gl-acc-", "gl-test-", "whsec_", "eyJhbGciOi.")
    .map((prefix) => ({ told: prefix + secret, secret })),
);
const url = fc
  .tuple(fc.constantFrom("https", "sftp", "http"), drawn, drawn, drawn, fc.constantFrom(0, 1, 2, 3))
  .map(([scheme, a, b, path, shape]) => ({
    told:
      [
        `${scheme}://${a}:${b}@host.example/in`,
        `${scheme}://host.example/in?key=${b}`,
        `${scheme}://host.example/services/${b}`,
        `${scheme}://host.example#${b}`,
      ][shape] ?? "",
    secret: b,
    path,
  }));
const quoted = fc
  .tuple(drawn, fc.constantFrom('"', "`"))
  .map(([secret, quote]) => ({ told: `Unexpected token in ${quote}${secret} Storgatan 1${quote}`, secret }));
const long = ascii(ALL, 24, 64)
  .filter((text) => /\d/u.test(text) && /[a-z]/iu.test(text))
  .map((secret) => ({ told: secret, secret }));
const hidden = fc.oneof(email, phone, bearer, named, key, url, quoted, long);
const around = ascii(`${LETTERS}      .,()`, 0, 40);

describe("a sentence", () => {
  it("loses what is secret or names a person, wherever it stands", () => {
    fc.assert(
      fc.property(
        around,
        fc.array(hidden, { minLength: 1, maxLength: 3 }),
        around,
        (before, parts, after) => {
          const told = redactText(`${before} ${parts.map((part) => part.told).join(" and ")} ${after}`);
          for (const { secret } of parts) expect(told).not.toContain(secret);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("is the same when it is redacted again", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(around, hidden).map(([a, b]) => `${a} ${b.told}`),
        ),
        (text) => {
          const once = redactText(text);
          expect(redactText(once)).toBe(once);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("keeps our ids, and what says what happened", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<IdPrefix>("shp", "doc", "dlv", "con", "req", "msg"),
        fc.integer({ min: 1.6e12, max: 2e12 }),
        fc.uint8Array({ minLength: 10, maxLength: 10 }),
        (prefix, now, random) => {
          const id = newId(prefix, now, random);
          expect(redactText(`Shipment ${id} is not there.`)).toBe(`Shipment ${id} is not there.`);
          expect(redactText(`No "${id}" here.`)).toBe(`No "${id}" here.`);
          expect(redactFacts({ any_id: id })).toEqual({ any_id: id });
        },
      ),
    );
    for (const sentence of [
      "The carrier refuses these credentials (HTTP 401). Enter them again.",
      "D1_ERROR: UNIQUE constraint failed: events.shipment_id, events.event_id: SQLITE_CONSTRAINT",
      "The carrier's answer is larger than 10485760 bytes, or was cut.",
      "It can't be read, and isn't tried again.",
      "3 shipments changed under every try to append to them.",
      "Due since 2026-03-14T10:00:00.",
    ])
      expect(redactText(sentence)).toBe(sentence);
  });

  it("ends in bounded time and length", () => {
    for (const letter of ["a", "1", "@", '"', "'", "=", "-----BEGIN ", "http://", "(", " 1", "token"])
      expect(redactText(letter.repeat(100_000)).length).toBeLessThan(20_000);
  });
});

describe("facts", () => {
  it("with a secret's or a person's name are left out, whatever they hold", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          "password",
          "api_key",
          "client_secret",
          "Authorization",
          "session_token",
          "name",
          "email",
          "street",
          "endpoint",
          "signed_by",
        ),
        fc.oneof(drawn, fc.integer()),
        (name, value) => {
          expect(redactFacts({ [name]: value })).toEqual({ [name]: "[hidden]" });
        },
      ),
    );
  });

  it("are words, numbers and truths as they are; anything longer is a sentence", () => {
    const facts = {
      tenant_id: "12345678.live",
      way: "poll",
      n: 20260314,
      ok: true,
      since: null,
      file: "T_20260314_1.edi",
    };
    expect(redactFacts({ ...facts, nothing: undefined })).toEqual(facts);
    expect(redactFacts({ part: "for anna@example.org" })).toEqual({ part: "for [e-mail]" });
    expect(redactFacts({ part: "gl-acc-abcdefgh" })).toEqual({ part: "[hidden]" });
  });
});

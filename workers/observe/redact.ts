/**
 * What may stand in a log line: ids, words of ours, numbers, and sentences from which everything is taken that may be a
 * secret or name a person. Pure, and sure of its markers: what was redacted once stays as it is.
 *
 * Names and postal addresses cannot be known by their look. So nothing of a document or of a customer is ever a fact of
 * a line, and what an error quotes is left out with its quotes.
 */

export type Fact = string | number | boolean | null | undefined;
export type Facts = Readonly<Record<string, Fact>>;

/** Characters of a sentence that are looked at; the rest is cut before. */
const TEXT_MAX = 1500;
const WORD_MAX = 200;

/** Names of facts that hold a sentence, perhaps somebody else's. */
const SENTENCES: ReadonlySet<string> = new Set(["why", "detail", "error", "stack"]);

/** Names that no fact may have: whatever stands there is left out. */
const SECRET_NAME =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|apikey|authori[sz]ation|signature|credential|cookie|session|private[-_]?key|access[-_]?key)/iu;
const PERSONAL_NAME =
  /^(?:name|first_?name|last_?name|signed_by|recipient|receiver|consignee|address|street|street_2|postal_code|city|phone|mobile|telephone|e?-?mail|email|endpoint|host|url|username|user|body|answer|text|photo|location)$/iu;

export const HIDDEN = "[hidden]";

/** The facts of a line, each as it may be told. Undefined ones are left out. */
export function redactFacts(facts: Facts): Record<string, string | number | boolean | null> {
  const told: Record<string, string | number | boolean | null> = {};
  for (const [name, fact] of Object.entries(facts)) {
    if (fact === undefined) continue;
    if (SECRET_NAME.test(name) || PERSONAL_NAME.test(name)) told[name] = fact === null ? null : HIDDEN;
    else told[name] = typeof fact === "string" ? (SENTENCES.has(name) ? redactText(fact) : word(fact)) : fact;
  }
  return told;
}

/** Ids, states, codes and file names of ours. What is no single word is a sentence. */
const WORD = /^[\w.:/~|*+-]*$/u;

function word(text: string): string {
  if (text.length > WORD_MAX || !WORD.test(text) || text.includes("://")) return redactText(text);
  return OWN_SECRETS.test(text) ? HIDDEN : text;
}

/** Ids as we draw them: a prefix and 26 digits of base 32, of which 10 are the time. */
const OWN_ID = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{20,30}$/u;

/** Keys and secrets that we give out, and tokens that everybody knows by their look (RFC 7519). */
const OWN_SECRETS = /(?:gl-(?:acc|test)-|whsec_|whsk_|eyJ)[\w.+/=-]*/u;

const PEM = /-----BEGIN [^-]*-----[\s\S]*?(?:-----END [^-]*-----|$)/gu;
const URLS = /\b([a-z][a-z0-9+.-]*):\/\/([^\s"'`<>]*)/giu;
const SCHEME = /\b((?:[Bb]earer|BEARER|[Bb]asic|Digest|ApiKey|Negotiate)\s+|Token\s+(?=\S{8}))[^\s,;]+/gu;
const NAMED =
  /([\w-]{0,40}(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|apikey|authori[sz]ation|signature|credentials?|cookie|session|private[-_]?key|access[-_]?key)[\w-]{0,40}["'`]?\s?[:=]\s?)(?:(?:Bearer|Basic|Digest|Token|ApiKey|Negotiate)\s+[^\s,;]+|'[^']*(?:'|$)|`[^`]*(?:`|$)|[^\s"'`,;&)]+)/giu;
const EMAIL = /[^\s@"'`<>()[\]:;,]{1,100}@[^\s@"'`<>()[\]:;,]+/gu;
/**
 * From the first double quote on that is not around an id of ours: in a piece of JSON that was cut somewhere nobody can
 * tell what stands inside of quotes and what between them.
 */
const DOUBLE_QUOTED =
  /"(?![a-z]{3}_[0-9a-hjkmnp-tv-z]{20,30}")(?<!"[a-z]{3}_[0-9a-hjkmnp-tv-z]{20,30}")[\s\S]*/u;
const QUOTED = /`[^`]*(?:`|$)|“[^”]*(?:”|$)|«[^»]*(?:»|$)|(?<![\p{L}\p{N}])'[^']*(?:'|$)/gu;
const LONG = /[\w+/=~-]{20,}/gu;
const NUMBER = /[+(]?\d[\d\s().:/-]*\d/gu;
const NUMBER_DIGITS = 7;
/** Times of ours, and amounts, which are no telephone numbers. */
const TIME = /^\d{4}-\d\d-\d\d(?:[\sT]\d\d:\d\d(?::\d\d)?)?$/u;
const UNIT = /^\s?(?:bytes|ms|rows|events)\b/u;

/** A sentence without secrets and without anything that names a person, as far as looks go. */
export function redactText(sentence: string): string {
  return sentence
    .slice(0, TEXT_MAX)
    .replace(PEM, HIDDEN)
    .replace(DOUBLE_QUOTED, "[quoted]")
    .replace(URLS, (_url, scheme: string, rest: string) => `${scheme}://${hostOf(rest)}/…`)
    .replace(NAMED, `$1${HIDDEN}`)
    .replace(SCHEME, `$1${HIDDEN}`)
    .replace(new RegExp(OWN_SECRETS, "gu"), HIDDEN)
    .replace(EMAIL, "[e-mail]")
    .replace(QUOTED, (quoted) => (OWN_ID.test(quoted.slice(1, -1)) ? quoted : "[quoted]"))
    .replace(LONG, (long) => (OWN_ID.test(long) || !isDrawn(long) ? long : HIDDEN))
    .replace(NUMBER, (number, at: number, text: string) => (isTold(number, at, text) ? number : "[number]"));
}

/** The host alone: a customer's path may be as secret as a key. */
function hostOf(rest: string): string {
  const authority = /^[^/?#]*/u.exec(rest)?.[0] ?? "";
  return authority.slice(authority.lastIndexOf("@") + 1);
}

/** Letters and digits, or what base 64 is padded with: not a word. */
function isDrawn(text: string): boolean {
  return /\d/u.test(text) || /[+=]/u.test(text) || (/[a-z]/u.test(text) && /[A-Z]/u.test(text.slice(1)));
}

function isTold(number: string, at: number, text: string): boolean {
  if (number.replace(/\D/gu, "").length < NUMBER_DIGITS) return true;
  if (TIME.test(number)) return true;
  const before = text.slice(0, at);
  // Within an id, which was looked at as a whole.
  const id = /[a-z]{3}_[0-9a-z]*$/u.exec(before)?.[0];
  if (id !== undefined) return true;
  return /^[1-9]\d*$/u.test(number) && UNIT.test(text.slice(at + number.length));
}

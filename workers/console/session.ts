import { z } from "zod";

/**
 * Who is signed in, in a cookie that only we can write: what it says, base 64 URL, a dot, and its HMAC-SHA-256. The key
 * that was presented is not in it. Before anybody has signed in it is a visitor's, so that the form to sign in is bound
 * to a browser too.
 */

const Session = z.object({
  /** 128 random bits: what forms are bound to. */
  id: z.string().regex(/^[A-Za-z0-9_-]{22}$/u),
  who: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("visitor") }),
    z.object({ kind: z.literal("operator") }),
    z.object({ kind: z.literal("account"), key_id: z.string(), tenant_id: z.string() }),
  ]),
  /** Epoch milliseconds. */
  until: z.number(),
});
export type Session = z.infer<typeof Session>;
export type SignedInAs = Session["who"];

export const SESSION_PURPOSE = "console session";
/** A working day. */
export const SIGNED_IN_MS = 8 * 3_600_000;
export const VISITOR_MS = 3_600_000;

export function newSession(who: SignedInAs, now: number, random: Uint8Array): Session {
  return { id: toText(random), who, until: now + (who.kind === "visitor" ? VISITOR_MS : SIGNED_IN_MS) };
}

export async function sealSession(key: CryptoKey, session: Session): Promise<string> {
  const said = toText(utf8(JSON.stringify(session)));
  return `${said}.${toText(await sign(key, "session", said))}`;
}

/** Null where the text is not ours, was signed by other secrets, or its time is over. */
export async function openSession(key: CryptoKey, text: string, now: number): Promise<Session | null> {
  const [said = "", mac = "", more] = text.split(".");
  if (more !== undefined || text.length > 1000) return null;
  const given = fromText(mac);
  if (given === null || !(await crypto.subtle.verify("HMAC", key, given, labelled("session", said))))
    return null;
  const json = fromText(said);
  if (json === null) return null;
  const session = Session.parse(JSON.parse(new TextDecoder().decode(json)));
  return session.until > now ? session : null;
}

/** What a form of this session carries, so that no other page can send it. */
export async function formToken(key: CryptoKey, session: Session): Promise<string> {
  return toText(await sign(key, "form", session.id));
}

export async function isFormToken(key: CryptoKey, session: Session, given: string): Promise<boolean> {
  const mac = fromText(given);
  return mac !== null && crypto.subtle.verify("HMAC", key, mac, labelled("form", session.id));
}

// The label keeps a form's token from ever being taken for a session.
const labelled = (label: "session" | "form", text: string) => utf8(`${label}:${text}`);

async function sign(key: CryptoKey, label: "session" | "form", text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, labelled(label, text)));
}

function utf8(text: string) {
  return new TextEncoder().encode(text);
}

function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/u, "");
}

function fromText(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]+$/u.test(text)) return null;
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
      letter.charCodeAt(0),
    );
  } catch {
    return null;
  }
}

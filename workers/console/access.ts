import type { MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { isOperatorToken } from "../api/auth.ts";
import { Problem } from "../api/problem.ts";
import { ACCOUNT_NUMBER, parseTenant, type Tenant, tenantOf } from "../domain/tenant.ts";
import { findKey, isLiveKey, looksLikeKey } from "../storage/api-keys.ts";
import type { ConsoleEnv, Look, Viewer } from "./console-env.ts";
import { onceMore } from "./pages/once-more.tsx";
import { send } from "./send.ts";
import {
  formToken,
  isFormToken,
  newSession,
  openSession,
  SESSION_PURPOSE,
  type Session,
  type SignedInAs,
  sealSession,
} from "./session.ts";

/** Who may look, and whose forms are taken. */

export const SIGN_IN = "/console/sign-in";

/** Of this address itself: a plain address is only trusted on the machine it runs on, where there is no certificate. */
function isLoopback(url: URL): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}

/** `__Host-` makes the browser refuse one that was set by another host, or without TLS. */
function cookieOf(c: Look, kind: "session" | "visit"): { name: string; secure: boolean } {
  const url = new URL(c.req.url);
  const secure = url.protocol === "https:" || !isLoopback(url);
  return { name: `${secure ? "__Host-" : ""}gluey-console${kind === "visit" ? "-visit" : ""}`, secure };
}

/** Every request has a session: the one of its cookie where that is still good, else a visitor's. */
export const withSession: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  const session =
    (await sessionIn(c, "session")) ?? (await sessionIn(c, "visit")) ?? sessionFor(c, { kind: "visitor" });
  c.set("session", session);
  c.set("form_token", await formToken(await c.var.ctx.derivedKey(SESSION_PURPOSE), session));
  await next();
};

async function sessionIn(c: Look, kind: "session" | "visit"): Promise<Session | null> {
  const { ctx } = c.var;
  const cookie = getCookie(c, cookieOf(c, kind).name);
  if (cookie === undefined) return null;
  const session = await openSession(await ctx.derivedKey(SESSION_PURPOSE), cookie, ctx.now());
  if (session === null || (session.who.kind === "visitor") !== (kind === "visit")) return null;
  return (await stands(c, session)) ? session : null;
}

/** A key that was revoked ends what was begun with it. A changed token needs no look: the cookie is signed under it. */
async function stands(c: Look, { who }: Session): Promise<boolean> {
  if (who.kind !== "account") return true;
  return isLiveKey(c.var.ctx.control, parseTenant(who.tenant_id).account_number, who.key_id);
}

function sessionFor(c: Look, who: SignedInAs): Session {
  return newSession(who, c.var.ctx.now(), crypto.getRandomValues(new Uint8Array(16)));
}

async function keep(c: Look, session: Session): Promise<void> {
  const { ctx } = c.var;
  const { name, secure } = cookieOf(c, session.who.kind === "visitor" ? "visit" : "session");
  setCookie(c, name, await sealSession(await ctx.derivedKey(SESSION_PURPOSE), session), {
    path: "/",
    httpOnly: true,
    secure,
    sameSite: "Strict",
    maxAge: Math.max(1, Math.floor((session.until - ctx.now()) / 1000)),
  });
}

/** The form to sign in is bound to this browser. A cookie of its own: a link from elsewhere must not end a session. */
export async function keepVisitor(c: Look): Promise<void> {
  await keep(c, c.var.session);
}

/** Signs in by what was presented; false where it opens nothing. Tries are counted by address, also good ones. */
export async function signIn(c: Look, presented: string): Promise<boolean> {
  const { ctx } = c.var;
  const address = c.req.header("cf-connecting-ip") ?? "local";
  const { success } = await ctx.signInRate.limit({ key: `console:${address}` });
  if (!success)
    throw new Problem(429, "Too many tries to sign in. Wait a minute, then try again.", { retryAfter: 60 });
  const who = await whoseIs(c, presented);
  if (who === null) return false;
  forget(c, "visit");
  await keep(c, sessionFor(c, who));
  return true;
}

async function whoseIs(c: Look, presented: string): Promise<SignedInAs | null> {
  const { ctx } = c.var;
  if (looksLikeKey(presented)) {
    const owner = await findKey(ctx.control, presented);
    return owner === null ? null : { kind: "account", key_id: owner.key_id, tenant_id: owner.tenant.id };
  }
  return (await isOperatorToken(ctx, presented)) ? { kind: "operator" } : null;
}

export function signOut(c: Look): void {
  forget(c, "session");
}

function forget(c: Look, kind: "session" | "visit"): void {
  const { name, secure } = cookieOf(c, kind);
  deleteCookie(c, name, { path: "/", secure });
}

/** Only for who is signed in. A page is asked for again after signing in; anything else is refused. */
export const requireViewer: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  const { who, id } = c.var.session;
  if (who.kind === "visitor") {
    if (c.req.method !== "GET" || c.req.header("x-part") !== undefined)
      throw new Problem(401, "You are not signed in any more. Sign in, and try again.");
    const { pathname, search } = new URL(c.req.url);
    const here = `${pathname}${search}`;
    // A link from elsewhere comes without the cookie; the same page, asked for by ourselves, comes with it.
    if (c.req.header("sec-fetch-site") === "cross-site") return send(c, onceMore(here));
    return c.redirect(`${SIGN_IN}?to=${encodeURIComponent(here)}`, 303);
  }
  const { success } = await c.var.ctx.keyRate.limit({ key: `console:${id}` });
  if (!success) throw new Problem(429, "Too many pages in a minute. Wait a little.", { retryAfter: 60 });
  const viewer: Viewer = who.kind === "operator" ? who : { ...who, tenant: parseTenant(who.tenant_id) };
  c.set("viewer", viewer);
  await next();
};

export const requireConsoleOperator: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  if (c.var.viewer.kind !== "operator") throw new Problem(403, "This page is the operator's.");
  await next();
};

/** Forms are small. */
const FIELDS_MAX = 50;

/**
 * What changes something comes from a form of ours: the browser says that it was sent from this site (Sec-Fetch-Site, or
 * Origin where that is missing), and it carries the token of this very session.
 */
export const takeForm: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  if (c.req.method === "GET" || c.req.method === "HEAD") return next();
  if (c.req.method !== "POST") throw new Problem(404, "There is no such page.");
  if (!cameFromHere(c)) throw new Problem(403, "This form was not sent from this console.");
  const type = c.req.header("content-type") ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded"))
    throw new Problem(415, "Send the form as application/x-www-form-urlencoded.");
  const fields = new URLSearchParams(new TextDecoder().decode(await c.req.arrayBuffer()));
  if (fields.size > FIELDS_MAX) throw new Problem(422, "The form has too many fields.");
  const form = new Map(fields);
  const key = await c.var.ctx.derivedKey(SESSION_PURPOSE);
  if (!(await isFormToken(key, c.var.session, form.get("form_token") ?? "")))
    throw new Problem(403, "This form is out of date. Go back, load the page again and send it once more.");
  c.set("form", form);
  await next();
};

function cameFromHere(c: Look): boolean {
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  const own = new URL(c.req.url).origin;
  // Without a referrer, browsers send the origin of a form as null: then only Sec-Fetch-Site tells.
  if (origin !== undefined && origin !== "null" && origin !== own) return false;
  return site === undefined ? origin === own : site === "same-origin";
}

/**
 * The tenant whose rows a page is about: an account's own, whatever it asks for; the operator's choice, or null while
 * none is made. Only a name that an account may have: any other would make a Durable Object of its own.
 */
export function tenantAskedFor(
  viewer: Viewer,
  account: string | undefined,
  mode: string | undefined,
): Tenant | null {
  if (viewer.kind === "account") {
    const { tenant } = viewer;
    if (account !== undefined && (account !== tenant.account_number || (mode ?? tenant.mode) !== tenant.mode))
      throw new Problem(404, "There is no such account here.");
    return tenant;
  }
  if (account === undefined || account === "") return null;
  if (!ACCOUNT_NUMBER.test(account)) throw new Problem(404, "There is no such account here.");
  return tenantOf(account, mode === "test" ? "test" : "live");
}

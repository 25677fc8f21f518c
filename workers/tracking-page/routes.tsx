import type { Api, Call } from "../api/api-env.ts";
import { openSessions, primarySessions } from "../api/sessions.ts";
import { findCarrier } from "../carriers/registry.ts";
import { readBranding, readLogoBytes } from "../storage/brandings.ts";
import { readPageShipment } from "../storage/tracking-page.ts";
import { FAVICON } from "./icons.tsx";
import { chooseLanguage, type Language } from "./languages.ts";
import { NoPage, TrackingPage } from "./page.tsx";
import type { PageShipment } from "./page-shipment.ts";
import { colourStyle, PAGE_STYLE } from "./page-style.ts";
import type { TrackedBy } from "./token.ts";
import { trackingView } from "./view.ts";

/** `GET /t/{token}`: the page of a person who waits for a parcel, and the files it needs. No key: the link is what they were given. */

/** The page may show words, its own stylesheets and its own pictures, and nothing else may happen on it. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS = {
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow",
};

/** Long enough for a person who goes back and forth, short enough for news. */
const PAGE_CACHE = "private, max-age=60";
const FILE_CACHE = "public, max-age=31536000, immutable";

export function trackingPages(api: Api): void {
  // A token never begins with "-" and ends there: these are found first.
  api.get("/t/-/:file", (c) => file(c, c.req.param("file")));
  api.get("/t/:token", page);
  api.get("/t/:token/logo/:digest", logo);
}

async function page(c: Call): Promise<Response> {
  const { ctx } = c.var;
  const language = chooseLanguage(c.req.query("lang"), c.req.header("accept-language"));
  const of = await ctx.trackingLinks.open(c.req.param("token") ?? "");
  if (of === null) return noPage(c, language, "missing");
  // Counted by link and not by address: nothing about the reader is looked at, and one link's crowd is nobody else's.
  const { success } = await ctx.keyRate.limit({ key: `page:${of.shipment_id}` });
  if (!success) return noPage(c, language, "too_often");
  const [shipment, branding] = await Promise.all([
    readFresh(c, of),
    readBranding(ctx.control.withSession("first-unconstrained"), of.tenant.account_number),
  ]);
  const isOver = shipment !== null && shipment.updated_at < ctx.now() - ctx.kept.events_ms;
  if (shipment === null || branding === null || isOver) return noPage(c, language, "missing");
  const carrier = findCarrier(shipment.carrier_id)?.name ?? shipment.carrier_id;
  return html(
    c,
    <TrackingPage
      view={trackingView(shipment, { language, now: ctx.now(), carrier })}
      language={language}
      branding={branding}
      path={c.req.path}
      is_test={of.tenant.mode === "test"}
    />,
    200,
    { "cache-control": PAGE_CACHE, vary: "accept-language" },
  );
}

/** From the nearest replica; a shipment that is not there yet may be a minute old, so the primary is asked. */
async function readFresh(
  { var: { ctx } }: Call,
  { tenant, shipment_id }: TrackedBy,
): Promise<PageShipment | null> {
  const near = openSessions(ctx, tenant.account_number, "first-unconstrained");
  const read = await readPageShipment(near.shard, tenant.id, shipment_id);
  if (read !== null) return read;
  return readPageShipment(primarySessions(ctx, tenant.account_number).shard, tenant.id, shipment_id);
}

function noPage(c: Call, language: Language, why: "missing" | "too_often"): Promise<Response> {
  const status = why === "missing" ? 404 : 429;
  return html(c, <NoPage language={language} why={why} />, status, {
    "cache-control": "no-store",
    ...(status === 429 ? { "retry-after": "60" } : {}),
  });
}

async function html(
  c: Call,
  element: { toString(): string | Promise<string> },
  status: 200 | 404 | 429,
  headers: Record<string, string>,
): Promise<Response> {
  return c.html(`<!doctype html>${await element.toString()}`, status, { ...HEADERS, ...headers });
}

const COLOUR_FILE = /^colour-([0-9a-f]{6})\.css$/u;

/** Files without a secret: the same for every page. */
function file(c: Call, name: string): Response {
  const send = (body: string, type: string) =>
    c.body(body, 200, { ...HEADERS, "content-type": type, "cache-control": FILE_CACHE });
  const colour = COLOUR_FILE.exec(name)?.[1];
  if (colour !== undefined) return send(colourStyle(`#${colour}`), "text/css; charset=utf-8");
  if (/^page-[0-9a-f]{8}\.css$/u.test(name)) return send(PAGE_STYLE, "text/css; charset=utf-8");
  if (name === "parcel.svg") return send(FAVICON, "image/svg+xml");
  return c.body(null, 404);
}

/** The logo of the account that the link belongs to. */
async function logo(c: Call): Promise<Response> {
  const { ctx } = c.var;
  const of = await ctx.trackingLinks.open(c.req.param("token") ?? "");
  if (of !== null && !(await ctx.keyRate.limit({ key: `logo:${of.shipment_id}` })).success)
    return c.body(null, 429, { "cache-control": "no-store", "retry-after": "60" });
  const session = ctx.control.withSession("first-unconstrained");
  const found =
    of === null
      ? null
      : await readLogoBytes(session, of.tenant.account_number, (c.req.param("digest") ?? "").slice(0, 64));
  if (found === null) return c.body(null, 404, { "cache-control": "no-store" });
  return c.body(found.bytes, 200, {
    ...HEADERS,
    "content-type": found.type,
    "cache-control": "private, max-age=86400, immutable",
  });
}

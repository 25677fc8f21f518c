import type { Api } from "../../api-env.ts";
import type { JsonObject } from "../hoist.ts";
import { ReferencePage } from "./page.tsx";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** Nothing from elsewhere, nothing inline; the forms may call this installation only. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const SHORT_WHILE = "public, max-age=300";

/** /docs with its style and its script. The page is written once for each start of the Worker. */
export function docsAt(api: Api, documentOf: () => JsonObject): Api {
  let page: string | null = null;
  api.get("/docs/style.css", (c) =>
    c.body(STYLE, 200, { "content-type": "text/css; charset=utf-8", "cache-control": SHORT_WHILE }),
  );
  api.get("/docs/script.js", (c) =>
    c.body(SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8", "cache-control": SHORT_WHILE }),
  );
  api.get("/docs", (c) => {
    page ??= `<!doctype html>${(<ReferencePage document={documentOf()} />).toString()}`;
    return c.html(page, 200, {
      "content-security-policy": POLICY,
      "cache-control": SHORT_WHILE,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
  });
  return api;
}

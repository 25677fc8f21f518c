import { Hono } from "hono";
import { readBoundedBody, refuseLargeBodies } from "../api/body.ts";
import { problemOf } from "../api/error-response.ts";
import { Problem } from "../api/problem.ts";
import { requireConsoleOperator, requireViewer, takeForm, withSession } from "./access.ts";
import { ASSETS } from "./assets/index.ts";
import type { Console, ConsoleEnv } from "./console-env.ts";
import { secureHeaders } from "./headers.ts";
import { carrierPages } from "./pages/carriers.tsx";
import { deliveryPages } from "./pages/deliveries.tsx";
import { documentPages } from "./pages/documents.tsx";
import { endpointPages } from "./pages/endpoints.tsx";
import { flowPages } from "./pages/flow.tsx";
import { problemPage } from "./pages/problem.tsx";
import { shipmentPages } from "./pages/shipment.tsx";
import { shipmentListPages } from "./pages/shipments.tsx";
import { signInPages } from "./pages/sign-in.tsx";
import { unmappedPages } from "./pages/unmapped.tsx";

/** The console at /console: pages made here, for the operator and for accounts. Behind `frame`, which leaves the context. */
export function createConsole(): Console {
  const app: Console = new Hono<ConsoleEnv>();
  app.onError((error, c) => problemPage(c, problemOf(error, c.var.request_id), c.var.request_id));
  app.use(secureHeaders);
  app.get("/assets/:name", (c) => {
    const asset = ASSETS.get(c.req.param("name"));
    if (asset === undefined) throw new Problem(404, "There is no such file.");
    // The address names the edition.
    c.header("cache-control", "public, max-age=31536000, immutable");
    return c.body(asset.text, 200, { "content-type": asset.type });
  });
  app.use(refuseLargeBodies, readBoundedBody, withSession, takeForm);
  signInPages(app);
  app.use(requireViewer);
  for (const path of ["/carriers/*", "/unmapped/*", "/carriers", "/unmapped"])
    app.use(path, requireConsoleOperator);
  flowPages(app);
  documentPages(app);
  shipmentListPages(app);
  shipmentPages(app);
  deliveryPages(app);
  endpointPages(app);
  carrierPages(app);
  unmappedPages(app);
  app.all("*", () => {
    throw new Problem(404, "There is no such page.");
  });
  return app;
}

import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { publicWebhookKeys } from "../../domain/signing/webhook-keys.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { VERSION } from "../frame.ts";
import { openApiDocument } from "../open-api.ts";
import { docsAt } from "../reference/page/docs.tsx";
import { answers } from "../schemas/common.ts";

const tags = ["Public"];

const alive = createRoute({
  method: "get",
  path: "/healthz",
  tags,
  summary: "Is anybody there?",
  security: [],
  responses: { 200: answers("Yes.", z.object({ ok: z.literal(true), version: z.string() })) },
});

const handleAlive: RouteHandler<typeof alive, ApiEnv> = (c) =>
  c.json({ ok: true as const, version: VERSION }, 200);

const keys = createRoute({
  method: "get",
  path: "/.well-known/webhook-keys.json",
  tags,
  summary: "The public keys of webhook signatures (v1a)",
  security: [],
  responses: {
    200: answers(
      "Ed25519 keys as JSON Web Keys.",
      z
        .object({
          keys: z.array(
            z.object({
              kid: z.string(),
              kty: z.literal("OKP"),
              crv: z.literal("Ed25519"),
              x: z.string(),
              alg: z.literal("EdDSA"),
              use: z.literal("sig"),
              whpk: z.string().describe("The same key as Standard Webhooks writes it."),
            }),
          ),
        })
        .openapi("WebhookKeys"),
    ),
  },
});

const handleKeys: RouteHandler<typeof keys, ApiEnv> = async (c) => {
  c.header("cache-control", "public, max-age=300");
  return c.json(await publicWebhookKeys(c.var.ctx.signingKey), 200);
};

export const publicRoutes = (api: Api) => {
  api.openapi(alive, handleAlive).openapi(keys, handleKeys);
  api.get("/openapi.json", (c) => c.json(openApiDocument(api)));
  return docsAt(api, () => openApiDocument(api));
};

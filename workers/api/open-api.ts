import { z } from "@hono/zod-openapi";
import type { Api } from "./api-env.ts";
import { VERSION } from "./frame.ts";
import { ProblemAnswer } from "./schemas/common.ts";

/** /openapi.json: what the routes check is what it says. */

type Document = ReturnType<Api["getOpenAPI31Document"]>;

const documents = new WeakMap<Api, Document>();

/** The OpenAPI 3.1 document of the app, made once. */
export function openApiDocument(api: Api): Document {
  const known = documents.get(api);
  if (known !== undefined) return known;
  const made = makeDocument(api);
  documents.set(api, made);
  return made;
}

function makeDocument(api: Api): Document {
  const { openAPIRegistry: registry } = api;
  registry.register("Problem", ProblemAnswer);
  registry.registerComponent("securitySchemes", "key", { type: "apiKey", in: "header", name: "x-key" });
  registry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  registry.registerComponent("securitySchemes", "operator", { type: "http", scheme: "bearer" });
  registry.registerPath({
    method: "post",
    path: "/carriers/{carrier_id}/webhook/{connection_id}",
    tags: ["Carriers"],
    summary: "A carrier's push",
    description:
      "Verified by the carrier's own scheme, held durably, and only then answered. A validation handshake is answered as that carrier has it, also by GET.",
    security: [],
    request: { params: z.object({ carrier_id: z.string(), connection_id: z.string() }) },
    responses: {
      202: {
        description: "Held durably.",
        content: {
          "application/json": { schema: z.object({ accepted: z.literal(true), request_id: z.string() }) },
        },
      },
    },
  });
  const document = api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Gluey Tracking",
      version: VERSION,
      description:
        "Parcel tracking from many carriers in one vocabulary. Keys go in x-key; errors are application/problem+json; creations honour Idempotency-Key for 24 hours; x-bookmark of one answer, sent with the next request, makes it see what that one wrote.",
    },
    security: [{ key: [] }, { bearer: [] }],
  });
  for (const [path, calls] of Object.entries(document.paths ?? {})) {
    for (const call of [calls.get, calls.post, calls.patch, calls.delete]) {
      if (call === undefined) continue;
      if (path.startsWith("/admin/")) call.security = [{ operator: [] }];
      call.responses = { ...call.responses, default: PROBLEM };
    }
  }
  return document;
}

const PROBLEM = {
  description:
    "A problem: 400 malformed, 401 no valid key, 403 another account's path, 404 unknown, 409 conflict, 413 too large, 415 not JSON, 422 not valid, 429 too often and 503 busy (both with Retry-After).",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

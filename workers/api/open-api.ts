import { z } from "@hono/zod-openapi";
import { EdiAgreement, PartnerAgreement } from "../domain/edi-agreement.ts";
import * as event from "../domain/tracking-event.ts";
import { CarrierTrackingUpdate, StoredEvent, WebhookElement } from "../domain/webhook-element.ts";
import type { Api } from "./api-env.ts";
import { VERSION } from "./frame.ts";
import { referenceOf } from "./reference/document.ts";
import type { JsonObject } from "./reference/hoist.ts";
import { ProblemAnswer } from "./schemas/common.ts";

/** /openapi.json: what the routes check is what it says. */

const documents = new WeakMap<Api, JsonObject>();

/** What many answers hold, named once; the innermost first. */
const SHAPES: Readonly<Record<string, z.ZodType>> = {
  KeyValue: event.KeyValue,
  Address: event.Address,
  Location: event.Location,
  EventTime: event.EventTime,
  WeightDims: event.WeightDims,
  DeliveryConfirmation: event.DeliveryConfirmation,
  OtherFacts: event.OtherFacts,
  GlueyCodes: event.GlueyCodes,
  CarrierCodes: event.CarrierCodes,
  TrackingEvent: event.TrackingEvent,
  StoredEvent,
  CarrierTrackingUpdate,
  WebhookElement,
  PartnerAgreement,
  EdiAgreement,
};

/** The OpenAPI 3.1 document of the app, made once. */
export function openApiDocument(api: Api): JsonObject {
  const known = documents.get(api);
  if (known !== undefined) return known;
  const made = makeDocument(api);
  documents.set(api, made);
  return made;
}

function makeDocument(api: Api): JsonObject {
  const { openAPIRegistry: registry } = api;
  registry.register("Problem", ProblemAnswer);
  for (const [name, shape] of Object.entries(SHAPES)) registry.register(name, shape);
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
  registry.registerPath({
    method: "post",
    path: "/carriers/{carrier_id}/webhook/{connection_id}/token",
    tags: ["Carriers"],
    summary: "A token for a carrier's pushes",
    description:
      "For carriers that ask for a token before they push (UPS Track Alert v2, Budbee V2): OAuth 2.0 client credentials, RFC 6749, 4.4. The client's id is the connection's id, its secret the webhook's secret in the connection's credentials, both by Basic authentication or in the form. Faults are answered as RFC 6749, 5.2 has them.",
    security: [],
    request: {
      params: z.object({ carrier_id: z.string(), connection_id: z.string() }),
      body: {
        content: {
          "application/x-www-form-urlencoded": {
            schema: z.object({
              grant_type: z.literal("client_credentials").describe("The only grant there is."),
              client_id: z
                .string()
                .optional()
                .describe("The connection's id, where it is not in the header."),
              client_secret: z
                .string()
                .optional()
                .describe("The webhook's secret, where it is not in the header."),
            }),
          },
        },
      },
    },
    responses: {
      200: {
        description: "The token, good for an hour.",
        content: {
          "application/json": {
            schema: z.object({
              access_token: z.string().describe("What the pushes carry in `Authorization: Bearer …`."),
              token_type: z.literal("Bearer").describe("How it is carried."),
              expires_in: z.number().int().describe("How long it is good, seconds."),
            }),
          },
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
  const bare: JsonObject = JSON.parse(JSON.stringify(document));
  return referenceOf(bare, Object.keys(SHAPES));
}

import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { SOURCES } from "../../domain/tracking-event.ts";
import { describeDocument, listDocuments, loadDocument } from "../../flow/documents.ts";
import { readAgain as readDocumentsAgain } from "../../flow/read-again.ts";
import { type DocumentRow, LISTED_STATES } from "../../inbox/views.ts";
import type { Api, ApiEnv, Call } from "../api-env.ts";
import { pageAfter, writeTextCursor } from "../paging.ts";
import { Problem } from "../problem.ts";
import { answers, isoTime, PageQuery, pageOf, Time } from "../schemas/common.ts";

const tags = ["Operator"];

const DocumentAnswer = z
  .object({
    id: z.string().describe("doc_…"),
    state: z
      .enum(["accepted", "done", "unreadable"])
      .describe("accepted: waits to be read. done: all of it is told. unreadable: kept for you."),
    carrier_id: z.string(),
    connection_id: z.string(),
    source: z.enum(SOURCES),
    received_at: Time,
    file_name: z.string().nullable().describe("Of a file from the carrier's folder."),
    size: z.number().int().describe("Bytes."),
    content_type: z.string().nullable().describe("As the carrier said it."),
    remarks: z
      .array(z.object({ kind: z.string(), detail: z.string(), at: z.string().nullable() }))
      .describe("What was found in it, and where; among it why it could not be read."),
  })
  .openapi("Document");

const documentPath = z.object({ id: z.string().max(80).describe("doc_…") });

const list = createRoute({
  method: "get",
  path: "/admin/documents",
  tags,
  summary: "List what a carrier sent and nobody could read",
  description: "The newest first. Documents are kept 30 days.",
  request: {
    query: PageQuery.extend({
      state: z
        .enum(LISTED_STATES)
        .default("unreadable")
        .describe("unreadable where it is left out; accepted: what still waits to be read."),
    }),
  },
  responses: { 200: answers("A page of documents, without their bodies.", pageOf(DocumentAnswer)) },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { limit, cursor, state } = c.req.valid("query");
  const before = pageAfter(cursor);
  const { documents: found, next } = await listDocuments(c.var.ctx, {
    state,
    source: null,
    since: 0,
    before: before === "" ? null : before,
    limit,
  });
  const next_cursor = next === null ? null : writeTextCursor(JSON.stringify(next));
  return c.json({ data: found.map(shown), next_cursor }, 200);
};

const read = createRoute({
  method: "get",
  path: "/admin/documents/{id}",
  tags,
  summary: "Read about a document",
  request: { params: documentPath },
  responses: { 200: answers("The document, without its body.", DocumentAnswer) },
});

const handleRead: RouteHandler<typeof read, ApiEnv> = async (c) =>
  c.json(shown(await requireDocument(c, c.req.valid("param").id)), 200);

const readBody = createRoute({
  method: "get",
  path: "/admin/documents/{id}/body",
  tags,
  summary: "Fetch a document's body",
  description: "Byte for byte as the carrier sent it: a file to save, whatever it says it is.",
  request: { params: documentPath },
  responses: {
    200: {
      description: "The bytes.",
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
});

const handleReadBody: RouteHandler<typeof readBody, ApiEnv> = async (c) => {
  const { id } = c.req.valid("param");
  const document = await loadDocument(c.var.ctx, id);
  if (document === null) throw noDocument(id);
  // What a stranger wrote must never be taken for a page of ours.
  return new Response(document.body, {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${document.id}"`,
      "x-content-type-options": "nosniff",
    },
  });
};

const readAgain = createRoute({
  method: "post",
  path: "/admin/documents/{id}/read-again",
  tags,
  summary: "Read a document again",
  description:
    "Under today's rules: once what was wrong is mended. Events that were told already are not told again.",
  request: { params: documentPath },
  responses: { 202: answers("It waits to be read.", DocumentAnswer) },
});

const handleReadAgain: RouteHandler<typeof readAgain, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { id } = await requireDocument(c, c.req.valid("param").id);
  await readDocumentsAgain(ctx, [id], true);
  return c.json(shown(await requireDocument(c, id)), 202);
};

async function requireDocument(c: Call, id: string): Promise<DocumentRow> {
  const document = await describeDocument(c.var.ctx, id);
  if (document === null) throw noDocument(id);
  return document;
}

function noDocument(id: string): Problem {
  return new Problem(404, `There is no document ${id}. Documents are kept 30 days.`);
}

const shown = (document: DocumentRow): z.infer<typeof DocumentAnswer> => ({
  ...document,
  received_at: isoTime(document.received_at),
});

export const documents = (api: Api) =>
  api
    .openapi(list, handleList)
    .openapi(read, handleRead)
    .openapi(readBody, handleReadBody)
    .openapi(readAgain, handleReadAgain);

import { beforeAll, describe, expect, it } from "vitest";
import { harmonizeDocument } from "../flow/harmonize.ts";
import { keepDocument, PIECE_BYTES } from "../storage/documents.ts";
import { HeldQueue, recording, tableScans } from "../testing/seed.ts";
import { aConnection, anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** Documents that could not be read, as the operator sees them, and reads them again. */

const documents = new HeldQueue();
const statements = new Set<string>();
const plain = testClient();
const client = testClient({
  control: recording(plain.ctx.control, statements),
  queues: { ...plain.ctx.queues, documents },
});
const { operator, ctx } = client;
let connection_id = "";

beforeAll(async () => {
  await anAccount(client, "papers");
  connection_id = await aConnection(client, ["papers"]);
});

/** A document with this body, kept as it came in; its id. */
async function kept(body: string | Uint8Array, file_name: string | null = null): Promise<string> {
  const id = ctx.newId("doc");
  await keepDocument(ctx.control, {
    id,
    connection_id,
    carrier_id: "sandbox",
    source: "sftp",
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    content_type: "text/html",
    http_status: null,
    asked: [],
    file_name,
    received_at: Date.parse("2026-03-14T10:00:00Z"),
  });
  return id;
}

const list = async (query = ""): Promise<unknown[]> =>
  listOf((await operator("GET", `/admin/documents${query}`)).body, "data");

describe("what could not be read", () => {
  it("is listed with what is known of it and why, and read again on request", async () => {
    const id = await kept("neither JSON nor XML", "in/broken.json");
    expect(await list("?state=accepted")).toMatchObject([{ id, state: "accepted", remarks: [] }]);
    expect(await list()).toEqual([]);

    await harmonizeDocument(ctx, id);
    expect(await list("?state=accepted")).toEqual([]);
    const [told, ...others] = await list("?state=unreadable");
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      id,
      state: "unreadable",
      carrier_id: "sandbox",
      connection_id,
      source: "sftp",
      received_at: "2026-03-14T10:00:00+00:00",
      file_name: "in/broken.json",
      size: 20,
      content_type: "text/html",
      remarks: [{ kind: "unreadable", detail: expect.stringMatching(/./u) }],
    });
    expect(JSON.stringify(told)).not.toContain("neither JSON");

    const again = await operator("POST", `/admin/documents/${id}/read-again`);
    expect([again.status, again.body]).toMatchObject([202, { id, state: "accepted" }]);
    expect(documents.take()).toEqual([{ document_id: id }]);
    expect(await list()).toEqual([]);
    await harmonizeDocument(ctx, id);
    expect(await list()).toMatchObject([{ id, state: "unreadable" }]);
    expect((await operator("GET", `/admin/documents/${id}`)).body).toMatchObject({ id, state: "unreadable" });
  });

  it("is shown as it came, whatever its size, and never as a page of ours", async () => {
    const body = new Uint8Array(PIECE_BYTES + 10).fill(60);
    for (const bytes of [new TextEncoder().encode("<script>alert(1)</script>"), body]) {
      const id = await kept(bytes);
      const answer = await operator("GET", `/admin/documents/${id}/body`);
      expect(answer.status).toBe(200);
      expect(answer.body).toBe(new TextDecoder().decode(bytes));
      expect(answer.headers.get("content-type")).toBe("application/octet-stream");
      expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="${id}"`);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("is listed newest first, page by page", async () => {
    const ids: string[] = [];
    for (let at = 0; at < 3; at++) {
      const id = await kept("nothing");
      await harmonizeDocument(ctx, id);
      ids.push(id);
    }
    const told: string[] = [];
    let cursor = "";
    do {
      const { body } = await operator("GET", `/admin/documents?limit=2${cursor}`);
      told.push(...listOf(body, "data").map((one) => textOf(one, "id")));
      const next = fieldOf(body, "next_cursor");
      cursor = typeof next === "string" ? `&cursor=${next}` : "";
    } while (cursor !== "" && told.length < 20);
    expect(told).toEqual([...told].sort().reverse());
    expect(new Set(told).size).toBe(told.length);
    expect(told).toEqual(expect.arrayContaining(ids));
  });

  it("is the operator's alone, and 404 where it is not there", async () => {
    for (const [method, path] of [
      ["GET", "/doc_none"],
      ["GET", "/doc_none/body"],
      ["POST", "/doc_none/read-again"],
    ] as const) {
      problemOf(await operator(method, `/admin/documents${path}`), 404);
      problemOf(await client.send(method, `/admin/documents${path}`), 401);
    }
    problemOf(await client.send("GET", "/admin/documents"), 401);
    expect(problemOf(await operator("GET", "/admin/documents?state=done"), 422)).toContain("state");
    problemOf(await operator("GET", "/admin/documents?cursor=%25"), 422);
    expect(documents.take()).toEqual([]);
  });

  it("costs by the page, not by what is kept", async () => {
    const listing = [...statements].filter((sql) => sql.includes("documents") && sql.includes("LIMIT"));
    expect(listing.length).toBeGreaterThanOrEqual(2);
    for (const sql of listing) {
      expect(await tableScans(plain.ctx.control, sql)).toEqual([]);
      const plan = await plain.ctx.control
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...(sql.includes("?2") ? ["", 1] : []))
        .all<{ detail: string }>();
      const steps = plan.results.map(({ detail }) => detail).join("; ");
      expect(steps).not.toContain("TEMP B-TREE");
      if (sql.includes("'unreadable'")) expect(steps).toContain("documents_unreadable");
    }
  });
});

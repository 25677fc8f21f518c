import { runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import type { InboxCalls } from "../context.ts";
import { documentId, keyAt } from "../domain/document-id.ts";
import { acceptFetched } from "../flow/accept.ts";
import { listDocuments } from "../flow/documents.ts";
import { type InboxStorage, InboxStore, PIECE_BYTES } from "../inbox/store.ts";
import type { NewDocument } from "../inbox/views.ts";
import { Inboxes } from "../testing/inboxes.ts";
import { recording, tableScans } from "../testing/seed.ts";
import { aConnection, anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** Documents as the operator sees them, over all connections and their lanes, and has them read again. */

let clock = Date.parse("2026-03-14T10:00:00Z");
const statements = new Set<string>();
const plain = testClient();
const inboxes = new Inboxes(() => client.ctx);
/** Calls of inboxes that list documents. */
let listings = 0;
const client = testClient({
  control: recording(plain.ctx.control, statements),
  now: () => clock,
  inboxOf: (...name): InboxCalls => {
    const inbox = inboxes.of(...name);
    return {
      ...inbox,
      list: (query) => {
        listings += 1;
        return inbox.list(query);
      },
    };
  },
});
const { operator, ctx } = client;
let connection_id = "";

beforeAll(async () => {
  for (const account of ["papers", "letters"]) await anAccount(client, account);
  connection_id = await aConnection(client, ["papers"]);
});

const aDocument = (body: string | Uint8Array, file_name: string | null = null): NewDocument => ({
  carrier_id: "sandbox",
  source: "sftp",
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  content_type: "text/html",
  http_status: null,
  asked: [],
  file_name,
  received_at: clock,
});

/** Stores a document and returns its id. It is processed once the inboxes settle. */
const stored = (body: string | Uint8Array, file_name: string | null = null): Promise<string> =>
  acceptFetched(ctx, { connection_id, lanes: 1 }, aDocument(body, file_name));

const list = async (query = ""): Promise<unknown[]> =>
  listOf((await operator("GET", `/admin/documents${query}`)).body, "data");

/** The ids of all pages, and how many pages there were. */
async function paged(query: string, from = ""): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let pages = 0;
  let cursor = from === "" ? "" : `&cursor=${from}`;
  do {
    const { body } = await operator("GET", `/admin/documents?${query}${cursor}`);
    ids.push(...listOf(body, "data").map((one) => textOf(one, "id")));
    const next = fieldOf(body, "next_cursor");
    cursor = typeof next === "string" ? `&cursor=${next}` : "";
    pages += 1;
  } while (cursor !== "" && pages < 200);
  return { ids, pages };
}

describe("a document that could not be read", () => {
  it("is listed with what is known of it and why, and read again on request", async () => {
    inboxes.hold();
    const id = await stored("neither JSON nor XML", "in/broken.json");
    expect(await list("?state=accepted")).toMatchObject([{ id, state: "accepted", remarks: [] }]);
    expect(await list()).toEqual([]);

    await inboxes.settle();
    expect(await list("?state=accepted")).toEqual([]);
    const [told, ...others] = await list("?state=unreadable");
    expect(others).toEqual([]);
    expect(told).toEqual({
      id,
      state: "unreadable",
      carrier_id: "sandbox",
      connection_id,
      source: "sftp",
      received_at: "2026-03-14T10:00:00+00:00",
      file_name: "in/broken.json",
      size: 20,
      content_type: "text/html",
      remarks: [{ kind: "unreadable", detail: expect.stringMatching(/./u), at: null }],
    });
    expect(JSON.stringify(told)).not.toContain("neither JSON");

    inboxes.hold();
    const again = await operator("POST", `/admin/documents/${id}/read-again`);
    expect([again.status, again.body]).toMatchObject([202, { id, state: "accepted" }]);
    expect(await list()).toEqual([]);
    expect(await list("?state=accepted")).toMatchObject([{ id, state: "accepted" }]);
    await inboxes.settle();
    expect(await list()).toMatchObject([{ id, state: "unreadable" }]);
    expect((await operator("GET", `/admin/documents/${id}`)).body).toMatchObject({ id, state: "unreadable" });
  });

  it("is shown as it came, whatever its size, and never as a page of ours", async () => {
    const body = new Uint8Array(PIECE_BYTES + 10).fill(60);
    for (const bytes of [new TextEncoder().encode("<script>alert(1)</script>"), body]) {
      const id = await stored(bytes);
      const answer = await operator("GET", `/admin/documents/${id}/body`);
      expect(answer.status).toBe(200);
      expect(answer.body).toBe(new TextDecoder().decode(bytes));
      expect(answer.headers.get("content-type")).toBe("application/octet-stream");
      expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="${id}"`);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("is the operator's alone, and 404 where it is not there", async () => {
    const gone = documentId({ connection_id, lane: 0, key: keyAt(clock - 1) });
    for (const id of ["doc_none", gone])
      for (const [method, path] of [
        ["GET", `/${id}`],
        ["GET", `/${id}/body`],
        ["POST", `/${id}/read-again`],
      ] as const) {
        problemOf(await operator(method, `/admin/documents${path}`), 404);
        problemOf(await client.send(method, `/admin/documents${path}`), 401);
      }
    problemOf(await client.send("GET", "/admin/documents"), 401);
    expect(problemOf(await operator("GET", "/admin/documents?state=done"), 422)).toContain("state");
    problemOf(await operator("GET", "/admin/documents?cursor=%25"), 422);
  });
});

describe("a list over several connections and lanes", () => {
  const PLACES = [0, 1, 2].flatMap((lane) => ["papers", "letters"].map((account) => ({ account, lane })));
  const expected = { accepted: new Set<string>(), unreadable: new Set<string>() };

  beforeAll(async () => {
    await inboxes.settle();
    const connections = {
      papers: await aConnection(client, ["papers"]),
      letters: await aConnection(client, ["letters"]),
    };
    await addTwoLanes(Object.values(connections));
    const put = async (body: string) => {
      const ids: string[] = [];
      for (const { account, lane } of PLACES) {
        const id = account === "papers" ? connections.papers : connections.letters;
        const answer = await ctx.inboxOf(id, lane).accept(null, aDocument(body));
        if (answer.kind === "accepted") ids.push(answer.id);
      }
      return ids;
    };
    clock += 60_000;
    // Ten documents in each lane, of which three share each millisecond: the keys of six lanes are the same.
    for (let n = 0; n < 10; n++) {
      if (n % 3 === 0) clock += 1;
      const readable = n % 5 === 4;
      const ids = await put(readable ? '{"tracking":[]}' : "neither JSON nor XML");
      if (!readable) for (const id of ids) expected.unreadable.add(id);
    }
    await inboxes.settle();
    inboxes.hold();
    for (let n = 0; n < 4; n++) for (const id of await put("waits")) expected.accepted.add(id);
    // One that was processed waits too, while it is to be read again.
    const [again = ""] = [...expected.unreadable];
    await operator("POST", `/admin/documents/${again}/read-again`);
    expected.unreadable.delete(again);
    expected.accepted.add(again);
  });

  it.each(["accepted", "unreadable"] as const)(
    "of those that are %s shows each once, the newest first, whatever a page holds",
    async (state) => {
      const all = [...expected[state]].sort().reverse();
      // Six lanes share each key.
      expect(new Set(all.map((id) => id.slice(0, 20))).size).toBeLessThan(all.length / 4);
      for (const limit of [1, 2, 5, 7, 100]) {
        const { ids, pages } = await paged(`state=${state}&limit=${limit}`);
        const own = ids.filter((id) => expected[state].has(id));
        expect(own, `${limit} a page`).toEqual(all);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual([...ids].sort().reverse());
        expect(pages).toBeLessThanOrEqual(Math.ceil(ids.length / limit) + 1);
      }
    },
  );

  it("is as complete where a document comes between two pages", async () => {
    const first = await operator("GET", "/admin/documents?limit=20");
    const ids = listOf(first.body, "data").map((one) => textOf(one, "id"));
    clock += 1;
    await acceptFetched(ctx, { connection_id, lanes: 1 }, aDocument("neither JSON nor XML"));
    await inboxes.settle();
    inboxes.hold();
    const rest = await paged("limit=20", textOf(first.body, "next_cursor"));
    const all = [...ids, ...rest.ids];
    expect(all).toEqual([...new Set(all)].sort().reverse());
    for (const id of expected.unreadable) expect(all).toContain(id);
  });

  it("finds the lanes with such documents, however many others are more active", async () => {
    const others = Array.from({ length: 300 }, (_, n) => n);
    await plain.ctx.control
      .prepare(
        `INSERT INTO lanes (connection_id, lane, removed, created_at, waiting, unreadable, last_received_at)
         SELECT 'con_busy' || value, 0, 0, 0, 0, 0, ?2 FROM json_each(?1)`,
      )
      .bind(JSON.stringify(others), clock)
      .run();
    await plain.ctx.control
      .prepare("UPDATE lanes SET unreadable = 1 WHERE connection_id NOT LIKE 'con_busy%'")
      .run();
    const { documents } = await listDocuments(ctx, {
      state: "unreadable",
      source: null,
      since: 0,
      before: null,
      limit: 1000,
    });
    const ids = documents.map(({ id }) => id);
    for (const id of expected.unreadable) expect(ids).toContain(id);
  });

  it("asks a bounded number of lanes, which the control database finds by indexes", async () => {
    listings = 0;
    await operator("GET", "/admin/documents?limit=5");
    expect(listings).toBe(200);
    const asked = [...statements].filter((sql) => /FROM lanes WHERE (unreadable|waiting|last)/u.test(sql));
    expect(asked).toHaveLength(3);
    for (const sql of asked) {
      expect([sql, await tableScans(plain.ctx.control, sql)]).toEqual([sql, []]);
      const plan = await plain.ctx.control
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(1)
        .all<{ detail: string }>();
      expect(plan.results.map(({ detail }) => detail).join("; ")).not.toContain("TEMP B-TREE");
    }
  });
});

async function addTwoLanes(connections: readonly string[]): Promise<void> {
  await plain.ctx.control
    .prepare(
      `INSERT INTO lanes (connection_id, lane, removed, created_at, waiting, unreadable, last_received_at)
       SELECT c.value, l.value, 0, 0, 0, 0, 0 FROM json_each(?1) c CROSS JOIN json_each('[1, 2]') l`,
    )
    .bind(JSON.stringify(connections))
    .run();
}

describe("a page of one inbox costs by the page, not by what is stored", () => {
  /** An inbox's rows, with a count of those that its statements read. */
  async function measured(work: (store: InboxStore, read: () => number) => void): Promise<void> {
    await runInDurableObject(inboxes.stub("con_cost/0"), (_object, { storage }) => {
      let read = 0;
      const watched: InboxStorage = {
        sql: {
          exec: (query, ...values) => {
            const cursor = storage.sql.exec(query, ...values);
            const rows = cursor.toArray();
            read += cursor.rowsRead;
            return { toArray: () => rows };
          },
          databaseSize: 0,
        },
        transactionSync: (own) => storage.transactionSync(own),
        getAlarm: () => storage.getAlarm(),
        setAlarm: (at) => storage.setAlarm(at),
      };
      const store = new InboxStore(watched);
      read = 0;
      work(store, () => {
        const since = read;
        read = 0;
        return since;
      });
    });
  }
  const page = { source: null, since: 0, before: null, limit: 10 };
  const everyKey = () => true;

  it("reads the page's rows of 5,000, by each state and before any document", async () => {
    await measured((store, read) => {
      const keys = Array.from({ length: 5_000 }, (_, n) => store.add(aDocument("x"), clock + n));
      const mark = keys[4_989] ?? "";
      const [set, aside] = [keys[7] ?? "", keys[2_000] ?? ""];
      store.pass({
        mark,
        unreadable: new Map([set, aside].map((key) => [key, []])),
        remarks: new Map(),
        postponed: [{ destination: "shard DB", key: keys[100] ?? "", reread: false }],
        counts: "",
      });
      read();
      const keysOf = (state: "accepted" | "unreadable" | null, more: object = {}) =>
        store.list({ ...page, state, ...more }, everyKey).rows.map(({ key }) => key);
      expect(keysOf(null)).toEqual(keys.slice(-10).reverse());
      expect(read()).toBeLessThan(20);
      expect(keysOf("unreadable")).toEqual([aside, set]);
      expect(read()).toBeLessThan(20);
      expect(keysOf("accepted", { limit: 50 })).toEqual([...keys.slice(-10).reverse(), keys[100]]);
      expect(read()).toBeLessThan(60);
      const before = documentId({ connection_id: "con_cost", lane: 0, key: keys[3_000] ?? "" });
      expect(
        store.list({ ...page, state: null, before }, (key) => key < (keys[3_000] ?? "")).rows[0]?.key,
      ).toBe(keys[2_999]);
      expect(read()).toBeLessThan(20);
    });
  });

  it("looks at a bounded number of rows for one source, and goes on from there", async () => {
    await measured((store, read) => {
      // The one of 5,000 that was pushed is the oldest.
      const pushed = { ...aDocument("x"), source: "webhook" as const };
      const first = store.add(pushed, clock + 10_000);
      for (let n = 1; n < 5_000; n++) store.add(aDocument("x"), clock + 10_000 + n);
      read();
      const found: string[] = [];
      let before: string | null = null;
      let pages = 0;
      do {
        const upto: string = before ?? "~";
        const id = before === null ? null : documentId({ connection_id: "con_cost", lane: 0, key: before });
        const query = { ...page, state: null, source: "webhook" as const, since: clock + 10_000, before: id };
        const { rows, next } = store.list(query, (key) => key < upto);
        expect(read()).toBeLessThanOrEqual(2_100);
        found.push(...rows.map(({ key }) => key));
        before = next;
        pages += 1;
      } while (before !== null && pages < 20);
      expect(found).toEqual([first]);
      expect(pages).toBeGreaterThan(2);
    });
  });
});

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { fieldOf, listOf, type TestClient, testClient, textOf } from "../api/test-client.ts";
import type { Context } from "../context.ts";
import { seedConnection, seedShipment, tableScans } from "../testing/seed.ts";
import {
  aStage,
  DONE,
  news,
  PICKED,
  push,
  SECRET,
  type Stage,
  settle,
  statements,
} from "../testing/stage.ts";
import { type Visitor, visitor } from "./test-visitor.ts";

/** Two accounts, fed by one connection, with a shipment, a subscription and a dead letter each: what one sees, the other does not. */

const NO_LIMIT: RateLimit = { limit: async () => ({ success: true }) };
const ADMIN_TOKEN = "test-admin-token";

interface Side {
  account: string;
  tenant: string;
  shipment: string;
  number: string;
  key: { live: string; test: string };
  subscription: string;
  document: string;
}

let stage: Stage;
let ctx: Context;
let client: TestClient;
let connection: string;
let shared: string;
let mine: Side;
let theirs: Side;
let operator: Visitor;
let account: Visitor;
let live: Visitor;

async function keysOf(number: string): Promise<Side["key"]> {
  const make = async (mode: string) =>
    textOf((await client.operator("POST", `/admin/accounts/${number}/keys`, { mode })).body, "key");
  return { live: await make("live"), test: await make("test") };
}

async function aSide(number: string, of: Stage): Promise<Side> {
  const shipment = await seedShipment(ctx, of.account, {
    carrier_id: "sandbox",
    carrier_tracking_id: number,
    parcels: [`${number}-P1`],
  });
  const key = await keysOf(of.account);
  const { body } = await client.send("POST", `/accounts/${of.account}/webhooks/tracking/subscriptions`, {
    key: key.test,
    headers: { "idempotency-key": crypto.randomUUID() },
    body: { endpoint: "http://127.0.0.1:9/hook" },
  });
  return {
    account: of.account,
    tenant: of.tenant,
    shipment,
    number,
    key,
    subscription: textOf(body, "id"),
    document: "",
  };
}

const documentOf = async (shipment: string, code_path: string) =>
  (
    await ctx
      .shardFor(mine.account)
      .prepare("SELECT document_id FROM events WHERE shipment_id = ?1 AND code_path = ?2")
      .bind(shipment, code_path)
      .first<{ document_id: string }>()
  )?.document_id ?? "";

beforeAll(async () => {
  stage = await aStage({ keyRate: NO_LIMIT, signInRate: NO_LIMIT });
  const other = await aStage();
  ctx = stage.ctx;
  client = testClient({ ...ctx });
  connection = (
    await seedConnection(ctx, {
      carrier_id: "sandbox",
      account_numbers: [stage.account, other.account],
      ways: { webhook: {}, poll: { base_url: "http://127.0.0.1:9/" } },
      credentials: { webhook_secret: SECRET, api_key: "key" },
    })
  ).id;
  mine = await aSide("MINE-1", stage);
  theirs = await aSide("THEIRS-1", other);
  await push(stage, connection, JSON.stringify(news("MINE-1", [PICKED, { ...DONE, code: "BEAMED" }])));
  await settle(stage);
  await push(stage, connection, JSON.stringify(news("THEIRS-1", [PICKED])));
  await settle(stage);
  // One document about both: a carrier does not part its files by our customers.
  const both = JSON.stringify({
    tracking: [
      { tracking_number: "MINE-1", events: [DONE] },
      { tracking_number: "THEIRS-1", events: [DONE], secret: "of the other" },
    ],
  });
  await push(stage, connection, both);
  await settle(stage);
  mine.document = await documentOf(mine.shipment, "collection/collected");
  theirs.document = await documentOf(theirs.shipment, "collection/collected");
  shared = await documentOf(mine.shipment, "delivery/delivered");
  operator = visitor(ctx);
  account = visitor(ctx);
  live = visitor(ctx);
  await operator.signIn(ADMIN_TOKEN);
  await account.signIn(mine.key.test);
  await live.signIn(mine.key.live);
});

const status = async (answer: Promise<{ status: number }>) => (await answer).status;

describe("finding a shipment", () => {
  it("by number, shipment and parcel id leads to it, for its account and for the operator", async () => {
    const parcel = await ctx
      .shardFor(mine.account)
      .prepare("SELECT id FROM parcels WHERE shipment_id = ?1")
      .bind(mine.shipment)
      .first<{ id: string }>();
    for (const word of ["MINE-1", "mine-1", " MINE-1 ", "MINE-1-P1", mine.shipment, parcel?.id ?? ""])
      for (const who of [account, operator]) {
        const found = await who.get(`/console/shipments?q=${encodeURIComponent(word)}`);
        expect([word, found.headers.get("location")]).toEqual([word, `/console/shipments/${mine.shipment}`]);
      }
  });

  it("by the customer's own references, whosever they are for the operator", async () => {
    const { body } = await client.send("POST", "/shipments", {
      key: mine.key.test,
      body: {
        carrier_id: "sandbox",
        carrier_tracking_id: "SBX0000000000018",
        uuid_ref: "ORDER 7/1",
        references: { shipper: "PO-9", receiver: "IN-3" },
        parcels: [{ carrier_tracking_id: "SBX0000000000026", uuid_ref: "BOX-1" }],
      },
    });
    const id = textOf(body, "id");
    for (const word of ["ORDER 7/1", "PO-9", "IN-3", "BOX-1"]) {
      const path = `/console/shipments?q=${encodeURIComponent(word)}`;
      expect((await account.get(path)).headers.get("location")).toBe(`/console/shipments/${id}`);
      expect((await operator.get(path)).headers.get("location")).toBe(`/console/shipments/${id}`);
      expect((await live.get(path)).text).toContain("Nothing found");
    }
  });

  it("finds nothing of another account, nor by a part of a number", async () => {
    for (const word of ["THEIRS-1", theirs.shipment, "MINE", "%", "MINE-1'--"]) {
      const found = await account.get(`/console/shipments?q=${encodeURIComponent(word)}`);
      expect([found.status, found.text.includes("Nothing found")]).toEqual([200, true]);
    }
  });
});

describe("a shipment's page", () => {
  it("tells both sides' words, the document, the rule, the checks and whom we told", async () => {
    const { text, status } = await account.get(`/console/shipments/${mine.shipment}`);
    expect(status).toBe(200);
    for (const part of [
      "PICKED_UP",
      "collection · collected",
      "sandbox:PICKED_UP",
      `/console/documents/${mine.document}?shipment=${mine.shipment}`,
      "127.0.0.1:9",
      connection,
      "no rule knows this code",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("/console/unmapped");
    expect((await operator.get(`/console/shipments/${mine.shipment}`)).text).toContain(
      "/console/unmapped/map?",
    );
  });

  it("writes what a carrier says as text", async () => {
    const evil = '<script>alert(1)</script>"onload="x';
    await push(
      stage,
      connection,
      JSON.stringify(news("MINE-1", [{ ...PICKED, code: "DEPARTED", text: evil } as typeof PICKED])),
    );
    await settle(stage);
    const { text } = await account.get(`/console/shipments/${mine.shipment}`);
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;onload=&quot;x");
    expect(text).not.toContain("<script>alert");
  });
});

describe("a document", () => {
  it("is shown as it came, escaped and to be saved, to the account that it is about", async () => {
    const path = `/console/documents/${mine.document}`;
    const shown = await account.get(`${path}?shipment=${mine.shipment}`);
    expect([shown.status, shown.text.includes("&quot;MINE-1&quot;")]).toEqual([200, true]);
    const file = await account.get(`${path}/body?shipment=${mine.shipment}`);
    expect([file.status, file.headers.get("content-type"), file.headers.get("content-disposition")]).toEqual([
      200,
      "application/octet-stream",
      `attachment; filename="${mine.document}"`,
    ]);
    expect(JSON.parse(file.text)).toMatchObject({ tracking: [{ tracking_number: "MINE-1" }] });
  });

  it("that tells of another account's shipment too is the operator's", async () => {
    const path = `/console/documents/${shared}`;
    const shown = await account.get(`${path}?shipment=${mine.shipment}`);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain("operator only");
    expect(shown.text).not.toContain("THEIRS-1");
    expect(await status(account.get(`${path}/body?shipment=${mine.shipment}`))).toBe(403);
    expect((await operator.get(path)).text).toContain("THEIRS-1");
  });

  it("is reached by an own shipment that it told of, and by no other", async () => {
    for (const query of ["", `?shipment=${theirs.shipment}`, `?shipment=${mine.shipment}`])
      expect(await status(account.get(`/console/documents/${theirs.document}${query}`))).toBe(404);
    for (const query of ["", `?shipment=${theirs.shipment}`])
      expect(await status(account.get(`/console/documents/${mine.document}${query}`))).toBe(404);
  });

  it("a list of those that came is the operator's, by way, time and state", async () => {
    for (const query of ["", "?way=webhook&within=day", "?state=unreadable", "?state=accepted"]) {
      expect(await status(operator.get(`/console/documents${query}`))).toBe(200);
      expect(await status(account.get(`/console/documents${query}`))).toBe(403);
    }
    const listed = await operator.get("/console/documents?way=webhook&within=day");
    expect(listed.text).toContain(mine.document);
    expect((await operator.get("/console/documents?way=sftp&within=day")).text).not.toContain(mine.document);
  });
});

describe("the list of documents", () => {
  /** Stores documents of one millisecond in two lanes each of two connections; their ids, the newest first. */
  async function documentsOfFourLanes(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let nth = 0; nth < 2; nth++) {
      const seeded = await seedConnection(ctx, {
        carrier_id: "sandbox",
        account_numbers: [],
        ways: { webhook: {} },
        credentials: {},
      });
      const { id: connection_id } = seeded;
      await env.DB.prepare(
        "INSERT INTO lanes (connection_id, lane, removed, created_at, waiting, unreadable, last_received_at) VALUES (?1, 1, 0, 0, 0, 0, 0)",
      )
        .bind(connection_id)
        .run();
      for (const lane of [0, 1]) {
        for (let n = 0; n < count; n++) {
          const answer = await ctx.inboxOf(connection_id, lane).accept(null, {
            carrier_id: "sandbox",
            source: "sftp",
            body: new TextEncoder().encode("neither JSON nor XML"),
            content_type: null,
            http_status: null,
            asked: [],
            file_name: `${n}.json`,
            received_at: ctx.now(),
          });
          if (answer.kind === "accepted") ids.push(answer.id);
        }
      }
    }
    return ids.sort().reverse();
  }

  it("goes on from page to page over connections and lanes, by each tab", async () => {
    await settle(stage);
    stage.inboxes.hold();
    const all = await documentsOfFourLanes(31);
    expect(all).toHaveLength(124);
    const listed = async (query: string) => {
      const ids: string[] = [];
      const sizes: number[] = [];
      for (let path: string | undefined = `/console/documents?${query}`; path !== undefined; ) {
        const { text } = await operator.get(path);
        const page = [...text.matchAll(/href="\/console\/documents\/(doc_\w+)"/gu)].map(([, id = ""]) => id);
        ids.push(...page);
        sizes.push(page.length);
        const next: string | undefined = /href="([^"]*cursor=[^"]*)"/u.exec(text)?.[1];
        path = next?.replaceAll("&amp;", "&");
        if (sizes.length > 10) break;
      }
      return { ids, sizes };
    };
    expect(await listed("state=accepted")).toEqual({ ids: all, sizes: [50, 50, 24] });
    expect(await listed("way=sftp&within=hour")).toEqual({ ids: all, sizes: [50, 50, 24] });
    expect((await listed("state=unreadable")).ids).toEqual([]);
    await settle(stage);
    expect(await listed("state=unreadable")).toEqual({ ids: all, sizes: [50, 50, 24] });
    expect((await listed("state=accepted")).ids).toEqual([]);
    expect((await listed("within=day")).ids).toEqual(expect.arrayContaining([...all, mine.document]));
  });
});

describe("what is another's", () => {
  it("is not there, page by page", async () => {
    for (const path of [
      `/console/shipments/${theirs.shipment}`,
      `/console/shipments?account=${theirs.account}&mode=test`,
      `/console/deliveries?account=${theirs.account}&mode=test`,
      `/console/deliveries/dead-letters?account=${theirs.account}`,
      `/console/deliveries/endpoints?account=${theirs.account}`,
      `/console/deliveries/endpoints/${theirs.subscription}`,
      `/console/deliveries/endpoints/${theirs.subscription}?account=${theirs.account}&mode=test`,
    ]) {
      const { status, text } = await account.get(path);
      expect([path, status]).toEqual([path, 404]);
      expect(text).not.toContain("THEIRS");
    }
  });

  it("neither are test data with a live key", async () => {
    expect(await status(live.get(`/console/shipments/${mine.shipment}`))).toBe(404);
    expect(await status(live.get(`/console/deliveries?account=${mine.account}&mode=test`))).toBe(404);
    expect(await status(live.get(`/console/deliveries/endpoints/${mine.subscription}`))).toBe(404);
    expect(await status(live.get(`/console/documents/${mine.document}?shipment=${mine.shipment}`))).toBe(404);
  });

  it("is changed by no form", async () => {
    const named = { account: theirs.account, mode: "test" };
    for (const [path, fields] of [
      ["/console/deliveries/redeliver", { delivery_id: "dlv_x", ...named }],
      ["/console/deliveries/redeliver", { message_id: "msg_x" }],
      ["/console/deliveries/drop", { message_id: "msg_x", ...named }],
      ["/console/deliveries/drop", { message_id: "msg_x" }],
      [`/console/deliveries/endpoints/${theirs.subscription}/pause`, { way: "webhook" }],
      [`/console/deliveries/endpoints/${theirs.subscription}/pause`, { way: "webhook", ...named }],
      [`/console/deliveries/endpoints/${theirs.subscription}/resume`, { way: "webhook" }],
    ] as const)
      expect([path, await status(account.post(path, fields))]).toEqual([path, 404]);
    expect(
      await ctx.control
        .prepare("SELECT paused FROM subscriptions WHERE id = ?1")
        .bind(theirs.subscription)
        .first(),
    ).toEqual({ paused: 0 });
  });

  it("the operator's pages and forms are refused to an account", async () => {
    for (const path of [
      "/console/carriers",
      `/console/carriers/${connection}`,
      "/console/unmapped",
      "/console/unmapped/map",
      "/console/unmapped/mappings",
      "/console/documents",
    ])
      expect([path, await status(account.get(path))]).toEqual([path, 403]);
    for (const path of [
      `/console/carriers/${connection}/pause`,
      `/console/carriers/${connection}/resume`,
      `/console/carriers/${connection}/test`,
      "/console/unmapped/dry-run",
      "/console/unmapped/apply",
      "/console/unmapped/withdraw",
      `/console/documents/${mine.document}/read-again`,
    ])
      expect([path, await status(account.post(path, {}))]).toEqual([path, 403]);
    const { body } = await client.operator("GET", `/admin/connections/${connection}`);
    expect(fieldOf(body, "paused")).toBe(false);
  });
});

describe("the operator", () => {
  it("sees every page, also those of no account", async () => {
    const named = `account=${mine.account}&mode=test`;
    for (const path of [
      "/console",
      "/console?within=minute",
      "/console?within=day",
      "/console/shipments",
      `/console/shipments?${named}`,
      `/console/shipments/${mine.shipment}`,
      "/console/carriers",
      `/console/carriers/${connection}`,
      `/console/carriers/${connection}?within=week`,
      "/console/unmapped",
      "/console/unmapped?carrier=sandbox",
      "/console/unmapped/mappings",
      "/console/deliveries",
      `/console/deliveries?${named}&state=failed`,
      "/console/deliveries/dead-letters",
      `/console/deliveries/dead-letters?${named}`,
      "/console/deliveries/endpoints",
      `/console/deliveries/endpoints?${named}`,
      `/console/deliveries/endpoints/${mine.subscription}?${named}`,
    ])
      expect([path, await status(operator.get(path))]).toEqual([path, 200]);
  });

  it("makes no Durable Object for an account that is none", async () => {
    for (const name of ["nobody", "a.b", "../x"])
      expect(await status(operator.get(`/console/deliveries?account=${encodeURIComponent(name)}`))).toBe(404);
    expect(
      await status(
        operator.post("/console/deliveries/drop", { message_id: "m", account: "nobody", mode: "live" }),
      ),
    ).toBe(404);
    expect(await status(operator.post("/console/deliveries/drop", { message_id: "m" }))).toBe(422);
  });

  it("maps a code: a dry run first, and what is wrong with it in a sentence", async () => {
    const listed = await operator.get("/console/unmapped");
    expect(listed.text).toContain("BEAMED");
    const fields = { carrier_id: "sandbox", code: "BEAMED", path: "delivery/delivered" };
    const from = "/console/unmapped/map?carrier_id=sandbox&code=BEAMED";
    const wrong = await operator.post(
      "/console/unmapped/dry-run",
      { ...fields, path: "delivery/beamed" },
      from,
    );
    expect([wrong.status, wrong.text.includes("none of the contract&#39;s codes")]).toEqual([422, true]);
    const seen = await operator.post("/console/unmapped/dry-run", fields, from);
    expect(seen.text).toContain("1 event in 1 document would be told otherwise.");
    expect(listOf((await client.operator("GET", "/admin/mappings")).body, "data")).toEqual([]);
    const done = await operator.post("/console/unmapped/apply", fields, from);
    expect([done.status, done.headers.get("location")]).toEqual([303, "/console/unmapped?done=mapped"]);
    const [mapping] = listOf((await client.operator("GET", "/admin/mappings")).body, "data");
    expect(mapping).toMatchObject({ code: "BEAMED", path: "delivery/delivered" });
    expect((await operator.get("/console/unmapped")).text).not.toContain("BEAMED</code>");
    const back = await operator.post("/console/unmapped/withdraw", { id: textOf(mapping, "id") });
    expect(back.status).toBe(303);
    expect(listOf((await client.operator("GET", "/admin/mappings")).body, "data")).toEqual([]);
  });

  it("pauses a connection, resumes it, and tests it", async () => {
    const path = `/console/carriers/${connection}`;
    expect((await operator.post(`${path}/pause`, {})).headers.get("location")).toBe(`${path}?done=paused`);
    expect((await operator.get(path)).text).toContain('class="badge warn big"');
    expect(fieldOf((await client.operator("GET", `/admin/connections/${connection}`)).body, "paused")).toBe(
      true,
    );
    await operator.post(`${path}/resume`, {});
    expect(fieldOf((await client.operator("GET", `/admin/connections/${connection}`)).body, "paused")).toBe(
      false,
    );
    const tested = await operator.post(`${path}/test`, { number: "MINE-1" });
    expect(tested.text).toContain("Webhook works");
    expect(tested.text).toContain("API fails");
    expect(await status(operator.get("/console/carriers/con_none"))).toBe(404);
  });
});

describe("an account's endpoint", () => {
  it("is paused and resumed by its account, and by the operator in its name", async () => {
    const path = `/console/deliveries/endpoints/${mine.subscription}`;
    const paused = () =>
      ctx.control
        .prepare("SELECT paused FROM subscriptions WHERE id = ?1")
        .bind(mine.subscription)
        .first("paused");
    expect(await status(account.post(`${path}/pause`, { way: "webhook" }))).toBe(303);
    expect(await paused()).toBe(1);
    const named = { way: "webhook", account: mine.account, mode: "test" };
    const done = await operator.post(`${path}/resume`, named);
    expect(done.headers.get("location")).toBe(
      `${path}?account=${mine.account}&mode=test&done=endpoint-resumed`,
    );
    expect(await paused()).toBe(0);
  });
});

it("a form leads back to the console only", async () => {
  const { body } = await client.send(
    "POST",
    `/accounts/${mine.account}/webhooks/tracking/subscriptions/${mine.subscription}/test`,
    { key: mine.key.test },
  );
  const delivery_id = textOf(body, "delivery_id");
  for (const back of ["https://bad.example/", "//bad.example", "/\\bad.example", "/console/../admin"]) {
    const answer = await account.post("/console/deliveries/redeliver", { delivery_id, back });
    expect(["/console/deliveries?done=again", null]).toContain(answer.headers.get("location"));
  }
});

it("no page reads a table as a whole", async () => {
  expect(statements.size).toBeGreaterThan(40);
  const scans: Record<string, string[]> = {};
  for (const sql of statements) {
    const found = (await tableScans(env.DB, sql)).filter((step) => step !== "SCAN halving");
    if (found.length > 0) scans[sql] = found;
  }
  expect(scans).toEqual({});
});

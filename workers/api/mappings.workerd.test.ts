import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";

const call = (method: string, path: string, body?: unknown): Promise<Response> =>
  exports.default.fetch(
    new Request(`https://hub.example${path}`, {
      method,
      headers: { authorization: "Bearer test-admin-token", "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    }),
  );

const mapping = { carrier_id: "sandbox", code: "BEAMED", path: "delivery/delivered" };

describe("the operator's mappings", () => {
  it("are tried, kept, listed and taken back", async () => {
    const dry = await call("POST", "/admin/mappings/dry-run", mapping);
    expect(dry.status).toBe(200);
    expect(await dry.json()).toEqual({ documents: 0, events: 0, changes: [], more: false });
    const made = await call("POST", "/admin/mappings", mapping);
    expect(made.status).toBe(201);
    const { mapping: kept } = await made.json<{ mapping: { id: string; version: number } }>();
    const again = await call("POST", "/admin/mappings", { ...mapping, path: "delivery/attempt" });
    expect((await again.json<{ mapping: { id: string; version: number } }>()).mapping).toMatchObject({
      id: kept.id,
      version: 2,
    });
    const listed = await (await call("GET", "/admin/mappings")).json<{ data: { path: string }[] }>();
    expect(listed.data.map((m) => m.path)).toEqual(["delivery/attempt"]);
    expect((await call("DELETE", `/admin/mappings/${kept.id}`)).status).toBe(200);
    expect((await call("DELETE", `/admin/mappings/${kept.id}`)).status).toBe(404);
  });

  it("are listed page by page", async () => {
    for (const code of ["ONE", "TWO"]) await call("POST", "/admin/mappings", { ...mapping, code });
    type Page = { data: { id: string; code: string }[]; next_cursor: string | null };
    const first = await (await call("GET", "/admin/mappings?limit=1")).json<Page>();
    const next = await call("GET", `/admin/mappings?limit=1&cursor=${first.next_cursor}`);
    expect(next.status).toBe(200);
    const second = await next.json<Page>();
    const told = [...first.data, ...second.data];
    expect(told.map(({ code }) => code).sort()).toEqual(["ONE", "TWO"]);
    expect(second.next_cursor).toBeNull();
    for (const { id } of told) await call("DELETE", `/admin/mappings/${id}`);
  });

  it.each([
    ["an unknown carrier", { carrier_id: "nobody" }, "carrier_id"],
    ["a path that is no code", { path: "delivery/teleported" }, "path"],
    ["unmapped itself", { path: "other/unmapped" }, "path"],
    ["neither code nor text", { code: "" }, "code"],
    ["a broken pattern", { code: "", text_pattern: "(" }, "text_pattern"],
    ["a pattern that could run for ever", { code: "", text_pattern: "(a+)+$" }, "text_pattern"],
    ["an unknown reason", { reason: "mercury_retrograde" }, "reason"],
  ])("refuse %s, naming the field", async (_name, change, field) => {
    const refused = await call("POST", "/admin/mappings", { ...mapping, ...change });
    expect(refused.status).toBe(422);
    expect((await refused.json<{ errors: { field: string }[] }>()).errors.map((e) => e.field)).toEqual([
      field,
    ]);
  });

  it("are the operator's alone", async () => {
    const answer = await exports.default.fetch(new Request("https://hub.example/admin/mappings"));
    expect(answer.status).toBe(401);
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { anAccount, testClient, textOf } from "./test-client.ts";

/** What partners agree on for EDI files, and the manifest. Nobody listens at this address. */

const client = testClient();
const { send } = client;
let key = "";

beforeAll(async () => {
  key = (await anAccount(client, "edi")).test;
});

const PATH = "/accounts/edi/sftp/tracking/subscriptions";
const folder = (method: string, path = "", body?: unknown) => send(method, `${PATH}${path}`, { key, body });

const aFolder = {
  host: "sftp.example.com",
  username: "gluey",
  password: "folder-password",
  host_key_sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
  format: "x12-214",
};

describe("an agreement for EDI files", () => {
  it("is kept, told, changed and taken back", async () => {
    const edi = { receiver: "THEM", qualifiers: { x12_version: "005010", scac: { postnord: "PNSE" } } };
    const { status, body } = await folder("POST", "", { ...aFolder, edi, ack_directory: "/acks" });
    expect(status).toBe(201);
    expect(body).toMatchObject({ edi, ack_directory: "/acks", ack_within_hours: null });
    const id = textOf(body, "id");
    const changed = await folder("PATCH", `/${id}`, { ack_within_hours: 2, edi: null });
    expect(changed.body).toMatchObject({ edi: null, ack_directory: "/acks", ack_within_hours: 2 });
    const ended = await folder("PATCH", `/${id}`, { ack_directory: null, ack_within_hours: null });
    expect(ended.body).toMatchObject({ ack_directory: null, ack_within_hours: null });
    expect((await folder("GET", `/${id}`)).body).toMatchObject({ edi: null });
    await folder("DELETE", `/${id}`);
  });

  it.each([
    [{ edi: { receiver: "9".repeat(16) } }, "edi.receiver", "2 to 15 letters in ISA"],
    [{ format: "iftsta-d01b", edi: { sender: "9".repeat(36) } }, "edi.sender", "35"],
    [{ edi: { qualifiers: { sender: "ZZZ" } } }, "edi.qualifiers.sender", "exactly 2 letters"],
    [{ format: "csv", ack_directory: "/acks" }, "ack_directory", "Only EDIFACT and X12"],
    [{ ack_within_hours: 4 }, "ack_within_hours", "ack_directory"],
  ])("that the format can't hold is refused at once: %o", async (given, field, sentence) => {
    const answer = await folder("POST", "", { ...aFolder, ...given });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{ field }] });
    expect(JSON.stringify(answer.body)).toContain(sentence);
  });

  it("is checked when it is changed, too", async () => {
    const id = textOf((await folder("POST", "", aFolder)).body, "id");
    expect((await folder("PATCH", `/${id}`, { edi: { receiver: "9".repeat(16) } })).status).toBe(422);
    expect((await folder("PATCH", `/${id}`, { ack_within_hours: 4 })).status).toBe(422);
    await folder("DELETE", `/${id}`);
  });
});

describe("the manifest", () => {
  it("is empty where no file was written, and nobody else's", async () => {
    const mine = await send("GET", "/accounts/edi/sftp/tracking/files?state=rejected", { key });
    expect([mine.status, mine.body]).toEqual([200, { data: [], next_cursor: null }]);
    const other = (await anAccount(client, "edi-other")).test;
    expect((await send("GET", "/accounts/edi/sftp/tracking/files", { key: other })).status).not.toBe(200);
  });

  it("shows the operator what was refused, account by account", async () => {
    const id = textOf((await folder("POST", "", { ...aFolder, ack_directory: "/acks" })).body, "id");
    const all = await client.operator("GET", "/admin/files");
    expect([all.status, all.body]).toEqual([200, { data: [], next_cursor: null }]);
    await folder("DELETE", `/${id}`);
  });
});

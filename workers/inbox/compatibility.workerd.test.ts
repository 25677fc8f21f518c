import { describe, expect, it } from "vitest";
import { describeDocument } from "../flow/documents.ts";
import { visitLanes } from "../flow/lanes.ts";
import { InboxStandIn } from "../testing/inboxes.ts";
import { news, PICKED, push, settle, webhookStage } from "../testing/stage.ts";
import release from "./release-1.json";

/**
 * Edge Workers and objects are deployed one after the other. `release-1.json` holds what travels between them as the
 * first release has it: a field may be added and none may be missing.
 */

const body = (number: string) => new TextEncoder().encode(JSON.stringify(news(number, [PICKED])));

describe("an old edge and a new inbox", () => {
  it("accepts a document with only the fields of the first release", async () => {
    const stage = await webhookStage();
    const document = { ...release.accept.document, source: "webhook" as const, body: body(stage.number) };
    const inbox = stage.ctx.inboxOf(stage.connection, 0);
    const answer = await inbox.accept(null, document);
    expect(release.accept.answers.map(({ kind }) => kind)).toContain(answer.kind);
    await settle(stage);
    expect(await inbox.report()).toMatchObject({ waiting: 0, unreadable: 0 });
  });

  it("answers with every field that the first release reads", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    const inbox = stage.ctx.inboxOf(stage.connection, 0);
    expect(Object.keys(await inbox.report())).toEqual(expect.arrayContaining(Object.keys(release.report)));
    const { documents } = await inbox.list({ state: null, source: null, since: 0, before: null, limit: 1 });
    expect(Object.keys(documents[0] ?? {})).toEqual(expect.arrayContaining(Object.keys(release.row)));
    await expect(inbox.readAgain(release.readAgain.documents)).resolves.toBeUndefined();
  });
});

describe("a new edge and an old inbox", () => {
  it.each([
    ["accepted", 202],
    ["removed", 404],
    ["full", 503],
  ])("answers a carrier where the old inbox says %s", async (kind, status) => {
    const answer = release.accept.answers.find((one) => one.kind === kind);
    const stage = await webhookStage({ inboxOf: () => new InboxStandIn({ accept: answer }) });
    const answered = await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    expect(answered.status).toBe(status);
  });

  it("asks the carrier to send again where the inbox says what only a later release knows", async () => {
    const stage = await webhookStage({ inboxOf: () => new InboxStandIn({ accept: { kind: "parked" } }) });
    const answered = await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    expect(answered.status).toBe(503);
    expect(answered.headers.get("retry-after")).not.toBeNull();
  });

  it("reads the report and the rows of the first release", async () => {
    const stage = await webhookStage({
      inboxOf: () => new InboxStandIn({ report: release.report, rows: [release.row] }),
    });
    await visitLanes(stage.ctx);
    expect(await describeDocument(stage.ctx, release.row.id)).toMatchObject({ state: "done" });
  });
});

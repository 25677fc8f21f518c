import { beforeEach, describe, expect, it } from "vitest";
import { readFeed } from "../storage/feed.ts";
import { HeldQueue, seedAccount, seedConnection, seedShipment, testEnv } from "../testing/seed.ts";
import { aLaterHour, aStage, DONE, news, push, SECRET, settle } from "../testing/stage.ts";
import { harmonizeDocument } from "./harmonize.ts";
import { DocumentMessage, PostMessage } from "./messages.ts";

/** Posts too large for a message lie in a row: each run's own, and no other run's. */

beforeEach(aLaterHour);

/** A signature longer than a message may be. */
const LARGE = [{ ...DONE, signed_by: "n".repeat(200_000) }];

async function followedByTwo() {
  const stage = await aStage();
  const other = `${stage.account}-other`;
  await seedAccount(stage.ctx, other);
  const { id: connection } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: [stage.account, other],
    ways: { webhook: {} },
    credentials: { webhook_secret: SECRET },
  });
  const [shipment, parcel] = [`SBX-${stage.account}`, `SBX-${stage.account}-P1`];
  await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: shipment });
  await push(
    stage,
    connection,
    JSON.stringify(news(parcel, LARGE, { shipment_number: shipment, parcel_number: parcel })),
  );
  const [hint] = stage.documents.take();
  const { document_id } = DocumentMessage.parse(hint);
  const toldTo = async (account: string) =>
    (await readFeed(stage.ctx.shardFor(account), `${account}.test`, 0, 100)).length;
  return { stage, other, parcel, document_id, toldTo };
}

describe("posts too large for a message", () => {
  it("are those of the run that is told, also where one before it was broken off and somebody else follows by now", async () => {
    const { stage, other, parcel, document_id, toldTo } = await followedByTwo();
    const events = new HeldQueue();
    events.send = () => Promise.reject(new Error("as the test wants it"));
    await expect(
      harmonizeDocument({ ...stage.ctx, queues: { ...stage.ctx.queues, events } }, document_id),
    ).rejects.toThrow("as the test wants it");
    await seedShipment(stage.ctx, other, { carrier_id: "sandbox", carrier_tracking_id: parcel });
    await stage.documents.send({ document_id });
    await settle(stage);
    expect([await toldTo(stage.account), await toldTo(other)]).toEqual([1, 1]);
  });

  it("wait in their row, which goes once they are told", async () => {
    const { stage, document_id, toldTo } = await followedByTwo();
    await harmonizeDocument(stage.ctx, document_id);
    const [message] = stage.events.take().map((raw) => PostMessage.parse(raw));
    expect(message).toMatchObject({ posts: null, parts: 1 });
    const rows = async () =>
      (
        await testEnv()
          .DB.prepare("SELECT run, part FROM document_posts WHERE document_id = ?1")
          .bind(document_id)
          .all()
      ).results;
    expect(await rows()).toEqual([{ run: 1, part: 0 }]);
    await stage.events.send(message);
    await stage.events.send(message);
    await settle(stage);
    expect([await toldTo(stage.account), await rows()]).toEqual([1, []]);
  });
});

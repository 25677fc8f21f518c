import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it } from "vitest";
import { loadDocument } from "../flow/documents.ts";
import { aLaterHour, time, webhookStage } from "../testing/stage.ts";
import { inboxName } from "./name.ts";
import { PIECE_BYTES } from "./store.ts";

/** A body comes back byte by byte as it came, whether its bytes are text or not. */

beforeEach(aLaterHour);

const bytesOf = (text: string) => new TextEncoder().encode(text);

const bodies: Record<string, Uint8Array> = {
  "JSON with letters of all lengths": bytesOf('{"place":"Malmö","note":"到着 📦","escaped":"\\u0000\\n"}'),
  "a byte order mark": bytesOf("\ufeff<xml/>"),
  "line ends and a separator of lines": bytesOf("UNA:+.? '\r\nUNB\u2028"),
  "no text: Latin-1": Uint8Array.of(0x4d, 0x61, 0x6c, 0x6d, 0xf6),
  "a byte of zero": bytesOf("a\u0000b"),
  nothing: new Uint8Array(),
  "a body too large for its row": bytesOf("ö".repeat(40_000)),
  "two pieces, cut within a letter": bytesOf(`a${"ö".repeat(PIECE_BYTES / 2 + 10)}`),
};

for (const [name, body] of Object.entries(bodies)) {
  it(`stores ${name}`, async () => {
    const stage = await webhookStage();
    const answer = await stage.ctx.inboxOf(stage.connection, 0).accept(null, {
      carrier_id: "sandbox",
      source: "webhook",
      body,
      content_type: null,
      received_at: time.now,
      http_status: null,
      asked: [],
      file_name: null,
    });
    if (answer.kind !== "accepted") throw new Error(`The document was not accepted: ${answer.kind}.`);
    await stage.inboxes.crash();
    const stored = await loadDocument(stage.ctx, answer.id);
    expect(stored?.size).toBe(body.length);
    expect(stored?.body).toEqual(body);
    const types = await runInDurableObject(
      stage.inboxes.stub(inboxName({ connection_id: stage.connection, lane: 0 })),
      (_inbox, state) =>
        state.storage.sql
          .exec<{ type: string }>(
            `SELECT typeof(body) AS type FROM documents WHERE body IS NOT NULL
             UNION SELECT typeof(body) FROM pieces`,
          )
          .toArray(),
    );
    expect(types).toEqual([{ type: "blob" }]);
  });
}

import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { keepDocument, loadDocument, PIECE_BYTES } from "./documents.ts";

/** A body comes back byte by byte as it came, whether its bytes are text or not. */

const bytesOf = (text: string) => new TextEncoder().encode(text);

const bodies: Record<string, Uint8Array> = {
  "JSON with letters of all lengths": bytesOf('{"place":"Malmö","note":"到着 📦","escaped":"\\u0000\\n"}'),
  "a byte order mark": bytesOf("\ufeff<xml/>"),
  "line ends and a separator of lines": bytesOf("UNA:+.? '\r\nUNB\u2028"),
  "no text: Latin-1": Uint8Array.of(0x4d, 0x61, 0x6c, 0x6d, 0xf6),
  "a byte of zero": bytesOf("a\u0000b"),
  nothing: new Uint8Array(),
  "two pieces, cut within a letter": bytesOf(`a${"ö".repeat(PIECE_BYTES / 2 + 10)}`),
};

for (const [name, body] of Object.entries(bodies)) {
  it(`keeps ${name}`, async () => {
    const id = `doc_${crypto.randomUUID()}`;
    await keepDocument(env.DB, {
      id,
      connection_id: "con_1",
      carrier_id: "sandbox",
      source: "webhook",
      body,
      content_type: null,
      received_at: 1,
      http_status: null,
      asked: [],
      file_name: null,
    });
    const kept = await loadDocument(env.DB, null, id);
    expect(kept?.body.length).toBe(body.length);
    expect(kept?.body.every((byte, at) => byte === body[at])).toBe(true);
    const stored = await env.DB.prepare(
      "SELECT typeof(coalesce(d.body, p.body)) AS type FROM documents d LEFT JOIN document_pieces p ON p.document_id = d.id WHERE d.id = ?1",
    )
      .bind(id)
      .first();
    expect(stored).toEqual({ type: "blob" });
  });
}

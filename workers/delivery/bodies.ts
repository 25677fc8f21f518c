import type { MessageState } from "./outbox-schema.ts";

const PIECE_BYTES = 1_000_000;
/** Pieces of a message lie at `ord * PIECES` and after; a body is far below 64 MB. */
const PIECES = 64;

/** The bytes of messages, beside their rows: stored once, and removed when they are no longer kept. */
export class Bodies {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  keep(ord: number, body: Uint8Array): void {
    for (let piece = 0, at = 0; at < body.byteLength; piece++, at += PIECE_BYTES) {
      this.sql.exec(
        "INSERT INTO bodies (piece, body) VALUES (?, ?)",
        ord * PIECES + piece,
        body.slice(at, at + PIECE_BYTES),
      );
    }
  }

  /** The bytes as they were built; null where they are no longer kept. */
  of(message: { ord: number; size: number }): Uint8Array | null {
    const [from, to] = [message.ord * PIECES, (message.ord + 1) * PIECES];
    const pieces = this.sql.exec<{ body: ArrayBuffer }>(
      "SELECT body FROM bodies WHERE piece >= ? AND piece < ? ORDER BY piece",
      from,
      to,
    );
    const body = new Uint8Array(message.size);
    let at = 0;
    for (const { body: piece } of pieces) {
      body.set(new Uint8Array(piece), at);
      at += piece.byteLength;
    }
    return at === message.size ? body : null;
  }

  /** Whether its bytes are kept, without reading them. */
  has(message: { ord: number; size: number }): boolean {
    const kept = this.sql
      .exec<{ size: number | null }>(
        "SELECT sum(length(body)) AS size FROM bodies WHERE piece >= ? AND piece < ?",
        message.ord * PIECES,
        (message.ord + 1) * PIECES,
      )
      .one();
    return (kept.size ?? 0) === message.size;
  }

  /** The messages after `ord` whose bytes are kept, oldest first: found by the bytes, whatever lies between has none. */
  after(ord: number, limit: number): { ord: number; state: MessageState }[] {
    return this.sql
      .exec<{ ord: number; state: MessageState }>(
        `SELECT m.ord, m.state FROM bodies b CROSS JOIN messages m ON m.ord = b.piece / ?1
         WHERE b.piece >= ?2 AND b.piece % ?1 = 0 ORDER BY b.piece LIMIT ?3`,
        PIECES,
        (ord + 1) * PIECES,
        limit,
      )
      .toArray();
  }

  remove(ord: number): void {
    this.sql.exec("DELETE FROM bodies WHERE piece >= ? AND piece < ?", ord * PIECES, (ord + 1) * PIECES);
  }
}

import type { MessageRow } from "./outbox-schema.ts";
import type { MessageShipment } from "./views.ts";

/** Finds messages by what they carry: by shipment, and by a stretch of the feed. */
export class MessageSearch {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  /** Called with each message that is added. */
  note(ord: number, shipments: readonly MessageShipment[]): void {
    for (const { shipment_id } of shipments)
      this.sql.exec("INSERT INTO message_shipments (shipment_id, ord) VALUES (?, ?)", shipment_id, ord);
  }

  forget(row: Pick<MessageRow, "ord" | "shipments">): void {
    for (const { shipment_id } of shipmentsIn(row))
      this.sql.exec("DELETE FROM message_shipments WHERE shipment_id = ? AND ord = ?", shipment_id, row.ord);
  }

  /** How far a stretch may reach so that no more than so many messages end in it, whatever became of them. */
  endOfStretch(subscription_id: string, since: number, until: number, messages: number): number {
    const [next] = this.sql
      .exec<{ last_position: number }>(
        `SELECT last_position FROM messages INDEXED BY messages_by_feed
         WHERE subscription_id = ? AND last_position > ? AND first_position <= ?
         ORDER BY last_position LIMIT 1 OFFSET ?`,
        subscription_id,
        since,
        until,
        messages,
      )
      .toArray();
    // Where all of them end at one position, the stretch is that position.
    return next === undefined ? until : Math.min(until, Math.max(since + 1, next.last_position - 1));
  }

  /** What a subscription has of the feed after one position up to another, in the order of the places. Without what was cancelled or stands for its parts. */
  ofStretch(subscription_id: string, since: number, until: number): MessageRow[] {
    return this.sql
      .exec<MessageRow>(
        `SELECT * FROM messages INDEXED BY messages_by_feed
         WHERE subscription_id = ? AND last_position > ? AND first_position <= ?
           AND state IN ('waiting', 'sending', 'delivered', 'dead')
         ORDER BY place, ord`,
        subscription_id,
        since,
        until,
      )
      .toArray();
  }

  /** The same for a shipment, of the whole feed. */
  ofShipment(subscription_id: string, shipment_id: string): MessageRow[] {
    return this.sql
      .exec<MessageRow>(
        `SELECT m.* FROM message_shipments s CROSS JOIN messages m ON m.ord = s.ord
         WHERE s.shipment_id = ? AND m.subscription_id = ? AND m.state IN ('waiting', 'sending', 'delivered', 'dead')
         ORDER BY m.place, m.ord`,
        shipment_id,
        subscription_id,
      )
      .toArray();
  }
}

/** None of a row that can't be read: what is left of it here leads to no message, and it has to go whatever is in it. */
function shipmentsIn({ shipments }: Pick<MessageRow, "shipments">): MessageShipment[] {
  try {
    return JSON.parse(shipments);
  } catch {
    return [];
  }
}

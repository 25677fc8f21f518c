import { z } from "zod";
import { timePart } from "../domain/ids.ts";
import { SOURCES } from "../domain/tracking-event.ts";
import type { Queryable } from "./queryable.ts";

/** How much connections brought hour by hour: by which their silence shows. */

/** Of the latest documents, whosever they are, so many are looked at. */
const LOOKED_AT = 10_000;
const HOUR_MS = 3_600_000;

const HourRow = z.object({
  hour: z.number(),
  way: z.enum(SOURCES),
  documents: z.number(),
  unreadable: z.number(),
});
export type NewsHour = z.infer<typeof HourRow>;

/** A connection's documents hour by hour since a time; of the latest ten thousand of all connections. */
export async function newsByHour(
  control: Queryable,
  connection_id: string,
  since: number,
): Promise<NewsHour[]> {
  const { results } = await control
    .prepare(
      `SELECT received_at - received_at % ${HOUR_MS} AS hour, source AS way, count(*) AS documents, sum(state = 'unreadable') AS unreadable
       FROM (SELECT connection_id, received_at, source, state FROM documents WHERE id > ?2 ORDER BY id DESC LIMIT ${LOOKED_AT})
       WHERE connection_id = ?1 GROUP BY 1, 2 ORDER BY 1, 2`,
    )
    .bind(connection_id, `doc_${timePart(since)}`)
    .all();
  return results.map((raw) => HourRow.parse(raw));
}

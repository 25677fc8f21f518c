import { z } from "zod";
import { jsonPieces } from "./json-rows.ts";
import type { Queryable } from "./queryable.ts";
import { holding } from "./residency.ts";

/**
 * An account's rows from one shard to another. Each step is bounded and may be done again: what it writes replaces what
 * an earlier try wrote, is written only while its move still has the target, and is read back and compared.
 */

export interface CopySides {
  from: Queryable;
  to: Queryable;
  account_number: string;
  claim: number;
}

type Value = string | number | null;
type RowOf = Record<string, Value>;
const Rows = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])));

type Table = "shipments" | "parcels" | "shipment_numbers" | "events";
const KEYS: Record<Table, readonly string[]> = {
  shipments: ["id"],
  parcels: ["shipment_id", "carrier_tracking_id"],
  shipment_numbers: ["tenant_id", "carrier_id", "carrier_number"],
  events: ["shipment_id", "event_id"],
};

/** Characters of events in hand at once. */
const CHUNK_MAX = 1_000_000;

const SHIPMENTS = "SELECT s.* FROM json_each(?1) j CROSS JOIN shipments s ON s.id = j.value";
const PARCELS = "SELECT p.* FROM json_each(?1) j CROSS JOIN parcels p ON p.shipment_id = j.value";
const EVENT_KEYS = `
SELECT e.shipment_id, e.event_id, length(e.body) AS size FROM json_each(?1) j CROSS JOIN events e ON e.shipment_id = j.value`;
const EVENTS = `
SELECT e.* FROM json_each(?1) j CROSS JOIN events e ON e.shipment_id = j.value ->> 0 AND e.event_id = j.value ->> 1`;

/** Whether there is room for more in this turn, asked between two parts of a page. */
export type GoOn = () => boolean;

/**
 * The next page of a tenant's shipments in the order of their last change, copied, up to where `goOn` ends it. One that
 * changes meanwhile comes again later, and is marked.
 */
export async function copyPage(
  sides: CopySides,
  tenant_id: string,
  after: { position: number; id: string },
  { limit, goOn }: { limit: number; goOn: GoOn },
): Promise<{ copied: number; next: { position: number; id: string } | null }> {
  const { results } = await sides.from
    .prepare(
      `SELECT id, updated_position FROM shipments WHERE tenant_id = ?1 AND (updated_position, id) > (?2, ?3)
       ORDER BY updated_position, id LIMIT ?4`,
    )
    .bind(tenant_id, after.position, after.id, limit)
    .all();
  const rows = z.array(z.object({ id: z.string(), updated_position: z.number() })).parse(results);
  const copied = await copyShipments(
    sides,
    rows.map(({ id }) => id),
    goOn,
  );
  const last = copied === rows.length && rows.length < limit ? undefined : rows[copied - 1];
  return { copied, next: last === undefined ? null : { position: last.updated_position, id: last.id } };
}

/** The next page of a tenant's numbers, copied. */
export async function copyNumbers(
  sides: CopySides,
  tenant_id: string,
  after: { carrier_id: string; number: string },
  limit: number,
): Promise<{ carrier_id: string; number: string } | null> {
  const { results } = await sides.from
    .prepare(
      `SELECT * FROM shipment_numbers WHERE tenant_id = ?1 AND (carrier_id, carrier_number) > (?2, ?3)
       ORDER BY carrier_id, carrier_number LIMIT ?4`,
    )
    .bind(tenant_id, after.carrier_id, after.number, limit)
    .all();
  const rows = Rows.parse(results);
  await put(sides, [["shipment_numbers", rows]]);
  const last = rows.at(-1);
  if (rows.length < limit || last === undefined) return null;
  return { carrier_id: String(last.carrier_id), number: String(last.carrier_number) };
}

const Mark = z.object({ shipment_id: z.string(), carrier_number: z.string(), version: z.number() });

const MARKED_NUMBERS = `
SELECT n.* FROM json_each(?1) j CROSS JOIN shipments s ON s.id = j.value ->> 0
CROSS JOIN shipment_numbers n ON n.tenant_id = s.tenant_id AND n.carrier_id = s.carrier_id AND n.carrier_number = j.value ->> 1`;

// A mark that was made again since it was read stays.
const TAKE_MARKS = `
DELETE FROM move_marks WHERE (account_number, shipment_id, carrier_number) IN (
  SELECT m.account_number, m.shipment_id, m.carrier_number FROM json_each(?2) j
  CROSS JOIN move_marks m ON m.account_number = ?1 AND m.shipment_id = j.value ->> 0 AND m.carrier_number = j.value ->> 1
    AND m.version = j.value ->> 2)`;

/** Copies again what changed since it was copied, up to `limit` marks and up to where `goOn` ends it; returns how many marks there were. */
export async function copyMarked(
  sides: CopySides,
  { limit, goOn }: { limit: number; goOn: GoOn },
): Promise<number> {
  const { from, to, account_number, claim } = sides;
  const { results } = await from
    .prepare(
      `SELECT shipment_id, carrier_number, version FROM move_marks WHERE account_number = ?1
       ORDER BY shipment_id, carrier_number LIMIT ?2`,
    )
    .bind(account_number, limit)
    .all();
  const marks = results.map((raw) => Mark.parse(raw));
  if (marks.length === 0) return 0;
  const numbers = JSON.stringify(marks.map((mark) => [mark.shipment_id, mark.carrier_number]));
  // Asked before the shipments are copied: one that was deleted still says there which numbers it had.
  const { results: there } = await to.prepare(MARKED_NUMBERS).bind(numbers).all();
  const known = Rows.parse(there).map(keyOf("shipment_numbers"));
  const [asMarked, asKnown] = await from.batch([
    from.prepare(MARKED_NUMBERS).bind(numbers),
    from.prepare(readSql("shipment_numbers")).bind(JSON.stringify(known)),
  ]);
  const named = (rows: readonly RowOf[]) =>
    rows.map((row) => [JSON.stringify(keyOf("shipment_numbers")(row)), row] as const);
  const rows = new Map([...named(Rows.parse(asMarked?.results)), ...named(Rows.parse(asKnown?.results))]);
  const gone = known.filter((key) => !rows.has(JSON.stringify(key)));
  const marked = [...new Set(marks.map((mark) => mark.shipment_id))];
  const copied = new Set(marked.slice(0, await copyShipments(sides, marked, goOn)));
  await put(
    sides,
    [["shipment_numbers", [...rows.values()]]],
    [
      to
        .prepare(
          `DELETE FROM shipment_numbers WHERE (tenant_id, carrier_id, carrier_number) IN
           (SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM json_each(?1) j)`,
        )
        .bind(JSON.stringify(gone)),
    ],
  );
  const taken = marks
    .filter((mark) => copied.has(mark.shipment_id))
    .map((mark) => [mark.shipment_id, mark.carrier_number, mark.version]);
  await holding(
    from,
    account_number,
    claim,
    ["copying", "leaving"],
    [from.prepare(TAKE_MARKS).bind(account_number, JSON.stringify(taken))],
  );
  return marks.length;
}

/** Parcels and events in hand at once: their keys stay far below the 2 MB that D1 binds. */
const ROWS_MAX = 5000;

const ROW_COUNTS = `
SELECT j.value AS id, (SELECT count(*) FROM parcels p WHERE p.shipment_id = j.value)
  + (SELECT count(*) FROM events e WHERE e.shipment_id = j.value) AS rows FROM json_each(?1) j`;

/**
 * Makes some shipments of the target what they are in the source: their rows, their parcels, their events. Returns how
 * many, from the first: `goOn` is asked after each part.
 */
async function copyShipments(sides: CopySides, ids: readonly string[], goOn: GoOn): Promise<number> {
  if (ids.length === 0) return 0;
  const { results } = await sides.from.prepare(ROW_COUNTS).bind(JSON.stringify(ids)).all();
  const rows = z.array(z.object({ id: z.string(), rows: z.number() })).parse(results);
  const counts = new Map(rows.map((row) => [row.id, row.rows]));
  let copied = 0;
  let some: string[] = [];
  let held = 0;
  for (const id of ids) {
    const own = counts.get(id) ?? 0;
    if (some.length > 0 && held + own > ROWS_MAX) {
      await copySome(sides, some);
      copied += some.length;
      if (!goOn()) return copied;
      [some, held] = [[], 0];
    }
    some.push(id);
    held += own;
  }
  await copySome(sides, some);
  return ids.length;
}

async function copySome(sides: CopySides, ids: readonly string[]): Promise<void> {
  const { from, to } = sides;
  const wanted = JSON.stringify(ids);
  const [[shipments, parcels, keys], there] = await Promise.all([
    from.batch([
      from.prepare(SHIPMENTS).bind(wanted),
      from.prepare(PARCELS).bind(wanted),
      from.prepare(EVENT_KEYS).bind(wanted),
    ]),
    to.prepare(EVENT_KEYS).bind(wanted).all(),
  ]);
  const Key = z.object({ shipment_id: z.string(), event_id: z.string(), size: z.number() });
  const events = z.array(Key).parse(keys?.results);
  const known = new Map(
    z
      .array(Key)
      .parse(there.results)
      .map((key) => [keyText(key), key]),
  );
  const missing = events.filter((key) => !known.has(keyText(key)));
  for (const key of events) known.delete(keyText(key));
  const gone = [...known.values()].map((key) => [key.shipment_id, key.event_id]);
  const parcelRows = Rows.parse(parcels?.results);
  const shipmentRows = Rows.parse(shipments?.results);
  // Shipments first: what is given up midway is found again by them.
  await put(
    sides,
    [
      ["shipments", shipmentRows],
      ["parcels", parcelRows],
    ],
    [
      to
        .prepare(
          `DELETE FROM events WHERE (shipment_id, event_id) IN (SELECT j.value ->> 0, j.value ->> 1 FROM json_each(?1) j)`,
        )
        .bind(JSON.stringify(gone)),
      to
        .prepare(
          `DELETE FROM parcels WHERE shipment_id IN (SELECT value FROM json_each(?1))
           AND (shipment_id, carrier_tracking_id) NOT IN (SELECT j.value ->> 0, j.value ->> 1 FROM json_each(?2) j)`,
        )
        .bind(wanted, JSON.stringify(parcelRows.map((row) => [row.shipment_id, row.carrier_tracking_id]))),
      to
        .prepare(
          "DELETE FROM shipments WHERE id IN (SELECT value FROM json_each(?1)) AND id NOT IN (SELECT value FROM json_each(?2))",
        )
        .bind(wanted, JSON.stringify(shipmentRows.map((row) => row.id))),
    ],
  );
  for (const chunk of chunksOf(missing)) {
    const read = await from
      .prepare(EVENTS)
      .bind(JSON.stringify(chunk.map((key) => [key.shipment_id, key.event_id])))
      .all();
    await put(sides, [["events", Rows.parse(read.results)]]);
  }
}

const keyText = (key: { shipment_id: string; event_id: string }) => `${key.shipment_id} ${key.event_id}`;

function chunksOf<T extends { size: number }>(keys: readonly T[]): T[][] {
  const chunks: T[][] = [];
  let size = 0;
  for (const key of keys) {
    const open = chunks.at(-1);
    if (open === undefined || size + key.size > CHUNK_MAX) {
      chunks.push([key]);
      size = key.size;
    } else {
      open.push(key);
      size += key.size;
    }
  }
  return chunks;
}

/** Writes rows into the target in one transaction, reads them back in the same, and throws where they are not what was written. */
async function put(
  { to, account_number, claim }: CopySides,
  given: readonly (readonly [Table, readonly RowOf[]])[],
  before: readonly D1PreparedStatement[] = [],
): Promise<void> {
  const tables = given.filter(([, rows]) => rows.length > 0);
  if (tables.length === 0 && before.length === 0) return;
  const reads = tables.map(([table, rows]) =>
    to.prepare(readSql(table)).bind(JSON.stringify(rows.map(keyOf(table)))),
  );
  const results = await holding(
    to,
    account_number,
    claim,
    ["arriving"],
    [...before, ...tables.flatMap(([table, rows]) => writes(to, table, rows)), ...reads],
  );
  for (const [at, [table, rows]] of tables.entries()) {
    const back = Rows.parse(results.at(at - tables.length)?.results);
    if (text(table, back) !== text(table, rows))
      throw new Error(`What was written into ${table} of account ${account_number} reads back otherwise.`);
  }
}

const keyOf = (table: Table) => (row: RowOf) => KEYS[table].map((name) => row[name] ?? null);

/** Rows as one text, whatever the order of rows and columns. */
function text(table: Table, rows: readonly RowOf[]): string {
  const lines = rows.map((row) => {
    const columns = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([keyOf(table)(row), columns]);
  });
  return lines.sort().join("\n");
}

function readSql(table: Table): string {
  const same = KEYS[table].map((name, at) => `t.${name} = j.value ->> ${at}`).join(" AND ");
  return `SELECT t.* FROM json_each(?1) j CROSS JOIN ${table} t ON ${same}`;
}

/** All columns that the source has: what a later migration adds is copied too. */
function writes(to: Queryable, table: Table, rows: readonly RowOf[]): D1PreparedStatement[] {
  const columns = Object.keys(rows[0] ?? {});
  const keys = KEYS[table];
  const changes = columns
    .filter((name) => !keys.includes(name))
    .map((name) => `${name} = excluded.${name}`)
    .join(", ");
  // An event is never changed: what is there is the same.
  const onConflict =
    table === "events"
      ? `ON CONFLICT (${keys.join(", ")}) DO NOTHING`
      : `ON CONFLICT DO UPDATE SET ${changes}`;
  const sql = `INSERT INTO ${table} (${columns.join(", ")})
    SELECT ${columns.map((_, at) => `j.value ->> ${at}`).join(", ")} FROM json_each(?1) j WHERE true ${onConflict}`;
  return jsonPieces(rows.map((row) => columns.map((name) => row[name] ?? null))).map((piece) =>
    to.prepare(sql).bind(piece),
  );
}

/** How much a shard has of a tenant: each table's rows, and the sum of what moves as they change. */
export type Totals = readonly { rows: number; sum: number }[];
const Total = z.object({ rows: z.number(), sum: z.number() });

// Each by one index alone.
const TOTALS = [
  "SELECT count(*) AS rows, coalesce(sum(updated_position), 0) AS sum FROM shipments WHERE tenant_id = ?1",
  "SELECT count(*) AS rows, 0 AS sum FROM shipment_numbers WHERE tenant_id = ?1",
  "SELECT count(*) AS rows, coalesce(sum(position), 0) AS sum FROM events WHERE tenant_id = ?1",
];

/** Counted: shipments, numbers, events. */
export async function totalsOf(shard: Queryable, tenant_id: string): Promise<Totals> {
  const results = await shard.batch(TOTALS.map((sql) => shard.prepare(sql).bind(tenant_id)));
  return results.map(({ results: [row] }) => Total.parse(row));
}

const SHIPMENTS_A_STEP = 50;
const ROWS_A_STEP = 1000;

/** Takes some of a tenant's rows out of a shard that it does not live in, in the name of a claim; false once none is left. */
export async function clearSome(
  shard: Queryable,
  account_number: string,
  tenant_id: string,
  claim: number,
): Promise<boolean> {
  const { results } = await shard
    .prepare("SELECT id FROM shipments WHERE tenant_id = ?1 ORDER BY updated_position, id LIMIT ?2")
    .bind(tenant_id, SHIPMENTS_A_STEP)
    .all();
  const ids = JSON.stringify(results.map((raw) => z.object({ id: z.string() }).parse(raw).id));
  const among = (table: string, column: string) =>
    shard.prepare(`DELETE FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?1))`).bind(ids);
  const [numbers] = await holding(
    shard,
    account_number,
    claim,
    ["arriving", "left"],
    [
      shard
        .prepare(
          `DELETE FROM shipment_numbers WHERE tenant_id = ?1 AND (carrier_id, carrier_number) IN
           (SELECT carrier_id, carrier_number FROM shipment_numbers WHERE tenant_id = ?1 LIMIT ?2) RETURNING tenant_id`,
        )
        .bind(tenant_id, ROWS_A_STEP),
      among("events", "shipment_id"),
      among("parcels", "shipment_id"),
      among("shipments", "id"),
    ],
  );
  return results.length > 0 || (numbers?.results.length ?? 0) > 0;
}

/** Forgets what was marked of an account that is copied no more; false once nothing is left. */
export async function clearMarks(shard: Queryable, account_number: string, claim: number): Promise<boolean> {
  const [marks] = await holding(
    shard,
    account_number,
    claim,
    ["home", "left"],
    [
      shard
        .prepare(
          `DELETE FROM move_marks WHERE account_number = ?1 AND (shipment_id, carrier_number) IN
           (SELECT shipment_id, carrier_number FROM move_marks WHERE account_number = ?1 LIMIT ?2) RETURNING account_number`,
        )
        .bind(account_number, ROWS_A_STEP),
    ],
  );
  return (marks?.results.length ?? 0) > 0;
}

import { z } from "zod";
import { countingCalls } from "./counting-calls.ts";

/** Which database an account's shipments live in. The control database says it; an isolate remembers it for a while. */

/** The control database's own binding: where accounts live that were never placed elsewhere. */
export const FIRST = "DB";

/** A database by the name of its binding. */
export interface Place {
  name: string;
  database: D1Database;
}

const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 10_000;

const Row = z.object({ shard: z.string().nullable() });
const PlacedRow = Row.extend({ account_number: z.string() });

/**
 * Places of accounts, as this isolate knows them. What it knows may be old: every batch asks the shard itself whether
 * the account lives there (residency.ts), so an old answer costs another look here and nothing else.
 */
export class Placements {
  readonly databases: ReadonlyMap<string, D1Database>;
  private readonly control: D1Database;
  /** One object for each database, so that what goes to the same one can be put together by it. */
  private readonly places: ReadonlyMap<string, Place>;
  private readonly known: Map<string, { name: string; until: number }>;

  constructor(
    control: D1Database,
    databases: ReadonlyMap<string, D1Database>,
    known = new Map<string, { name: string; until: number }>(),
  ) {
    this.control = control;
    this.known = known;
    this.databases = databases;
    this.places = new Map([...databases].map(([name, database]) => [name, { name, database }]));
  }

  /** The same places, by databases that tell each call that is made to them. */
  counting(called: () => void): Placements {
    const databases = [...this.databases].map(
      ([name, database]) => [name, countingCalls(database, called)] as const,
    );
    return new Placements(countingCalls(this.control, called), new Map(databases), this.known);
  }

  /** Where an account lives; `afresh` where what was known has proved old. Throws where its binding is missing. */
  async of(account_number: string, afresh = false): Promise<Place> {
    const known = this.known.get(account_number);
    if (!afresh && known !== undefined && known.until > Date.now()) return this.placeOf(known.name);
    // With one database there is nothing to look up: an account that lived elsewhere is refused by it, and then looked up.
    if (!afresh && this.databases.size === 1) return this.placeOf(FIRST);
    const row = await this.control
      .prepare("SELECT shard FROM accounts WHERE account_number = ?1")
      .bind(account_number)
      .first();
    const name = (row === null ? null : Row.parse(row).shard) ?? FIRST;
    this.remember(account_number, name);
    return this.placeOf(name, account_number);
  }

  /**
   * Where some accounts live, with at most one query to the control database. An account whose database is not bound is
   * left out: it must not fail the others.
   */
  async ofAll(account_numbers: readonly string[], afresh = false): Promise<Map<string, Place>> {
    const places = new Map<string, Place>();
    const put = (account_number: string, name: string) => {
      const place = this.places.get(name);
      if (place !== undefined) places.set(account_number, place);
    };
    const unknown: string[] = [];
    for (const account_number of account_numbers) {
      const known = this.known.get(account_number);
      if (!afresh && known !== undefined && known.until > Date.now()) put(account_number, known.name);
      else if (!afresh && this.databases.size === 1) put(account_number, FIRST);
      else unknown.push(account_number);
    }
    if (unknown.length === 0) return places;
    const { results } = await this.control
      .prepare(
        "SELECT a.account_number, a.shard FROM json_each(?1) AS w CROSS JOIN accounts a ON a.account_number = w.value",
      )
      .bind(JSON.stringify(unknown))
      .all();
    const shards = new Map(
      results.map((raw) => PlacedRow.parse(raw)).map((row) => [row.account_number, row.shard]),
    );
    for (const account_number of unknown) {
      const name = shards.get(account_number) ?? FIRST;
      this.remember(account_number, name);
      put(account_number, name);
    }
    return places;
  }

  placeOf(name: string, account_number?: string): Place {
    const place = this.places.get(name);
    if (place !== undefined) return place;
    const whose = account_number === undefined ? "" : ` Account ${account_number} lives there.`;
    throw new Error(`No database is bound as ${name}: put its [[d1_databases]] into wrangler.toml.${whose}`);
  }

  private remember(account_number: string, name: string): void {
    this.known.delete(account_number);
    this.known.set(account_number, { name, until: Date.now() + REMEMBERED_MS });
    const [oldest] = this.known.keys();
    if (this.known.size > REMEMBERED_MAX && oldest !== undefined) this.known.delete(oldest);
  }
}

/**
 * Where a new account goes: to the least full (in bytes) of the databases named by configuration; without any, of the
 * shards beside the control database; without those, into the control database. Throws where a name is not bound.
 */
export async function placeForNew(placements: Placements, named: readonly string[]): Promise<string> {
  const shards = [...placements.databases.keys()].filter((name) => name !== FIRST);
  const names = named.length > 0 ? named : shards;
  const places = names.map((name) => placements.placeOf(name));
  const [only] = places;
  if (places.length < 2) return only?.name ?? FIRST;
  const sizes = await Promise.all(
    places.map(async ({ name, database }) => ({ name, bytes: await sizeOf(database) })),
  );
  return sizes.reduce((least, one) => (one.bytes < least.bytes ? one : least)).name;
}

/** A database's size in bytes. */
export async function sizeOf(database: D1Database): Promise<number> {
  const { meta } = await database.prepare("SELECT 1").run();
  return meta.size_after;
}

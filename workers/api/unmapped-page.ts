import { z } from "zod";
import type { Context } from "../context.ts";
import { listUnmapped, type UnmappedCode, type UnmappedKey } from "../storage/unmapped.ts";
import { readTextCursor, writeTextCursor } from "./paging.ts";

const Key = z.tuple([z.string(), z.string(), z.string()]);
const keyOf = ({ carrier_id, code, sub_code }: UnmappedKey) => JSON.stringify([carrier_id, code, sub_code]);

/** A page of the codes that no rule knows, of all shards together, in the order of carrier and code. */
export async function unmappedPage(
  ctx: Context,
  {
    limit,
    cursor,
    carrier_id = null,
  }: { limit: number; cursor?: string | undefined; carrier_id?: string | null | undefined },
): Promise<{ codes: UnmappedCode[]; next_cursor: string | null }> {
  const [afterCarrier, afterCode, afterSub] =
    cursor === undefined ? ["", "", ""] : readTextCursor(cursor, Key);
  const after = { carrier_id: afterCarrier, code: afterCode, sub_code: afterSub };
  const shards = await Promise.all(
    ctx.shards().map((shard) => listUnmapped(shard, carrier_id, after, limit + 1)),
  );
  const codes = addUp(shards.flat());
  const page = codes.slice(0, limit);
  const last = page.at(-1);
  const next_cursor = codes.length > limit && last !== undefined ? writeTextCursor(keyOf(last)) : null;
  return { codes: page, next_cursor };
}

/** The same code in several shards is one line; in the order of the key. */
function addUp(rows: readonly UnmappedCode[]): UnmappedCode[] {
  const byKey = new Map<string, UnmappedCode>();
  for (const row of rows) {
    const known = byKey.get(keyOf(row));
    byKey.set(
      keyOf(row),
      known === undefined
        ? row
        : {
            ...known,
            count: known.count + row.count,
            first_seen_at: Math.min(known.first_seen_at, row.first_seen_at),
            last_seen_at: Math.max(known.last_seen_at, row.last_seen_at),
          },
    );
  }
  const order = (a: UnmappedKey, b: UnmappedKey) =>
    compare(a.carrier_id, b.carrier_id) || compare(a.code, b.code) || compare(a.sub_code, b.sub_code);
  return [...byKey.values()].sort(order);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { z } from "zod";

const Bound = z.object({
  d1_databases: z.array(z.object({ binding: z.string(), database_id: z.string() })).default([]),
});

/**
 * The bindings of the databases that the top of wrangler.toml names: those of a stack on this machine. Throws where two
 * have one id, since they would be one database here, which is its own shard and the control database at once.
 */
export function boundDatabases(toml: string): string[] {
  const { d1_databases } = Bound.parse(parse(toml));
  const ids = new Map<string, string>();
  for (const { binding, database_id } of d1_databases) {
    const other = ids.get(database_id);
    if (other !== undefined)
      throw new Error(
        `${binding} and ${other} have the same database_id in wrangler.toml, and so would be one database. Give ${binding} another: any until it is deployed, like 00000000-0000-0000-0000-000000000001.`,
      );
    ids.set(database_id, binding);
  }
  return [...ids.values()];
}

/** The same of a file. */
export function databasesOf(path: string): string[] {
  return boundDatabases(readFileSync(path, "utf8"));
}

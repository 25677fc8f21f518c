import { join } from "node:path";
import { expect, it } from "vitest";
import { boundDatabases, databasesOf } from "./databases.ts";

const one = (binding: string, id: string) =>
  `[[d1_databases]]\nbinding = "${binding}"\ndatabase_name = "x"\ndatabase_id = "${id}"\n`;

it("names every database of a local stack, the control database first", () => {
  expect(boundDatabases(one("DB", "0") + one("SHARD_1", "1"))).toEqual(["DB", "SHARD_1"]);
  expect(databasesOf(join(import.meta.dirname, "..", "wrangler.toml"))[0]).toBe("DB");
});

it("leaves the databases of environments alone", () => {
  const toml = `${one("DB", "0")}[[env.staging.d1_databases]]\nbinding = "DB"\ndatabase_id = "0"\n`;
  expect(boundDatabases(toml)).toEqual(["DB"]);
});

it("refuses two that would be one", () => {
  expect(() => boundDatabases(one("DB", "0") + one("SHARD_1", "0"))).toThrow(/SHARD_1 and DB have the same/);
});

import { describe, expect, it } from "vitest";
import { LocalStorage } from "./local-inbox.ts";

function aStorage(): LocalStorage {
  const storage = new LocalStorage();
  storage.sql.exec(
    "CREATE TABLE one (n INTEGER PRIMARY KEY, body BLOB); CREATE TABLE two (n INTEGER, a BLOB, b BLOB);",
  );
  return storage;
}
const numbersIn = (storage: LocalStorage) =>
  storage.sql
    .exec("SELECT n FROM one ORDER BY n")
    .toArray()
    .map(({ n }) => n);

describe("an object's storage in plain Node", () => {
  it("gives bytes back as an ArrayBuffer, also those of a view", () => {
    const { sql } = aStorage();
    const bytes = Uint8Array.from([9, 1, 2, 3, 9]);
    sql.exec("INSERT INTO one (n, body) VALUES (1, ?)", bytes.subarray(1, 4));
    sql.exec("INSERT INTO one (n, body) VALUES (2, ?)", bytes.buffer);
    const bodies = sql
      .exec("SELECT body FROM one ORDER BY n")
      .toArray()
      .map(({ body }) => (body instanceof ArrayBuffer ? [...new Uint8Array(body)] : body));
    expect(bodies).toEqual([
      [1, 2, 3],
      [9, 1, 2, 3, 9],
    ]);
  });

  it("refuses what Cloudflare refuses: a value or a row above 2 MB, more than 100 parameters", () => {
    const { sql } = aStorage();
    sql.exec("INSERT INTO one (n, body) VALUES (1, ?)", new ArrayBuffer(1_900_000));
    expect(() => sql.exec("INSERT INTO one (n, body) VALUES (2, ?)", new ArrayBuffer(2_000_001))).toThrow(
      /too big/u,
    );
    expect(() => sql.exec("SELECT length(?)", "x".repeat(2_000_001))).toThrow(/too big/u);
    const half = new ArrayBuffer(1_100_000);
    expect(() => sql.exec("INSERT INTO two (n, a, b) VALUES (1, ?, ?)", half, half)).toThrow(/too big/u);
    const marks = (count: number) => Array.from({ length: count }, () => "?").join(", ");
    const values = (count: number) => Array.from({ length: count }, (_, nth) => nth);
    expect(sql.exec(`SELECT ${marks(100)}`, ...values(100)).toArray()).toHaveLength(1);
    expect(() => sql.exec(`SELECT max(1, 2) WHERE 1 IN (${marks(101)})`, ...values(101))).toThrow(
      /too many SQL variables/u,
    );
  });

  it("takes back what an inner transaction wrote, or all of it where the outer one fails", () => {
    const storage = aStorage();
    const put = (n: number) => storage.sql.exec("INSERT INTO one (n) VALUES (?)", n);
    const failing = (n: number) => () =>
      storage.transactionSync(() => {
        put(n);
        throw new Error("It failed.");
      });
    storage.transactionSync(() => {
      put(1);
      expect(failing(2)).toThrow("It failed.");
      storage.transactionSync(() => put(3));
    });
    expect(numbersIn(storage)).toEqual([1, 3]);
    const both = () =>
      storage.transactionSync(() => {
        put(4);
        failing(5)();
      });
    expect(both).toThrow("It failed.");
    expect(numbersIn(storage)).toEqual([1, 3]);
  });

  it("rings for the newest time of the alarm only, and once", async () => {
    const told: number[] = [];
    const storage = new LocalStorage({ alarm: (at) => told.push(at) });
    await storage.setAlarm(1000);
    await storage.setAlarm(500);
    expect(told).toEqual([1000, 500]);
    expect(storage.takeAlarm(1000)).toBe(false);
    expect(await storage.getAlarm()).toBe(500);
    expect(storage.takeAlarm(500)).toBe(true);
    expect(storage.takeAlarm(500)).toBe(false);
    expect(await storage.getAlarm()).toBeNull();
  });
});

import { createHash, randomBytes } from "node:crypto";
import {
  appendFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { SessionPool } from "./session-pool.ts";
import { readSettings } from "./settings.ts";
import { type Line, startLine } from "./testing/line.ts";
import { eventually, loginOf, type Service, startService, TOKEN } from "./testing/service.ts";
import { newKeyPair, type SshPeer } from "./testing/ssh-peer.ts";

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
const query = (values: Record<string, string>) => new URLSearchParams(values).toString();
const MB = 1024 * 1024;

/** What the service promises with any sFTP server; called by a test file for each kind of server. */
export function sftpSuite(name: string, startPeer: () => Promise<SshPeer>): void {
  describe(name, () => {
    let peer: SshPeer;
    let service: Service;
    /** The directory of one test, on this machine. */
    let place: string;
    let session: string;
    let count = 0;

    beforeAll(async () => {
      peer = await startPeer();
      service = await startService({ MAX_FILE_BYTES: String(64 * MB) });
    });
    afterAll(async () => {
      await service.close();
      await peer.close();
    });
    beforeEach(async () => {
      count += 1;
      place = join(peer.root, `test-${count}`);
      await mkdir(place);
      session = await service.session(peer, { directory: remote("") });
    });
    afterEach(async () => {
      await service.call("DELETE", `/sessions/${session}`);
    });

    const remote = (path: string) => join(peer.base, `test-${count}`, path);
    const at = (call: string, values: Record<string, string> = {}) =>
      `/sessions/${session}/${call}?${query(values)}`;
    const put = (path: string, bytes: Uint8Array) => service.call("PUT", at("file", { path }), bytes);
    const get = (path: string, more: Record<string, string> = {}) =>
      service.call("GET", at("file", { path, ...more }));
    const move = (from: string, to: string) => service.call("POST", at("move"), { from, to });
    const sessionsNow = async () => (await service.call("GET", "/healthz")).body?.sessions;

    describe("listing", () => {
      it("tells regular files by age and name, and directories; no links", async () => {
        await writeFile(join(place, "new.edi"), "1234");
        await writeFile(join(place, "b-old.edi"), "12");
        await writeFile(join(place, "a-old.edi"), "");
        await mkdir(join(place, "archive"));
        await symlink(join(place, "new.edi"), join(place, "a-link"));
        for (const [file, seconds] of Object.entries({
          "new.edi": 1_700_000_100,
          "b-old.edi": 1_700_000_000,
          "a-old.edi": 1_700_000_000,
        })) {
          await utimes(join(place, file), seconds, seconds);
        }
        const expected = {
          files: [
            { name: "a-old.edi", size: 0, mtime_ms: 1_700_000_000_000 },
            { name: "b-old.edi", size: 2, mtime_ms: 1_700_000_000_000 },
            { name: "new.edi", size: 4, mtime_ms: 1_700_000_100_000 },
          ],
          directories: ["archive"],
          truncated: false,
        };
        expect((await service.call("GET", at("files"))).body).toEqual(expected);
        expect((await service.call("GET", at("files", { directory: remote("") }))).body).toEqual(expected);
        expect((await service.call("GET", at("files", { directory: "archive" }))).body).toEqual({
          files: [],
          directories: [],
          truncated: false,
        });
      });

      it("keeps the oldest, or the newest, when there are more than asked for", async () => {
        for (let n = 0; n < 450; n += 1) {
          const file = join(place, `f${(n * 7) % 450}`);
          await writeFile(file, "");
          await utimes(file, 1_700_000_000 + ((n * 7) % 450), 1_700_000_000 + ((n * 7) % 450));
        }
        const { body } = await service.call("GET", at("files", { limit: "3" }));
        expect(body).toMatchObject({
          files: [{ name: "f0" }, { name: "f1" }, { name: "f2" }],
          truncated: true,
        });
        const newest = await service.call("GET", at("files", { limit: "3", keep: "newest" }));
        expect(newest.body).toMatchObject({
          files: [{ name: "f447" }, { name: "f448" }, { name: "f449" }],
          truncated: true,
        });
        const all = await service.call("GET", at("files"));
        expect(all.body).toMatchObject({ truncated: false });
        expect(all.body?.files).toHaveLength(450);
      });

      it("tells ten thousand files, and any part of them behind a file, without gaps or repeats", async () => {
        const total = 10_000;
        const all = Array.from({ length: total }, (_, n) => `f${String(n).padStart(5, "0")}`);
        for (let from = 0; from < total; from += 500)
          await Promise.all(all.slice(from, from + 500).map((name) => writeFile(join(place, name), "")));
        // A hundred files a second: what has the same time goes by its name.
        for (let from = 0; from < total; from += 500)
          await Promise.all(
            all.slice(from, from + 500).map((name, n) => {
              const seconds = 1_700_000_000 + Math.floor((from + n) / 100);
              return utimes(join(place, name), seconds, seconds);
            }),
          );
        const Listed = z.object({
          files: z.array(z.object({ name: z.string(), mtime_ms: z.number() })),
          truncated: z.boolean(),
        });
        for (const [keep, order] of [
          ["oldest", all],
          ["newest", all.toReversed()],
        ] as const) {
          const told: string[] = [];
          let behind: Record<string, string> = {};
          for (let more = true; more; ) {
            const { body } = await service.call("GET", at("files", { keep, limit: "3333", ...behind }));
            const { files, truncated } = Listed.parse(body);
            expect(files.map(({ name }) => name)).toEqual(files.map(({ name }) => name).toSorted());
            const inOrder = keep === "oldest" ? files : files.toReversed();
            told.push(...inOrder.map(({ name }) => name));
            const last = inOrder.at(-1);
            behind = { from_name: last?.name ?? "", from_mtime_ms: String(last?.mtime_ms) };
            more = truncated;
          }
          expect(told).toEqual(order);
        }
      }, 120_000);

      it("says when there is no such directory", async () => {
        const answer = await service.call("GET", at("files", { directory: "nowhere" }));
        expect(answer).toMatchObject({ status: 404, body: { kind: "not_found" } });
      });
    });

    describe("reading", () => {
      it("sends a file whole, with its size and time", async () => {
        await writeFile(join(place, "a.edi"), "UNA:+.? '");
        await utimes(join(place, "a.edi"), 1_700_000_000, 1_700_000_000);
        const answer = await get("a.edi");
        expect(answer.status).toBe(200);
        expect(answer.bytes.toString()).toBe("UNA:+.? '");
        expect(answer.headers.get("content-type")).toBe("application/octet-stream");
        expect(answer.headers.get("x-file-size")).toBe("9");
        expect(answer.headers.get("x-file-mtime-ms")).toBe("1700000000000");
      });

      it("sends an empty file and a large one", async () => {
        const large = randomBytes(5 * MB + 17);
        await writeFile(join(place, "empty"), "");
        await writeFile(join(place, "large"), large);
        expect(await get("empty")).toMatchObject({ status: 200, bytes: Buffer.alloc(0) });
        expect(sha256((await get("large")).bytes)).toBe(sha256(large));
      });

      it("sends a part of a file", async () => {
        const bytes = randomBytes(300_000);
        await writeFile(join(place, "f"), bytes);
        const part = await get("f", { offset: "100000", length: "150000" });
        expect(part.headers.get("x-file-size")).toBe("300000");
        expect(sha256(part.bytes)).toBe(sha256(bytes.subarray(100_000, 250_000)));
        expect((await get("f", { offset: "299999", length: "10" })).bytes).toEqual(bytes.subarray(299_999));
        expect((await get("f", { offset: "300000" })).bytes).toHaveLength(0);
        expect(await get("f", { offset: "300001" })).toMatchObject({
          status: 400,
          body: { kind: "bad_request" },
        });
        expect(await get("f", { offset: "-1" })).toMatchObject({
          status: 400,
          body: { kind: "bad_request" },
        });
      });

      it("sends any part of a file of 500 MB, from its end as from its beginning", async () => {
        const size = 500 * MB;
        const own = await startService();
        const id = await own.session(peer, { directory: remote("") });
        await writeFile(join(place, "f"), "");
        await truncate(join(place, "f"), size);
        const marks = [0, 4 * MB - 3, 31 * MB, 256 * MB - 1, size - 7];
        const handle = await open(join(place, "f"), "r+");
        for (const mark of marks) await handle.write(`at ${mark / 7}`.slice(0, 7).padEnd(7), mark);
        await handle.close();
        const part = (offset: number, length: number) =>
          own.call(
            "GET",
            `/sessions/${id}/file?${query({ path: "f", offset: `${offset}`, length: `${length}` })}`,
          );
        for (const mark of marks) {
          // As it is asked for: in ranges of four megabytes, and the last one shorter where the file ends.
          const offset = Math.floor(mark / (4 * MB)) * 4 * MB;
          const answer = await part(offset, 4 * MB + 16);
          expect(answer.headers.get("x-file-size")).toBe(String(size));
          expect(answer.bytes.length).toBe(Math.min(4 * MB + 16, size - offset));
          const text = answer.bytes.subarray(mark - offset, mark - offset + 7).toString();
          expect(text).toBe(`at ${mark / 7}`.slice(0, 7).padEnd(7));
        }
        expect((await part(size, 4 * MB)).bytes.length).toBe(0);
        expect(await part(size + 1, 1)).toMatchObject({ status: 400 });
        await own.close();
      }, 60_000);

      it("says what is not there, is a directory, or is too large", async () => {
        await mkdir(join(place, "sub"));
        await writeFile(join(place, "huge"), "");
        await truncate(join(place, "huge"), 64 * MB + 1);
        expect(await get("nothing")).toMatchObject({ status: 404, body: { kind: "not_found" } });
        expect(await get("sub")).toMatchObject({ status: 404, body: { kind: "not_found" } });
        expect(await get("huge")).toMatchObject({ status: 413, body: { kind: "too_large" } });
        // None of which costs the session.
        expect(await get("nothing")).toMatchObject({ status: 404, body: { kind: "not_found" } });
      });
    });

    describe("putting", () => {
      it("brings a file under its name and leaves nothing else", async () => {
        const large = randomBytes(3 * MB + 5);
        expect(await put("large", large)).toMatchObject({
          status: 201,
          body: { name: "large", size: large.length, sha256: sha256(large), already: false },
        });
        expect(await put("empty", Buffer.alloc(0))).toMatchObject({ status: 201, body: { size: 0 } });
        expect((await readdir(place)).sort()).toEqual(["empty", "large"]);
        expect(sha256(await readFile(join(place, "large")))).toBe(sha256(large));
      });

      it("takes the same file again as done", async () => {
        const bytes = randomBytes(100_000);
        await put("f", bytes);
        const { ino } = await stat(join(place, "f"));
        expect(await put("f", bytes)).toMatchObject({
          status: 200,
          body: { name: "f", size: 100_000, sha256: sha256(bytes), already: true },
        });
        expect((await stat(join(place, "f"))).ino).toBe(ino);
        expect(await readdir(place)).toEqual(["f"]);
      });

      it.each([
        ["of the same size", "other"],
        ["longer", "another"],
        ["shorter", "o"],
        ["empty", ""],
      ])("never replaces a file by another one: %s", async (_case, content) => {
        await writeFile(join(place, "f"), "first");
        expect(await put("f", Buffer.from(content))).toMatchObject({
          status: 409,
          body: { kind: "conflict" },
        });
        expect(await readFile(join(place, "f"), "utf8")).toBe("first");
        expect(await readdir(place)).toEqual(["f"]);
      });

      it("never replaces a directory or a link", async () => {
        await mkdir(join(place, "d"));
        await symlink("nowhere", join(place, "l"));
        expect(await put("d", Buffer.from("x"))).toMatchObject({ status: 409, body: { kind: "conflict" } });
        expect((await put("l", Buffer.from("x"))).status).toBeGreaterThanOrEqual(404);
        expect((await readdir(place)).sort()).toEqual(["d", "l"]);
      });

      it("clears away what an earlier try left, without touching a file that shares its content", async () => {
        await writeFile(join(place, "delivered"), "the receiver's copy");
        await link(join(place, "delivered"), join(place, ".f.part"));
        expect(await put("f", Buffer.from("new"))).toMatchObject({ status: 201 });
        expect(await readFile(join(place, "delivered"), "utf8")).toBe("the receiver's copy");
        expect(await readFile(join(place, "f"), "utf8")).toBe("new");
        expect((await readdir(place)).sort()).toEqual(["delivered", "f"]);
      });

      it("refuses a file over the bound and keeps nothing of it", async () => {
        const answer = await put("huge", Buffer.alloc(64 * MB + 1));
        expect(answer).toMatchObject({ status: 413, body: { kind: "too_large" } });
        expect(await readdir(place)).toEqual([]);
        expect(await put("small", Buffer.from("x"))).toMatchObject({ status: 201 });
      });

      it("says when the directory is missing, or the path names no file", async () => {
        expect(await put("nowhere/f", Buffer.from("x"))).toMatchObject({
          status: 404,
          body: { kind: "not_found" },
        });
        for (const path of ["", "sub/", ".", "sub/..", "a\0b"]) {
          expect(await put(path, Buffer.from("x"))).toMatchObject({
            status: 400,
            body: { kind: "bad_request" },
          });
        }
      });

      it("uploads one file once when two calls bring it at the same time", async () => {
        const bytes = randomBytes(2 * MB);
        const other = await service.session(peer, { directory: remote("") });
        const answers = await Promise.all([
          put("f", bytes),
          service.call("PUT", `/sessions/${other}/file?${query({ path: "f" })}`, bytes),
        ]);
        const statuses = answers.map(({ status }) => status).sort();
        expect([
          [201, 503],
          [200, 201],
        ]).toContainEqual(statuses);
        expect(sha256(await readFile(join(place, "f")))).toBe(sha256(bytes));
        await service.call("DELETE", `/sessions/${other}`);
      });
    });

    describe("moving and deleting", () => {
      it("moves only the file that was listed, when told which that was", async () => {
        const file = join(place, "listed.edi");
        await writeFile(file, "as listed");
        await utimes(file, 1_700_000_000, 1_700_000_000);
        const listed = { size: 9, mtime_ms: 1_700_000_000_000 };
        const move = (of: object) =>
          service.call("POST", at("move"), { from: "listed.edi", to: "done/listed.edi", listed: of });
        expect(await move({ ...listed, size: 8 })).toMatchObject({ status: 409, body: { kind: "conflict" } });
        expect(await move({ ...listed, mtime_ms: 1_700_000_001_000 })).toMatchObject({ status: 409 });
        expect((await move(listed)).status).toBe(200);
      });

      it("moves a file, makes the directories, and takes a repeat as done", async () => {
        await writeFile(join(place, "f"), "content");
        expect(await move("f", "archive/2026/f")).toMatchObject({ status: 200, body: {} });
        expect(await readFile(join(place, "archive/2026/f"), "utf8")).toBe("content");
        expect(await readdir(place)).toEqual(["archive"]);
        expect(await move("f", "archive/2026/f")).toMatchObject({ status: 200, body: {} });
      });

      it("never moves over a file", async () => {
        await writeFile(join(place, "f"), "new");
        await writeFile(join(place, "g"), "old");
        expect(await move("f", "g")).toMatchObject({ status: 409, body: { kind: "conflict" } });
        expect(await readFile(join(place, "g"), "utf8")).toBe("old");
        expect(await readFile(join(place, "f"), "utf8")).toBe("new");
      });

      it("says when there is nothing to move, or it is a directory", async () => {
        await mkdir(join(place, "d"));
        expect(await move("f", "g")).toMatchObject({ status: 404, body: { kind: "not_found" } });
        expect(await move("d", "e")).toMatchObject({ status: 400, body: { kind: "bad_request" } });
        expect(await move("f", "f")).toMatchObject({ status: 400, body: { kind: "bad_request" } });
      });

      it("deletes a file, and one that is gone already", async () => {
        await writeFile(join(place, "f"), "x");
        const remove = () => service.call("DELETE", at("file", { path: "f" }));
        expect((await remove()).status).toBe(204);
        expect(await readdir(place)).toEqual([]);
        expect((await remove()).status).toBe(204);
        expect((await service.call("DELETE", at("file", { path: "no/where" }))).status).toBe(204);
      });
    });

    describe("names with anything in them", () => {
      it.each([
        "two words.edi",
        "Grüße-ÆØÅ-北京-📦.txt",
        "q?a&b=c#d%20e+f.edi",
        `quote"s'and\`ticks`,
        "-rf",
        "$(reboot)",
        "*",
        "back\\slash",
        "line\nbreak\ttab",
        ".hidden",
        "x".repeat(255),
        "ß".repeat(127),
        // The same letters composed and apart are two names.
        "Gru\u0308\u00df Mu\u0308ller.edi".normalize("NFD"),
        "Gr\u00fc\u00df M\u00fcller.edi".normalize("NFC"),
        "--help",
        " leading and trailing ",
        "..a",
        "a..",
        "...",
        "\u202Egnp.edi",
        "%2e%2e%2fetc",
        "bell\u0007 and \u001b[31mred",
        "~root",
      ])("%j goes there and back", async (name) => {
        const bytes = Buffer.from(`content of ${name}`);
        expect(await put(name, bytes)).toMatchObject({ status: 201, body: { name } });
        const { body } = await service.call("GET", at("files"));
        expect(body).toMatchObject({ files: [{ name, size: bytes.length }] });
        expect((await get(name)).bytes).toEqual(bytes);
        expect((await move(name, `done/${name}`)).status).toBe(200);
        expect((await service.call("DELETE", at("file", { path: `done/${name}` }))).status).toBe(204);
        expect(await readdir(join(place, "done"))).toEqual([]);
      });
    });

    it("the same letters composed and apart are two files", async () => {
      const [composed, apart] = ["\u00fc".normalize("NFC"), "\u00fc".normalize("NFD")];
      await put(composed, Buffer.from("composed"));
      await put(apart, Buffer.from("apart"));
      expect((await get(composed)).bytes.toString()).toBe("composed");
      expect((await get(apart)).bytes.toString()).toBe("apart");
      const { body } = await service.call("GET", at("files"));
      expect(body?.files).toHaveLength(2);
    });

    describe("a session", () => {
      it("does what it is asked one at a time, in the order it was asked", async () => {
        const rules = {
          ...readSettings({ SFTP_CONTAINER_TOKEN: TOKEN }),
          allowLoopback: true,
          lookup: async () => [],
        };
        const pool = new SessionPool(rules, () => {});
        const { signal } = new AbortController();
        const { port, username, privateKey, hostKeys } = peer;
        const target = { host: "127.0.0.1", port, username, privateKey, hostKey: hostKeys[0] ?? null };
        const own = pool.get(await pool.open(target, remote(""), signal));
        const bytes = randomBytes(MB);
        const hash = createHash("sha256");
        const read = (path: string) =>
          own.read(path, { offset: 0 }, signal, () => (part) => void hash.update(part));
        const outcomes = await Promise.allSettled([
          own.put("a", Readable.from([bytes.subarray(0, 1_000), bytes.subarray(1_000)]), signal),
          own.move("a", "b", undefined, signal),
          read("b"),
          own.list(undefined, { limit: 10, keep: "oldest" }, signal),
          own.remove("b", signal),
          read("b"),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual([...Array(5).fill("fulfilled"), "rejected"]);
        expect(hash.digest("hex")).toBe(sha256(bytes));
        expect(outcomes[3]).toMatchObject({ value: { files: [{ name: "b", size: MB }] } });
        expect(outcomes[5]).toMatchObject({ reason: { kind: "not_found" } });
        await pool.stop(1_000);
      });

      it("refuses calls when too many wait in it", async () => {
        await writeFile(join(place, "f"), randomBytes(MB));
        const answers = await Promise.all(Array.from({ length: 40 }, () => get("f")));
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
        expect(answers.filter(({ status }) => status === 200).every(({ bytes }) => bytes.length === MB)).toBe(
          true,
        );
      });

      it("is gone once closed; closing again is harmless", async () => {
        expect((await service.call("DELETE", `/sessions/${session}`)).status).toBe(204);
        expect((await service.call("DELETE", `/sessions/${session}`)).status).toBe(204);
        expect(await get("f")).toMatchObject({ status: 404, body: { kind: "session_unknown" } });
        expect(await sessionsNow()).toBe(0);
      });

      it("has its place counted: as many as the host may have, and no more", async () => {
        const more = [];
        for (let n = 0; n < 3; n += 1) more.push(await service.session(peer));
        const refused = await service.call("POST", "/sessions", loginOf(peer));
        expect(refused).toMatchObject({ status: 503, body: { kind: "busy" } });
        expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
        await service.call("DELETE", `/sessions/${more.pop()}`);
        more.push(await service.session(peer));
        for (const id of more) await service.call("DELETE", `/sessions/${id}`);
        expect(await sessionsNow()).toBe(1);
      });

      it("needs the pinned host key, and names the one it saw", async () => {
        const pinned = peer.hostKeys[0] ?? "";
        const open = (host_key_sha256: string | null | undefined) =>
          service.call("POST", "/sessions", loginOf(peer, { host_key_sha256 }));
        for (const none of [null, undefined]) {
          expect(await open(none)).toMatchObject({
            status: 502,
            body: { kind: "host_key_unknown", detail: expect.stringContaining(pinned) },
          });
        }
        expect(await open(`SHA256:${"A".repeat(43)}`)).toMatchObject({
          status: 502,
          body: { kind: "host_key_mismatch", detail: expect.stringContaining(pinned) },
        });
        expect(await open("md5:00:11")).toMatchObject({ status: 400, body: { kind: "bad_request" } });
        for (const spelling of [pinned, pinned.replace("SHA256:", ""), `${pinned}=`]) {
          const opened = await open(spelling);
          expect(opened.status).toBe(201);
          await service.call("DELETE", `/sessions/${opened.body?.session_id}`);
        }
        expect(await sessionsNow()).toBe(1);
      });

      it("is refused with another user's key, and nothing stays open", async () => {
        const answer = await service.call(
          "POST",
          "/sessions",
          loginOf(peer, { private_key: newKeyPair().privateKey }),
        );
        expect(answer).toMatchObject({ status: 502, body: { kind: "auth_failed" } });
        expect(await sessionsNow()).toBe(1);
      });
    });

    describe("on a bad line", () => {
      let line: Line;
      let impatient: Service;
      let far: SshPeer;

      beforeEach(async () => {
        line = await startLine(peer.port);
        far = { ...peer, port: line.port };
        impatient = await startService({ OPERATION_TIMEOUT_MS: "1000" });
      });
      afterEach(async () => {
        await impatient.close();
        await line.close();
      });

      it.each([0, 1, 40, 100, 200, 300, 1_000, 20_000, 60_000, 100_000, 149_000, 150_500, 150_700, 150_900])(
        "a put that is cut after %i bytes leaves no half file, and a repeat gets through",
        async (bytes) => {
          const content = randomBytes(150_000);
          const id = await service.session(far, { directory: remote("") });
          line.cutAfterSending(bytes);
          const cut = await service.call("PUT", `/sessions/${id}/file?${query({ path: "f" })}`, content);
          expect([200, 201, 502]).toContain(cut.status);
          const names = await readdir(place);
          if (names.includes("f")) expect(sha256(await readFile(join(place, "f")))).toBe(sha256(content));
          // The server may still be busy with what it got, as after any crash.
          let again = await put("f", content);
          while (again.status >= 500) again = await put("f", content);
          expect(again.body).toMatchObject({ sha256: sha256(content) });
          expect(await readdir(place)).toEqual(["f"]);
          expect(sha256(await readFile(join(place, "f")))).toBe(sha256(content));
          await service.call("DELETE", `/sessions/${id}`);
          expect(await sessionsNow()).toBe(1);
        },
      );

      it("a put whose caller goes away leaves no half file and no session", async () => {
        const id = await service.session(far, { directory: remote("") });
        const call = request(`${service.url}/sessions/${id}/file?${query({ path: "f" })}`, {
          method: "PUT",
          headers: { authorization: `Bearer ${TOKEN}`, "content-length": 1_000_000 },
        });
        call.on("error", () => {});
        call.write(Buffer.alloc(400_000));
        await eventually(async () => (await readdir(place)).includes(".f.part"));
        call.destroy();
        await eventually(async () => (await sessionsNow()) === 1);
        expect(await readdir(place)).not.toContain("f");
        expect((await put("f", Buffer.from("whole"))).status).toBe(201);
        expect(await readdir(place)).toEqual(["f"]);
      });

      it("a server that hangs while reading costs a time-out and the session", async () => {
        await writeFile(join(place, "f"), randomBytes(8 * MB));
        const id = await impatient.session(far, { directory: remote("") });
        const held = line.holdAfterReceiving(MB);
        const [read] = await Promise.allSettled([impatient.call("GET", `/sessions/${id}/file?path=f`), held]);
        // The answer had begun: it breaks, and is not a short file.
        expect(read.status).toBe("rejected");
        expect((await impatient.call("GET", "/healthz")).body?.sessions).toBe(0);
        expect(await impatient.call("GET", `/sessions/${id}/files`)).toMatchObject({
          status: 404,
          body: { kind: "session_unknown" },
        });
      });

      it("a server that hangs before it answers costs a time-out and the session", async () => {
        const id = await impatient.session(far, { directory: remote("") });
        void line.holdAfterReceiving(0);
        const [list, waiting] = await Promise.all([
          impatient.call("GET", `/sessions/${id}/files`),
          impatient.call("GET", `/sessions/${id}/file?path=f`),
        ]);
        expect(list).toMatchObject({ status: 504, body: { kind: "timeout" } });
        expect(waiting).toMatchObject({ status: 404, body: { kind: "session_unknown" } });
        await eventually(async () => (await impatient.call("GET", "/healthz")).body?.sessions === 0);
      });

      it("a file that shrinks while it is read breaks the answer", async () => {
        await writeFile(join(place, "f"), randomBytes(20 * MB));
        const id = await service.session(far, { directory: remote("") });
        const held = line.holdAfterReceiving(MB);
        const read = service.call("GET", `/sessions/${id}/file?path=f`).catch(() => "broken");
        await held;
        await truncate(join(place, "f"), 0);
        line.release();
        // A broken answer, and never a short file that could be taken for the whole.
        expect(await read).toBe("broken");
        await service.call("DELETE", `/sessions/${id}`);
      });

      it("a file that is renamed or deleted while it is read comes whole; asked for again, it is not there", async () => {
        const bytes = randomBytes(8 * MB);
        for (const away of [
          () => rename(join(place, "f"), join(place, "g")),
          () => unlink(join(place, "f")),
        ]) {
          await writeFile(join(place, "f"), bytes);
          const id = await service.session(far, { directory: remote("") });
          const held = line.holdAfterReceiving(MB);
          const read = service.call("GET", `/sessions/${id}/file?path=f`);
          await held;
          await away();
          line.release();
          expect(sha256((await read).bytes)).toBe(sha256(bytes));
          expect(await service.call("GET", `/sessions/${id}/file?path=f`)).toMatchObject({
            status: 404,
            body: { kind: "not_found" },
          });
          await service.call("DELETE", `/sessions/${id}`);
        }
      });

      it("a file that grows while it is read comes as long as it was when it was opened", async () => {
        const bytes = randomBytes(8 * MB);
        await writeFile(join(place, "f"), bytes);
        const id = await service.session(far, { directory: remote("") });
        const held = line.holdAfterReceiving(MB);
        const read = service.call("GET", `/sessions/${id}/file?path=f`);
        await held;
        await appendFile(join(place, "f"), randomBytes(MB));
        line.release();
        const answer = await read;
        expect(answer.headers.get("x-file-size")).toBe(String(bytes.length));
        expect(sha256(answer.bytes)).toBe(sha256(bytes));
        await service.call("DELETE", `/sessions/${id}`);
      });

      it("a caller that reads slowly is not read ahead for", async () => {
        await writeFile(join(place, "f"), Buffer.alloc(60 * MB));
        const id = await service.session(far, { directory: remote("") });
        const before = line.received();
        const call = request(`${service.url}/sessions/${id}/file?path=f`, {
          headers: { authorization: `Bearer ${TOKEN}` },
        });
        call.end();
        await new Promise((resolve) => call.once("response", resolve));
        // Until nothing comes any more: all buffers on the way are full.
        let last = -1;
        await eventually(async () => {
          if (line.received() === last) return true;
          last = line.received();
          await new Promise((resolve) => setTimeout(resolve, 300));
          return false;
        });
        expect(line.received() - before).toBeLessThan(30 * MB);
        call.destroy();
        await eventually(async () => (await sessionsNow()) === 1);
      });
    });
  });
}

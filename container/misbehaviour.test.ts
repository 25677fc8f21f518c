import { request } from "node:http";
import type { Attributes, FileEntry } from "ssh2";
import ssh2 from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { type OddServer, startSsh, startTcp } from "./testing/odd-server.ts";
import { eventually, loginOf, type Service, startService, TOKEN } from "./testing/service.ts";
import { newKeyPair, type SshPeer, startEmbedded } from "./testing/ssh-peer.ts";

const PASSWORD = "correct-horse-battery";

/** Whatever a test starts, closed after it in reverse order. */
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
async function started<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const it = await starting;
  open.push(it);
  return it;
}

const service = (environment: Record<string, string> = {}) => started(startService(environment));
const login = (service: Service, body: Record<string, unknown>) => service.call("POST", "/sessions", body);
const passwordLogin = (server: OddServer, more: Record<string, unknown> = {}) => ({
  host: "127.0.0.1",
  port: server.port,
  username: "gluey",
  password: PASSWORD,
  host_key_sha256: server.hostKey,
  ...more,
});
const sessionsOf = async (service: Service) => (await service.call("GET", "/healthz")).body?.sessions;

describe("logging in", () => {
  it("takes a password, and refuses a wrong one", async () => {
    const peer = await started(startEmbedded({ password: PASSWORD }));
    const here = await service();
    const credentials = { private_key: undefined, password: PASSWORD };
    expect(await login(here, loginOf(peer, credentials))).toMatchObject({ status: 201 });
    expect(await login(here, loginOf(peer, { ...credentials, password: "wrong" }))).toMatchObject({
      status: 502,
      body: { kind: "auth_failed" },
    });
    expect(await sessionsOf(here)).toBe(1);
  });

  it("tries the password when the key is not accepted", async () => {
    const peer = await started(startEmbedded({ password: PASSWORD }));
    const { privateKey } = newKeyPair();
    const body = loginOf(peer, { private_key: privateKey, password: PASSWORD });
    expect(await login(await service(), body)).toMatchObject({ status: 201 });
  });

  it("gives the password to a server that asks for it interactively", async () => {
    const asking = await started(
      startSsh({
        authenticate: (connection) =>
          connection.on("authentication", (attempt) => {
            if (attempt.method !== "keyboard-interactive") return attempt.reject(["keyboard-interactive"]);
            attempt.prompt([{ prompt: "Password: ", echo: false }], (answers) =>
              answers[0] === PASSWORD ? attempt.accept() : attempt.reject(),
            );
          }),
        serve: () => {},
      }),
    );
    const here = await service();
    expect(await login(here, passwordLogin(asking))).toMatchObject({ status: 201 });
    expect(await login(here, passwordLogin(asking, { password: "wrong" }))).toMatchObject({
      status: 502,
      body: { kind: "auth_failed" },
    });
  });

  it("speaks with an old server: RSA with SHA-1, Diffie-Hellman group 14 with SHA-1", async () => {
    const old = await started(
      startSsh({
        hostKey: { type: "rsa", bits: 2048 },
        algorithms: {
          kex: ["diffie-hellman-group14-sha1"],
          serverHostKey: ["ssh-rsa"],
          cipher: ["aes128-ctr"],
          hmac: ["hmac-sha1"],
        },
        serve: () => {},
      }),
    );
    expect(await login(await service(), passwordLogin(old))).toMatchObject({ status: 201 });
  });

  it("reads an encrypted key with its passphrase, and says when it cannot", async () => {
    const pair = ssh2.utils.generateKeyPairSync("ed25519", {
      passphrase: "open-sesame",
      cipher: "aes256-cbc",
      rounds: 4,
    });
    const anybody = await started(startSsh({ serve: () => {} }));
    const here = await service();
    const body = (more: Record<string, unknown>) =>
      passwordLogin(anybody, { password: null, private_key: pair.private, ...more });
    expect(await login(here, body({ passphrase: "open-sesame" }))).toMatchObject({ status: 201 });
    for (const wrong of [{}, { passphrase: "wrong" }, { private_key: "no key" }]) {
      expect(await login(here, body(wrong))).toMatchObject({ status: 400, body: { kind: "bad_request" } });
    }
    expect(await sessionsOf(here)).toBe(1);
  });

  it("refuses a server whose host key changed", async () => {
    const before = await started(startEmbedded());
    const here = await service();
    const id = await here.session(before);
    await here.call("DELETE", `/sessions/${id}`);
    await before.close();
    const after = await started(startEmbedded({ port: before.port }));
    expect(after.port).toBe(before.port);
    expect(await login(here, loginOf(before))).toMatchObject({
      status: 502,
      body: { kind: "host_key_mismatch", detail: expect.stringContaining(after.hostKeys[0] ?? "none") },
    });
    expect(await sessionsOf(here)).toBe(0);
  });

  it("says when a server has SSH but no SFTP", async () => {
    const shell = await started(startSsh({}));
    const here = await service();
    expect(await login(here, passwordLogin(shell))).toMatchObject({
      status: 502,
      body: { kind: "sftp_error" },
    });
    expect(await sessionsOf(here)).toBe(0);
  });
});

describe("a server that is none", () => {
  it.each<[string, Parameters<typeof startTcp>[0]]>([
    ["speaks HTTP", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["hangs up", (socket) => socket.destroy()],
    ["hangs up after its greeting", (socket) => socket.end("SSH-2.0-Odd_1.0\r\n")],
    ["sends noise", (socket) => socket.write(Buffer.alloc(300_000, 7))],
  ])("is unreachable when it %s", async (_how, greet) => {
    const odd = await started(startTcp(greet));
    const here = await service();
    expect(await login(here, passwordLogin(odd))).toMatchObject({
      status: 502,
      body: { kind: "unreachable" },
    });
    expect(await sessionsOf(here)).toBe(0);
  });

  it("is unreachable when nobody listens", async () => {
    const gone = await startTcp(() => {});
    await gone.close();
    expect(await login(await service(), passwordLogin(gone))).toMatchObject({
      status: 502,
      body: { kind: "unreachable", detail: expect.stringContaining("ECONNREFUSED") },
    });
  });

  it.each<[string, Parameters<typeof startTcp>[0]]>([
    ["says nothing", () => {}],
    ["greets and says no more", (socket) => socket.write("SSH-2.0-Odd_1.0\r\n")],
  ])("is given up when it %s", async (_how, greet) => {
    const silent = await started(startTcp(greet));
    const here = await service({ CONNECT_TIMEOUT_MS: "200" });
    expect(await login(here, passwordLogin(silent))).toMatchObject({
      status: 504,
      body: { kind: "timeout" },
    });
    expect(await sessionsOf(here)).toBe(0);
  });

  it("is given up at once when the caller goes away", async () => {
    const silent = await started(startTcp(() => {}));
    const here = await service();
    const call = request(`${here.url}/sessions`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    call.on("error", () => {});
    call.end(JSON.stringify(passwordLogin(silent)));
    await eventually(async () => (await sessionsOf(here)) === 1);
    call.destroy();
    await eventually(async () => (await sessionsOf(here)) === 0);
  });
});

describe("an address that is not public", () => {
  it.each([
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "[::1]",
    "::ffff:127.0.0.1",
    "2130706433",
    "localhost",
  ])("%s is refused", async (host) => {
    const here = await service({ ALLOW_PRIVATE_DESTINATIONS: "false" });
    const body = { host, port: 22, username: "gluey", password: PASSWORD, host_key_sha256: "A".repeat(43) };
    expect(await login(here, body)).toMatchObject({ status: 403, body: { kind: "address_refused" } });
  });
  it("stays refused where loopback is open", async () => {
    const body = { host: "10.0.0.1", port: 22, username: "gluey", password: PASSWORD };
    expect(await login(await service(), body)).toMatchObject({
      status: 403,
      body: { kind: "address_refused" },
    });
  });
});

describe("a server that lists strangely", () => {
  const listing = async (names: FileEntry[]) => {
    const odd = await started(
      startSsh({
        serve: (sftp) => {
          let told = false;
          sftp.on("OPENDIR", (id) => sftp.handle(id, Buffer.from("d")));
          sftp.on("CLOSE", (id) => sftp.status(id, 0));
          sftp.on("READDIR", (id) => {
            if (told) return sftp.status(id, 1);
            told = true;
            sftp.name(id, names);
          });
        },
      }),
    );
    const here = await service();
    const { body } = await login(here, passwordLogin(odd));
    return (await here.call("GET", `/sessions/${body?.session_id}/files`)).body;
  };

  it("cannot make a name lead out of the directory", async () => {
    const names = ["../../etc/passwd", "/etc/passwd", "a\0b", "..", ".", "", "good"];
    const attrs: Attributes = { mode: 0o100644, uid: 0, gid: 0, size: 3, atime: 1, mtime: 1 };
    const body = await listing(names.map((filename) => ({ filename, longname: "", attrs })));
    expect(body).toEqual({
      files: [{ name: "good", size: 3, mtime_ms: 1_000 }],
      directories: [],
      truncated: false,
    });
  });

  it("may leave the mode out: the line as of ls -l tells the kind", async () => {
    const attrs: Attributes = JSON.parse('{"size":3,"atime":1,"mtime":1}');
    const body = await listing([
      { filename: "f", longname: "-rw-r--r-- 1 0 0 3 Jan 1 1970 f", attrs },
      { filename: "d", longname: "drwxr-xr-x 1 0 0 3 Jan 1 1970 d", attrs },
      { filename: "l", longname: "lrwxr-xr-x 1 0 0 3 Jan 1 1970 l", attrs },
    ]);
    expect(body).toEqual({
      files: [{ name: "f", size: 3, mtime_ms: 1_000 }],
      directories: ["d"],
      truncated: false,
    });
  });
});

describe("a server that stores strangely", () => {
  /** Takes every write; tells `size` of what it stored, and `missing` of what is not there. */
  const storing = async ({ size, missing }: { size: number; missing: number }) => {
    const asked: string[] = [];
    const stored = new Set<string>();
    const odd = await started(
      startSsh({
        serve: (sftp) => {
          const ok = (id: number) => sftp.status(id, 0);
          sftp.on("OPEN", (id, name) => {
            stored.add(name);
            sftp.handle(id, Buffer.from("f"));
          });
          sftp.on("WRITE", ok);
          sftp.on("CLOSE", ok);
          sftp.on("LSTAT", (id, name) => {
            if (stored.has(name))
              sftp.attrs(id, { mode: 0o100644, uid: 0, gid: 0, size, atime: 1, mtime: 1 });
            else sftp.status(id, missing);
          });
          sftp.on("RENAME", (id, from, to) => {
            asked.push(`rename ${from} ${to}`);
            ok(id);
          });
          sftp.on("REMOVE", (id, name) => {
            asked.push(`remove ${name}`);
            ok(id);
          });
        },
      }),
    );
    const here = await service();
    const { body } = await login(here, passwordLogin(odd));
    const answer = await here.call(
      "PUT",
      `/sessions/${body?.session_id}/file?path=in/f`,
      Buffer.from("12345"),
    );
    return { answer, asked };
  };

  it("gives no name to a file that arrived short, and removes it", async () => {
    const { answer, asked } = await storing({ size: 4, missing: 2 });
    expect(answer).toMatchObject({ status: 502, body: { kind: "sftp_error" } });
    expect(answer.body?.detail).toContain("4 bytes");
    expect(asked).toEqual(["remove in/.f.part"]);
  });

  it("may call a missing file a general failure", async () => {
    const { answer, asked } = await storing({ size: 5, missing: 4 });
    expect(answer).toMatchObject({ status: 201, body: { name: "f", size: 5, already: false } });
    expect(asked).toEqual(["rename in/.f.part in/f"]);
  });

  it("loses nothing of a permission it does not give", async () => {
    const { answer, asked } = await storing({ size: 5, missing: 3 });
    expect(answer).toMatchObject({ status: 502, body: { kind: "permission" } });
    expect(asked).toEqual([]);
  });
});

describe("sessions end by themselves", () => {
  it("when nobody uses them", async () => {
    const peer = await started(startEmbedded());
    const here = await service({ SESSION_IDLE_MS: "50" });
    const id = await here.session(peer);
    await eventually(async () => (await sessionsOf(here)) === 0);
    expect(await here.call("GET", `/sessions/${id}/files`)).toMatchObject({
      status: 404,
      body: { kind: "session_unknown" },
    });
    expect(here.log).toContainEqual(expect.objectContaining({ event: "session.closed", reason: "idle" }));
  });

  it("when they are old, however busy", async () => {
    const peer = await started(startEmbedded());
    const here = await service({ SESSION_LIFETIME_MS: "200" });
    const id = await here.session(peer);
    await eventually(async () => (await here.call("GET", `/sessions/${id}/files`)).status === 404);
    await eventually(async () => (await sessionsOf(here)) === 0);
    expect(here.log).toContainEqual(expect.objectContaining({ event: "session.closed", reason: "too_old" }));
  });

  it("when the server ends them", async () => {
    const peer = await started(startEmbedded());
    const here = await service();
    await here.session(peer);
    await peer.close();
    await eventually(async () => (await sessionsOf(here)) === 0);
    expect(here.log).toContainEqual(expect.objectContaining({ event: "session.closed", reason: "lost" }));
  });
});

describe("bounds and bad calls", () => {
  it("opens no more sessions than allowed in all", async () => {
    const [one, two] = [await started(startEmbedded()), await started(startEmbedded())];
    const here = await service({ MAX_SESSIONS: "2" });
    const id = await here.session(one);
    await here.session(two);
    const refused = await login(here, loginOf(one));
    expect(refused).toMatchObject({ status: 503, body: { kind: "busy" } });
    expect(refused.headers.get("retry-after")).toBe("5");
    expect((await here.call("GET", "/healthz")).body).toEqual({
      ok: true,
      sessions: 2,
      max_sessions: 2,
      quarantined: 0,
    });
    await here.call("DELETE", `/sessions/${id}`);
    await here.session(one);
  });

  it.each([undefined, "Bearer wrong", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN])(
    "answers nothing but its health to the authorization %s",
    async (authorization) => {
      const here = await service();
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      for (const [method, path] of [
        ["POST", "/sessions"],
        ["GET", "/sessions/x/files"],
        ["DELETE", "/sessions/x"],
        ["GET", "/nowhere"],
      ] as const) {
        const response = await fetch(here.url + path, { method, headers });
        expect(response.status).toBe(401);
        expect(await response.json()).toMatchObject({ kind: "unauthorized" });
      }
      expect((await fetch(`${here.url}/healthz`, { headers })).status).toBe(200);
    },
  );

  it("says what is wrong with a call, without repeating secrets", async () => {
    const here = await service();
    const good = { host: "127.0.0.1", port: 22, username: "gluey", password: PASSWORD };
    for (const [wrong, field] of [
      [{ host: "" }, "host"],
      [{ host: "a b" }, "host"],
      [{ host: "user@host" }, "host"],
      [{ port: 0 }, "port"],
      [{ port: "22" }, "port"],
      [{ username: "" }, "username"],
      [{ password: 17 }, "password"],
      [{ password: null }, "password"],
      [{ host_key_sha256: PASSWORD }, "host_key_sha256"],
      [{ directory: "a\0b" }, "directory"],
    ] as const) {
      const answer = await login(here, { ...good, ...wrong });
      expect(answer).toMatchObject({
        status: 400,
        body: { kind: "bad_request", detail: expect.stringContaining(field) },
      });
      expect(answer.bytes.toString()).not.toContain(PASSWORD);
    }
    const raw = (body: string) =>
      fetch(`${here.url}/sessions`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}` }, body });
    expect((await raw("{")).status).toBe(400);
    expect((await raw("[]")).status).toBe(400);
    expect((await raw("x".repeat(200_000))).status).toBe(413);
    expect(await here.call("GET", "/nowhere")).toMatchObject({ status: 404, body: { kind: "not_found" } });
    expect(await here.call("PATCH", "/sessions/abc/file?path=f")).toMatchObject({ status: 404 });
    expect(await here.call("GET", "/sessions/abc/files")).toMatchObject({
      status: 404,
      body: { kind: "session_unknown" },
    });
  });

  it("writes no credential and no content into its log", async () => {
    const peer: SshPeer = await started(startEmbedded({ password: PASSWORD }));
    const here = await service();
    const id = await here.session(peer, { password: PASSWORD });
    await here.call("PUT", `/sessions/${id}/file?path=f`, Buffer.from("the content of a file"));
    await here.call("GET", `/sessions/${id}/file?path=f`);
    await login(here, loginOf(peer, { private_key: undefined, password: `${PASSWORD}-not` }));
    const lines = JSON.stringify(here.log);
    for (const secret of [PASSWORD, "PRIVATE KEY", TOKEN, "the content", id])
      expect(lines).not.toContain(secret);
    expect(here.log.map(({ event }) => event)).toEqual(
      expect.arrayContaining(["session.opened", "call.answered", "call.failed"]),
    );
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type OutgoingRequest, outgoingHttp } from "./http.ts";

const servers: { close(): void }[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});

/** A server on this machine that does what a test wants. */
async function serving(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server: Server = createServer(handle);
  servers.push({ close: () => server.closeAllConnections() }, server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return urlOf(server.address());
}

/** The same below HTTP: writes these bytes, then ends, resets or keeps still. */
async function speaking(bytes: string, then: "end" | "reset" | "hang"): Promise<string> {
  const server = createSocketServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      if (bytes !== "") socket.write(bytes);
      if (then === "end") socket.end();
      if (then === "reset") setTimeout(() => socket.resetAndDestroy(), 20);
      servers.push({ close: () => socket.destroy() });
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return urlOf(server.address());
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === "string") throw new Error("The server has a port.");
  return `http://127.0.0.1:${address.port}/`;
}

const http = outgoingHttp({ allowPrivate: true });

function asking(url: string, change: Partial<OutgoingRequest> = {}): OutgoingRequest {
  const headers = { "accept-encoding": "identity" };
  return {
    method: "POST",
    url,
    headers,
    body: "{}",
    timeout_ms: 5000,
    max_body_bytes: 1000,
    body_timeout_ms: 200,
    ...change,
  };
}

describe("a call to the outside", () => {
  it("brings status, headers and body", async () => {
    const url = await serving((request, response) => {
      response.writeHead(202, { "x-seen": request.headers["accept-encoding"] });
      response.end("thanks");
    });
    const result = await http.send(asking(url));
    if (result.kind !== "answered") throw new Error(result.kind);
    expect([
      result.status,
      result.headers.get("x-seen"),
      new TextDecoder().decode(result.body),
      result.body_cut,
    ]).toEqual([202, "identity", "thanks", false]);
  });

  it.each([301, 302, 303, 307, 308])("never follows a %i", async (status) => {
    let followed = 0;
    const url = await serving((request, response) => {
      if (request.url === "/elsewhere") followed++;
      response.writeHead(status, { location: "/elsewhere" });
      response.end();
    });
    expect(await http.send(asking(url))).toMatchObject({ kind: "answered", status });
    expect(followed).toBe(0);
  });

  it("reads no more of a body than asked for", async () => {
    const url = await serving((_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    });
    const result = await http.send(asking(url));
    if (result.kind !== "answered") throw new Error(result.kind);
    expect([result.status, result.body.byteLength, result.body_cut]).toEqual([200, 1000, true]);
  });

  it("is not blown up by what unpacks to more", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const url = await serving((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(bomb);
    });
    const result = await http.send(asking(url));
    if (result.kind !== "answered") throw new Error(result.kind);
    expect(result.body.byteLength).toBeLessThanOrEqual(1000);
  });

  it("a status line decides, although the body never comes", async () => {
    const url = await speaking("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", "hang");
    expect(await http.send(asking(url))).toMatchObject({ kind: "answered", status: 200, body_cut: true });
  });

  it.each([
    ["truncated", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", "end"],
    ["reset", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", "reset"],
    ["in bad chunks", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc", "end"],
  ] as const)("also when the body is %s", async (_what, bytes, then) => {
    const url = await speaking(bytes, then);
    expect(await http.send(asking(url))).toMatchObject({ kind: "answered", status: 200, body_cut: true });
  });

  it("takes HTTP/1.0", async () => {
    expect(await http.send(asking(await speaking("HTTP/1.0 200 OK\r\n\r\nold", "end")))).toMatchObject({
      kind: "answered",
      status: 200,
    });
  });

  it.each([
    ["closes before an answer", "", "end"],
    ["resets before an answer", "", "reset"],
    ["speaks something else", "SSH-2.0-OpenSSH_9.2\r\n", "end"],
  ] as const)("a server that %s was not reached", async (_what, bytes, then) => {
    expect(await http.send(asking(await speaking(bytes, then)))).toMatchObject({ kind: "unreachable" });
  });

  it.each([
    ["accepts and keeps still", ""],
    ["stops in its headers", "HTTP/1.1 200 OK\r\nx: "],
  ])("a server that %s runs out of time", async (_what, bytes) => {
    expect(await http.send(asking(await speaking(bytes, "hang"), { timeout_ms: 150 }))).toMatchObject({
      kind: "timed_out",
    });
  });

  it("a closed port was not reached", async () => {
    const url = await speaking("", "end");
    for (const server of servers.splice(0)) server.close();
    expect(await http.send(asking(url))).toMatchObject({ kind: "unreachable" });
  });
});

describe("an error of the runtime", () => {
  const marked = (message: string) => Object.assign(new Error(message), { remote: true });

  it.each([
    ["the connection was lost", new Error("Network connection lost."), "unreachable"],
    ["a handshake failed", marked("internal error; reference = abc"), "unreachable"],
    ["an error of the other side without words that are known", marked("odd"), "unreachable"],
    ["the invocation made too many calls", new Error("Too many subrequests."), "failed_inside"],
    [
      "the same in more words",
      new Error("Too many subrequests by single Worker invocation."),
      "failed_inside",
    ],
    ["the call can't be made", new TypeError("Invalid header value."), "failed_inside"],
  ])("that says: %s", async (_what, error, kind) => {
    vi.spyOn(globalThis, "fetch").mockRejectedValueOnce(error);
    expect(await http.send(asking("http://127.0.0.1:1/"))).toMatchObject({ kind });
  });
});

describe("behind the gate", () => {
  const behind = (resolver: Parameters<typeof outgoingHttp>[0]["resolver"]) =>
    outgoingHttp({ allowPrivate: false, resolver });
  const url = "https://hooks.example.com/in";

  it("nothing is called that the gate refuses", async () => {
    const looked: string[] = [];
    const closed = behind(async (host) => {
      looked.push(host);
      return { kind: "resolved", addresses: ["10.0.0.1"], aliases: [] };
    });
    expect(await closed.send(asking("http://127.0.0.1:1/"))).toMatchObject({ kind: "refused_address" });
    expect(looked).toEqual([]);
    expect(await closed.send(asking(url))).toMatchObject({ kind: "refused_address" });
    expect(await closed.check(url)).toEqual({
      refused: expect.stringContaining("not of the public internet"),
      later: false,
    });
  });

  it("a resolver that fails means later, a missing name that nobody is there", async () => {
    const failing = behind(async () => ({ kind: "failed", detail: "The resolver did not answer." }));
    expect(await failing.send(asking(url))).toMatchObject({ kind: "address_unresolved" });
    expect(await failing.check(url)).toMatchObject({ later: true });
    const missing = behind(async () => ({ kind: "no_such_name" }));
    expect(await missing.send(asking(url))).toMatchObject({ kind: "unreachable" });
    expect(await missing.check(url)).toMatchObject({ later: false });
  });

  it("is asked again for each call: a name that turns private is refused then", async () => {
    const answers = ["1.1.1.1", "127.0.0.1"];
    const turning = behind(async () => ({
      kind: "resolved",
      addresses: [answers.shift() ?? ""],
      aliases: [],
    }));
    expect(await turning.check(url)).toBeNull();
    expect(await turning.send(asking(url))).toMatchObject({ kind: "refused_address" });
  });
});

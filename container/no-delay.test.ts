import { connect, createServer } from "node:net";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { loginOf, startService } from "./testing/service.ts";
import { hasOpenSsh, startEmbedded, startOpenSsh } from "./testing/ssh-peer.ts";

/**
 * Nagle's algorithm makes every small SFTP request wait some 40 ms for the last one's ACK. Time proves nothing on a busy
 * machine: this watches the call into the operating system that turns it off, and whom that socket is connected to.
 */
interface Handle {
  setNoDelay(on: boolean): number;
  getpeername(out: { port?: number }): number;
}

const isHandle = (value: unknown): value is Handle =>
  typeof value === "object" && value !== null && "setNoDelay" in value && "getpeername" in value;

const restore: (() => void)[] = [];
afterEach(() => {
  for (const each of restore.splice(0)) each();
});

/** What Node's sockets share, where the call is made. */
async function handles(): Promise<Handle> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const socket = connect({ host: "127.0.0.1", port: typeof address === "object" ? (address?.port ?? 0) : 0 });
  const handle: unknown = Reflect.get(socket, "_handle");
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.destroy();
  server.close();
  const shared: unknown = typeof handle === "object" && handle !== null && Object.getPrototypeOf(handle);
  if (!isHandle(shared)) throw new Error("Node's sockets are made otherwise now: watch them in another way.");
  return shared;
}

/** For each socket that was told: to what port it goes, and whether delay is off. */
async function watchNoDelay(): Promise<{ port: number | undefined; off: boolean }[]> {
  const told: { port: number | undefined; off: boolean }[] = [];
  const shared = await handles();
  const original = shared.setNoDelay;
  shared.setNoDelay = function (this: Handle, on: boolean) {
    const peer: { port?: number } = {};
    this.getpeername(peer);
    told.push({ port: peer.port, off: on });
    return original.call(this, on);
  };
  restore.push(() => {
    shared.setNoDelay = original;
  });
  return told;
}

it("every connection to a server goes without delay, each of those that look for the pinned key too", async () => {
  const peer = await (hasOpenSsh ? startOpenSsh() : startEmbedded());
  onTestFinished(() => peer.close());
  const service = await startService();
  onTestFinished(() => service.close());
  const told = await watchNoDelay();
  const towards = () => told.filter(({ port }) => port === peer.port);
  const ids = [await service.session(peer), await service.session(peer), await service.session(peer)];
  expect(towards()).toEqual(ids.map(() => ({ port: peer.port, off: true })));
  // The last host key is found by a connection for each kind of key.
  await service.call("POST", "/sessions", loginOf(peer, { host_key_sha256: peer.hostKeys.at(-1) }));
  expect(towards().length).toBe(ids.length + peer.hostKeys.length);
  expect(towards().every(({ off }) => off)).toBe(true);
});

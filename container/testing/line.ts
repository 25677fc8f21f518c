/** A line between the service and a server that a test can cut or hold: TCP, on 127.0.0.1. */
import { createServer, connect as openSocket, type Socket } from "node:net";

export interface Line {
  port: number;
  /** Bytes that came from the server since the start. */
  received(): number;
  /** From now on: cut the connection once this many more bytes went to the server. */
  cutAfterSending(bytes: number): void;
  /** From now on: hold both directions once this many more bytes came from the server; resolves when held. */
  holdAfterReceiving(bytes: number): Promise<void>;
  /** Lets go what is held. */
  release(): void;
  close(): Promise<void>;
}

export async function startLine(serverPort: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let received = 0;
  let sendable = Number.POSITIVE_INFINITY;
  let receivable = Number.POSITIVE_INFINITY;
  let onHeld = () => {};
  let held = false;

  const server = createServer({ noDelay: true }, (near) => {
    const far = openSocket({ host: "127.0.0.1", port: serverPort, noDelay: true });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.on("data", (bytes) => {
      if (bytes.length > sendable) {
        far.write(bytes.subarray(0, sendable), () => far.destroy());
        near.destroy();
        return;
      }
      sendable -= bytes.length;
      if (!far.write(bytes)) near.pause();
    });
    far.on("drain", () => {
      if (!held) near.resume();
    });
    far.on("data", (bytes) => {
      received += bytes.length;
      receivable -= bytes.length;
      const more = near.write(bytes);
      if (receivable <= 0 && !held) {
        held = true;
        for (const socket of sockets) socket.pause();
        onHeld();
      } else if (!more) far.pause();
    });
    near.on("drain", () => {
      if (!held) far.resume();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  return {
    port: address.port,
    received: () => received,
    cutAfterSending: (bytes) => {
      sendable = bytes;
    },
    holdAfterReceiving: (bytes) => {
      receivable = bytes;
      return new Promise((resolve) => {
        onHeld = resolve;
      });
    },
    release: () => {
      held = false;
      receivable = Number.POSITIVE_INFINITY;
      sendable = Number.POSITIVE_INFINITY;
      for (const socket of sockets) socket.resume();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

import { createConnection } from "node:net";

/** One kept connection, on which one request at a time is sent. Reads no more of HTTP than it must. */
export interface Connection {
  /** Sends a whole request; resolves at the last byte of its answer. Throws unless it has that status. */
  send(request: Buffer, status: number): Promise<void>;
  close(): void;
}

const ANSWERED_WITHIN_MS = 30_000;

/** Opens a connection to a port of 127.0.0.1. */
export async function connect(port: number): Promise<Connection> {
  const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  let waiting: { status: number; answered: PromiseWithResolvers<void> } | null = null;
  let head = "";
  /** Bytes of the body that are still to come; null while the head is read. */
  let rest: number | null = null;
  const fail = (why: string) => {
    waiting?.answered.reject(new Error(why));
    waiting = null;
  };
  socket.on("error", (error) => fail(error.message));
  socket.on("close", () => fail("The connection was closed before the answer."));
  socket.setTimeout(ANSWERED_WITHIN_MS, () => {
    fail("No answer came in time.");
    socket.destroy();
  });
  socket.on("data", (chunk) => {
    if (waiting === null) return;
    if (rest === null) {
      head += chunk.toString("latin1");
      const at = head.indexOf("\r\n\r\n");
      if (at < 0) return;
      const length = /^content-length: *(\d+)\r?$/imu.exec(head.slice(0, at + 2))?.[1];
      if (!head.startsWith(`HTTP/1.1 ${waiting.status} `) || length === undefined) {
        fail(`Not the answer that is wanted: ${head.slice(0, 1000)}`);
        return socket.destroy();
      }
      rest = Number(length) - (head.length - at - 4);
    } else rest -= chunk.length;
    if (rest > 0) return;
    const { answered } = waiting;
    waiting = null;
    answered.resolve();
  });
  return {
    send: (request, status) => {
      waiting = { status, answered: Promise.withResolvers<void>() };
      head = "";
      rest = null;
      socket.write(request);
      return waiting.answered.promise;
    },
    close: () => void socket.destroy(),
  };
}

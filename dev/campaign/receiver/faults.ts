import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";

/**
 * The ways in which a receiver misbehaves (delivery contract, "Faults, and how to make them"), as far as loopback allows.
 * Each writes an answer, or breaks one off. `ack`: what a sender that goes by the status line must make of it.
 */
export interface Fault {
  ack: "clean" | "broken" | "no";
  /** How often it is drawn, against the others. */
  weight: number;
  answer(response: ServerResponse): void;
}

const SLOW_MS = 1_500;
/** Above what the sender waits at least, whatever the scale. */
const TOO_LATE_MS = 13_000;
const HUGE_BYTES = 100 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 0x20);
const BOMB = gzipSync(Buffer.alloc(20 * 1024 * 1024));

const status = (code: number, headers: Record<string, string> = {}): Fault["answer"] => {
  return (response) => void response.writeHead(code, headers).end(`answer ${code}\n`);
};
const raw =
  (text: string, then: (socket: Socket) => void): Fault["answer"] =>
  ({ socket }) => {
    if (socket === null) return;
    socket.write(text, () => then(socket));
  };
const end = (socket: Socket) => void socket.end();
const reset = (socket: Socket) => void socket.resetAndDestroy();
const hold = () => {};
const refusal = (answer: Fault["answer"], weight: number = 3): Fault => ({ ack: "no", weight, answer });

export const FAULTS: Readonly<Record<string, Fault>> = {
  "500": refusal(status(500)),
  "502": refusal(status(502)),
  "503": refusal(status(503)),
  "504": refusal(status(504)),
  "400": refusal(status(400)),
  "404": refusal(status(404)),
  "429, Retry-After in seconds": refusal(status(429, { "retry-after": "1" })),
  "503, Retry-After as a date": refusal((response) =>
    status(503, { "retry-after": new Date(Date.now() + 1_500).toUTCString() })(response),
  ),
  "301": refusal(status(301, { location: "/strayed" })),
  "302": refusal(status(302, { location: "/strayed" })),
  "307": refusal(status(307, { location: "/strayed" })),
  "308": refusal(status(308, { location: "/strayed" })),
  "101": refusal(
    raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: parcel\r\nconnection: upgrade\r\n\r\n", end),
  ),
  "no HTTP": refusal(raw("220 mail.example ESMTP\r\n", end)),
  "closed before the headers": refusal(({ socket }) => withSocket(socket, end)),
  "reset before the headers": refusal(({ socket }) => withSocket(socket, reset)),
  "half the headers, then closed": refusal(raw("HTTP/1.1 200 OK\r\ncontent-ty", end)),
  "never answers": refusal(hold, 0.3),
  "answers after we gave up": {
    ack: "no",
    weight: 0.3,
    answer: (response) => void setTimeout(() => response.writeHead(200).end(), TOO_LATE_MS),
  },
  "slow headers": {
    ack: "clean",
    weight: 1,
    answer: ({ socket }) => {
      socket?.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n");
      setTimeout(() => socket?.end("connection: close\r\n\r\nok"), SLOW_MS);
    },
  },
  "HTTP/1.0": { ack: "clean", weight: 3, answer: raw("HTTP/1.0 200 OK\r\n\r\nfine", end) },
  "slow body": {
    ack: "broken",
    weight: 0.5,
    answer: raw("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\na", (socket) => drip(socket)),
  },
  "body cut short": {
    ack: "broken",
    weight: 3,
    answer: raw("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly this", end),
  },
  "bad chunk": {
    ack: "broken",
    weight: 3,
    answer: raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnothex\r\nabc\r\n", end),
  },
  "100 MB of body": {
    ack: "broken",
    weight: 0.3,
    answer: (response) => {
      response.writeHead(200, { "content-length": String(HUGE_BYTES) });
      pour(response, HUGE_BYTES);
    },
  },
  "gzip bomb": {
    ack: "broken",
    weight: 1,
    answer: (response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(BOMB),
  },
  "3,000 headers": {
    ack: "broken",
    weight: 0.5,
    answer: raw(
      `HTTP/1.1 200 OK\r\n${Array.from({ length: 3000 }, (_, n) => `x-${n}: ${n}\r\n`).join("")}content-length: 0\r\nconnection: close\r\n\r\n`,
      end,
    ),
  },
  "acknowledged, then reset": {
    ack: "broken",
    weight: 2,
    answer: raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", reset),
  },
};

function withSocket(socket: Socket | null, how: (socket: Socket) => void): void {
  if (socket !== null) how(socket);
}

function drip(socket: Socket): void {
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write("b");
  }, 500);
}

/** As fast as it is taken, and no further than it is. */
function pour(response: ServerResponse, left: number): void {
  for (let rest = left; rest > 0; rest -= CHUNK.length) {
    if (response.destroyed) return;
    if (!response.write(CHUNK)) {
      response.once("drain", () => pour(response, rest - CHUNK.length));
      return;
    }
  }
  response.end();
}

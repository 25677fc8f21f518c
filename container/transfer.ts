import { createHash } from "node:crypto";
import type { SFTPWrapper } from "ssh2";
import { Problem } from "./errors.ts";
import { type Handle, read, write } from "./sftp-calls.ts";

/** Below what ssh2 puts into one packet for any server, so that a chunk is one request. */
const CHUNK_BYTES = 31 * 1024;
/**
 * Requests on the way at once. They hide the round trip (about 10 MB/s at 50 ms) and are all the memory a
 * transfer takes: half a megabyte.
 */
const REQUESTS_AT_ONCE = 16;

/** Takes bytes; resolves when it can take more. */
export type ByteSink = (bytes: Buffer) => Promise<void> | void;

/**
 * The bytes of an open file from `start` up to `end`, in order.
 * @throws {Problem} `sftp_error` when the file ends before `end`: it was changed while being read.
 */
export async function* readRange(
  sftp: SFTPWrapper,
  handle: Handle,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  const coming: Promise<Buffer>[] = [];
  let next = start;
  const ask = () => {
    while (next < end && coming.length < REQUESTS_AT_ONCE) {
      const chunk = readExactly(sftp, handle, next, Math.min(CHUNK_BYTES, end - next));
      // Awaited in its turn; an earlier failure may end the loop before that.
      chunk.catch(() => {});
      coming.push(chunk);
      next += CHUNK_BYTES;
    }
  };
  ask();
  for (let chunk = coming.shift(); chunk !== undefined; chunk = coming.shift()) {
    const bytes = await chunk;
    ask();
    yield bytes;
  }
}

async function readExactly(sftp: SFTPWrapper, handle: Handle, at: number, length: number): Promise<Buffer> {
  const first = await read(sftp, handle, at, length);
  if (first.length === length) return first;
  const parts = [first];
  let got = first.length;
  while (got < length) {
    const part = await read(sftp, handle, at + got, length - got);
    if (part.length === 0) {
      throw new Problem(
        "sftp_error",
        "The file became shorter while it was read; read it again when it is complete.",
      );
    }
    parts.push(part);
    got += part.length;
  }
  return Buffer.concat(parts);
}

export interface Content {
  size: number;
  /** Hexadecimal, lower case. */
  sha256: string;
}

/**
 * Reads `source` to its end and gives every piece to `sink`.
 * @throws {Problem} `too_large` as soon as there are more than `maxBytes`.
 */
export async function measure(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
  sink: ByteSink,
): Promise<Content> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const bytes of source) {
    size += bytes.length;
    if (size > maxBytes) throw new Problem("too_large", `The file has more than ${maxBytes} bytes.`);
    hash.update(bytes);
    await sink(bytes);
  }
  return { size, sha256: hash.digest("hex") };
}

/** Writes what it is given into an open file from its start on, several requests at once; `flush` waits for them all. */
export function fileSink(
  sftp: SFTPWrapper,
  handle: Handle,
  onWritten: () => void,
): { sink: ByteSink; flush: () => Promise<void> } {
  const underWay: Promise<void>[] = [];
  let at = 0;
  const oldest = async () => {
    await underWay.shift();
    onWritten();
  };
  return {
    sink: async (bytes) => {
      for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
        while (underWay.length >= REQUESTS_AT_ONCE) await oldest();
        const chunk = bytes.subarray(from, from + CHUNK_BYTES);
        const written = write(sftp, handle, chunk, at);
        // Awaited in its turn; an earlier failure may end the transfer before that.
        written.catch(() => {});
        underWay.push(written);
        at += chunk.length;
      }
    },
    flush: async () => {
      while (underWay.length > 0) await oldest();
    },
  };
}

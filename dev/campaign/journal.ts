import { open } from "node:fs/promises";
import type { Line } from "./records.ts";

/** An append-only file. What `write` was given lies on the disk when it resolves; those who wait share one fsync. */
export interface Journal {
  write(line: Line): Promise<void>;
  close(): Promise<void>;
}

export async function openJournal(path: string): Promise<Journal> {
  const file = await open(path, "a", 0o600);
  let waiting: string[] = [];
  let next = Promise.resolve();
  let queued = false;
  const flush = async () => {
    queued = false;
    const lines = waiting;
    waiting = [];
    await file.appendFile(lines.join(""));
    await file.datasync();
  };
  const write = (line: Line): Promise<void> => {
    waiting.push(`${JSON.stringify(line)}\n`);
    if (!queued) {
      queued = true;
      next = next.then(flush);
    }
    return next;
  };
  return {
    write,
    close: async () => {
      await next;
      await file.close();
    },
  };
}

import { open } from "node:fs/promises";
import { type Line, readLines } from "./records.ts";

/** Follows a file that another process appends to. */
export interface Tail {
  /** All lines so far, after a look at the file. */
  read(): Promise<readonly Line[]>;
}

export function tailOf(path: string): Tail {
  const lines: Line[] = [];
  let at = 0;
  let reading: Promise<unknown> = Promise.resolve();
  const look = async () => {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(size - at);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
      const whole = bytes.subarray(0, bytesRead).lastIndexOf(10) + 1;
      lines.push(...readLines(bytes.subarray(0, whole).toString("utf8")));
      at += whole;
    } finally {
      await file.close();
    }
  };
  return {
    read: async () => {
      reading = reading.then(look);
      await reading;
      return lines;
    },
  };
}

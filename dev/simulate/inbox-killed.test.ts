import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Script } from "./child.ts";
import { AT_FAULT, NEIGHBOURS } from "./inbox-killed.ts";

const FLAGS = ["--max-old-space-size=40"];
/** The end by a signal: out of memory. */
const KILLED = [null, 134];
const LIVES_MAX = 12;
const PATIENCE_MS = 120_000;

const Survived = z.object({
  documents: z.array(
    z.object({
      file_name: z.string().nullable(),
      state: z.string(),
      remarks: z.array(z.object({ kind: z.string(), detail: z.string() })),
    }),
  ),
  events: z.record(z.string(), z.number()),
  waiting: z.number(),
});

let script: Script;
beforeAll(async () => {
  script = await Script.make(join(import.meta.dirname, "inbox-killed.ts"));
});
afterAll(() => script.remove());

/** Starts the inbox again on what the process before has left, until one comes to its end. */
async function livesUntilDone(bytes: number, again: string) {
  const folder = join(script.folder, `${bytes}-${again}`);
  mkdirSync(folder);
  for (let killed = 0; killed < LIVES_MAX; killed++) {
    const { code, output, errors } = await script.run(FLAGS, [folder, String(bytes), again]);
    if (code === 0) return { killed, ...Survived.parse(JSON.parse(output)) };
    expect(KILLED).toContain(code);
    expect(errors).toContain("heap out of memory");
  }
  throw new Error(`The inbox was killed ${LIVES_MAX} times, and nothing came of it.`);
}

describe("a document that exhausts the memory", () => {
  it.each([
    { document: "a large document", bytes: 300_000, again: "", most: 3 },
    { document: "a small one, in a batch with its neighbours", bytes: 1000, again: "", most: 7 },
    { document: "a small one that is read again", bytes: 1000, again: "again", most: 7 },
  ])(
    "is set aside with the reason after a few restarts, and its neighbours are processed: $document",
    async ({ bytes, again, most }) => {
      const { killed, documents, events, waiting } = await livesUntilDone(bytes, again);
      expect(killed).toBeGreaterThan(0);
      expect(killed).toBeLessThanOrEqual(most);
      expect(waiting).toBe(0);
      const setAside = documents.filter(({ state }) => state !== "done");
      expect(setAside).toMatchObject([
        {
          file_name: AT_FAULT,
          state: "unreadable",
          remarks: [{ kind: "unreadable", detail: expect.stringMatching(/cut off 3 times.*memory/u) }],
        },
      ]);
      const { [AT_FAULT]: ofFault, ...ofNeighbours } = events;
      expect(ofFault).toBe(again === "" ? undefined : 1);
      expect(Object.keys(ofNeighbours)).toHaveLength(2 * NEIGHBOURS);
      expect(Object.values(ofNeighbours).every((count) => count === 1)).toBe(true);
    },
    PATIENCE_MS,
  );
});

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { merged, type Outcome } from "./outcome.ts";
import type { Part } from "./population.ts";
import { simulate } from "./run.ts";

/** A simulation in parts side by side, each on a thread of its own. */

interface Given {
  shipments: number;
  hours: number;
  part: Part;
}
type Said = { kind: "progress"; text: string } | { kind: "outcome"; outcome: Outcome };

export async function simulateInParts(
  { shipments, hours }: { shipments: number; hours: number },
  of: number,
  progress: (text: string) => void,
): Promise<Outcome> {
  const parts = Array.from({ length: of }, (_, nth) => {
    const given: Given = { shipments, hours, part: { nth, of } };
    const worker = new Worker(import.meta.filename, { workerData: given });
    return new Promise<Outcome>((resolve, reject) => {
      worker.on("message", (said: Said) => {
        if (said.kind === "outcome") resolve(said.outcome);
        else progress(`part ${nth + 1}: ${said.text}`);
      });
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`Part ${nth + 1} ended with ${code}, and no outcome.`)));
    });
  });
  return merged(await Promise.all(parts));
}

async function runPart({ shipments, hours, part }: Given): Promise<void> {
  const say = (said: Said) => parentPort?.postMessage(said);
  // The Worker's own lines, millions of them.
  console.log = () => {};
  const outcome = await simulate({
    shipments,
    hours,
    part,
    progress: (text) => say({ kind: "progress", text }),
  });
  say({ kind: "outcome", outcome });
}

if (!isMainThread) await runPart(workerData);

import { basename } from "node:path";
import { z } from "zod";

/** CPU profiles of a workerd's isolates, by the inspector that Miniflare opens. */

/** What an isolate spent its share of the thread on. */
export const IsolateProfile = z.object({
  name: z.string(),
  /** Shares of the time: waiting or in another isolate, native code below no function, garbage collection. */
  idle: z.number(),
  program: z.number(),
  gc: z.number(),
  /** Its functions by self time, the most expensive first; shares of the time that is not idle. */
  top: z.array(z.object({ name: z.string(), where: z.string(), share: z.number() })),
});
export type IsolateProfile = z.infer<typeof IsolateProfile>;

const Targets = z.array(z.object({ id: z.string(), webSocketDebuggerUrl: z.string() }));
const Answer = z.object({ id: z.number(), result: z.unknown().optional(), error: z.unknown().optional() });
const Stopped = z.object({
  profile: z.object({
    nodes: z.array(
      z.object({
        id: z.number(),
        callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      }),
    ),
    samples: z.array(z.number()),
    timeDeltas: z.array(z.number()),
  }),
});
type Profile = z.infer<typeof Stopped>["profile"];

/** For the inspector to answer a call. */
const ANSWERED_WITHIN_MS = 20_000;
const SAMPLE_EVERY_US = 500;
const LONGEST_GAP_US = 2 * SAMPLE_EVERY_US;
const TOP = 15;
/** Gluey's own isolate, and the one of the local D1. */
const WATCHED = ["core:user:gluey-tracking", "d1:db"];

/** Profiles the isolates while the work goes on. */
export async function profiled(
  inspector_port: number,
  work: () => Promise<unknown>,
): Promise<IsolateProfile[]> {
  const list = await fetch(`http://127.0.0.1:${inspector_port}/json`);
  const targets = Targets.parse(await list.json()).filter(({ id }) => WATCHED.includes(id));
  const sessions = await Promise.all(
    targets.map(async ({ id, webSocketDebuggerUrl }) => ({ id, ...(await sessionOf(webSocketDebuggerUrl)) })),
  );
  for (const { call } of sessions) {
    await call("Profiler.enable");
    await call("Profiler.setSamplingInterval", { interval: SAMPLE_EVERY_US });
    await call("Profiler.start");
  }
  await work();
  const profiles: IsolateProfile[] = [];
  for (const { id, call, close } of sessions) {
    profiles.push(summaryOf(id, Stopped.parse(await call("Profiler.stop")).profile));
    close();
  }
  return profiles;
}

async function sessionOf(url: string) {
  const socket = new WebSocket(url);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  socket.addEventListener("message", ({ data }) => {
    const message = Answer.safeParse(JSON.parse(String(data)));
    // An event, not an answer.
    if (!message.success) return;
    const { id, result, error } = message.data;
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(result);
    else one?.reject(new Error(`The inspector answered ${JSON.stringify(error)}.`));
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error(`There is no inspector at ${url}.`)));
  });
  return {
    call: (method: string, params: object = {}): Promise<unknown> => {
      const id = ++calls;
      const answered = Promise.withResolvers<unknown>();
      waiting.set(id, answered);
      const late = () => answered.reject(new Error(`The inspector does not answer ${method}.`));
      const timer = setTimeout(late, ANSWERED_WITHIN_MS);
      socket.send(JSON.stringify({ id, method, params }));
      return answered.promise.finally(() => clearTimeout(timer));
    },
    close: () => socket.close(),
  };
}

function summaryOf(id: string, { nodes, samples, timeDeltas }: Profile): IsolateProfile {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const spent = new Map<string, { name: string; where: string; us: number }>();
  // No sample is taken while the thread is in another isolate: a long gap is none of the sample's that ends it.
  let outside = 0;
  for (const [index, node] of samples.entries()) {
    const { functionName = "?", url = "", lineNumber = 0 } = names.get(node) ?? {};
    const name = functionName === "" ? "(anonymous)" : functionName;
    const where = url === "" ? "" : `${basename(url)}:${lineNumber + 1}`;
    const key = `${name} ${where}`;
    const one = spent.get(key) ?? { name, where, us: 0 };
    const gap = Math.max(0, timeDeltas[index] ?? 0);
    one.us += Math.min(gap, LONGEST_GAP_US);
    outside += Math.max(0, gap - LONGEST_GAP_US);
    spent.set(key, one);
  }
  const all = [...spent.values()];
  const sum = (list: typeof all) => list.reduce((total, { us }) => total + us, 0);
  const whole = sum(all) + outside;
  const shareOf = (name: string) => sum(all.filter((one) => one.name === name)) / whole;
  const idle = outside / whole + shareOf("(idle)");
  const busy = whole * (1 - idle);
  return {
    name: id.replace("core:user:", ""),
    idle,
    program: shareOf("(program)"),
    gc: shareOf("(garbage collector)"),
    top: all
      .filter(({ name }) => !["(idle)", "(program)", "(garbage collector)", "(root)"].includes(name))
      .sort((a, b) => b.us - a.us)
      .slice(0, TOP)
      .map(({ name, where, us }) => ({ name, where, share: us / busy })),
  };
}

import { sleep } from "../delivery/children.ts";
import { monotonicMs } from "./clock.ts";
import { type Connection, connect } from "./connection.ts";
import type { Push } from "./news.ts";

/** Sends pushes, and notes when. */
export interface Sent {
  /** When the first byte of the push was written that holds the event. */
  at: Map<string, number>;
  /** Milliseconds from a push to its answer. */
  answers: number[];
}

const ACCEPTED = 202;
/** Pushes that wait for their answers at once, at the most, where a pace is kept. */
const MOST_CONNECTIONS = 256;

/** So many senders, each of which pushes again as soon as it was answered. */
export async function sendClosed(port: number, pushes: readonly Push[], senders: number): Promise<Sent> {
  const sent: Sent = { at: new Map(), answers: [] };
  const connections = await Promise.all(Array.from({ length: senders }, () => connect(port)));
  let next = 0;
  try {
    await Promise.all(
      connections.map(async (connection) => {
        for (let mine = pushes[next++]; mine !== undefined; mine = pushes[next++])
          await sendOne(connection, mine, sent);
      }),
    );
  } finally {
    for (const connection of connections) connection.close();
  }
  return sent;
}

/** A push at every interval, whether the ones before were answered or not. Ends early when `isOver` says so. */
export async function sendPaced(
  port: number,
  pushes: readonly Push[],
  per_second: number,
  isOver: () => boolean,
): Promise<Sent> {
  const sent: Sent = { at: new Map(), answers: [] };
  const idle: Connection[] = [await connect(port)];
  const all = [...idle];
  const under_way = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const sendOn = async (push: Push) => {
    let connection = idle.pop();
    if (connection === undefined) {
      connection = await connect(port);
      all.push(connection);
    }
    await sendOne(connection, push, sent);
    idle.push(connection);
  };
  const start = monotonicMs();
  try {
    for (const [index, push] of pushes.entries()) {
      const wait = start + (1000 * index) / per_second - monotonicMs();
      if (wait > 0.5) await sleep(wait);
      if (isOver() || under_way.size >= MOST_CONNECTIONS) break;
      const one = sendOn(push)
        .catch((cause: unknown) => void failures.push(cause))
        .finally(() => under_way.delete(one));
      under_way.add(one);
    }
    await Promise.all(under_way);
  } finally {
    for (const connection of all) connection.close();
  }
  if (failures.length > 0) throw failures[0];
  return sent;
}

async function sendOne(connection: Connection, push: Push, { at, answers }: Sent): Promise<void> {
  const now = monotonicMs();
  for (const id of push.ids) at.set(id, now);
  await connection.send(push.request, ACCEPTED);
  answers.push(monotonicMs() - now);
}

import { log, reasonOf } from "../flow/log.ts";

/** Many objects asked for one page: a few at a time, each for a moment, and one that does not answer spoils no page. */

const AT_ONCE = 5;
const ANSWERS_WITHIN_MS = 3000;

/** The answers in order; null where there was none in time. */
export async function askEach<T, A>(
  all: readonly T[],
  ask: (one: T) => Promise<A>,
  within_ms = ANSWERS_WITHIN_MS,
): Promise<(A | null)[]> {
  const answers: (A | null)[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE)
    answers.push(
      ...(await Promise.all(all.slice(at, at + AT_ONCE).map((one) => inTime(ask(one), within_ms)))),
    );
  return answers;
}

async function inTime<A>(answer: Promise<A>, within_ms: number): Promise<A | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), within_ms);
  const told = answer.catch((error: unknown) => {
    log("health.not_told", { why: reasonOf(error) });
    return null;
  });
  try {
    return await Promise.race([told, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

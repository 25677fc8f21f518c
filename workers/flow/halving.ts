/** A number that a carrier refuses spoils the call it stands in: the call is halved until the number stands alone. Pure: the calls are the caller's. */

/** How a call for some numbers went. `refused`: by something in it, so that fewer numbers may fare better. `failed`: the carrier itself. */
export type Part<Failure> =
  | { kind: "answered"; changed: readonly string[] }
  | { kind: "refused"; why: Failure }
  | { kind: "failed"; why: Failure }
  /** No leave for a call now. */
  | { kind: "waits"; why: Failure };

export interface Halved<Number, Failure> {
  /** Whether any part of it was answered: only then are the refusals the numbers' own fault and not the carrier's. */
  answered: boolean;
  changed: string[];
  /** The numbers that stood alone at last, and why they were refused. */
  refused: { number: Number; why: Failure }[];
  /** What ended it before all was asked; null where all was, or where the calls were used up. */
  ended: Failure | null;
  /** Numbers that no call told anything of. */
  left: Number[];
}

/** Calls that one halved call may cost: two bad numbers among a hundred. What is left is halved with the next check. */
const CALLS_MAX = 24;

/** Asks for the halves of what was refused as a whole, in order, each half by `ask`. */
export async function halve<Number, Failure>(
  numbers: readonly Number[],
  ask: (numbers: readonly Number[]) => Promise<Part<Failure>>,
): Promise<Halved<Number, Failure>> {
  const result: Halved<Number, Failure> = {
    answered: false,
    changed: [],
    refused: [],
    ended: null,
    left: [],
  };
  const open = halvesOf(numbers);
  for (let calls = 0; calls < CALLS_MAX; calls++) {
    const part = open.pop();
    if (part === undefined) break;
    const asked = await ask(part);
    if (asked.kind === "answered") {
      result.answered = true;
      result.changed.push(...asked.changed);
      continue;
    }
    const [alone, ...more] = part;
    if (asked.kind !== "refused") {
      result.ended = asked.why;
      open.push(part);
      break;
    }
    if (alone !== undefined && more.length === 0) result.refused.push({ number: alone, why: asked.why });
    else open.push(...halvesOf(part));
  }
  result.left = open.toReversed().flat();
  return result;
}

/** Both halves, the first one last, as a stack has them. */
function halvesOf<Number>(numbers: readonly Number[]): (readonly Number[])[] {
  const middle = Math.ceil(numbers.length / 2);
  return [numbers.slice(middle), numbers.slice(0, middle)].filter((half) => half.length > 0);
}

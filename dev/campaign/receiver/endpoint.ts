import type { ServerResponse } from "node:http";
import { Random } from "../random.ts";
import type { Behaviour } from "../roles.ts";
import { FAULTS, type Fault } from "./faults.ts";

/** What one endpoint does with its n-th request: drawn from the seed, so that a run can be repeated. */
export interface Endpoint {
  name: string;
  behaviour: Behaviour;
  /** Its `poison` behaviour refuses whatever carries one of these: `number code`. */
  poisoned: ReadonlySet<string>;
  requests: number;
}

export interface Reaction {
  /** Its name in the journal. */
  fault: string;
  ack: Fault["ack"];
  answer(response: ServerResponse): void;
  /** It answers later or never: the journal must not say that it has. */
  silent: boolean;
}

const MIXED_SHARE = 0.35;
const FLAP_GOOD_MS = 8_000;
const FLAP_BAD_MS = 4_000;
const SILENT = new Set(["never answers", "answers after we gave up"]);
const total = Object.values(FAULTS).reduce((sum, { weight }) => sum + weight, 0);

const ACCEPT: Reaction = {
  fault: "none",
  ack: "clean",
  silent: false,
  answer: (response) => void response.writeHead(204).end(),
};
const HANG: Reaction = { fault: "hangs", ack: "no", silent: true, answer: () => {} };

export function reactionOf(
  endpoint: Endpoint,
  facts: readonly string[],
  seed: number,
  now: number,
): Reaction {
  const n = endpoint.requests++;
  switch (endpoint.behaviour) {
    case "hang":
      return HANG;
    case "gone":
      return refuses(410, "gone");
    case "unavailable":
      return refuses(503, "unavailable");
    case "poison":
      return facts.some((fact) => endpoint.poisoned.has(fact.split(" ").slice(0, 2).join(" ")))
        ? refuses(422, "poison")
        : ACCEPT;
    case "flap":
      return now % (FLAP_GOOD_MS + FLAP_BAD_MS) < FLAP_GOOD_MS ? ACCEPT : refuses(502, "flapping");
    case "mixed":
      return drawn(new Random("fault", seed, endpoint.name, n));
    // Nothing arrives where the port is closed or the certificate refused; what does is answered.
    case "closed":
    case "untrusted":
    case "clean":
      return ACCEPT;
  }
}

function refuses(status: number, fault: string): Reaction {
  return {
    fault,
    ack: "no",
    silent: false,
    answer: (response) => void response.writeHead(status).end(`${fault}\n`),
  };
}

function drawn(random: Random): Reaction {
  if (!random.chance(MIXED_SHARE)) return ACCEPT;
  let at = random.next() * total;
  for (const [fault, { weight, ack, answer }] of Object.entries(FAULTS)) {
    at -= weight;
    if (at < 0) return { fault, ack, answer, silent: SILENT.has(fault) };
  }
  return ACCEPT;
}

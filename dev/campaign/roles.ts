/** The customers of a campaign: what each one's endpoints do, and when. */

/**
 * What an endpoint does. `clean` answers 204; `hang` never answers; `mixed` draws a fault of the list for some requests;
 * `poison` answers 422 to whatever carries one of some facts; `flap` is good for a while and bad for a while;
 * `closed` has its port closed; `untrusted` shows a certificate that nobody can trust.
 */
export type Behaviour =
  | "clean"
  | "hang"
  | "mixed"
  | "poison"
  | "flap"
  | "gone"
  | "unavailable"
  | "closed"
  | "untrusted";

export interface PlannedSubscription {
  /** `c03-1`: the endpoint's path, and its name in every record. */
  endpoint: string;
  way: "webhook" | "sftp";
  /** Only events of these milestones; null for all. */
  milestones: string[] | null;
  max_batch: number;
  /** What it does from a share (0 to 1) of the accepted events on, in order. Null: at the end of all telling. */
  behaviours: readonly { from: number | null; behaviour: Behaviour }[];
  /** The secret is rotated once. */
  rotates: boolean;
}

const clean: PlannedSubscription["behaviours"] = [{ from: 0, behaviour: "clean" }];
type Draft = Pick<PlannedSubscription, "behaviours"> &
  Partial<Pick<PlannedSubscription, "way" | "milestones" | "max_batch" | "rotates">>;

export interface Role {
  role: string;
  subscriptions: readonly Draft[];
}

/** Who comes after the last role. */
export const STEADY: Role = { role: "steady", subscriptions: [{ behaviours: clean }] };

/** The first four are enough for every kind of ending; the others come with more customers. */
export const ROLES: readonly Role[] = [
  { role: "steady", subscriptions: [{ behaviours: clean }] },
  // Well-behaved at first, so that the same customer can be measured both ways.
  { role: "hanging", subscriptions: [{ behaviours: clean }, { behaviours: clean }] },
  {
    role: "mixed faults",
    subscriptions: [
      { behaviours: [{ from: 0, behaviour: "mixed" }] },
      { behaviours: clean, milestones: ["delivery"], max_batch: 3 },
      {
        behaviours: [
          { from: 0, behaviour: "clean" },
          { from: 0.3, behaviour: "closed" },
          { from: 0.45, behaviour: "clean" },
        ],
        way: "sftp",
      },
    ],
  },
  {
    role: "refusing, gone",
    subscriptions: [
      { behaviours: [{ from: 0, behaviour: "poison" }], max_batch: 5 },
      {
        behaviours: [
          { from: 0, behaviour: "clean" },
          { from: 0.4, behaviour: "gone" },
          { from: null, behaviour: "clean" },
        ],
      },
    ],
  },
  { role: "steady", subscriptions: [{ behaviours: clean }] },
  {
    role: "port closed",
    subscriptions: [
      {
        behaviours: [
          { from: 0, behaviour: "clean" },
          { from: 0.15, behaviour: "closed" },
          { from: 0.3, behaviour: "clean" },
          { from: 0.6, behaviour: "closed" },
          { from: 0.75, behaviour: "clean" },
        ],
      },
      { behaviours: clean },
    ],
  },
  { role: "flapping", subscriptions: [{ behaviours: [{ from: 0, behaviour: "flap" }] }] },
  {
    role: "certificate",
    subscriptions: [
      {
        behaviours: [
          { from: 0, behaviour: "untrusted" },
          { from: null, behaviour: "clean" },
        ],
      },
    ],
  },
  { role: "steady", subscriptions: [{ behaviours: clean }] },
  {
    role: "unavailable",
    subscriptions: [
      {
        behaviours: [
          { from: 0, behaviour: "clean" },
          { from: 0.2, behaviour: "unavailable" },
          { from: 0.5, behaviour: "clean" },
        ],
      },
    ],
  },
  { role: "rotating", subscriptions: [{ behaviours: clean, rotates: true }] },
  { role: "steady", subscriptions: [{ behaviours: clean, max_batch: 1 }] },
  { role: "mixed faults", subscriptions: [{ behaviours: [{ from: 0, behaviour: "mixed" }], max_batch: 1 }] },
  { role: "steady", subscriptions: [{ behaviours: clean, max_batch: 100 }] },
  { role: "flapping", subscriptions: [{ behaviours: [{ from: 0, behaviour: "flap" }] }] },
  { role: "steady", subscriptions: [{ behaviours: clean }] },
];

import { readRules } from "../rules.ts";

/**
 * DSV, IFTSTA D.96A (Germany) and D.10B (Nordic). Numbers of UN/CEFACT Recommendation 24 as far as they are seen and leave no
 * doubt; 71 as a reason says "as ordered". The Nordic files write Z1 for the status and put what happened into the reasons: those
 * are DSV's own and no list of them is public, so they stay unmapped until somebody maps them.
 * code | reason | service | text | Gluey code | reason | meaning
 */
export const rules = readRules(
  "dsv",
  1,
  `
13  |    | | | collection/collected                   | | Collection, completed
1   |    | | | in_transit/arrived_at_carrier_facility | | Arrival, completed
24  |    | | | in_transit/departed_carrier_facility   | | Departure, completed
31  |    | | | in_transit/carrier_network             | | En route
21  |    | | | delivery/delivered                     | | Delivery, completed
21  | 71 | | | delivery/delivered                     | | SENDUNG ZUGESTELLT
`,
);

import { z } from "zod";
import type { Carrier, CarrierRequest } from "../carrier.ts";
import { s10 } from "../check-digits.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

const GRAPHQL = "https://graphql.posti.fi";
const AUTH = "https://auth-service.posti.fi";

const QUERY = `query ($searchTerms: [String!]!, $type: ConsumerSearchTypeFilter!, $locale: String) {
  consumerSearchShipments(page: 0, pageSize: 10, type: $type, searchTerms: $searchTerms, locale: $locale) {
    totalHits
    hits { displayId status { main subStatus } delivery { time { timestamp timestampLatest } } events { timestamp eventDescription city } }
  }
}`;

const Tokens = z.object({
  id_token: z.string().min(1),
  role_tokens: z.array(z.object({ type: z.string(), token: z.string().min(1) })).min(1),
});

/** An anonymous visitor gets two tokens: who he is, and what he may. They travel as one text, parted by a bar that no JWT has. */
function readTokens(body: Uint8Array): { token: string; expires_in_s: number } | null {
  try {
    const { id_token, role_tokens } = Tokens.parse(JSON.parse(new TextDecoder().decode(body)));
    const [role] = role_tokens;
    return role === undefined ? null : { token: `${role.token}|${id_token}`, expires_in_s: 3600 };
  } catch {
    return null;
  }
}

function applyTokens(request: CarrierRequest, token: string): CarrierRequest {
  const [role = "", id = ""] = token.split("|");
  return {
    ...request,
    headers: { ...request.headers, authorization: role, "x-posti-token": `Bearer ${id}` },
  };
}

/** Posti (Finland): its public consumer search, which needs no account. */
export const posti: Carrier = {
  id: "posti",
  name: "Posti",
  rules,
  harmonize,
  numbers: [
    { pattern: /^JJFI\d{12,18}$/u, likelihood: 1 },
    { pattern: /^[A-Z]{2}\d{9}FI$/u, check: s10, likelihood: 0.9 },
  ],
  poll: {
    credentials: z.object({}),
    numbers_per_call: 1,
    rate: {},
    base_url: GRAPHQL,
    request: (numbers, { base_url }) => {
      numbersOf(numbers, 1);
      return {
        method: "POST",
        url: under(base_url, "graphql"),
        headers: { accept: "application/json", "content-type": "application/json" },
        body: JSON.stringify({
          query: QUERY,
          variables: { searchTerms: numbers, type: "PUBLIC_SHIPMENTS", locale: "en" },
        }),
      };
    },
    token: {
      // Another address than Posti's own stands for both of its hosts.
      request: ({ base_url }) => ({
        method: "POST",
        url: under(base_url === GRAPHQL ? AUTH : base_url, "api/v1/anonymous_token"),
        headers: { accept: "application/json", "content-type": "application/json" },
        body: "{}",
      }),
      read: readTokens,
      apply: applyTokens,
    },
  },
};

import { detectFormat } from "../../domain/edi/detect.ts";
import type { Carrier } from "../carrier.ts";
import { clientCredentials, OAuthCredentials } from "../oauth.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** GLS: Group Track & Trace v1 (poll), pakstat files (sFTP). Answers of GLS Netherlands' consumer service are read too. */
export const gls: Carrier = {
  id: "gls",
  name: "GLS",
  rules,
  harmonize,
  sourceOf: (body) => (detectFormat(body).format === "json" ? "poll" : "sftp"),
  numbers: [{ pattern: /^\d{11,12}$/u, likelihood: 0.3 }],
  poll: {
    credentials: OAuthCredentials,
    numbers_per_call: 10,
    rate: { per_day: 500 },
    base_url: "https://api.gls-group.net",
    request: (numbers, { base_url }) => ({
      method: "GET",
      url: `${under(base_url, "track-and-trace-v1/tracking/simple/trackids")}/${numbersOf(numbers, 10).join(",")}`,
      headers: { accept: "application/json" },
      body: null,
    }),
    token: clientCredentials({ path: "oauth2/v2/token", client: "basic" }),
  },
  sftp: { files: /^pakstat|\.(txt|csv|dat)$/iu },
};

import { z } from "zod";
import { credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { isSandboxNumber, SANDBOX_NUMBER } from "./numbers.ts";
import { parts } from "./parts.ts";
import { verify } from "./signature.ts";
import { rules } from "./statuses.ts";

/** The carrier without vans: speaks all three ways, so that anybody can try the product. Works with test keys only. */
export const sandbox: Carrier = {
  id: "sandbox",
  name: "Sandbox",
  test_only: true,
  rules,
  harmonize,
  numbers: [{ pattern: SANDBOX_NUMBER, check: isSandboxNumber, likelihood: 1 }],
  webhook: {
    credentials: z.object({ webhook_secret: z.string().min(8) }),
    verify,
  },
  poll: {
    credentials: z.object({ api_key: z.string().min(1) }),
    numbers_per_call: 50,
    rate: {},
    base_url: "http://127.0.0.1:8790",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "track")}?numbers=${numbersOf(numbers, 50).join(",")}`,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${credential(credentials, "api_key")}`,
      },
      body: null,
    }),
    parts,
  },
  sftp: { files: /\.json$/iu },
};

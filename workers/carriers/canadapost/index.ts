import { z } from "zod";
import { detectFormat } from "../../domain/edi/detect.ts";
import { basicAuth, credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { gs1, s10 } from "../check-digits.ts";
import { ediFiles } from "../edi-files.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** Canada Post: Get Tracking Details (poll, XML), X12 214 files (sFTP). */
export const canadapost: Carrier = {
  id: "canadapost",
  name: "Canada Post",
  rules,
  harmonize,
  sourceOf: (body) => (detectFormat(body).format === "x12" ? "sftp" : "poll"),
  numbers: [
    { pattern: /^[A-Z]{2}\d{9}CA$/u, check: s10, likelihood: 0.9 },
    { pattern: /^\d{16}$/u, check: gs1, likelihood: 0.6 },
  ],
  poll: {
    credentials: z.object({ username: z.string().min(1), password: z.string().min(1) }),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://soa-gw.canadapost.ca",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "vis/track/pin")}/${oneNumber(numbers)}/detail`,
      headers: {
        accept: "application/vnd.cpc.track-v2+xml",
        "accept-language": "en-CA",
        authorization: basicAuth(credential(credentials, "username"), credential(credentials, "password")),
      },
      body: null,
    }),
  },
  sftp: { files: ediFiles },
};

import { z } from "zod";
import { detectFormat } from "../../domain/edi/detect.ts";
import { basicAuth, credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { gs1, identcode, s10 } from "../check-digits.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

const attribute = (value: string) =>
  value.replace(/&/gu, "&amp;").replace(/"/gu, "&quot;").replace(/</gu, "&lt;").replace(/>/gu, "&gt;");

/** DHL Paket in Germany: Parcel DE Tracking v0 (poll: basic for the gateway, a second name and password inside the request), REPSRD reports (sFTP). */
export const dhlParcelDe: Carrier = {
  id: "dhl_parcel_de",
  name: "DHL Paket (Germany)",
  rules,
  harmonize,
  sourceOf: (body) => (detectFormat(body).format === "xml" ? "poll" : "sftp"),
  numbers: [
    { pattern: /^(00)?34\d{16}$/u, check: gs1, likelihood: 0.8 },
    { pattern: /^JJD\d{16,18}$/u, likelihood: 0.8 },
    { pattern: /^C[A-Z]\d{9}DE$/u, check: s10, likelihood: 0.8 },
    // the Identcode of the sorting label
    { pattern: /^\d{12}$/u, check: identcode, likelihood: 0.4 },
  ],
  poll: {
    credentials: z.object({
      api_key: z.string().min(1),
      api_secret: z.string().min(1),
      appname: z.string().min(1),
      password: z.string().min(1),
    }),
    numbers_per_call: 20,
    rate: {},
    base_url: "https://api-eu.dhl.com",
    request: (numbers, { base_url, credentials }) => {
      numbersOf(numbers, 20);
      const asked = `<?xml version="1.0" encoding="UTF-8" standalone="no"?><data appname="${attribute(
        credential(credentials, "appname"),
      )}" language-code="en" password="${attribute(credential(credentials, "password"))}" piece-code="${attribute(
        numbers.join(";"),
      )}" request="d-get-piece-detail"/>`;
      return {
        method: "GET",
        url: `${under(base_url, "parcel/de/tracking/v0/shipments")}?xml=${encodeURIComponent(asked.toWellFormed())}`,
        headers: {
          accept: "application/xml",
          authorization: basicAuth(credential(credentials, "api_key"), credential(credentials, "api_secret")),
        },
        body: null,
      };
    },
  },
  sftp: { files: /\.(csv|txt)$/iu },
};

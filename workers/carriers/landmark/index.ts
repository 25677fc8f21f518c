import { z } from "zod";
import { detectFormat } from "../../domain/edi/detect.ts";
import { credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

const xml = (value: string) =>
  value.toWellFormed().replace(/&/gu, "&amp;").replace(/</gu, "&lt;").replace(/>/gu, "&gt;");

/**
 * Landmark Global: Track API v2 (poll: name and password inside the request, one package a call) and tracking files
 * (sFTP), both of mercurydocs.landmarkglobal.com. Landmark gives an API 300 calls a minute at most and wants each
 * package asked for once an hour.
 */
export const landmark: Carrier = {
  id: "landmark",
  name: "Landmark Global",
  rules,
  harmonize,
  sourceOf: (body) => (detectFormat(body).format === "xml" ? "poll" : "sftp"),
  // the shipment's number and behind N the package's
  numbers: [{ pattern: /^LTN\d{8,9}N\d{1,3}$/u, likelihood: 1 }],
  poll: {
    credentials: z.object({
      username: z.string().min(1),
      password: z.string().min(1),
      client_id: z.string().min(1),
    }),
    numbers_per_call: 1,
    rate: { per_second: 5 },
    min_minutes: 60,
    base_url: "https://api.landmarkglobal.com",
    request: (numbers, { base_url, credentials }) => {
      numbersOf(numbers, 1);
      const login = ["username", "password"].map((name) => xml(credential(credentials, name)));
      const asked = `<?xml version="1.0" encoding="UTF-8"?><TrackRequest><Login><Username>${login[0]}</Username><Password>${login[1]}</Password></Login><Test>false</Test><ClientID>${xml(credential(credentials, "client_id"))}</ClientID><TrackingNumber>${xml(numbers.join(""))}</TrackingNumber><RetrievalType>Historical</RetrievalType></TrackRequest>`;
      return {
        method: "POST",
        url: under(base_url, "v2/Track.php"),
        headers: { accept: "text/xml", "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ RQXML: asked }).toString(),
      };
    },
  },
  sftp: { files: /^TransitReport-\d+-\d{14}\.csv$/iu },
};

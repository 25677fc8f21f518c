import { z } from "zod";
import type { Carrier } from "../carrier.ts";
import { s10 } from "../check-digits.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

const xml = (value: string) =>
  value.toWellFormed().replace(/&/gu, "&amp;").replace(/</gu, "&lt;").replace(/>/gu, "&gt;");

/** Chronopost: trackSkybillV2 of its tracking service (poll, SOAP; ws.chronopost.fr/tracking-cxf), which asks for no account. */
export const chronopost: Carrier = {
  id: "chronopost",
  name: "Chronopost",
  rules,
  harmonize,
  // Like postal numbers, but with letters of its own where those have a country. With FR they are La Poste's.
  numbers: [{ pattern: /^[A-Z]{2}\d{9}(?:JF|TS)$/u, check: s10, likelihood: 0.9 }],
  poll: {
    credentials: z.object({}),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://ws.chronopost.fr",
    request: (numbers, { base_url }) => {
      numbersOf(numbers, 1);
      return {
        method: "POST",
        url: under(base_url, "tracking-cxf/TrackingServiceWS"),
        headers: { accept: "text/xml", "content-type": "text/xml; charset=utf-8", soapaction: '""' },
        body: `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cxf="http://cxf.tracking.soap.chronopost.fr/"><soapenv:Header/><soapenv:Body><cxf:trackSkybillV2><language>en_GB</language><skybillNumber>${xml(numbers.join(""))}</skybillNumber></cxf:trackSkybillV2></soapenv:Body></soapenv:Envelope>`,
      };
    },
  },
};

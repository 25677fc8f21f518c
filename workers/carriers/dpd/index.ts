import { z } from "zod";
import { detectFormat } from "../../domain/edi/detect.ts";
import { credential } from "../authentic.ts";
import type { Carrier, CarrierRequest } from "../carrier.ts";
import { mod37_36 } from "../check-digits.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

const xml = (value: string) =>
  value.replace(/&/gu, "&amp;").replace(/</gu, "&lt;").replace(/>/gu, "&gt;").replace(/"/gu, "&quot;");

const soap = (
  base_url: string,
  path: string,
  namespaces: string,
  head: string,
  body: string,
): CarrierRequest => ({
  method: "POST",
  url: under(base_url, path),
  headers: { accept: "text/xml", "content-type": "text/xml; charset=utf-8" },
  body: `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ${namespaces}><soapenv:Header>${head}</soapenv:Header><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`,
});

/** Stands in a request for the day's token until `apply` puts it in. */
const TOKEN = "{{authToken}}";

/** A token lives a day; DPD does not say until when, so it is asked for again a little earlier. */
const TOKEN_LIFE_S = 23 * 3600;

/** DPD: ParcelLifeCycleService (poll, after LoginService), STATUSDATA and SCANINFO files (sFTP). Each country has a host of its own. */
export const dpd: Carrier = {
  id: "dpd",
  name: "DPD",
  rules,
  harmonize,
  sourceOf: (body) => (detectFormat(body).format === "xml" ? "poll" : "sftp"),
  numbers: [
    // the label's barcode (postal code, parcel number, service, country) and the parcel number, each with its check character
    { pattern: /^\d{27}[0-9A-Z]$/u, check: mod37_36, likelihood: 0.9 },
    { pattern: /^\d{14}[0-9A-Z]$/u, check: mod37_36, likelihood: 0.7 },
    { pattern: /^\d{14}$/u, likelihood: 0.4 },
  ],
  poll: {
    credentials: z.object({ delis_id: z.string().min(1), password: z.string().min(1) }),
    numbers_per_call: 1,
    rate: { per_second: 0.5 },
    base_url: "https://public-ws.dpd.com",
    request: (numbers, { base_url, credentials }) => {
      numbersOf(numbers, 1);
      return soap(
        base_url,
        "services/ParcelLifeCycleService/V2_0/",
        'xmlns:ns="http://dpd.com/common/service/types/Authentication/2.0" xmlns:ns1="http://dpd.com/common/service/types/ParcelLifeCycleService/2.0"',
        `<ns:authentication><delisId>${xml(credential(credentials, "delis_id"))}</delisId><authToken>${TOKEN}</authToken><messageLanguage>en_EN</messageLanguage></ns:authentication>`,
        `<ns1:getTrackingData><parcelLabelNumber>${xml(numbers.join(""))}</parcelLabelNumber></ns1:getTrackingData>`,
      );
    },
    token: {
      request: ({ base_url, credentials }) =>
        soap(
          base_url,
          "services/LoginService/V2_1/",
          'xmlns:ns="http://dpd.com/common/service/types/LoginService/2.1"',
          "",
          `<ns:getAuth><delisId>${xml(credential(credentials, "delis_id"))}</delisId><password>${xml(credential(credentials, "password"))}</password><messageLanguage>en_EN</messageLanguage></ns:getAuth>`,
        ),
      read: (body) => {
        const token = /<(?:\w+:)?authToken>([^<\s]{1,500})<\//u.exec(
          new TextDecoder().decode(body.subarray(0, 100_000)),
        )?.[1];
        return token === undefined ? null : { token, expires_in_s: TOKEN_LIFE_S };
      },
      // A fault under HTTP 500 or 200, never 401: the day's token may end before we thought.
      refused: (body) =>
        /<(?:\w+:)?authenticationFault[\s>]/u.test(new TextDecoder().decode(body.subarray(0, 4000))),
      apply: (request, token) => ({
        ...request,
        body: request.body?.replace(TOKEN, () => xml(token)) ?? null,
      }),
    },
  },
  sftp: { files: /^(?:STATUSDATA|SCANINFO)(?!.*\.sem$)/iu },
};

import { z } from "zod";
import { basicAuth, credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

const xml = (value: string) =>
  value.toWellFormed().replace(/&/gu, "&amp;").replace(/</gu, "&lt;").replace(/>/gu, "&gt;");

/**
 * TNT: ExpressConnect Tracking 3.1 (poll; XML in a form field, Basic). Accounts of before TNT became FedEx's have it; new
 * ones are given FedEx's API. A request names several consignments; fifty is what integrations keep to.
 */
export const tnt: Carrier = {
  id: "tnt",
  name: "TNT",
  rules,
  harmonize,
  // Numbers are used again, and an answer holds all consignments that had one: which is the newest, only all of them tell.
  indivisible: true,
  // A consignment number of nine digits looks like many another, and its letters are the customer's own in some countries.
  numbers: [{ pattern: /^GE\d{9}WW$/u, likelihood: 0.9 }],
  poll: {
    credentials: z.object({ username: z.string().min(1), password: z.string().min(1) }),
    numbers_per_call: 50,
    rate: {},
    base_url: "https://express.tnt.com",
    request: (numbers, { base_url, credentials }) => {
      numbersOf(numbers, 50);
      const consignments = numbers.map((number) => `<ConsignmentNumber>${xml(number)}</ConsignmentNumber>`);
      const asked = `<?xml version="1.0" encoding="UTF-8" standalone="no"?><TrackRequest locale="en_US" version="3.1"><SearchCriteria>${consignments.join("")}</SearchCriteria><LevelOfDetail><Complete originAddress="false" destinationAddress="false" package="true" shipment="true"/></LevelOfDetail></TrackRequest>`;
      return {
        method: "POST",
        url: under(base_url, "expressconnect/track.do"),
        headers: {
          accept: "text/xml",
          "content-type": "application/x-www-form-urlencoded",
          authorization: basicAuth(credential(credentials, "username"), credential(credentials, "password")),
        },
        body: new URLSearchParams({ xml_in: asked }).toString(),
      };
    },
  },
};

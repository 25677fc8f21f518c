import type { GlueyCode } from "../../codes.ts";
import type { Reason } from "../../statuses.ts";
import { d96a9011, d96a9013, un4405, un9013 } from "./un-codes.ts";

/** What differs between the two directories in which IFTSTA is written (UN/EDIFACT D.96A and D.01B). */
export interface IftstaDirectory {
  release: "96A" | "01B";
  /** RFF 1154. */
  reference: number;
  /** RFF in a status group. */
  references: number;
  /** LOC 3224. */
  placeName: number;
  /** FTX 4440, five of them. */
  textLine: number;
  /** FTX subject for the name of the site; null where the directory's list has none. */
  siteText: string | null;
  /** GIN qualifier of an SSCC, unless agreed otherwise: BJ is what D.96A partners know, AW is in every directory. */
  sscc: "AW" | "BJ";
  /** DTM format 205 (with offset) came with D.00A; before it, times are local: 203. */
  offsets: boolean;
  /** Whether agency 6 and the status in words go along with the code. */
  statusInWords: boolean;
  /** UNB 0026: names the message type to receivers that route by it. */
  applicationReference: string;
  /** The status code; `news`: also where none is worth sending. */
  status(code: GlueyCode, news: boolean): string | null;
  reason(reason: Reason | null, code: GlueyCode): string | null;
}

export const D96A: IftstaDirectory = {
  release: "96A",
  reference: 35,
  references: 9,
  placeName: 70,
  textLine: 70,
  siteText: null,
  sscc: "BJ",
  offsets: false,
  statusInWords: false,
  applicationReference: "",
  status: d96a9011,
  reason: d96a9013,
};

export const D01B: IftstaDirectory = {
  release: "01B",
  reference: 70,
  references: 999,
  placeName: 256,
  textLine: 512,
  siteText: "AHX",
  sscc: "AW",
  offsets: true,
  statusInWords: true,
  applicationReference: "IFTSTA",
  status: un4405,
  reason: (reason) => un9013(reason),
};

/** Lengths and repetitions that are the same in both. */
export const LENGTHS = {
  /** CNI 1004, GIN 7402, NAD 3036 and 3039, UNB 0004 and 0010. */
  id: 35,
  /** LOC 3225. */
  placeCode: 25,
  /** Texts of one FTX, lines of one NAD name. */
  lines: 5,
  /** STS groups of one CNI. */
  statuses: 99,
} as const;

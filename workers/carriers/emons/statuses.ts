import { readRules } from "../rules.ts";

/**
 * Emons, IFTSTA D.96A. Its status numbers are its own and no list of them is public (360 and 681 are seen): there is nothing to map
 * them by, and a guess could close a shipment that is still under way. Every code is kept and shown as unmapped until somebody
 * who has Emons' list adds it.
 * code | reason | service | text | Gluey code | reason | meaning
 */
export const rules = readRules("emons", 1, "");

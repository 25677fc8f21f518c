import { australiapost } from "./australiapost/index.ts";
import { bring } from "./bring/index.ts";
import { budbee } from "./budbee/index.ts";
import { canadapost } from "./canadapost/index.ts";
import type { Carrier } from "./carrier.ts";
import { chronopost } from "./chronopost/index.ts";
import { dbschenker } from "./dbschenker/index.ts";
import { dhlFreight } from "./dhl_freight/index.ts";
import { dhlParcelDe } from "./dhl_parcel_de/index.ts";
import { dhlUniversal } from "./dhl_universal/index.ts";
import { dpd } from "./dpd/index.ts";
import { dsv } from "./dsv/index.ts";
import { emons } from "./emons/index.ts";
import { fedex } from "./fedex/index.ts";
import { geis } from "./geis/index.ts";
import { gls } from "./gls/index.ts";
import { hermes } from "./hermes/index.ts";
import { inpost } from "./inpost/index.ts";
import { landmark } from "./landmark/index.ts";
import { laposte } from "./laposte/index.ts";
import { matkahuolto } from "./matkahuolto/index.ts";
import { mydhl } from "./mydhl/index.ts";
import { packeta } from "./packeta/index.ts";
import { posti } from "./posti/index.ts";
import { postnord } from "./postnord/index.ts";
import { royalmail } from "./royalmail/index.ts";
import { sandbox } from "./sandbox/index.ts";
import { sendle } from "./sendle/index.ts";
import { tnt } from "./tnt/index.ts";
import { ups } from "./ups/index.ts";
import { usps } from "./usps/index.ts";

/** Every carrier Gluey knows. Whoever needs to know the carriers asks here; a new carrier is a folder and a line. */
export const carriers: readonly Carrier[] = [
  australiapost,
  bring,
  budbee,
  canadapost,
  chronopost,
  dbschenker,
  dhlFreight,
  dhlParcelDe,
  dhlUniversal,
  dpd,
  dsv,
  emons,
  fedex,
  geis,
  gls,
  hermes,
  inpost,
  landmark,
  laposte,
  matkahuolto,
  mydhl,
  packeta,
  posti,
  postnord,
  royalmail,
  sandbox,
  sendle,
  tnt,
  ups,
  usps,
];

const byId = new Map(carriers.map((carrier) => [carrier.id, carrier]));

/** The carrier of an id, or null: an unknown id is the caller's to refuse, never a default. */
export function findCarrier(id: string): Carrier | null {
  return byId.get(id) ?? null;
}

import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from "node:fs";

/** The files the EDI bench reads: what a parcel carrier drops at night, invented, and the same at every run. */

export type EdiStandard = "edifact" | "x12";

/**
 * Writes a file of at least `size` bytes unless it is there already; says how many events and messages it holds.
 * `texts`: how many further texts of 70 characters each event of a message has, EDIFACT only.
 */
export function generate(
  path: string,
  standard: EdiStandard,
  size: number,
  texts: (message: number) => number = () => 0,
): { events: number; messages: number } {
  const one = standard === "edifact" ? (n: number) => iftsta(n, texts(n)) : status214;
  const head =
    standard === "edifact"
      ? "UNA:+.? '\nUNB+UNOC:3+CARRIERCO:ZZZ+TRACKINGHUB:ZZZ+260312:0815+4711'\n"
      : "ISA*00*          *00*          *ZZ*CARRIERCO      *ZZ*TRACKINGHUB    *260312*0815*U*00401*000004711*0*P*>~\nGS*QM*CARRIERCO*TRACKINGHUB*20260312*0815*4711*X*004010~\n";
  const part = `${path}.part`;
  const there = existsSync(path) && statSync(path).size >= size;
  const file = there ? null : openSync(part, "w");
  let bytes = head.length;
  let messages = 0;
  let buffer = head;
  while (bytes < size) {
    const text = one(++messages);
    bytes += text.length;
    if (file === null) continue;
    buffer += text;
    if (buffer.length < 1_000_000) continue;
    writeSync(file, buffer, null, "latin1");
    buffer = "";
  }
  if (file !== null) {
    const tail =
      standard === "edifact" ? `UNZ+${messages}+4711'\n` : `GE*${messages}*4711~\nIEA*1*000004711~\n`;
    writeSync(file, buffer + tail, null, "latin1");
    closeSync(file);
    renameSync(part, path);
  }
  return { events: messages * EVENTS, messages };
}

/** Events a message. */
const EVENTS = 5;
const CITIES = ["HAMBURG", "MALMOE", "WIEN", "GDANSK", "LYON", "UTRECHT"];
const EDIFACT_CODES = ["13", "1", "31", "74", "21"];
const X12_CODES = ["AF", "X4", "X6", "AJ", "D1"];

const two = (n: number) => String(n).padStart(2, "0");
const city = (n: number) => CITIES[n % CITIES.length] ?? "";
const day = (n: number, e: number) => `202603${two(1 + ((n + e) % 28))}`;
const clock = (n: number, e: number) => `${two((n * 7 + e * 3) % 24)}${two((n * 13 + e) % 60)}`;
const number = (n: number) => `CC${String(100_000_000 + n)}DE`;

function iftsta(n: number, texts: number): string {
  const reference = String(n);
  const parcel = `0037${String(10_000_000_000_000 + n)}`;
  const segments = [
    `UNH+${reference}+IFTSTA:D:01B:UN'`,
    `BGM+77+REPORT${reference}+9'`,
    `DTM+137:202603120815:203'`,
    `NAD+MS+CARRIERCO'`,
    `NAD+MR+TRACKINGHUB'`,
    `NAD+CZ+++SENDER ${n % 90} GMBH+LAGERSTRASSE ${n % 50}+${city(n)}++2${n % 9}095+DE'`,
    `CNI+1+${number(n)}'`,
  ];
  for (let e = 0; e < EVENTS; e++) {
    segments.push(
      `STS+1+${EDIFACT_CODES[e]}::6:PARCEL STATUS ${e}'`,
      `RFF+CU:ORDER-${n}'`,
      `RFF+CN:${number(n)}'`,
      `DTM+334:${day(n, e)}${clock(n, e)}:203'`,
      // One text in five holds a sign that has to be released, as addresses of web pages and telephone numbers do.
      `FTX+AHN+++THE PARCEL IS AT ${city(n + e)}, ${e === 3 ? "CALL ?+49 40 1234567" : `STEP ${e} OF ITS WAY`}'`,
      ...Array.from(
        { length: texts },
        (_, text) => `FTX+AHN+++${`TEXT ${text} OF EVENT ${e} `.padEnd(70, "X")}'`,
      ),
      `NAD+CN+++RECEIVER ${n % 70}+HAUPTSTRASSE ${n % 60}+${city(n + 1)}++8${n % 9}331+DE'`,
      `LOC+14+${e}${n % 1000}::87:DEPOT ${n % 40}+${city(n + e)}+DE'`,
      `GID+1+1:PK'`,
      `PCI+30'`,
      `GIN+AW+${parcel}'`,
    );
  }
  return `${segments.join("\n")}\nUNT+${segments.length + 1}+${reference}'\n`;
}

function status214(n: number): string {
  const control = String(n).padStart(4, "0");
  const segments = [
    `ST*214*${control}~`,
    `B10*${number(n)}*SHIPMENT${n}*CRCO~`,
    `L11*ORDER-${n}*PO~`,
    `L11*${number(n)}*2I~`,
    `N1*SH*SENDER ${n % 90} INC~`,
    `N3*${n % 900} MAIN STREET~`,
    `N4*COLUMBUS*OH*43${100 + (n % 800)}*US~`,
    `N1*CN*RECEIVER ${n % 70}~`,
    `N3*${n % 800} OAK AVENUE~`,
    `N4*DAYTON*OH*45${100 + (n % 800)}*US~`,
  ];
  for (let e = 0; e < EVENTS; e++) {
    segments.push(
      `LX*${e + 1}~`,
      `AT7*${X12_CODES[e]}*NS***${day(n, e)}*${clock(n, e)}*LT~`,
      `MS1*${city(n + e)}*OH*US~`,
      `MS2*CRCO*TRAILER${n % 500}~`,
      `L11*STOP${e}*QN~`,
      `L11*PKG${n}*97~`,
      `MAN*CP*${number(n)}~`,
      `K1*THE PARCEL IS AT ${city(n + e)}*STEP ${e} OF ITS WAY~`,
      `AT8*G*K*${10 + (n % 30)}*1~`,
    );
  }
  return `${segments.join("\n")}\nSE*${segments.length + 1}*${control}~\n`;
}

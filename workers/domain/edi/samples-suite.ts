/** Small files of our own for the tests of this folder: the carriers' shapes, invented names and numbers. */

/** Latin-1 bytes of a text, so that a test can write any byte as `\u00e4`. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** An interchange around messages, with a right trailer. */
export function interchange(messages: readonly string[], head = "UNA:+.? '", ref = "REF1"): string {
  const unb = `UNB+UNOC:3+4000000000001:14+HUB:ZZZ+260312:0815+${ref}'`;
  return `${head}${unb}${messages.join("")}UNZ+${messages.length}+${ref}'`;
}

/** UNH … UNT around body segments, with a right count. */
export function iftsta(body: readonly string[], ref = "1", release = "01B"): string {
  return `UNH+${ref}+IFTSTA:D:${release}:UN'${body.map((s) => `${s}'`).join("")}UNT+${body.length + 2}+${ref}'`;
}

export const plain = interchange([
  iftsta([
    "BGM+77+DOC1+9",
    "DTM+137:202603120815:203",
    "CNI+1+SHIP1",
    "STS+1+21::6:Delivered",
    "RFF+CU:ORDER1",
    "DTM+334:202603120712:203",
    "LOC+14+SEMMA:139:6:Malmo+SE:162:5",
    "NAD+AP+++A TESTER",
    "GID+1+1:PK",
    "PCI+30",
    "GIN+AW+370000000000000018",
  ]),
  iftsta(["BGM+77+DOC2+9", "CNI+1+SHIP2", "STS+1+24", "DTM+334:202603111000:203"], "2"),
]);

const isa =
  "ISA*00*          *00*          *02*CARX           *ZZ*HUB            *260312*0815*U*00401*000000101*0*P*>~";

/** A 214 interchange of 004010 around sets, with right trailers. */
export function x12(
  sets: readonly (readonly string[])[],
  header = isa,
  version = "004010",
  type = "214",
): string {
  const body = sets.map((set, i) => {
    const ref = String(i + 1).padStart(4, "0");
    return `ST*${type}*${ref}~${set.map((s) => `${s}~`).join("")}SE*${set.length + 2}*${ref}~`;
  });
  return `${header}GS*QM*CARX*HUB*20260312*0815*7*X*${version}~${body.join("")}GE*${sets.length}*7~IEA*1*000000101~`;
}

export const plain214 = x12([
  [
    "B10*PRO1*SHP1*CARX",
    "L11*PO1*PO",
    "LX*1",
    "AT7*X6*NS***20260312*0941*ET",
    "MS1*ERIE*PA*US",
    "K1*ON THE WAY",
  ],
  ["B10*PRO2*SHP2*CARX", "LX*1", "AT7*D1*NS***20260313*101530*UT", "MS1*DALLAS*TX*US"],
]);

/** A receiver's strict check of an interchange of 214s, for the tests: widths, counts, order, lengths, conditions. */

/** Tag and elements, split by what ISA declares: nothing of the product's reader or writer is used here. */
export type X12Split = readonly [tag: string, ...elements: readonly string[]];

export function splitX12(text: string): X12Split[] {
  const element = text[3] ?? "";
  const terminator = text[105] ?? "";
  return text
    .split(terminator)
    .map((segment) => segment.replace(/^\r?\n/u, ""))
    .filter((segment) => segment !== "")
    .map((segment) => {
      const [tag = "", ...elements] = segment.split(element);
      return [tag, ...elements];
    });
}

/** Smallest and largest length by element, 004010; what 005010 has otherwise stands after a slash. */
const LENGTHS: Record<string, string> = {
  GS: "2-2 2-15 2-15 8-8 4-8 1-9 1-2 1-12",
  ST: "3-3 4-9",
  B10: "1-30/1-50 1-30 2-4",
  L11: "1-30/1-50 2-3 1-80",
  N1: "2-3 1-60",
  G62: "2-2 8-8",
  LX: "1-6",
  AT7: "2-2 2-2 2-2 2-2 8-8 4-8 2-2",
  MS1: "2-30 2-2 2-3 7-7 7-7 1-1 1-1 9-9/3-15",
  MAN: "1-2 1-48",
  K1: "1-30 1-30",
  SE: "1-10 4-9",
  GE: "1-6 1-9",
  IEA: "1-5 9-9",
};

/** Heading, then one LX loop: how often each may come, in this order. */
const ORDER: readonly (readonly [tag: string, least: number, most: number])[] = [
  ["B10", 1, 1],
  ["L11", 0, 300],
  ["N1", 0, 10],
  ["G62", 0, 1],
  ["LX", 1, 1],
  ["AT7", 1, 1],
  ["MS1", 0, 1],
  ["L11", 0, 10],
  ["MAN", 0, 9999],
  ["K1", 0, 10],
];

// 1650 and 1651 of 004010, as far as they may be written.
const STATUS_4010 =
  "A3 A7 A9 AF AG AH AI AJ AM AN AP AV B6 BA BC CA CD CL CP D1 I1 J1 K1 L1 OA OO P1 PR R1 S1 SD X1 X2 X3 X4 X5 X6 X8 XB";
const STATUS_5010 = `${STATUS_4010} A1 AW BF D2 K2 PA PU SN X9`;
const REASON =
  "A1 A2 A3 A5 AA AD AE AG AI AJ AK AM AN AO AQ AR AS AU AV AW B1 B4 B8 B9 BB BC BD BE BG BH BS BT C1 C3 C6 C9 CA D2 F1 NS P1 P2 S1";

/** Everything a strict receiver would complain about; empty where it takes the file. */
export function complaintsAboutX12(bytes: Uint8Array, version: "004010" | "005010"): string[] {
  const complaints: string[] = [];
  const text = new TextDecoder("latin1").decode(bytes);
  for (const letter of text)
    if (letter !== "\n" && (letter < " " || letter > "~")) complaints.push("not ASCII");
  const header = text.slice(0, 106);
  const old = version === "004010";
  const wanted =
    /^ISA\*00\* {10}\*00\* {10}\*(..)\*(.{15})\*(..)\*(.{15})\*\d{6}\*\d{4}\*(.)\*(\d{5})\*(\d{9})\*0\*[PT]\*>~$/u.exec(
      header,
    );
  if (wanted === null) return [...complaints, `ISA is not as it should be: ${header}`];
  if (wanted[5] !== (old ? "U" : "^") || wanted[6] !== (old ? "00401" : "00501"))
    complaints.push("ISA of another version");
  const [, gs, ...rest] = splitX12(text);
  const iea = rest.pop();
  const ge = rest.pop();
  if (gs?.[0] !== "GS" || gs[1] !== "QM" || gs[8] !== version) complaints.push("GS is not that of a 214");
  if (ge?.[0] !== "GE" || ge[2] !== gs?.[6]) complaints.push("GE names another group");
  if (iea?.[0] !== "IEA" || iea[1] !== "1" || iea[2] !== wanted[7])
    complaints.push("IEA names another interchange");
  let open: X12Split[] = [];
  let sets = 0;
  for (const segment of rest) {
    complaints.push(...complaintsAboutElements(segment, version));
    open.push(segment);
    if (segment[0] !== "SE") continue;
    sets++;
    const [st] = open;
    if (st?.[0] !== "ST" || st[1] !== "214") complaints.push("no ST of a 214");
    if (segment[1] !== String(open.length) || segment[2] !== st?.[2])
      complaints.push("SE counts or names wrongly");
    complaints.push(...complaintsAboutOrder(open.slice(1, -1).map(([tag]) => tag)));
    open = [];
  }
  if (open.length > 0) complaints.push("segments outside a set");
  if (ge?.[1] !== String(sets)) complaints.push(`GE counts ${ge?.[1]}, not ${sets}`);
  return complaints;
}

function complaintsAboutOrder(tags: readonly string[]): string[] {
  const complaints: string[] = [];
  let at = 0;
  for (const [tag, least, most] of ORDER) {
    let count = 0;
    while (tags[at] === tag && count < most) {
      at++;
      count++;
    }
    if (count < least) complaints.push(`${tag} is missing`);
  }
  if (at < tags.length) complaints.push(`${tags[at]} is out of order or comes too often`);
  return complaints;
}

function complaintsAboutElements([tag, ...elements]: X12Split, version: "004010" | "005010"): string[] {
  const complaints: string[] = [];
  const lengths = LENGTHS[tag]?.split(" ");
  if (lengths === undefined) return [`${tag} is unknown here`];
  if (elements.length === 0 || elements.at(-1) === "") complaints.push(`${tag} ends with a separator`);
  elements.forEach((value, i) => {
    const [old = "", recent = old] = lengths[i]?.split("/") ?? [];
    const [least = 0, most = -1] = (version === "004010" ? old : recent).split("-").map(Number);
    if (value !== "" && (value.length < least || value.length > most))
      complaints.push(`${tag}${i + 1} has ${value.length} letters, not ${least} to ${most}`);
    if (value !== value.trim()) complaints.push(`${tag}${i + 1} has blanks at its ends`);
  });
  const has = (i: number) => (elements[i - 1] ?? "") !== "";
  if (tag === "B10" && !(has(1) && has(2) && has(3))) complaints.push("B10 is incomplete");
  if (tag === "L11" && has(1) !== has(2)) complaints.push("L11 needs value and qualifier");
  if (tag === "K1" && !has(1)) complaints.push("K1 is empty");
  if (tag === "MS1") {
    if (has(1) && !has(2) && !has(3)) complaints.push("MS1 needs a state or a country");
    if (has(1) && has(4)) complaints.push("MS1 has both city and degrees");
    if (has(4) !== has(5) || has(4) !== has(6))
      complaints.push("MS1 needs both degrees and their directions");
  }
  if (tag === "AT7") {
    const statuses = (version === "004010" ? STATUS_4010 : STATUS_5010).split(" ");
    if (!statuses.includes(elements[0] ?? "")) complaints.push(`${elements[0]} is no 1650 of ${version}`);
    if (!REASON.split(" ").includes(elements[1] ?? "")) complaints.push(`${elements[1]} is no 1651`);
    if ((has(6) && !has(5)) || has(6) !== has(7)) complaints.push("AT7 has a time without its date or code");
    if (["AH", "AP"].includes(elements[0] ?? "") && elements[1] === "NS")
      complaints.push("AH and AP need a reason");
  }
  return complaints;
}

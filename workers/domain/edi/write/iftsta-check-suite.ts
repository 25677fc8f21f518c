/** A receiver's strict check of an IFTSTA interchange, for the tests: order, repetitions, lengths, counts, letters. */

/** A segment, or a group with how often it may come: `M` or `C` and the most. */
type Rule = readonly [name: string, need: "M" | "C", most: number, group?: readonly Rule[]];

const NAD_GROUP: readonly Rule[] = [
  ["NAD", "M", 1],
  [
    "SG",
    "C",
    9,
    [
      ["CTA", "M", 1],
      ["COM", "C", 9],
    ],
  ],
];

const header = (): Rule[] => [
  ["BGM", "M", 1],
  ["DTM", "C", 9],
  ["TSR", "C", 1],
  ["SG1", "C", 9, NAD_GROUP],
  [
    "SG3",
    "C",
    9,
    [
      ["RFF", "M", 1],
      ["DTM", "C", 1],
    ],
  ],
  ["LOC", "C", 9],
  ["FTX", "C", 9],
  ["CNT", "C", 9],
];

/** From the directories, as far as a parcel's status goes: what stands under TDT and EQD is left out, for it is never written. */
const STRUCTURE: Record<"96A" | "01B", readonly Rule[]> = {
  "96A": [
    ...header(),
    [
      "SG4",
      "C",
      999,
      [
        ["CNI", "M", 1],
        ["LOC", "C", 9],
        ["CNT", "C", 9],
        [
          "SG5",
          "M",
          99,
          [
            ["STS", "M", 1],
            ["RFF", "C", 9],
            ["DTM", "C", 9],
            ["DOC", "C", 1],
            ["FTX", "C", 9],
            ["NAD", "C", 9],
            ["LOC", "C", 1],
            ["PCI", "C", 99],
            [
              "SG9",
              "C",
              99,
              [
                ["GID", "M", 1],
                ["HAN", "C", 9],
                [
                  "SG12",
                  "C",
                  99,
                  [
                    ["PCI", "M", 1],
                    ["GIN", "C", 9],
                  ],
                ],
              ],
            ],
          ],
        ],
      ],
    ],
  ],
  "01B": [
    ...header(),
    [
      "SG4",
      "C",
      99999,
      [
        ["CNI", "M", 1],
        ["LOC", "C", 9],
        ["CNT", "C", 9],
        [
          "SG5",
          "M",
          99,
          [
            ["STS", "M", 1],
            ["RFF", "C", 999],
            ["DTM", "C", 9],
            ["DOC", "C", 1],
            ["FTX", "C", 9],
            ["SG6", "C", 9, NAD_GROUP],
            ["LOC", "C", 1],
            ["PCI", "C", 99],
            [
              "SG12",
              "C",
              99,
              [
                ["GID", "M", 1],
                ["HAN", "C", 9],
                [
                  "SG15",
                  "C",
                  99,
                  [
                    ["PCI", "M", 1],
                    ["GIN", "C", 9],
                  ],
                ],
              ],
            ],
          ],
        ],
      ],
    ],
  ],
};

const statusElements = (list: number, text: number) =>
  ["M3,C{l},C3", "M3,C{l},C3,C35", ...Array.from({ length: 5 }, () => `M3,C{l},C3,C${text}`)]
    .join(" ")
    .replaceAll("{l}", String(list));

/** Elements by blank, components by comma: M or C, n where only digits may stand, the longest. */
const ELEMENTS: Record<"96A" | "01B", Record<string, string>> = {
  "96A": {
    BGM: "C3,C3,C3,C35 C35 C3 C3",
    DTM: "M3,C35,C3",
    NAD: "M3 M35,C3,C3 M35,C35,C35,C35,C35 M35,C35,C35,C35,C35,C3 M35,C35,C35,C35 C35 C9 C9 C3",
    CNI: "Cn4 C35,C3,C35,C3 Cn4",
    STS: statusElements(3, 35),
    RFF: "M3,C35,C6,C35",
    FTX: "M3 C3 M3,C3,C3 M70,C70,C70,C70,C70 C3",
    LOC: "M3 C25,C3,C3,C70 C25,C3,C3,C70 C25,C3,C3,C70 C3",
    GID: "Cn5 Cn8,C17,C3,C3,C35",
    PCI: "C3 M35,C35 C3 M3,C3,C3",
    GIN: "M3 M35,C35 M35,C35 M35,C35 M35,C35 M35,C35",
  },
  "01B": {
    BGM: "C3,C17,C3,C35 C35,C9,C6 C3 C3",
    DTM: "M3,C35,C3",
    NAD: "M3 M35,C17,C3 M35,C35,C35,C35,C35 M35,C35,C35,C35,C35,C3 M35,C35,C35,C35 C35 C9,C17,C3,C70 C17 C3",
    CNI: "Cn4 C35,C3,C70,C3,C9,C6 Cn4",
    STS: statusElements(17, 256),
    RFF: "M3,C70,C6,C35,C6",
    FTX: "M3 C3 M17,C17,C3 M512,C512,C512,C512,C512 C3 C3",
    LOC: "M3 C25,C17,C3,C256 C25,C17,C3,C70 C25,C17,C3,C70 C3",
    GID: "Cn5 Cn8,C17,C17,C3,C35,C3",
    PCI: "C3 M35,C35 C3 M3,C17,C3",
    GIN: "M3 M35,C35 M35,C35 M35,C35 M35,C35 M35,C35",
  },
};

/** Tag, elements, components, by a splitter of its own: nothing of the product's reader or writer is used here. */
export type Split = readonly [tag: string, ...elements: readonly (readonly string[])[]];

export function splitEdifact(text: string): Split[] {
  const segments: Split[] = [];
  let components = [""];
  let elements: string[][] = [components];
  const add = (letter: string) => {
    components[components.length - 1] += letter;
  };
  const body = text.startsWith("UNA") ? text.slice(9) : text;
  for (let i = 0; i < body.length; i++) {
    const letter = body[i] ?? "";
    if (letter === "?") add(body[++i] ?? "");
    else if (letter === ":") components.push("");
    else if (letter === "+") {
      components = [""];
      elements.push(components);
    } else if (letter === "'") {
      const [[tag = ""] = [], ...rest] = elements;
      segments.push([tag.trim(), ...rest]);
      components = [""];
      elements = [components];
    } else add(letter);
  }
  return segments;
}

/** Everything a strict receiver would complain about; empty where it takes the file. */
export function complaintsAboutIftsta(bytes: Uint8Array, release: "96A" | "01B"): string[] {
  const complaints: string[] = [];
  for (const byte of bytes)
    if (byte !== 0x0a && (byte < 0x20 || (byte > 0x7e && byte < 0xa0)))
      complaints.push(`byte ${byte} is not in UNOC`);
  const segments = splitEdifact(new TextDecoder("latin1").decode(bytes));
  const [first, ...rest] = segments;
  const last = rest.pop();
  if (first?.[0] !== "UNB" || last?.[0] !== "UNZ") return [...complaints, "no UNB … UNZ around the file"];
  const references = new Set<string>();
  let open: Split[] = [];
  let messages = 0;
  for (const segment of rest) {
    complaints.push(...complaintsAboutValues(segment, release));
    open.push(segment);
    if (segment[0] !== "UNT") continue;
    messages++;
    const [head] = open;
    const reference = head?.[1]?.[0] ?? "";
    if (head?.[0] !== "UNH" || head[2]?.join(":") !== `IFTSTA:D:${release}:UN`) complaints.push("wrong UNH");
    if (segment[1]?.[0] !== String(open.length))
      complaints.push(`UNT counts ${segment[1]?.[0]}, not ${open.length}`);
    if (segment[2]?.[0] !== reference) complaints.push("UNT names another message");
    if (references.has(reference) || reference.length > 14) complaints.push(`message reference ${reference}`);
    references.add(reference);
    const body = open.slice(1, -1).map(([tag]) => tag);
    const left = take(body, STRUCTURE[release], complaints);
    if (left.length > 0) complaints.push(`${left[0]} out of order or too often, ${left.length} before UNT`);
    open = [];
  }
  if (open.length > 0) complaints.push("segments outside a message");
  if (last[1]?.[0] !== String(messages)) complaints.push(`UNZ counts ${last[1]?.[0]}, not ${messages}`);
  if (last[2]?.[0] !== first[5]?.[0] || (first[5]?.[0] ?? "").length > 14)
    complaints.push("UNZ names another interchange");
  return complaints;
}

function take(tags: readonly string[], rules: readonly Rule[], complaints: string[]): readonly string[] {
  let rest = tags;
  for (const [name, need, most, group] of rules) {
    let count = 0;
    while (count < most && rest.length > 0 && rest[0] === (group?.[0]?.[0] ?? name)) {
      rest = group === undefined ? rest.slice(1) : take(rest, group, complaints);
      count++;
    }
    if (need === "M" && count === 0) complaints.push(`${name} is missing`);
  }
  return rest;
}

function complaintsAboutValues(segment: Split, release: "96A" | "01B"): string[] {
  const [tag, ...elements] = segment;
  const complaints: string[] = [];
  if (elements.length === 0 || elements.every((element) => element.join("") === ""))
    complaints.push(`${tag} is empty`);
  if (elements.at(-1)?.join("") === "") complaints.push(`${tag} ends with a separator`);
  for (const element of elements)
    if (element.length > 1 && element.at(-1) === "")
      complaints.push(`${tag} has a composite ending with a separator`);
  const rules = ELEMENTS[release][tag]?.split(" ").map((element) => element.split(","));
  if (rules === undefined)
    return ["UNH", "UNT"].includes(tag) ? complaints : [...complaints, `${tag} is unknown here`];
  elements.forEach((element, e) => {
    const filled = element.join("") !== "";
    element.forEach((value, c) => {
      const rule = /^([MC])(n?)(\d+)$/u.exec(rules[e]?.[c] ?? "");
      if (rule === null) complaints.push(`${tag} has no place ${e + 1}.${c + 1}`);
      else if (value.length > Number(rule[3]))
        complaints.push(`${tag} ${e + 1}.${c + 1} is longer than ${rule[3]}`);
      else if (rule[2] === "n" && !/^\d*$/u.test(value))
        complaints.push(`${tag} ${e + 1}.${c + 1} is no number`);
      else if (rule[1] === "M" && filled && value === "")
        complaints.push(`${tag} ${e + 1}.${c + 1} is missing`);
    });
    if (element.some((value) => value !== value.trim()))
      complaints.push(`${tag} ${e + 1} has blanks at its ends`);
  });
  return complaints;
}

import { type CodeMeaning, codePath, meaningOf, UNMAPPED } from "../domain/codes.ts";
import { type Reason, reasonOf } from "../domain/statuses.ts";

/** A carrier's code table: its code, with sub-code, service or text pattern → Gluey's code. Lookup order of statuses.md: the finest key wins. */

/** What a carrier said, as far as a rule can look at it. */
export interface CarrierSaid {
  code: string | null;
  sub_code?: string | null;
  service?: string | null;
  text?: string | null;
}

export interface Rule {
  id: string;
  version: number;
  code: string | null;
  sub_code: string | null;
  service: string | null;
  /** Matched against the carrier's text where it sends no (known) code. */
  text: RegExp | null;
  meaning: CodeMeaning;
  /** Finer than the code's own reason. */
  reason: Reason | null;
}

export interface RuleTable {
  carrier_id: string;
  version: number;
  rules: readonly Rule[];
  byKey: ReadonlyMap<string, Rule>;
  byText: readonly Rule[];
}

/** What a rule table makes of a carrier's code. `rule.id` is `CARRIER:unmapped` where no rule knew it. */
export interface Chosen {
  meaning: CodeMeaning;
  reason: Reason | null;
  rule: { id: string; version: number };
}

const key = (code: string, sub: string | null, service: string | null) =>
  `${code}\u0000${sub ?? ""}\u0000${service ?? ""}`;

/**
 * Reads a table written as text: one rule a line, columns parted by `|` between blanks (one without blanks is a text pattern's own):
 * `code | sub_code | service | text pattern | Gluey code path | reason | what the carrier's paper calls it`.
 * Empty columns are left blank; lines starting with `#` are remarks. A wrong line throws at start, naming the line.
 */
export function readRules(carrier_id: string, version: number, table: string): RuleTable {
  const rules: Rule[] = [];
  for (const [index, raw] of table.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [code = "", sub = "", service = "", text = "", path = "", reason = ""] = line
      .split(/(?:^|\s)\|(?=\s|$)/u)
      .map((cell) => cell.trim());
    if (path === "" || (code === "" && text === "")) {
      throw new Error(
        `${carrier_id}: line ${index + 1} of the code table names no ${path === "" ? "Gluey code" : "carrier code or text"}: ${line}`,
      );
    }
    rules.push(
      newRule(carrier_id, version, {
        code: code === "" ? null : code,
        sub_code: sub === "" ? null : sub,
        service: service === "" ? null : service,
        text: text === "" ? null : text,
        path,
        reason: reason === "" ? null : reason,
      }),
    );
  }
  return index(carrier_id, version, rules);
}

/** One rule from its parts; throws for a path, reason or pattern that does not exist. */
export function newRule(
  carrier_id: string,
  version: number,
  parts: {
    code: string | null;
    sub_code: string | null;
    service: string | null;
    text: string | null;
    path: string;
    reason: string | null;
  },
): Rule {
  const named = [parts.code, parts.sub_code, parts.service].filter((part) => part !== null).join("/");
  return {
    id: `${carrier_id}:${named === "" ? `~${parts.text}` : named}`,
    version,
    code: parts.code,
    sub_code: parts.sub_code,
    service: parts.service,
    text: parts.text === null ? null : new RegExp(parts.text, "iu"),
    meaning: meaningOf(parts.path),
    reason: parts.reason === null ? null : reasonOf(parts.reason),
  };
}

/** The table with further rules on top: a rule of the same key replaces the carrier's own. */
export function withRules(table: RuleTable, added: readonly Rule[]): RuleTable {
  return added.length === 0 ? table : index(table.carrier_id, table.version, [...table.rules, ...added]);
}

function index(carrier_id: string, version: number, rules: readonly Rule[]): RuleTable {
  const byKey = new Map<string, Rule>();
  const byText: Rule[] = [];
  for (const rule of rules) {
    if (rule.code !== null) byKey.set(key(rule.code, rule.sub_code, rule.service), rule);
    else byText.unshift(rule);
  }
  return { carrier_id, version, rules, byKey, byText };
}

/** The first hit of: code with sub-code and service, code with sub-code, code with service, code, text pattern; else `other/unmapped`. */
export function chooseCode(table: RuleTable, said: CarrierSaid): Chosen {
  const hit = find(table, said);
  if (hit === null) {
    return {
      meaning: UNMAPPED,
      reason: null,
      rule: { id: `${table.carrier_id}:unmapped`, version: table.version },
    };
  }
  return {
    meaning: hit.meaning,
    reason: hit.reason ?? hit.meaning.reason,
    rule: { id: hit.id, version: hit.version },
  };
}

/** A carrier's sentence is shorter; what is longer is looked at so far only, since patterns cost more than in proportion. */
const TEXT_LOOKED_AT = 1000;

function find(table: RuleTable, said: CarrierSaid): Rule | null {
  const { code, sub_code = null, service = null } = said;
  const text = said.text?.slice(0, TEXT_LOOKED_AT) ?? null;
  if (code !== null) {
    const keys: [string | null, string | null][] = [
      [sub_code, service],
      [sub_code, null],
      [null, service],
      [null, null],
    ];
    for (const [sub, svc] of keys) {
      const rule = table.byKey.get(key(code, sub, svc));
      if (rule !== undefined && (rule.text === null || (text !== null && rule.text.test(text)))) return rule;
    }
  }
  if (text === null) return null;
  return table.byText.find((rule) => rule.text?.test(text)) ?? null;
}

/** Whether a choice says that no rule knew the carrier's code. */
export function isUnmapped(chosen: Chosen): boolean {
  return codePath(chosen.meaning) === "other/unmapped";
}

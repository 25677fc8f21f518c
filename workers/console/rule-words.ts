import { findCarrier } from "../carriers/registry.ts";
import type { Rule } from "../carriers/rules.ts";
import { codePath } from "../domain/codes.ts";

/** What a rule looks at and what it makes of it, in words. */
export interface RuleWords {
  /** Null where no rule of this id is in force any more. */
  looks: string | null;
  path: string | null;
  /** An operator's, or the carrier's own table. */
  added: boolean;
  unmapped: boolean;
}

/** `added`: the operator's mappings of the carrier, which go before its table. */
export function ruleWords(
  carrier_id: string,
  rule_id: string,
  added: readonly (Rule & { id: string })[],
  said: Said,
): RuleWords {
  if (rule_id === `${carrier_id}:unmapped`) return { looks: null, path: null, added: false, unmapped: true };
  const mine = added.find((rule) => rule.id === rule_id);
  const table = findCarrier(carrier_id)?.rules.rules.filter((rule) => rule.id === rule_id) ?? [];
  const rule = mine ?? table.find((one) => one.code === said.code) ?? table[0];
  if (rule === undefined) return { looks: null, path: null, added: false, unmapped: false };
  return { looks: looksAt(rule), path: codePath(rule.meaning), added: mine !== undefined, unmapped: false };
}

interface Said {
  code: string | null;
}

function looksAt({ code, sub_code, service, text }: Rule): string {
  const parts = [
    code === null ? null : `code ${code}`,
    sub_code === null ? null : `sub-code ${sub_code}`,
    service === null ? null : `service ${service}`,
    text === null ? null : `text like ${text.source}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

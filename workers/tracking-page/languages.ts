import { da } from "./phrases/da.ts";
import { de } from "./phrases/de.ts";
import { en } from "./phrases/en.ts";
import { fi } from "./phrases/fi.ts";
import { nb } from "./phrases/nb.ts";
import type { Phrases } from "./phrases/phrases.ts";
import { sv } from "./phrases/sv.ts";

/** The page's languages. A new one is a file of phrases and a line. */
export const LANGUAGES = { en, sv, nb, da, fi, de } as const satisfies Record<string, Phrases>;
export type Language = keyof typeof LANGUAGES;

export const LANGUAGE_TAGS: readonly Language[] = ["en", "sv", "nb", "da", "fi", "de"];

/** How a language writes days and times: English as Europe does, with 24 hours. */
export const LOCALES: Record<Language, string> = {
  en: "en-GB",
  sv: "sv-SE",
  nb: "nb-NO",
  da: "da-DK",
  fi: "fi-FI",
  de: "de-DE",
};

/** Norwegian in whatever form a browser names it. */
const ALSO = new Map<string, Language>([
  ["no", "nb"],
  ["nn", "nb"],
]);

/** More of a header than this is not read. */
const RANGES_MAX = 20;

/** The language that `?lang=` names, else the one that `Accept-Language` likes best (RFC 9110, 12.5.4), else English. */
export function chooseLanguage(asked: string | undefined, accepted: string | undefined): Language {
  const named = asked === undefined ? null : languageOf(asked);
  if (named !== null) return named;
  const ranges = (accepted ?? "").slice(0, 1000).split(",").slice(0, RANGES_MAX).map(readRange);
  const best = ranges.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of best) {
    const language = languageOf(tag);
    if (language !== null) return language;
  }
  return "en";
}

function readRange(range: string): { tag: string; weight: number } {
  const [tag = "", ...parameters] = range.split(";").map((part) => part.trim());
  const weight = parameters.find((parameter) => /^q=/iu.test(parameter))?.slice(2);
  const read = weight === undefined ? 1 : Number(weight);
  return { tag, weight: Number.isNaN(read) ? 0 : read };
}

function languageOf(tag: string): Language | null {
  const primary = tag.toLowerCase().split("-")[0] ?? "";
  return LANGUAGE_TAGS.find((language) => language === primary) ?? ALSO.get(primary) ?? null;
}

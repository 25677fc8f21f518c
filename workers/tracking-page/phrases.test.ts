import { describe, expect, it } from "vitest";
import { CODES, codePath } from "../domain/codes.ts";
import { ACTORS, HEALTHS, STATUS_WORDS } from "../domain/statuses.ts";
import { chooseLanguage, LANGUAGE_TAGS, LANGUAGES, LOCALES } from "./languages.ts";
import { phraseOf } from "./phrase-of.ts";

const paths = [...CODES.values()];
const twoLevels = [...new Set(paths.map(({ milestone, code }) => `${milestone}/${code}`))];
const milestones = [...new Set(paths.map(({ milestone }) => milestone))];

/** A phrase as a person would write it: no blank at an end, no code of ours in it, no placeholder left. */
const isPhrase = (text: string | undefined) =>
  text !== undefined && text.length > 1 && text === text.trim() && !/[_{}/]|undefined|TODO/u.test(text);

it("there are 61 codes at two levels, and the one for what no rule knows", () => {
  expect(twoLevels.length).toBe(62);
});

describe.each(LANGUAGE_TAGS)("the page in %s", (tag) => {
  const { statuses, returns, healths, actors, milestones: told, codes, sub_codes, steps } = LANGUAGES[tag];

  it("has a phrase for every status, milestone and code, and for nothing that does not exist", () => {
    expect(Object.keys(statuses).toSorted()).toEqual([...STATUS_WORDS].toSorted());
    expect(Object.keys(told).toSorted()).toEqual(milestones.toSorted());
    expect(Object.keys(codes).toSorted()).toEqual(twoLevels.toSorted());
    expect(Object.keys(sub_codes).filter((path) => !CODES.has(path))).toEqual([]);
    expect(Object.keys(healths).toSorted()).toEqual(HEALTHS.filter((h) => h !== "on_track").toSorted());
    expect(Object.keys(actors).toSorted()).toEqual(ACTORS.filter((a) => a !== "none").toSorted());
  });

  it("says each of them in words", () => {
    const said = [
      ...[...Object.values(statuses), ...Object.values(returns)].flatMap((s) => [s.title, s.sentence]),
      ...Object.values(told),
      ...Object.values(codes),
      ...Object.values(sub_codes),
      ...Object.values(healths),
      ...Object.values(actors),
      ...Object.values(steps),
    ];
    expect(said.filter((phrase) => !isPhrase(phrase))).toEqual([]);
  });

  it("never says less of a third level than its status does", () => {
    const wrong = paths.filter((meaning) => {
      const parent = CODES.get(`${meaning.milestone}/${meaning.code}`);
      return meaning.sub_code !== null && parent !== undefined && parent.status !== meaning.status;
    });
    expect(wrong.map(codePath).filter((path) => sub_codes[path] === undefined)).toEqual([]);
  });

  it("has the same finer phrases as English", () => {
    expect(Object.keys(sub_codes)).toEqual(Object.keys(LANGUAGES.en.sub_codes));
  });

  it("says no two statuses alike", () => {
    const titles = Object.values(statuses).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("has words for numbers of parcels", () => {
    const { labels } = LANGUAGES[tag];
    expect(labels.parcel(2, 5)).toMatch(/2.*5/u);
    expect(labels.of_parcels([1, 3])).toContain("1, 3");
    expect(labels.pieces_delivered(3, 5)).toMatch(/3.*5/u);
    expect(labels.sent_by("Nordic Shop")).toContain("Nordic Shop");
    expect(labels.first_promised("12")).toContain("12");
    expect(labels.more_parcels(4)).toContain("4");
    expect(labels.more_parcels(1)).toContain("1");
  });

  it("writes days in its own words", () => {
    expect(Intl.DateTimeFormat.supportedLocalesOf(LOCALES[tag])).toEqual([LOCALES[tag]]);
  });
});

it("no language repeats another one's sentences", () => {
  const sentences = LANGUAGE_TAGS.map((tag) => LANGUAGES[tag].statuses.failed.sentence);
  expect(new Set(sentences).size).toBe(LANGUAGE_TAGS.length);
});

it("a code that is newer than the page is told by the level that is known", () => {
  expect(phraseOf(LANGUAGES.en, "delivery/delivered/by_drone")).toBe("Delivered");
  expect(phraseOf(LANGUAGES.en, "customs/unheard_of")).toBe("News from customs");
  expect(phraseOf(LANGUAGES.en, "nothing/known")).toBe("News from the carrier");
});

describe("the language", () => {
  it.each([
    ["sv", undefined, "sv"],
    ["no", undefined, "nb"],
    ["NB-no", "de", "nb"],
    ["xx", "fi", "fi"],
    ["", "da-DK,da;q=0.9,en;q=0.8", "da"],
    [undefined, "fr-FR, de;q=0.5, sv;q=0.7", "sv"],
    [undefined, "fr, sv;q=0, *;q=0.1", "en"],
    [undefined, "nn-NO", "nb"],
    [undefined, "sv;q=abc, de;q=0.1", "de"],
    [undefined, undefined, "en"],
    ["__proto__", "constructor", "en"],
  ])("of ?lang=%s and Accept-Language %s is %s", (asked, accepted, language) => {
    expect(chooseLanguage(asked, accepted)).toBe(language);
  });
});

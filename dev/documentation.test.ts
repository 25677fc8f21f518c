import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "..");
const documents = [
  "README.md",
  "client/README.md",
  "container/README.md",
  ...(existsSync(join(root, "docs")) ? readdirSync(join(root, "docs")).map((name) => `docs/${name}`) : []),
].filter((name) => name.endsWith(".md") && existsSync(join(root, name)));

const tops = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [`${entry.name}/`] : [],
);
/** What a run makes and no clone has. */
const MADE = [".state/", "node_modules/", "dist/"];

/** Words in backquotes that are paths of this project, and relative links. */
function pathsIn(text: string): string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/gu, "");
  const words = [...prose.matchAll(/`([^`\s]+)`/gu)].map(([, word = ""]) => word);
  const named = words.filter(
    (word) => tops.some((top) => word.startsWith(top)) && !MADE.some((made) => word.startsWith(made)),
  );
  const links = [...prose.matchAll(/\]\(([^)#\s]+)/gu)].map(([, link = ""]) => link);
  return [
    ...named.filter((word) => !/[*…<>{}]/u.test(word)),
    ...links.filter((link) => !/^[a-z]+:/u.test(link)),
  ];
}

describe.each(documents)("%s", (document) => {
  const text = readFileSync(join(root, document), "utf8");

  it("names only paths that exist", () => {
    const missing = pathsIn(text).filter(
      (path) => !existsSync(join(root, path)) && !existsSync(resolve(root, dirname(document), path)),
    );
    expect(missing).toEqual([]);
  });

  it("names only scripts that exist", () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
    const named = [...text.matchAll(/npm (?:run ([a-z-]+)|(start|test)\b)/gu)].map(
      ([, run, short]) => run ?? short ?? "",
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it("the README names paths at all", () => {
  expect(pathsIn(readFileSync(join(root, "README.md"), "utf8")).length).toBeGreaterThan(20);
});

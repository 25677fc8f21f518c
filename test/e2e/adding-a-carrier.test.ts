import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

/** Follows docs/adding-a-carrier.md in a copy of the project: its files are written, its commands run, in the order of the page. */

const root = join(import.meta.dirname, "../..");
const guide = readFileSync(join(root, "docs/adding-a-carrier.md"), "utf8");

type Step =
  | { kind: "write"; path: string; text: string }
  | { kind: "run"; command: string; fails: boolean }
  | { kind: "says"; lines: string[] };

/** The blocks of the page: ```bash is run, ```bash fails must not go well, ```text is what that said, ```ts PATH is written. */
function stepsOf(page: string): Step[] {
  return [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gmu)].flatMap(
    ([, language = "", more = "", text = ""]): Step[] => {
      const lines = text.trim().split("\n");
      if (language === "text") return [{ kind: "says", lines }];
      if (language !== "bash") return [{ kind: "write", path: more, text }];
      return lines.map((command) => ({ kind: "run", command, fails: more === "fails" }));
    },
  );
}

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));

/** What npm and npx would run, without them: they would look for the project's own modules beside the copy. */
function argumentsOf(command: string): string[] {
  const [tool = "", ...words] = command.split(" ");
  if (tool === "npx") return [`node_modules/${words[0]}/${words[0]}.mjs`, ...words.slice(1)];
  const [run, script = "", dashes, ...rest] = words;
  expect([tool, run, dashes ?? "--"], command).toEqual(["npm", "run", "--"]);
  const [node, ...file] = scripts[script]?.split(" ") ?? [];
  expect(node, `${script} is a script of the project`).toBe("node");
  return [...file, ...rest];
}

let copy: string;

function run(args: string[]): { code: number | null; said: string } {
  const done = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: "utf8",
    timeout: 170_000,
    env: { ...process.env, NO_COLOR: "1", VITEST: undefined, VITEST_WORKER_ID: undefined },
  });
  return { code: done.status, said: `${done.stdout}\n${done.stderr}` };
}

/** Every file of the copy with its text. */
function filesIn(folder: string, under = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(join(folder, under))) {
    const path = join(under, name);
    if (name === "node_modules" || name.startsWith(".")) continue;
    if (statSync(join(folder, path)).isDirectory())
      for (const [inner, text] of filesIn(folder, path)) files.set(inner, text);
    else files.set(path, readFileSync(join(folder, path), "utf8"));
  }
  return files;
}

describe("docs/adding-a-carrier.md", () => {
  let before: Map<string, string>;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "adding-a-carrier-"));
    for (const part of [
      "workers",
      "dev",
      "migrations",
      "README.md",
      "package.json",
      "wrangler.toml",
      "tsconfig.json",
    ])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    mkdirSync(join(copy, "test"));
    cpSync(join(root, "test/vitest.config.ts"), join(copy, "test/vitest.config.ts"));
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "dir");
    before = filesIn(copy);
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it("can be followed from the first block to the last", () => {
    let said = "";
    const written: string[] = [];
    for (const step of stepsOf(guide)) {
      if (step.kind === "write") {
        expect(step.path, "a block that is written names its file").toMatch(/^workers\/carriers\//u);
        expect(existsSync(dirname(dirname(join(copy, step.path))))).toBe(true);
        mkdirSync(dirname(join(copy, step.path)), { recursive: true });
        writeFileSync(join(copy, step.path), step.text);
        written.push(step.path);
      } else if (step.kind === "says") {
        for (const line of step.lines) expect(said).toContain(line);
      } else {
        const done = run(argumentsOf(step.command));
        said = done.said;
        if (step.fails) expect(done.code, said).not.toBe(0);
        else expect(done.code, `${step.command}\n${said}`).toBe(0);
      }
    }
    expect(written.length).toBeGreaterThan(5);
  });

  it("changes the registry by its lines, the README's table, and nothing else", () => {
    const after = filesIn(copy);
    const changed = [...after].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
    const others = changed.filter((path) => !path.startsWith("workers/carriers/sendcloud/"));
    expect(others.toSorted()).toEqual(["README.md", "workers/carriers/registry.ts"]);
    expect([...before.keys()].filter((path) => !after.has(path))).toEqual([]);
    expect(after.get("README.md")).toContain("| Sendcloud | `sendcloud` | yes |  | one number a call |");
  });

  it("leaves files that the project's own checks take", () => {
    const lint = run([
      "node_modules/@biomejs/biome/bin/biome",
      "check",
      "--config-path=dev/lint.json",
      "--error-on-warnings",
      "workers/carriers/sendcloud",
      "workers/carriers/registry.ts",
    ]);
    expect(lint.code, lint.said).toBe(0);
    const types = run(["node_modules/typescript/bin/tsc", "-p", "workers"]);
    expect(types.said).not.toMatch(/carriers\/(sendcloud|registry)/u);
  });
});

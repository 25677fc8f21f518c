import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bullmq } from "./bullmq.ts";
import type { Contestant } from "./contestant.ts";
import { postgres, postgresPrograms } from "./postgres.ts";
import { restate } from "./restate.ts";

/** Installs the others where no product and no test sees them: npm packages at fixed versions, servers from Debian. */

const VERSIONS = {
  pg: "8.23.1",
  bullmq: "6.7.0",
  ioredis: "5.11.1",
  "@restatedev/restate-server": "1.7.12",
  "@restatedev/restate-sdk": "1.17.2",
} as const;

/** A contestant that can take part, or why it can't. */
export type Found =
  | { kind: "ready"; contestant: Contestant }
  | { kind: "missing"; name: string; why: string };

export function installOthers(home: string): Found[] {
  const npm = installPackages(home);
  return [
    found("PostgreSQL outbox", npm, () => {
      const programs = postgresPrograms() ?? fromDebian("postgresql", postgresPrograms);
      return postgres(home, programs);
    }),
    found("BullMQ", npm, () => {
      if (redis() === null) fromDebian("redis-server", redis);
      return bullmq(home, VERSIONS.bullmq);
    }),
    found("Restate", npm, () =>
      restate(
        home,
        restateProgram(home),
        VERSIONS["@restatedev/restate-server"],
        VERSIONS["@restatedev/restate-sdk"],
      ),
    ),
  ];
}

function found(name: string, npm: string | null, open: () => Contestant): Found {
  if (npm !== null) return { kind: "missing", name, why: npm };
  try {
    return { kind: "ready", contestant: open() };
  } catch (cause) {
    return { kind: "missing", name, why: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** Null, or why it did not work. */
function installPackages(home: string): string | null {
  const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  const done = join(home, "installed.json");
  if (existsSync(done) && readFileSync(done, "utf8") === JSON.stringify(wanted)) return null;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "private": true }\n');
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", ...wanted], {
      cwd: home,
      stdio: ["ignore", "ignore", "inherit"],
    });
  } catch {
    return `npm could not install ${wanted.join(", ")} into ${home}; it needs the registry once.`;
  }
  writeFileSync(done, JSON.stringify(wanted));
  return null;
}

/** Looks again after Debian's package was installed. Throws a sentence that says what to do where it can't be. */
function fromDebian<T>(name: string, look: () => T | null): T {
  const advice = `Install Debian's ${name} (apt-get install ${name}) and run the bench again.`;
  if (process.getuid?.() !== 0)
    throw new Error(`It is not on this machine, and only root may install it. ${advice}`);
  console.error(`Installing Debian's ${name} …`);
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync("apt-get", ["install", "--yes", "--no-install-recommends", name], { stdio: "ignore", env });
  } catch {
    throw new Error(`apt-get could not install it. ${advice}`);
  }
  const after = look();
  if (after === null) throw new Error(`Its programs are not where Debian puts them. ${advice}`);
  return after;
}

function redis(): string | null {
  try {
    execFileSync("redis-cli", ["--version"], { stdio: "ignore" });
    return execFileSync("redis-server", ["--version"], { encoding: "utf8" });
  } catch {
    return null;
  }
}

function restateProgram(home: string): string {
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  const program = join(home, `node_modules/@restatedev/restate-server-linux-${arch}/bin/restate-server`);
  if (!existsSync(program))
    throw new Error(`Its npm package holds no server for ${process.platform} on ${process.arch}.`);
  return program;
}

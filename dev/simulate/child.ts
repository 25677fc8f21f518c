import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";

/** A script in a process of its own, whose memory can be limited and which may be killed. */

const ROOT = join(import.meta.dirname, "../..");

export interface Ended {
  /** Null where a signal ended it. */
  code: number | null;
  output: string;
  errors: string;
}

export class Script {
  /** For files of the script; removed at the end. */
  readonly folder: string;
  readonly #bundle: string;

  private constructor(folder: string, bundle: string) {
    this.folder = folder;
    this.#bundle = bundle;
  }

  /** Bundled, as a Worker is: Node's own compiler of TypeScript would need as much memory as what is measured. */
  static async make(source: string): Promise<Script> {
    const folder = mkdtempSync(join(tmpdir(), "gluey-script-"));
    const bundle = join(folder, basename(source).replace(/\.ts$/u, ".mjs"));
    await build({ entryPoints: [source], bundle: true, platform: "node", format: "esm", outfile: bundle });
    return new Script(folder, bundle);
  }

  run(flags: readonly string[], args: readonly string[]): Promise<Ended> {
    const child = spawn(process.execPath, [...flags, this.#bundle, ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended: Ended = { code: null, output: "", errors: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      ended.output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      ended.errors += text;
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject).once("close", (code) => resolve({ ...ended, code }));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

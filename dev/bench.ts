import { readdirSync } from "node:fs";
import { z } from "zod";

/** `npm run bench -- NAME`: measures one part against what others have for it. A bench is a file of dev/bench that exports `bench`. */

const folder = new URL("./bench/", import.meta.url);
const Bench = z.object({
  bench: z.function({ input: [z.array(z.string())], output: z.promise(z.number()) }),
});

/** The benches there are: the files of dev/bench that hold one have no hyphen in their name. */
const names = readdirSync(folder).flatMap((file) => /^([a-z]+)\.ts$/u.exec(file)?.slice(1) ?? []);

const [name = "", ...args] = process.argv.slice(2);
if (names.includes(name)) {
  const { bench } = Bench.parse({ ...(await import(new URL(`${name}.ts`, folder).href)) });
  process.exitCode = await bench(args);
} else {
  console.error(`Say what to measure: npm run bench -- ${names.join(" | ")}`);
  process.exitCode = 2;
}

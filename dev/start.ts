import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Stack, startStack } from "./stack.ts";

/**
 * `npm start [-- --port N] [--state DIR] [--json]`: the whole stack on this machine, until Ctrl-C or SIGTERM.
 * With `--json` one line on stdout says when it is up and where; everything else goes to stderr.
 */
const { values } = parseArgs({
  options: {
    port: { type: "string" },
    state: { type: "string", default: join(import.meta.dirname, "..", ".state") },
    "time-scale": { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

let stack: Stack | null = null;
let stopping = false;
const stop = async (code: number) => {
  if (stopping) return;
  stopping = true;
  await stack?.stop();
  process.exit(code);
};
process.on("SIGINT", () => void stop(0));
process.on("SIGTERM", () => void stop(0));
process.on("SIGHUP", () => void stop(0));

try {
  const started = await startStack({
    state: values.state,
    port: values.port === undefined ? undefined : portOf(values.port),
    time_scale: scaleOf(values["time-scale"]),
    onLine: (part, line) => process.stderr.write(`[${part}] ${line}\n`),
  });
  stack = started;
  if (stopping) await started.stop();
  else tellReady(started);
  const why = await started.failed;
  process.stderr.write(`${why}\n`);
  await stop(1);
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  await stop(1);
}

function tellReady({ url, admin_token, container_url, state }: Stack): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ ready: true, url, admin_token, container_url })}\n`);
    return;
  }
  process.stdout.write(
    [
      "",
      `Gluey Tracking is up at ${url}; its state is in ${state}.`,
      `  ${url}/docs describes the API.`,
      "  The operator's token, for /admin/*:",
      `  ${admin_token}`,
      "  Ctrl-C ends it.",
      "",
    ].join("\n"),
  );
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${text} is no port: 0 to 65535.`);
  return port;
}

function scaleOf(text: string): number {
  const scale = Number(text);
  if (!(scale > 0 && scale <= 1)) throw new Error(`--time-scale ${text} is no scale: above 0, at most 1.`);
  return scale;
}

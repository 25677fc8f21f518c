/** The sFTP arm: a small HTTP service over SFTP. Knows files and no carriers. */
import { lookup as lookUpName } from "node:dns/promises";
import { createServer } from "node:http";
import type { Lookup } from "./address-check.ts";
import { createApp } from "./app.ts";
import { logLine } from "./log.ts";
import { readSettings, type Settings } from "./settings.ts";

const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than a caller's pool keeps a connection, so that it is the caller who closes. */
const KEEP_ALIVE_MS = 65_000;

const lookup: Lookup = async (host) => (await lookUpName(host, { all: true })).map(({ address }) => address);

function serve(settings: Settings): void {
  if (settings.allowLoopback) {
    logLine("private_destinations.allowed", {
      detail: "Loopback addresses may be dialled: for local work only.",
    });
  }
  const app = createApp(settings, lookup, logLine);
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A body takes as long as the transfer may, and the session counts that.
    requestTimeout: 0,
  });
  server.on("request", app.listener);
  // The last bound, for a caller that stopped reading: no call is silent for longer than its transfer may last.
  server.setTimeout(settings.transferTimeoutMs + settings.operationTimeoutMs);

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    logLine("server.stopping", { signal, sessions: app.sessions() });
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await app.stop(settings.shutdownTimeoutMs);
    server.closeIdleConnections();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1_000))]);
    logLine("server.stopped");
    process.exit(0);
  };
  // As process 1 of a container, Node has no default for these signals and would never end.
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));

  server.on("error", (cause) => {
    logLine("server.failed", { detail: cause.message });
    process.exit(1);
  });
  server.listen(settings.port, settings.host, () => {
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : settings.port;
    process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`);
  });
}

try {
  serve(readSettings(process.env));
} catch (cause) {
  process.stderr.write(
    `The settings are not complete:\n${cause instanceof Error ? cause.message : String(cause)}\n`,
  );
  process.exitCode = 1;
}

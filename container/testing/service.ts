/** The service in this process, and a caller for it. */
import { createServer } from "node:http";
import { createApp } from "../app.ts";
import { readSettings } from "../settings.ts";
import type { SshPeer } from "./ssh-peer.ts";

export const TOKEN = "a-token-for-the-tests";

export interface Answer {
  status: number;
  headers: Headers;
  /** The JSON body; null when the body is none. */
  body: Record<string, unknown> | null;
  bytes: Buffer;
}

export interface Caller {
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The id of a new session with a peer; throws when it is refused. */
  session(peer: SshPeer, more?: Record<string, unknown>): Promise<string>;
  url: string;
}

export interface Service extends Caller {
  log: Record<string, unknown>[];
  close(): Promise<void>;
}

export async function startService(environment: Record<string, string> = {}): Promise<Service> {
  const settings = readSettings({
    SFTP_CONTAINER_TOKEN: TOKEN,
    ALLOW_PRIVATE_DESTINATIONS: "true",
    OPERATION_TIMEOUT_MS: "10000",
    ...environment,
  });
  const log: Record<string, unknown>[] = [];
  const app = createApp(
    settings,
    async () => ["127.0.0.1"],
    (event, fields) => log.push({ event, ...fields }),
  );
  const server = createServer(app.listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    ...callerOf(`http://127.0.0.1:${address.port}`),
    log,
    close: async () => {
      await app.stop(0);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function callerOf(url: string): Caller {
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const isBytes = body instanceof Uint8Array || body instanceof ReadableStream;
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${TOKEN}` },
      body: body === undefined ? undefined : isBytes ? body : JSON.stringify(body),
      duplex: "half",
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get("content-type")?.endsWith("json") === true;
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      body: isJson ? JSON.parse(bytes.toString()) : null,
    };
  };
  return {
    url,
    call,
    session: async (peer, more) => {
      const { status, body } = await call("POST", "/sessions", loginOf(peer, more));
      const id = body?.session_id;
      if (status !== 201 || typeof id !== "string")
        throw new Error(`no session: ${status} ${JSON.stringify(body)}`);
      return id;
    },
  };
}

export function loginOf(peer: SshPeer, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    host: "127.0.0.1",
    port: peer.port,
    username: peer.username,
    private_key: peer.privateKey,
    host_key_sha256: peer.hostKeys[0],
    directory: peer.base,
    ...more,
  };
}

/** Waits until something holds; the test's own time limit ends it when it never does. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

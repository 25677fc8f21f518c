/** Servers that are odd in one way each. */
import { createServer, type Socket } from "node:net";
import type { Connection, ServerConfig, SFTPWrapper } from "ssh2";
import ssh2 from "ssh2";
import { newKeyPair } from "../../dev/sftp-server.ts";
import { describeHostKey } from "../host-key.ts";

export interface OddServer {
  port: number;
  hostKey: string;
  close(): Promise<void>;
}

/** A TCP server that does `greet` with whoever comes, and never reads. */
export async function startTcp(greet: (socket: Socket) => void): Promise<OddServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    hostKey: `SHA256:${"A".repeat(43)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export interface Oddity {
  hostKey?: { type: "rsa"; bits: number };
  algorithms?: ServerConfig["algorithms"];
  /** Lets anybody in when absent. */
  authenticate?: (connection: Connection) => void;
  /** Refuses the SFTP channel when absent. */
  serve?: (sftp: SFTPWrapper) => void;
}

/** An SSH server with one oddity. */
export async function startSsh({ hostKey, algorithms, authenticate, serve }: Oddity): Promise<OddServer> {
  const key =
    hostKey === undefined
      ? newKeyPair().privateKey
      : ssh2.utils.generateKeyPairSync("rsa", { bits: hostKey.bits }).private;
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [key], algorithms }, (connection) => {
    connections.add(connection);
    connection.on("error", () => {});
    if (authenticate === undefined) connection.on("authentication", (attempt) => attempt.accept());
    else authenticate(connection);
    connection.on("session", (accept) => {
      const session = accept();
      session.on("sftp", (acceptSftp, reject) => {
        if (serve === undefined) reject();
        else serve(acceptSftp());
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    hostKey: describeHostKey(parsed.getPublicSSH()).fingerprint,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.end();
      }),
  };
}

import { SftpFault, type SftpFaultKind } from "../../outside/sftp.ts";
import {
  type ChannelPorts,
  type Consignment,
  escaped,
  type FileTarget,
  type OpenedSubscription,
  type Outcome,
} from "../channel.ts";

type SftpSubscription = Extract<OpenedSubscription, { way: "sftp" }>;

/** The container writes under a temporary name, checks the size and renames; the same file a second time is `already` there. */
export async function deliverFile(
  ports: ChannelPorts,
  subscription: SftpSubscription,
  consignment: Consignment,
): Promise<Outcome> {
  const started = ports.now();
  const name = consignment.file_name;
  if (name === null) throw new Error("A file has a name.");
  const path = `${subscription.settings.directory.replace(/\/+$/, "")}/${name}`;
  const seen = () => ({ status: null, retry_after_ms: null, latency_ms: Math.max(0, ports.now() - started) });
  try {
    const written = await ports.sftp.run(targetOf(subscription), (session) =>
      session.write(path, consignment.bytes),
    );
    const answer = written.already
      ? "The file was there already, with the same bytes."
      : `${written.size} bytes written.`;
    return { ...seen(), kind: "delivered", answer, counts: false };
  } catch (error) {
    if (!(error instanceof SftpFault)) throw error;
    const kind = KIND_OF_FAULT[error.kind];
    return {
      ...seen(),
      kind,
      retry_after_ms: error.retry_after_ms,
      answer: escaped(error.message),
      counts: kind === "unreachable",
    };
  }
}

/** Signs in and looks at the directory, without leaving anything there. */
export async function lookAtDirectory(ports: ChannelPorts, subscription: SftpSubscription): Promise<Outcome> {
  const started = ports.now();
  const seen = () => ({
    status: null,
    retry_after_ms: null,
    latency_ms: Math.max(0, ports.now() - started),
    counts: false,
  });
  try {
    await ports.sftp.run(targetOf(subscription), (session) =>
      session.list(subscription.settings.directory, 1),
    );
    return { ...seen(), kind: "delivered", answer: "Signed in, and the directory can be listed." };
  } catch (error) {
    if (!(error instanceof SftpFault)) throw error;
    return { ...seen(), kind: KIND_OF_FAULT[error.kind], answer: escaped(error.message) };
  }
}

export function targetOf({ settings, secrets }: SftpSubscription): FileTarget {
  const { host, port, username, host_key_sha256 } = settings;
  return {
    host,
    port,
    username,
    host_key_sha256,
    password: secrets.password,
    private_key: secrets.private_key,
    passphrase: null,
  };
}

/**
 * A partner who refuses our login or has no such directory is as much out of order as one who does not answer: the
 * breaker waits for both, and no file dies of it. What fails before the partner is reached costs the partner nothing.
 */
const KIND_OF_FAULT: Record<SftpFaultKind, Outcome["kind"]> = {
  bad_request: "own_fault",
  unauthorized: "own_fault",
  session_unknown: "own_fault",
  busy: "own_fault",
  container_unreachable: "own_fault",
  host_key_mismatch: "host_key_changed",
  host_key_unknown: "unreachable",
  not_found: "unreachable",
  conflict: "unreachable",
  too_large: "unreachable",
  auth_failed: "unreachable",
  unreachable: "unreachable",
  permission: "unreachable",
  timeout: "unreachable",
  address_refused: "unreachable",
  sftp_error: "unreachable",
  quarantined: "unreachable",
};

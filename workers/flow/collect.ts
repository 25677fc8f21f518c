import type { Carrier, RawDocument } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import type { Connection, SftpWaySettings } from "../domain/connection.ts";
import { isTemporaryName, joinPath } from "../domain/file-names.ts";
import { readBounded } from "../outside/bounded.ts";
import {
  type RemoteFile,
  SftpFault,
  type SftpFaultKind,
  type SftpSession,
  type SftpTarget,
} from "../outside/sftp.ts";
import { contentHash, keepDocument } from "../storage/documents.ts";
import {
  documentOfContent,
  type FileMark,
  forgetOtherVersions,
  forgetProgress,
  type KnownFile,
  knownFiles,
  type ListedFile,
  markFile,
  markFiles,
} from "../storage/files.ts";
import type { CheckEnd } from "./check.ts";
import { endOfLarge, type LargeLimits, type LargeRead, largeLimits, readLarge } from "./collect-large.ts";
import { inTurn, isRead } from "./file-turns.ts";
import { log } from "./log.ts";
import { halfDeleted, PutAway } from "./put-away.ts";
import { hint } from "./receive.ts";

/**
 * Step 1b.2: what is new in a carrier's folder. Each file goes seen → kept (its bytes are a document) → posted → moved,
 * one step a listing, and the row says where it is: a crash between any two steps repeats the last one harmlessly.
 * One too large to be read at once goes seen → reading → kept (its pieces are documents).
 */

/** When our own side is asked again. */
const OURS_AGAIN_MS = 15_000;

/** Files told by one listing; a folder that holds more takes several. */
const FILES_PER_LISTING = 10_000;
const LISTINGS_PER_RUN = 10;
/** New files read in one run; the rest is gone on with at once, behind the other folders that wait. */
const FILES_PER_RUN = 100;
/** Bytes kept in one run, so that a run ends in time. */
const BYTES_PER_RUN = 100 * 1024 * 1024;
/** Files moved out of the way in one run. */
const PUT_AWAY_PER_RUN = 200;
/** No file is begun after so long: well within the lease of a claim, and a session's life. */
const RUN_MS = 4 * 60_000;
/** A larger file is read in pieces. */
const FILE_MAX_BYTES = 25 * 1024 * 1024;
/** What one file is to blame for: the others go on. */
const OF_ONE_FILE: readonly SftpFaultKind[] = [
  "not_found",
  "permission",
  "conflict",
  "too_large",
  "bad_request",
  "sftp_error",
];
/** Our own container is full, asleep or has just been replaced: no fault of the carrier's, and no reason to come back in an hour. */
const OURS: readonly SftpFaultKind[] = ["busy", "container_unreachable", "session_unknown"];

export interface CollectLimits {
  file_max: number;
  large: LargeLimits;
}

const collectLimits: CollectLimits = { file_max: FILE_MAX_BYTES, large: largeLimits };

export async function collectFiles(
  ctx: Context,
  carrier: Carrier,
  connection: Connection,
  way: SftpWaySettings,
  limits: CollectLimits = collectLimits,
): Promise<CheckEnd> {
  const run = new FolderRun(ctx, carrier, connection, way, limits);
  try {
    return await ctx.sftp.run(targetOf(connection, way), (session) => run.over(session));
  } catch (error) {
    if (!(error instanceof SftpFault)) throw error;
    // A file that broke off took the session with it: that is what to tell.
    const lost = error.kind === "session_unknown" ? run.fault : null;
    if (OURS.includes(error.kind) && lost === null) {
      const wait_ms = error.retry_after_ms ?? OURS_AGAIN_MS;
      return { kind: "later", not_before: ctx.now() + wait_ms, resume_after: null };
    }
    return {
      kind: "failed",
      error: lost ?? `sFTP (${error.kind}): ${error.message}`,
      retry_after_ms: error.retry_after_ms,
      resume_after: null,
    };
  }
}

/** Where and as whom a connection's folder is reached. */
export function targetOf(connection: Connection, way: SftpWaySettings): SftpTarget {
  const { credentials } = connection;
  return {
    host: way.host,
    port: way.port,
    username: way.username,
    password: credentials.sftp_password ?? null,
    private_key: credentials.sftp_private_key ?? null,
    passphrase: credentials.sftp_passphrase ?? null,
    host_key_sha256: way.host_key_sha256,
  };
}

/** One run over one connection's folder. */
class FolderRun {
  readonly #ctx: Context;
  readonly #carrier: Carrier;
  readonly #connection: Connection;
  readonly #way: SftpWaySettings;
  readonly #limits: CollectLimits;
  readonly #putAway: PutAway;
  readonly #began: number;
  #filesLeft = FILES_PER_RUN;
  #bytesLeft = BYTES_PER_RUN;
  #putAwayLeft = PUT_AWAY_PER_RUN;
  #largeBytesLeft: number;
  /** New files were left for the next run. */
  #spent = false;
  #kept = 0;
  #fault: string | null = null;
  /** States to write down together: what they say is found again by the next listing, were they lost. */
  readonly #marks: FileMark[] = [];

  constructor(
    ctx: Context,
    carrier: Carrier,
    connection: Connection,
    way: SftpWaySettings,
    limits: CollectLimits,
  ) {
    this.#ctx = ctx;
    this.#carrier = carrier;
    this.#connection = connection;
    this.#way = way;
    this.#limits = limits;
    this.#putAway = new PutAway(connection.id, way);
    this.#began = ctx.now();
    this.#largeBytesLeft = limits.large.run;
  }

  /** What was wrong with a file, where the others went on. */
  get fault(): string | null {
    return this.#fault;
  }

  async over(session: SftpSession): Promise<CheckEnd> {
    try {
      await this.#listAll(session);
    } finally {
      await markFiles(this.#ctx.control, this.#connection.id, this.#marks, this.#ctx.now());
    }
    if (this.#spent && this.#kept > 0) return { kind: "more", after: "", seen: null };
    return this.#fault === null ? { kind: "done" } : { kind: "done", error: this.#fault };
  }

  /** Listing by listing: the oldest first of a folder that is emptied, the newest of one that only grows. */
  async #listAll(session: SftpSession): Promise<void> {
    const { directory, after } = this.#way;
    const keep = after === "leave" ? "newest" : "oldest";
    let from: RemoteFile | undefined;
    for (let listing = 0; listing < LISTINGS_PER_RUN; listing++) {
      const { files, truncated } = await session.list(directory, FILES_PER_LISTING, keep, from);
      const news = await this.#goThrough(session, files);
      from = keep === "oldest" ? files.at(-1) : files[0];
      // Where nobody empties the folder, what is older than a listing without news was read before.
      if (!truncated || from === undefined || this.#isSpent() || (keep === "newest" && !news)) return;
    }
  }

  /** Takes each file of a listing one step on. Returns whether one of them was not known before. */
  async #goThrough(session: SftpSession, files: readonly RemoteFile[]): Promise<boolean> {
    const listed = files
      .filter((file) => !isTemporaryName(file.name) && this.#carrier.sftp?.files.test(file.name))
      .map(({ name, size, mtime_ms }) => ({ path: joinPath(this.#way.directory, name), size, mtime_ms }));
    const hidden = this.#way.after === "delete" ? halfDeleted(this.#way.directory, files) : [];
    const known = await knownFiles(this.#ctx.control, this.#connection.id, [
      ...listed,
      ...hidden.map(({ file }) => file),
    ]);
    const knownAs = (file: ListedFile) => {
      const found = known.get(file.path);
      return found?.size === file.size && found.mtime_ms === file.mtime_ms ? found : null;
    };
    for (const { path, file } of hidden) if (isRead(knownAs(file))) await session.remove(path);
    for (const file of inTurn(listed, knownAs, (file) => this.#isLarge(file))) {
      if (this.#isOver()) this.#spent = true;
      if (this.#isOver()) break;
      await this.#tried(session, file, knownAs(file));
    }
    return listed.some((file) => knownAs(file) === null);
  }

  async #tried(session: SftpSession, file: ListedFile, before: KnownFile | null): Promise<void> {
    try {
      await this.#advance(session, file, before);
    } catch (error) {
      if (!(error instanceof SftpFault)) throw error;
      // Gone since it was listed; but a name that is not UTF-8 can never be asked for.
      if (error.kind === "not_found" && !file.path.includes("\uFFFD")) return;
      this.#fault = `${file.path}: ${error.message}`;
      this.#mark(file, "tried");
      // One file that can't be read or moved must not hold up the others; a dead session must.
      if (!OF_ONE_FILE.includes(error.kind)) throw error;
    }
  }

  #mark(file: ListedFile, state: FileMark["state"]): void {
    this.#marks.push({ file, state });
  }

  #isOver(): boolean {
    return this.#ctx.now() - this.#began > RUN_MS;
  }

  #isSpent(): boolean {
    return this.#spent || this.#filesLeft <= 0;
  }

  #isLarge(file: ListedFile): boolean {
    return file.size > this.#limits.file_max;
  }

  async #advance(session: SftpSession, file: ListedFile, before: KnownFile | null): Promise<void> {
    if (this.#isLarge(file) && !(before?.state === "moved" || before?.state === "failed"))
      return this.#advanceLarge(session, file, before);
    if (before === null || before.state === "seen" || before.state === "reading")
      return this.#keep(session, file, before !== null);
    if (before.state === "kept") {
      if (before.document_state === "accepted") return;
      return this.#away(session, file, before);
    }
    // moved or failed, and still here: the move did not happen, or somebody put the very same file back.
    if (this.#way.after !== "leave") await this.#away(session, file, before);
  }

  async #away(session: SftpSession, file: ListedFile, before: KnownFile): Promise<void> {
    if (this.#putAwayLeft <= 0) return;
    if (this.#way.after !== "leave") this.#putAwayLeft -= 1;
    this.#mark(file, await this.#putAway.file(session, file, before));
  }

  async #refuse(session: SftpSession, file: ListedFile, why: string): Promise<void> {
    this.#mark(file, await this.#putAway.refuse(session, file, why));
  }

  /** Reads a file and keeps its bytes. One that ends in the middle may still be growing: it is left until a listing finds it unchanged. */
  async #keep(session: SftpSession, file: ListedFile, unchanged: boolean): Promise<void> {
    const { control } = this.#ctx;
    const now = this.#ctx.now();
    if (file.size === 0) {
      if (!unchanged) this.#mark(file, "seen");
      return;
    }
    if (this.#filesLeft <= 0 || this.#bytesLeft < file.size) {
      this.#spent = true;
      return;
    }
    this.#filesLeft -= 1;
    this.#bytesLeft -= file.size;
    const body = await wholeFile(session, file);
    if (body === null) return this.#mark(file, "seen");
    const sha256 = await contentHash(body);
    const same = await documentOfContent(control, this.#connection.id, sha256);
    if (same !== null) {
      // The same bytes under another name or time: nothing to post, only to put away.
      await markFile(control, this.#connection.id, file, { state: "kept", sha256, document_id: same }, now);
      this.#kept += 1;
      return;
    }
    const document: RawDocument = {
      source: "sftp",
      body,
      content_type: null,
      received_at: now,
      http_status: null,
      asked: [],
      file_name: file.path,
    };
    if (!unchanged && !this.#carrier.harmonize(document, { rules: this.#carrier.rules }).complete)
      return this.#mark(file, "seen");
    const document_id = this.#ctx.newId("doc");
    await keepDocument(control, {
      ...document,
      id: document_id,
      connection_id: this.#connection.id,
      carrier_id: this.#carrier.id,
    });
    await markFile(control, this.#connection.id, file, { state: "kept", sha256, document_id }, now);
    this.#kept += 1;
    await hint(this.#ctx, document_id);
    log("document.received", {
      document_id,
      carrier_id: this.#carrier.id,
      connection_id: this.#connection.id,
      source: "sftp",
      bytes: body.length,
    });
  }

  /** A large file is begun once a listing finds it unchanged: what still grows would be read again and again. */
  async #advanceLarge(session: SftpSession, file: ListedFile, before: KnownFile | null): Promise<void> {
    const { control } = this.#ctx;
    const { id } = this.#connection;
    if (before === null) {
      await forgetOtherVersions(control, id, file);
      await markFile(control, id, file, { state: "seen" }, this.#ctx.now());
      return;
    }
    if (before.state === "kept") {
      const end = await endOfLarge(this.#ctx, id, file);
      if (end.kind === "waiting") return;
      if (end.kind === "broken") await this.#refuse(session, file, end.why);
      else await this.#away(session, file, before);
      await forgetProgress(control, id, file);
      return;
    }
    if (this.#largeBytesLeft <= 0) return;
    const large = {
      ctx: this.#ctx,
      carrier: this.#carrier,
      connection: this.#connection,
      file,
      limits: this.#limits.large,
    };
    const end = await readLarge(large, session, this.#largeBytesLeft).catch((error: unknown): LargeRead => {
      if (!(error instanceof SftpFault) || error.kind !== "too_large") throw error;
      return { kind: "refused", read: 0, why: `${error.message} Send it in several.` };
    });
    this.#largeBytesLeft -= end.read;
    if (end.kind === "on") return;
    await this.#refuse(session, file, `The file holds ${file.size} bytes. ${end.why}`);
    await forgetProgress(control, id, file);
  }
}

/** A file's bytes; null where they are not as many as were listed: it grows still, or is another one by now. */
async function wholeFile(session: SftpSession, file: ListedFile): Promise<Uint8Array | null> {
  const stream = await session.read(file.path);
  let body: Uint8Array | null;
  try {
    body = await readBounded(stream, FILE_MAX_BYTES);
  } catch {
    // What the container does when a file gets shorter under its hands, or the server does not go on.
    throw new SftpFault(
      "sftp_error",
      "It broke off while it was read, and is read again from its beginning.",
    );
  }
  return body?.length === file.size ? body : null;
}

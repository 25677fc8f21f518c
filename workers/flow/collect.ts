import type { Carrier, RawDocument } from "../carriers/carrier.ts";
import { isComplete } from "../carriers/portions.ts";
import type { Context } from "../context.ts";
import type { Connection, SftpWaySettings } from "../domain/connection.ts";
import { isTemporaryName, joinPath } from "../domain/file-names.ts";
import { isOwnFault } from "../observe/database-fault.ts";
import { readBounded } from "../outside/bounded.ts";
import {
  type RemoteFile,
  SftpFault,
  type SftpFaultKind,
  type SftpSession,
  type SftpTarget,
} from "../outside/sftp.ts";
import { contentHash } from "../storage/content-hash.ts";
import {
  documentOfContent,
  type FileMark,
  forgetOtherVersions,
  forgetProgress,
  type ListedFile,
  markFile,
  markFiles,
} from "../storage/files.ts";
import { acceptFetched } from "./accept.ts";
import type { CheckEnd } from "./check.ts";
import { endOfLarge, type LargeLimits, type LargeRead, largeLimits, readLarge } from "./collect-large.ts";
import { inTurn, isRead } from "./file-turns.ts";
import { type KnownFile, knownFiles } from "./known-files.ts";
import { log, reasonOf } from "./log.ts";
import { halfDeleted, PutAway } from "./put-away.ts";

/**
 * Step 1b.2: what is new in a carrier's folder. Each file goes seen → kept (its bytes are a document) → posted → moved,
 * one step a listing, and the row says where it is: a crash between any two steps repeats the last one harmlessly.
 * One too large to be read at once goes seen → reading → kept (its pieces are documents).
 */

/** When our own side is asked again. */
export const OURS_AGAIN_MS = 15_000;

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
/** A larger file is read in pieces, if its format can be cut. */
const FILE_MAX_BYTES = 4 * 1024 * 1024;
/** One that can't be cut is read whole up to this, the most that a run ever holds of a file. */
const WHOLE_MAX_BYTES = 10 * 1024 * 1024;
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
  whole_max: number;
  large: LargeLimits;
}

const collectLimits: CollectLimits = {
  file_max: FILE_MAX_BYTES,
  whole_max: WHOLE_MAX_BYTES,
  large: largeLimits,
};

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
    const known = await knownFiles(this.#ctx, this.#connection.id, [
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
      if (!(error instanceof SftpFault)) return this.#unexpected(file, error);
      // Gone since it was listed; but a name that is not UTF-8 can never be asked for.
      if (error.kind === "not_found" && !file.path.includes("\uFFFD")) return;
      this.#fault = `${file.path}: ${error.message}`;
      this.#mark(file, "tried");
      // One file that can't be read or moved must not hold up the others; a dead session must.
      if (!OF_ONE_FILE.includes(error.kind)) throw error;
    }
  }

  /** Our own databases or inboxes may be away: that is no file's fault and ends the run. What fails by the file's own data does not. */
  #unexpected(file: ListedFile, error: unknown): void {
    if (!isOwnFault(error)) throw error;
    this.#fault = `${file.path}: ${reasonOf(error)}`;
    this.#mark(file, "tried");
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
    if (this.#isLarge(file) && !isPutAway(before) && !isOneDocument(before))
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
    const body = await wholeFile(session, file, this.#limits.whole_max);
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
    if (!unchanged && !isComplete(this.#carrier, document, this.#carrier.rules))
      return this.#mark(file, "seen");
    const entrance = { connection_id: this.#connection.id, lanes: this.#connection.lanes };
    const document_id = await acceptFetched(this.#ctx, entrance, {
      ...document,
      carrier_id: this.#carrier.id,
    });
    await markFile(control, this.#connection.id, file, { state: "kept", sha256, document_id }, now);
    this.#kept += 1;
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
    const { whole_max } = this.#limits;
    if (end.kind === "whole" && file.size <= whole_max) return this.#keep(session, file, true);
    const most = end.kind === "whole" ? `, and a file that can't be cut may hold ${whole_max}` : "";
    await this.#refuse(session, file, `The file holds ${file.size} bytes${most}. ${end.why}`);
    await forgetProgress(control, id, file);
  }
}

function isPutAway(before: KnownFile | null): boolean {
  return before?.state === "moved" || before?.state === "failed";
}

/** A large file that could not be cut is one document, as a small one is; the pieces of the others are listed apart. */
function isOneDocument(before: KnownFile | null): boolean {
  return before?.state === "kept" && before.document_id !== null;
}

/** A file's bytes; null where they are not as many as were listed: it grows still, or is another one by now. */
async function wholeFile(session: SftpSession, file: ListedFile, most: number): Promise<Uint8Array | null> {
  const stream = await session.read(file.path);
  let body: Uint8Array | null;
  try {
    body = await readBounded(stream, most, file.size);
  } catch {
    // What the container does when a file gets shorter under its hands, or the server does not go on.
    throw new SftpFault(
      "sftp_error",
      "It broke off while it was read, and is read again from its beginning.",
    );
  }
  return body?.length === file.size ? body : null;
}

import { z } from "zod";
import type { Carrier, RawDocument } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import type { Connection, SftpWaySettings } from "../domain/connection.ts";
import { isTemporaryName, joinPath } from "../domain/file-names.ts";
import { readBounded } from "../outside/bounded.ts";
import { SftpFault, type SftpSession, type SftpTarget } from "../outside/sftp.ts";
import { contentHash, keepDocument } from "../storage/documents.ts";
import {
  documentOfContent,
  forgetOtherVersions,
  forgetProgress,
  type KnownFile,
  knownFiles,
  type ListedFile,
  markFile,
} from "../storage/files.ts";
import type { CheckEnd } from "./check.ts";
import { endOfLarge, type LargeLimits, largeLimits, readLarge } from "./collect-large.ts";
import { log } from "./log.ts";
import { hint } from "./receive.ts";

/**
 * Step 1b.2: what is new in a carrier's folder. Each file goes seen → kept (its bytes are a document) → posted → moved,
 * one step a listing, and the row says where it is: a crash between any two steps repeats the last one harmlessly.
 * One too large to be read at once goes seen → reading → kept (its pieces are documents).
 */

/** When our own side is asked again. */
const OURS_AGAIN_MS = 15_000;

const FILES_PER_LISTING = 10_000;
/** New files read in one run; the rest waits for the next minute. */
const FILES_PER_RUN = 100;
/** Bytes kept in one run, so that a run ends in time. */
const BYTES_PER_RUN = 100 * 1024 * 1024;
/** A larger file is read in pieces. */
const FILE_MAX_BYTES = 25 * 1024 * 1024;

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
    // Our own container is full or asleep: no fault of the carrier's, and no reason to come back in an hour.
    if (error.kind === "busy" || error.kind === "container_unreachable") {
      return { kind: "later", not_before: ctx.now() + OURS_AGAIN_MS, resume_after: null };
    }
    return {
      kind: "failed",
      error: `sFTP (${error.kind}): ${error.message}`,
      retry_after_ms: null,
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

const RemarksJson = z.array(z.object({ kind: z.string(), detail: z.string(), at: z.string().nullable() }));

/** One run over one connection's folder. */
class FolderRun {
  readonly #ctx: Context;
  readonly #carrier: Carrier;
  readonly #connection: Connection;
  readonly #way: SftpWaySettings;
  #filesLeft = FILES_PER_RUN;
  #bytesLeft = BYTES_PER_RUN;
  readonly #limits: CollectLimits;
  #largeBytesLeft: number;

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
    this.#largeBytesLeft = limits.large.run;
  }

  async over(session: SftpSession): Promise<CheckEnd> {
    const keep = this.#way.after === "leave" ? "newest" : "oldest";
    const { files } = await session.list(this.#way.directory, FILES_PER_LISTING, keep);
    const listed = files
      .filter((file) => !isTemporaryName(file.name) && this.#carrier.sftp?.files.test(file.name))
      .map((file) => ({
        path: joinPath(this.#way.directory, file.name),
        size: file.size,
        mtime_ms: file.mtime_ms,
      }))
      // Large ones last: they hold up no other.
      .sort((a, b) => Number(this.#isLarge(a)) - Number(this.#isLarge(b)));
    const known = Map.groupBy(
      await knownFiles(
        this.#ctx.control,
        this.#connection.id,
        listed.map((file) => file.path),
      ),
      (file) => file.path,
    );
    let fault: string | null = null;
    for (const file of listed) {
      const before =
        known.get(file.path)?.find((k) => k.size === file.size && k.mtime_ms === file.mtime_ms) ?? null;
      try {
        await this.#advance(session, file, before);
      } catch (error) {
        // One file that can't be read or moved must not hold up the others; a dead session must.
        if (
          !(error instanceof SftpFault) ||
          !["not_found", "permission", "conflict", "too_large"].includes(error.kind)
        )
          throw error;
        if (error.kind !== "not_found") fault = `${file.path}: ${error.message}`;
      }
    }
    return fault === null
      ? { kind: "done" }
      : { kind: "failed", error: fault, retry_after_ms: 0, resume_after: null };
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
      return this.#putAway(session, file, before);
    }
    // moved or failed, and still here: the move did not happen, or somebody put the very same file back.
    if (this.#way.after !== "leave") await this.#putAway(session, file, before);
  }

  /** Reads a file and keeps its bytes. One that ends in the middle may still be growing: it is left until a listing finds it unchanged. */
  async #keep(session: SftpSession, file: ListedFile, unchanged: boolean): Promise<void> {
    const { control } = this.#ctx;
    const now = this.#ctx.now();
    if (file.size === 0) {
      if (!unchanged) await markFile(control, this.#connection.id, file, { state: "seen" }, now);
      return;
    }
    if (this.#filesLeft <= 0 || this.#bytesLeft < file.size) return;
    this.#filesLeft -= 1;
    this.#bytesLeft -= file.size;
    const body = await readBounded(await session.read(file.path), FILE_MAX_BYTES);
    if (body === null || body.length !== file.size) {
      await markFile(control, this.#connection.id, file, { state: "seen" }, now);
      return;
    }
    const sha256 = await contentHash(body);
    const same = await documentOfContent(control, this.#connection.id, sha256);
    if (same !== null) {
      // The same bytes under another name or time: nothing to post, only to put away.
      await markFile(control, this.#connection.id, file, { state: "kept", sha256, document_id: same }, now);
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
    if (!unchanged && !this.#carrier.harmonize(document, { rules: this.#carrier.rules }).complete) {
      await markFile(control, this.#connection.id, file, { state: "seen" }, now);
      return;
    }
    const document_id = this.#ctx.newId("doc");
    await keepDocument(control, {
      ...document,
      id: document_id,
      connection_id: this.#connection.id,
      carrier_id: this.#carrier.id,
    });
    await markFile(control, this.#connection.id, file, { state: "kept", sha256, document_id }, now);
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
      else await this.#putAway(session, file, before);
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
    const end = await readLarge(large, session, this.#largeBytesLeft);
    this.#largeBytesLeft -= end.read;
    if (end.kind === "on") return;
    await this.#refuse(session, file, `The file holds ${file.size} bytes. ${end.why}`);
    await forgetProgress(control, id, file);
  }

  /** Its document is in the timelines, or can't be read: out of the way with it. */
  async #putAway(session: SftpSession, file: ListedFile, before: KnownFile): Promise<void> {
    const failed =
      before.document_state === "unreadable" || before.state === "failed" || this.#isBroken(before);
    if (failed) return this.#refuse(session, file, this.#errorText(before));
    if (this.#way.after === "delete") await this.#delete(session, file);
    if (this.#way.after === "move") await this.#move(session, file, this.#way.done_directory);
    await markFile(this.#ctx.control, this.#connection.id, file, { state: "moved" }, this.#ctx.now());
    log("file.put_away", {
      connection_id: this.#connection.id,
      document_id: before.document_id,
      after: this.#way.after,
    });
  }

  /** Parts of it could not be read: its events before and after count, and the carrier is told what was wrong. */
  #isBroken(before: KnownFile): boolean {
    return remarksOf(before).some((remark) => remark.kind === "unreadable" || remark.kind === "incomplete");
  }

  #errorText(before: KnownFile): string {
    const remarks = remarksOf(before);
    if (remarks.length === 0) return "The file could not be read.\n";
    return `${remarks.map((remark) => `${remark.at === null ? "" : `${remark.at}: `}${remark.detail}`).join("\n")}\n`;
  }

  /**
   * To `failed/`, with a text beside it that says where and why. The text goes first, under a name that fetchers skip,
   * and by the same move (which makes the folder), so that no failed file is ever without one.
   */
  async #refuse(session: SftpSession, file: ListedFile, why: string): Promise<void> {
    if (this.#way.after !== "leave") {
      const name = file.path.slice(file.path.lastIndexOf("/") + 1);
      const hidden = joinPath(this.#way.directory, `.${name}.error.txt`);
      const shown = joinPath(joinPath(this.#way.directory, this.#way.failed_directory), `${name}.error.txt`);
      await session.remove(hidden);
      await session.write(hidden, new TextEncoder().encode(why));
      await session.move(hidden, shown).catch(async (error: unknown) => {
        if (!(error instanceof SftpFault) || error.kind !== "conflict") throw error;
        await session.remove(hidden);
      });
      await this.#move(session, file, this.#way.failed_directory);
    }
    await markFile(this.#ctx.control, this.#connection.id, file, { state: "failed" }, this.#ctx.now());
    log("file.refused", { connection_id: this.#connection.id, why: why.slice(0, 200) });
  }

  /** Deletes the file that was listed and no other: first out of the way under a name that fetchers skip, then gone. */
  async #delete(session: SftpSession, file: ListedFile): Promise<void> {
    const hidden = joinPath(this.#way.directory, `.${file.path.slice(file.path.lastIndexOf("/") + 1)}.read`);
    await session.remove(hidden);
    await session.move(file.path, hidden, { size: file.size, mtime_ms: file.mtime_ms });
    await session.remove(hidden);
  }

  /** Moves into a folder beside; a name that is taken there by another file gets the file's time behind it. */
  async #move(session: SftpSession, file: ListedFile, folder: string): Promise<void> {
    const listed = { size: file.size, mtime_ms: file.mtime_ms };
    const name = file.path.slice(file.path.lastIndexOf("/") + 1);
    const target = joinPath(joinPath(this.#way.directory, folder), name);
    try {
      await session.move(file.path, target, listed);
    } catch (error) {
      if (!(error instanceof SftpFault) || error.kind !== "conflict") throw error;
      await session.move(file.path, `${target}.${file.mtime_ms}`, listed);
    }
  }
}

function remarksOf(before: KnownFile): z.infer<typeof RemarksJson> {
  return before.remarks === null ? [] : RemarksJson.parse(JSON.parse(before.remarks));
}

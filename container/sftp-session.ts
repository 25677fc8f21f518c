import type { Connection } from "./connection.ts";
import { Problem, problemOf, SFTP_STATUS, sftpStatusOf } from "./errors.ts";
import { type Listing, type ListingPart, listDirectory } from "./listing.ts";
import { type Listed, moveFile } from "./move.ts";
import { resolvePath } from "./remote-path.ts";
import { close, lookUp, openToRead, statHandle, unlink } from "./sftp-calls.ts";
import { type ByteSink, readRange } from "./transfer.ts";
import { type TimeLimits, type Turn, takeTurn } from "./turn.ts";
import { type Uploaded, uploadFile } from "./upload.ts";

export interface SessionRules {
  /** Closed after this long without a call. */
  idleMs: number;
  /** No new operation after this age; one in hand may end. */
  lifetimeMs: number;
  /** For a plain operation in all, for a transfer without a byte moving. */
  operationTimeoutMs: number;
  /** For a transfer in all. */
  transferTimeoutMs: number;
  maxFileBytes: number;
}

/** Calls that may wait in one session; a caller with more is not waiting for the answers. */
const MAX_WAITING = 16;

/** Why a session ended; `lost` by the server, `broken` off by us in the middle of an operation. */
export type EndReason = "asked" | "idle" | "too_old" | "lost" | "broken" | "shutdown";

/** The part of a file that is about to be sent. */
export interface FilePart {
  /** Of the whole file, in bytes. */
  size: number;
  mtimeMs: number;
  /** Of this part, in bytes. */
  length: number;
}

/** Takes a path for one upload, until what it returns is called; throws `busy` while another one has it. */
export type ClaimUpload = (path: string) => () => void;

/** What a session tells whoever keeps it. */
export interface SessionKeeper {
  claimUpload: ClaimUpload;
  /** After each operation that was not cut short by us or the caller: null when the server answered, else what was wrong with it. */
  onOutcome(problem: Problem | null): void;
  /** Once, when the connection is gone. */
  onEnd(reason: EndReason): void;
}

/** A logged-in connection and the operations on it, one at a time in the order they came. */
export class SftpSession {
  readonly id: string;
  readonly #connection: Connection;
  readonly #directory: string | undefined;
  readonly #rules: SessionRules;
  readonly #keeper: SessionKeeper;
  readonly #stop = new AbortController();
  readonly #idle: NodeJS.Timeout;
  readonly #age: NodeJS.Timeout;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #old = false;
  #ended: EndReason | undefined;

  constructor(
    id: string,
    connection: Connection,
    directory: string | undefined,
    rules: SessionRules,
    keeper: SessionKeeper,
  ) {
    this.id = id;
    this.#connection = connection;
    this.#directory = directory;
    this.#rules = rules;
    this.#keeper = keeper;
    this.#idle = setTimeout(() => {
      if (!this.busy) void this.end("idle");
    }, rules.idleMs);
    this.#age = setTimeout(() => this.#grewOld(), rules.lifetimeMs);
    connection.onClosed(() => this.#lost());
  }

  /** Whether an operation is running or waiting. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Resolves when nothing is running or waiting any more. */
  async settled(): Promise<void> {
    while (this.busy) await this.#tail;
  }

  /** Regular files and directories of `directory`, or of the session's own. */
  list(directory: string | undefined, part: ListingPart, caller: AbortSignal): Promise<Listing> {
    const path = directory === undefined ? (this.#directory ?? ".") : this.#resolve(directory);
    return this.#operation(`list ${path}`, caller, ({ sftp }) => listDirectory(sftp, path, part));
  }

  /**
   * Sends the bytes from `offset` on, at most `length` of them, to the sink that `begin` gives.
   * @throws {Problem} `not_found`, `too_large`; `bad_request` for an offset behind the end.
   */
  read(
    path: string,
    { offset, length }: { offset: number; length?: number },
    caller: AbortSignal,
    begin: (part: FilePart) => ByteSink,
  ): Promise<FilePart> {
    const place = this.#resolve(path);
    return this.#transfer(`read ${place}`, caller, async ({ sftp, progressed }) => {
      const handle = await openToRead(sftp, place).catch((cause: unknown) => {
        throw place.includes("\uFFFD") ? unreadableName(cause) : cause;
      });
      try {
        const stats = await statHandle(sftp, handle);
        if (stats.isDirectory()) throw new Problem("not_found", `${place} is a directory, not a file.`);
        if (stats.size > this.#rules.maxFileBytes) {
          const { maxFileBytes } = this.#rules;
          throw new Problem("too_large", `The file has ${stats.size} bytes; ${maxFileBytes} are allowed.`);
        }
        if (offset > stats.size) throw new Problem("bad_request", `The file has only ${stats.size} bytes.`);
        const end = Math.min(stats.size, offset + (length ?? stats.size));
        const part = { size: stats.size, mtimeMs: stats.mtime * 1_000, length: end - offset };
        const sink = begin(part);
        for await (const bytes of readRange(sftp, handle, offset, end)) {
          progressed();
          await sink(bytes);
        }
        return part;
      } finally {
        await close(sftp, handle);
      }
    });
  }

  /**
   * See `uploadFile`.
   * @throws {Problem} `busy` while the same file is being uploaded, in this session or another.
   */
  async put(path: string, source: AsyncIterable<Buffer>, caller: AbortSignal): Promise<Uploaded> {
    const place = this.#resolve(path);
    const release = this.#keeper.claimUpload(place);
    try {
      return await this.#upload(place, source, caller);
    } finally {
      release();
    }
  }

  #upload(place: string, source: AsyncIterable<Buffer>, caller: AbortSignal): Promise<Uploaded> {
    return this.#transfer(`write ${place}`, caller, (turn) =>
      uploadFile(turn, place, source, this.#rules.maxFileBytes),
    );
  }

  /** See `moveFile`. */
  move(from: string, to: string, listed: Listed | undefined, caller: AbortSignal): Promise<void> {
    const [source, target] = [this.#resolve(from), this.#resolve(to)];
    return this.#operation(`move ${source} to ${target}`, caller, ({ sftp }) =>
      moveFile(sftp, source, target, listed),
    );
  }

  /** Deletes a file; one that is gone already is deleted. */
  remove(path: string, caller: AbortSignal): Promise<void> {
    const place = this.#resolve(path);
    return this.#operation(`delete ${place}`, caller, async ({ sftp }) => {
      try {
        await unlink(sftp, place);
      } catch (cause) {
        if (sftpStatusOf(cause) === undefined || (await lookUp(sftp, place)) !== null) throw cause;
      }
    });
  }

  /** Stops what is running and closes the connection; resolves when it is closed. Repeating is harmless. */
  async end(reason: EndReason): Promise<void> {
    this.#finish(reason, new Problem("session_unknown", "The session was closed."));
    await this.#connection.end();
  }

  #resolve(path: string): string {
    return resolvePath(path, this.#directory);
  }

  #operation<T>(doing: string, caller: AbortSignal, work: (turn: Turn) => Promise<T>): Promise<T> {
    const { operationTimeoutMs } = this.#rules;
    return this.#enqueue(doing, caller, { silenceMs: operationTimeoutMs, totalMs: operationTimeoutMs }, work);
  }

  #transfer<T>(doing: string, caller: AbortSignal, work: (turn: Turn) => Promise<T>): Promise<T> {
    const { operationTimeoutMs, transferTimeoutMs } = this.#rules;
    return this.#enqueue(doing, caller, { silenceMs: operationTimeoutMs, totalMs: transferTimeoutMs }, work);
  }

  async #enqueue<T>(
    doing: string,
    caller: AbortSignal,
    limits: TimeLimits,
    work: (turn: Turn) => Promise<T>,
  ): Promise<T> {
    this.#mustBeOpen();
    if (this.#waiting >= MAX_WAITING)
      throw new Problem("busy", `${MAX_WAITING} calls wait in this session already.`);
    this.#waiting += 1;
    const turn = this.#tail.then(() => this.#run(doing, caller, limits, work));
    this.#tail = turn.catch(() => {}).then(() => this.#ran());
    return turn;
  }

  async #run<T>(
    doing: string,
    caller: AbortSignal,
    limits: TimeLimits,
    work: (turn: Turn) => Promise<T>,
  ): Promise<T> {
    this.#mustBeOpen();
    caller.throwIfAborted();
    try {
      const done = await takeTurn(work, {
        sftp: this.#connection.sftp,
        limits,
        doing,
        caller,
        stop: this.#stop.signal,
        onBroken: () => {
          this.#finish("broken", new Problem("session_unknown", "The session is closed; open a new one."));
          this.#connection.destroy();
        },
      });
      this.#keeper.onOutcome(null);
      return done;
    } catch (cause) {
      if (caller.aborted) throw cause;
      const problem = problemOf(cause, doing);
      this.#keeper.onOutcome(isOfConnection(problem) ? problem : null);
      throw problem;
    }
  }

  #ran(): void {
    this.#waiting -= 1;
    if (this.#ended !== undefined || this.busy) return;
    if (this.#old) void this.end("too_old");
    else this.#idle.refresh();
  }

  #mustBeOpen(): void {
    if (this.#ended !== undefined || this.#old) {
      throw new Problem("session_unknown", "The session is closed; open a new one.");
    }
  }

  #grewOld(): void {
    this.#old = true;
    if (!this.busy) void this.end("too_old");
  }

  #lost(): void {
    this.#finish(
      "lost",
      new Problem("unreachable", "The connection to the server was lost; the session is closed."),
    );
    this.#keeper.onEnd(this.#ended ?? "lost");
  }

  #finish(reason: EndReason, answer: Problem): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    clearTimeout(this.#idle);
    clearTimeout(this.#age);
    this.#stop.abort(answer);
  }
}

/** Whether the server was at fault, rather than a file or what was asked of it. */
function isOfConnection({ kind }: Problem): boolean {
  return kind === "timeout" || kind === "unreachable" || kind === "session_unknown";
}

/** ssh2 reads names as UTF-8; what is none comes out with U+FFFD in it and cannot be asked for. */
function unreadableName(cause: unknown): unknown {
  if (sftpStatusOf(cause) !== SFTP_STATUS.NO_SUCH_FILE) return cause;
  return new Problem("not_found", "The file's name is not UTF-8 and cannot be asked for; have it renamed.");
}

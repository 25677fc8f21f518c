import type { SftpWaySettings } from "../domain/connection.ts";
import { joinPath, nameAround } from "../domain/file-names.ts";
import { type RemoteFile, SftpFault, type SftpSession } from "../outside/sftp.ts";
import type { ListedFile } from "../storage/files.ts";
import type { KnownFile } from "./known-files.ts";
import { log } from "./log.ts";

/** A file on its way out is hidden as `.NAME.read`. */
const HIDDEN_END = ".read";

/**
 * The last step of a file: out of the carrier's way, by moving, deleting, or not at all. Everything here may be done a
 * second time, and touches only the file that was listed. What became of it is for the caller to write down.
 */
export class PutAway {
  readonly #connection_id: string;
  readonly #way: SftpWaySettings;

  constructor(connection_id: string, way: SftpWaySettings) {
    this.#connection_id = connection_id;
    this.#way = way;
  }

  /** Its document is in the timelines, or can't be read: out of the way with it. */
  async file(session: SftpSession, file: ListedFile, before: KnownFile): Promise<"moved" | "failed"> {
    const failed = before.document_state === "unreadable" || before.state === "failed" || isBroken(before);
    if (failed) return this.refuse(session, file, errorText(before));
    if (this.#way.after === "delete") await this.#delete(session, file);
    if (this.#way.after === "move") await this.#move(session, file, this.#way.done_directory);
    log("file.put_away", {
      connection_id: this.#connection_id,
      document_id: before.document_id,
      after: this.#way.after,
    });
    return "moved";
  }

  /**
   * To `failed/`, with a text beside it that says where and why. The text goes first, under a name that fetchers skip,
   * and by the same move (which makes the folder), so that no failed file is ever without one.
   */
  async refuse(session: SftpSession, file: ListedFile, why: string): Promise<"failed"> {
    if (this.#way.after !== "leave") {
      const name = nameOf(file);
      const text = nameAround("", name, ".error.txt", file.mtime_ms);
      const hidden = this.#beside(nameAround(".", name, ".error.txt", file.mtime_ms));
      await session.remove(hidden);
      await session.write(hidden, new TextEncoder().encode(why));
      await session
        .move(hidden, this.#below(this.#way.failed_directory, text))
        .catch(async (error: unknown) => {
          if (!(error instanceof SftpFault) || error.kind !== "conflict") throw error;
          await session.remove(hidden);
        });
      await this.#move(session, file, this.#way.failed_directory);
    }
    log("file.refused", { connection_id: this.#connection_id, why: why.slice(0, 200) });
    return "failed";
  }

  /** Deletes the file that was listed and no other: first out of the way under a name that fetchers skip, then gone. */
  async #delete(session: SftpSession, file: ListedFile): Promise<void> {
    const hidden = this.#beside(hiddenName(file));
    await session.remove(hidden);
    await session.move(file.path, hidden, { size: file.size, mtime_ms: file.mtime_ms });
    await session.remove(hidden);
  }

  /** Moves into a folder beside; a name that is taken there by another file gets the file's time behind it. */
  async #move(session: SftpSession, file: ListedFile, folder: string): Promise<void> {
    const listed = { size: file.size, mtime_ms: file.mtime_ms };
    const name = nameOf(file);
    try {
      await session.move(file.path, this.#below(folder, name), listed);
    } catch (error) {
      if (!(error instanceof SftpFault) || error.kind !== "conflict") throw error;
      const other = nameAround("", name, `.${file.mtime_ms}`, file.mtime_ms);
      await session.move(file.path, this.#below(folder, other), listed);
    }
  }

  #beside(name: string): string {
    return joinPath(this.#way.directory, name);
  }

  #below(folder: string, name: string): string {
    return joinPath(joinPath(this.#way.directory, folder), name);
  }
}

function nameOf({ path }: ListedFile): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function hiddenName(file: ListedFile): string {
  return nameAround(".", nameOf(file), HIDDEN_END, file.mtime_ms);
}

/** Files that a crash left hidden, halfway to being deleted: where each is now, and as what it was listed. */
export function halfDeleted(
  directory: string,
  files: readonly RemoteFile[],
): { path: string; file: ListedFile }[] {
  return files
    .filter(({ name }) => name.startsWith(".") && name.endsWith(HIDDEN_END))
    .map(({ name, size, mtime_ms }) => ({
      path: joinPath(directory, name),
      file: { path: joinPath(directory, name.slice(1, -HIDDEN_END.length)), size, mtime_ms },
    }));
}

/** Parts of it could not be read: its events before and after count, and the carrier is told what was wrong. */
function isBroken(before: KnownFile): boolean {
  return before.remarks.some((remark) => remark.kind === "unreadable" || remark.kind === "incomplete");
}

function errorText(before: KnownFile): string {
  const { remarks } = before;
  if (remarks.length === 0) return "The file could not be read.\n";
  return `${remarks.map((remark) => `${remark.at === null ? "" : `${remark.at}: `}${remark.detail}`).join("\n")}\n`;
}

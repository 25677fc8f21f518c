import type { OpenedSubscription } from "../channels/channel.ts";
import { targetOf } from "../channels/sftp/deliver.ts";
import { isOpen } from "../domain/breaker.ts";
import { readEdi } from "../domain/edi/read.ts";
import { isTemporaryName, joinPath } from "../domain/file-names.ts";
import { ACK_WITHIN_HOURS_DEFAULT } from "../domain/subscription.ts";
import { afterAnswer, answerOf, type FileAnswer } from "../domain/tracking-file/acknowledgement.ts";
import { log, reasonOf } from "../flow/log.ts";
import { readBounded } from "../outside/bounded.ts";
import { type RemoteFile, SftpFault, type SftpSession } from "../outside/sftp.ts";
import type { Line } from "./line.ts";
import type { DeliveryParts } from "./parts.ts";

/**
 * The customer's acknowledgements: CONTRL, 997, 999 and TA1 are fetched from the agreed folder of the customer's server,
 * matched to the files we put there, and moved to `done/` below it. The manifest is written before a file is moved, so
 * that a crash in between only reads it again. What answers none of our files stays where it is.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** While an answer may still come in time. */
const OFTEN_MS = 5 * MINUTE_MS;
/** After that, as long as a late answer is worth looking for. */
const SELDOM_MS = HOUR_MS;
const WORTH_LOOKING_MS = 7 * 24 * HOUR_MS;

const MOST_LISTED = 1000;
const MOST_READ = 50;
const MOST_BYTES = 1_000_000;
const MOST_SILENT = 100;
const DONE = "done";

type FilesSubscription = Extract<OpenedSubscription, { way: "sftp" }>;

export class Answers {
  private readonly checkedAt = new Map<string, number>();
  private readonly checking = new Set<string>();
  /** Files of a folder that are no answer to ours, as they looked. Forgotten with the object: they are only read again. */
  private readonly foreign = new Map<string, Set<string>>();

  /** When to look next; null where no answer is expected, or while it is being looked for. */
  dueAt(parts: Pick<DeliveryParts, "outbox">, line: Line, now: number, scale: number): number | null {
    const { subscription } = line;
    if (subscription?.way !== "sftp" || subscription.settings.ack_directory === undefined) return null;
    if (!line.sendable || isOpen(line.health.breaker) || this.checking.has(line.id)) return null;
    const uploaded = parts.outbox.files.newestOpen(line.id);
    if (uploaded === null) return null;
    const known = this.checkedAt.get(line.id);
    // A look in the future is one from before the clock was set back.
    const last = known === undefined || known > now ? Number.NEGATIVE_INFINITY : known;
    // The last look after the agreed time is the one that finds silence.
    if (last <= uploaded + withinMs(subscription, scale)) return Math.max(uploaded, last + OFTEN_MS * scale);
    if (now > uploaded + WORTH_LOOKING_MS * scale) return null;
    return last + SELDOM_MS * scale;
  }

  /** One look into the folder. A fault costs nothing but a warning: the next look may do better. */
  async check(parts: DeliveryParts, line: Line): Promise<void> {
    const { subscription } = line;
    const directory = subscription?.way === "sftp" ? subscription.settings.ack_directory : undefined;
    if (subscription?.way !== "sftp" || directory === undefined) return;
    this.checking.add(line.id);
    try {
      await parts.ctx.sftp.run(targetOf(subscription), (session) =>
        this.look(parts, line, session, subscription, directory),
      );
      const before = parts.ctx.now() - withinMs(subscription, parts.ctx.timeScale);
      parts.storage.transactionSync(() => tellSilence(parts, line, before));
    } catch (error) {
      log("acknowledgements.not_read", { subscription: line.id, why: reasonOf(error) });
      const detail = error instanceof SftpFault ? error.message : "It could not be read.";
      note(
        parts,
        line,
        "ack_directory_unreadable",
        `The folder of acknowledgements, ${directory}: ${detail}`,
      );
    } finally {
      this.checking.delete(line.id);
      this.checkedAt.set(line.id, parts.ctx.now());
    }
  }

  private async look(
    parts: DeliveryParts,
    line: Line,
    session: SftpSession,
    { settings: { format } }: FilesSubscription,
    directory: string,
  ): Promise<void> {
    const { files } = await session.list(directory, MOST_LISTED);
    let stuck: string | null = null;
    const foreign = new Set<string>();
    const known = this.foreign.get(line.id);
    let read = 0;
    for (const file of files.toSorted((a, b) => a.mtime_ms - b.mtime_ms)) {
      const looks = `${file.name} ${file.size} ${file.mtime_ms}`;
      if (known?.has(looks)) foreign.add(looks);
      else if (read < MOST_READ && mayBeAnswer(file)) {
        read++;
        const found = await this.read(parts, line, session, joinPath(directory, file.name), file, format);
        if (found === "foreign") foreign.add(looks);
        const fault = found === "answer" ? await putAway(session, directory, file) : null;
        if (fault !== null) {
          stuck = fault;
          foreign.add(looks);
        }
      }
    }
    this.foreign.set(line.id, foreign);
    if (stuck === null) forgetNote(parts, line, "ack_directory_unreadable");
    else
      note(
        parts,
        line,
        "ack_directory_unreadable",
        `An acknowledgement was read, and can't be moved to ${DONE}/: ${stuck}`,
      );
  }

  /** `later`: it is still being written, or answers a file whose upload is not known to be over. */
  private async read(
    parts: DeliveryParts,
    line: Line,
    session: SftpSession,
    path: string,
    file: RemoteFile,
    format: FilesSubscription["settings"]["format"],
  ): Promise<"answer" | "foreign" | "later"> {
    const bytes = await readBounded(await session.read(path), MOST_BYTES);
    if (bytes === null) return "foreign";
    const reading = readEdi(bytes);
    if (!reading.complete) return "later";
    const answers = reading.acknowledgements.flatMap((ack) => answerOf(ack, format) ?? []);
    const files = answers.map((answer) => parts.outbox.files.byNumber(line.id, answer.control_number));
    if (files.includes("underway")) return "later";
    if (files.every((one) => one === null)) return "foreign";
    parts.storage.transactionSync(() => {
      for (const answer of answers) keep(parts, line, answer, file.name);
    });
    return "answer";
  }
}

function withinMs({ settings }: FilesSubscription, scale: number): number {
  return (settings.ack_within_hours ?? ACK_WITHIN_HOURS_DEFAULT) * HOUR_MS * scale;
}

function mayBeAnswer({ name, size }: RemoteFile): boolean {
  return size > 0 && size <= MOST_BYTES && !isTemporaryName(name);
}

/** The manifest and the account's warnings, for one answer. The same answer again changes nothing. */
function keep(parts: DeliveryParts, line: Line, answer: FileAnswer, ack_file: string): void {
  const now = parts.ctx.now();
  const sent = parts.outbox.files.byNumber(line.id, answer.control_number);
  if (sent === null || sent === "underway") return;
  const after = afterAnswer(sent.answer, answer);
  if (after.verdict === sent.answer?.verdict && after.reason === sent.answer.reason) return;
  parts.outbox.files.answer(sent.ord, after, ack_file, now);
  log("file.answered", { subscription: line.id, file: sent.file_name, verdict: after.verdict });
  forgetNote(parts, line, "file_not_acknowledged");
  if (after.verdict === "partial" || after.verdict === "rejected") {
    const part = after.verdict === "partial" ? "refused in part" : "refused";
    note(
      parts,
      line,
      "file_rejected",
      `${sent.file_name} was ${part}: ${after.reason ?? "no reason was given"}.`,
    );
  } else if (after.verdict !== "received") forgetNote(parts, line, "file_rejected");
}

/** Each file is told silent once; the warning stands until the partner answers one. */
function tellSilence(parts: DeliveryParts, line: Line, before: number): void {
  const now = parts.ctx.now();
  const overdue = parts.outbox.files.overdue(line.id, before, MOST_SILENT);
  const last = overdue.at(-1);
  if (last === undefined) return;
  for (const { ord } of overdue) parts.outbox.files.silent(ord, now);
  log("file.silent", { subscription: line.id, files: overdue.length, last: last.file_name });
  const files =
    overdue.length === 1 ? last.file_name : `${overdue.length} files, the last of them ${last.file_name},`;
  note(parts, line, "file_not_acknowledged", `No acknowledgement of ${files} came in the agreed time.`);
}

type NoteCode = "file_rejected" | "file_not_acknowledged" | "ack_directory_unreadable";

function note(parts: DeliveryParts, line: Line, code: NoteCode, detail: string): void {
  if (line.health.notes.some((one) => one.code === code && one.detail === detail.slice(0, 500))) return;
  line.note(code, parts.ctx.now(), detail);
  save(parts, line);
}

function forgetNote(parts: DeliveryParts, line: Line, code: NoteCode): void {
  if (!line.health.notes.some((one) => one.code === code)) return;
  line.forgetNote(code);
  save(parts, line);
}

/** A line that ended meanwhile stays ended. */
function save(parts: DeliveryParts, line: Line): void {
  if (parts.lines.get(line.id) === line) parts.outbox.saveLine(line.id, line.position, line.health);
}

/** To `done/`, or why not; a name that is taken there by another file gets the file's time behind it. */
async function putAway(
  session: SftpSession,
  directory: string,
  { name, mtime_ms }: RemoteFile,
): Promise<string | null> {
  const from = joinPath(directory, name);
  const target = joinPath(joinPath(directory, DONE), name);
  for (const to of [target, `${target}.${mtime_ms}`]) {
    try {
      await session.move(from, to);
      return null;
    } catch (error) {
      if (!(error instanceof SftpFault)) throw error;
      if (error.kind === "not_found") return null;
      if (error.kind === "permission") return error.message;
      if (error.kind !== "conflict") throw error;
    }
  }
  return `${target} is there already.`;
}

/** What cutting a large file hands out, and what it remembers between two runs: plain data that JSON carries unchanged. */
import { z } from "zod";
import type { ScanState } from "../scan/scan-state.ts";
import type { Separators } from "../scan/separators.ts";

/** A piece of a large file that can be read by itself. */
export interface Piece {
  /** 1-based in the file; the same for the same file however it was read. */
  readonly number: number;
  /** File offset of its first message or line. */
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** Losses told one by one; further ones are only counted. */
const LOSSES_TOLD = 20;

const Losses = z.object({
  count: z.number(),
  told: z.array(z.object({ from: z.number(), why: z.string() })),
});
/** What had to be left out: where it begins in the file, and why. */
export type Losses = z.infer<typeof Losses>;

export const noLosses: Losses = { count: 0, told: [] };

export function withLoss(losses: Losses, from: number, why: string): Losses {
  const told = losses.told.length < LOSSES_TOLD ? [...losses.told, { from, why }] : losses.told;
  return { count: losses.count + 1, told };
}

const common = {
  /** The next byte to push. Everything before it is in pieces handed out, or lost. */
  offset: z.number(),
  /** Pieces handed out so far. */
  pieces: z.number(),
  losses: Losses,
};

const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null;

/** Raw bytes are held as text with one character a byte. */
const InterchangePart = z.object({
  x12: z.boolean(),
  separators: z.custom<Separators>(isRecord),
  header: z.string(),
  reference: z.string(),
  control_ref: z.string().nullable(),
  /** Not all of it is in one piece: its own trailer no longer fits. */
  split: z.boolean(),
  messages: z.number(),
  groups: z.number(),
});

const GroupPart = z.object({
  header: z.string(),
  reference: z.string(),
  split: z.boolean(),
});

export type InterchangeFrame = z.infer<typeof InterchangePart>;
export type GroupFrame = z.infer<typeof GroupPart>;

const InterchangesState = z.object({
  form: z.literal("interchanges"),
  ...common,
  scan: z.custom<ScanState>(isRecord),
  interchange: InterchangePart.nullable(),
  group: GroupPart.nullable(),
  /** Inside a message too long to be read: where it began. */
  lost_from: z.number().nullable(),
});
export type InterchangesState = z.infer<typeof InterchangesState>;

const LinesState = z.object({
  form: z.literal("lines"),
  ...common,
  /** Repeated at the head of each further piece; empty where there is no heading. */
  header: z.string(),
  /** Closes each piece that the file's own last record does not close; mostly empty. */
  closing: z.string(),
  /** A file without a heading is known by its lines: a piece begins with one that is known as this. */
  known_as: z.string().nullable(),
  json: z.boolean(),
  /** Inside a line too long to be read: where it began. */
  lost_from: z.number().nullable(),
});
export type LinesState = z.infer<typeof LinesState>;

export const CutState = z.discriminatedUnion("form", [InterchangesState, LinesState]);
export type CutState = z.infer<typeof CutState>;

export interface Cutter {
  /** Takes the next bytes, cut anywhere, and hands out the pieces that are full. */
  push(bytes: Uint8Array): Piece[];
  /** The file is over: hands out the rest. What ends in the middle is left as it is, so that its reader says so. */
  finish(): Piece[];
  /** Where another cutter goes on and hands out the pieces that this one has not yet. */
  readonly state: CutState;
}

/** Sizes in bytes. */
export interface CutSizes {
  /** A piece is not filled further than this. */
  readonly piece: number;
  /**
   * A longer message is left out; one between the two stands alone. So many bytes without a cut (rubbish between
   * interchanges) are made one, so that a run gets on.
   */
  readonly message: number;
}

/** Below the size of a database row with room for what belongs to it. */
export const cutSizes: CutSizes = { piece: 900_000, message: 4 * 1024 * 1024 };

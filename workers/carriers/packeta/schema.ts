import { z } from "zod";

/** Packeta: packetTracking (XML) and the answer of its page for recipients (JSON): only what we read. */

const text = z.string().nullish();

/** "StatusRecord" */
export const PacketaRecord = z.object({
  /** On the clock in Prague; sometimes with its offset. */
  dateTime: text,
  statusCode: z.string().min(1),
  codeText: text,
  statusText: text,
  branchId: text,
  /** The number at the carrier that it was handed to. */
  externalTrackingCode: text,
});

export const PacketaAnswer = z.object({
  response: z.union([
    z.object({
      status: z.literal("ok"),
      result: z.object({ record: z.array(z.unknown()).nullish() }).nullish(),
    }),
    z.object({ status: z.literal("fault"), fault: text, string: text }),
  ]),
});

export const PacketaItem = z.object({
  item: z.object({ barcode: z.string().min(1), trackingDetails: z.array(z.unknown()).nullish() }),
});

/** A sentence and a clock, no code. */
export const PacketaDetail = z.object({ text: z.string().min(1), time: text });

/** Elements that come one or many. */
export const listElements: readonly string[] = ["record"];

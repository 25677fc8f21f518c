/** How a file too large to be read at once is cut, by what its first bytes say it is. */
import { detectFormat } from "../detect.ts";
import { linesOf, parseJson, textCharset } from "../files/rows.ts";
import { type CutSizes, type CutState, type Cutter, cutSizes } from "./cut-state.ts";
import { InterchangeCutter } from "./interchange-cutter.ts";
import { LineCutter, newLinesState } from "./line-cutter.ts";

/** `whole`: there is no place to cut it at; a sentence for whoever sent it. */
export type Opened = { kind: "cut"; cutter: Cutter } | { kind: "whole"; why: string };

const whole = (why: string): Opened => ({ kind: "whole", why });

/** `head`: the file's first bytes, 64 KB or more where there are as many. Push the file from its first byte on. */
export function openCutter(head: Uint8Array, sizes: CutSizes = cutSizes): Opened {
  const { format } = detectFormat(head);
  switch (format) {
    case "edifact":
    case "x12":
      return { kind: "cut", cutter: new InterchangeCutter(sizes) };
    case "json":
    case "csv":
    case "fixed":
    case "unknown":
      return openLines(head, format === "json", sizes);
    case "xml":
      return whole("A single XML document of this size can't be cut. Send it as several files.");
    case "html":
      return whole("The file is a web page, not tracking data. Send the tracking file.");
    case "utf16":
      return whole("A file of this size in UTF-16 can't be cut. Send it in UTF-8, or as several files.");
    case "compressed":
    case "pgp":
      return whole("The file is compressed or encrypted. Send it unpacked.");
    case "empty":
      return whole("The file begins with nothing but blanks. Send it again.");
  }
}

/** Goes on where a cutter's `state` was kept: push the file from `state.offset` on. */
export function resumeCutter(state: CutState, sizes: CutSizes = cutSizes): Cutter {
  return state.form === "interchanges" ? new InterchangeCutter(sizes, state) : new LineCutter(sizes, state);
}

function openLines(head: Uint8Array, json: boolean, sizes: CutSizes): Opened {
  const [first] = linesOf(head, textCharset(head));
  if (json && (first === undefined || !first.ended || !isObject(parseJson(first.text))))
    return whole(
      "A single JSON document of this size can't be cut. Send it as several files, or one object a line.",
    );
  if (first === undefined || !first.ended)
    return whole("The file has no line end where one must be. Send it as lines, or as several files.");
  const rest = head.subarray(first.offset);
  let end = rest.findIndex((byte) => byte === 0x0a || byte === 0x0d) + 1;
  if (rest[end - 1] === 0x0d && rest[end] === 0x0a) end++;
  return { kind: "cut", cutter: new LineCutter(sizes, newLinesState(rest.subarray(0, end), json)) };
}

function isObject(node: unknown): boolean {
  return typeof node === "object" && node !== null;
}

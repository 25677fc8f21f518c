import { writeIftsta } from "../edi/write/iftsta.ts";
import { D01B, D96A } from "../edi/write/iftsta-directory.ts";
import { writeX12Status } from "../edi/write/x12-214.ts";
import type { FileFormat } from "../subscription.ts";
import { writeCsv } from "./csv.ts";
import { writeJsonLines } from "./json-lines.ts";
import type { FileWriter, TrackingFileInput, WrittenEvents } from "./tracking-file.ts";

export { DEFAULT_FILE_NAME, type FileNameParts, fileName } from "./file-name.ts";
export type {
  FileElement,
  FileRemark,
  FileWriter,
  LeftOut,
  PartnerAgreement,
  TrackingFileInput,
  WrittenEvents,
} from "./tracking-file.ts";

/** A written file: its bytes, what it carries and what it could not. */
export interface WrittenFile extends WrittenEvents {
  /** Without its dot. */
  extension: string;
  content_type: string;
}

interface Format {
  write: FileWriter;
  extension: string;
  content_type: string;
}

/** Every format there is: a new one is a line here and a name in `FILE_FORMATS`. Media types: RFC 4180, RFC 1767. */
const FORMATS: Record<FileFormat, Format> = {
  "iftsta-d01b": {
    write: (input) => writeIftsta(input, D01B),
    extension: "edi",
    content_type: "application/EDIFACT",
  },
  "iftsta-d96a": {
    write: (input) => writeIftsta(input, D96A),
    extension: "edi",
    content_type: "application/EDIFACT",
  },
  "x12-214": { write: writeX12Status, extension: "edi", content_type: "application/EDI-X12" },
  csv: { write: writeCsv, extension: "csv", content_type: "text/csv; charset=utf-8; header=present" },
  json: { write: writeJsonLines, extension: "jsonl", content_type: "application/x-ndjson" },
};

/**
 * Writes a file of tracking events in a customer's format. `bytes` is empty where nothing is carried (`events` 0):
 * then there is no file, and its control number is still free. Throws for an agreement that the format cannot hold
 * (an id longer than its element), with a sentence that says what to change.
 */
export function writeTrackingFile(input: TrackingFileInput): WrittenFile {
  const format = FORMATS[input.format];
  const { extension, content_type } = format;
  if (input.elements.length === 0)
    return { bytes: new Uint8Array(0), events: 0, left_out: [], remarks: [], extension, content_type };
  return { ...format.write(input), extension, content_type };
}

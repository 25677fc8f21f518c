/** One file in memory → what it says. For files too large for that, `EdiReader`. */
import { detectFormat } from "./detect.ts";
import { type EdiProfile, genericProfile } from "./edi-profile.ts";
import { EdiReader } from "./edi-reader.ts";
import type { EdiAcknowledgement, EdiReading, EdiStatus, InterchangeFacts } from "./edi-status.ts";
import { readFile } from "./files/read-file.ts";
import { type EdiSink, type EnvelopeReport, makeRemark } from "./messages/edi-sink.ts";
import type { EdiRemark } from "./remarks.ts";

/** Further remarks are counted, not kept. */
const MAX_REMARKS = 2000;

const nowhere = { interchange: 0, message: null, segment: 0, offset: 0 } as const;

/**
 * Reads a whole file of any format this engine knows. Never throws: what is no tracking file is told by `format`
 * and a remark. `complete` false means the file is empty or ends in the middle: look again later.
 */
export function readEdi(
  bytes: Uint8Array,
  profile: EdiProfile = genericProfile,
  closed?: (report: EnvelopeReport) => void,
): EdiReading {
  const detected = detectFormat(bytes);
  if (detected.format === "empty") {
    return notRead(
      "empty",
      false,
      makeRemark("EMPTY_FILE", "The file is empty: its upload may only be starting.", nowhere),
    );
  }
  if (detected.format === "edifact" || detected.format === "x12") {
    if (profile.standards.includes(detected.format))
      return readInterchanges(bytes, detected.format, profile, closed);
    const [name, other] = detected.format === "x12" ? ["X12", "EDIFACT"] : ["EDIFACT", "X12"];
    const why = `The file is ${name}, and ${profile.carrier_id} is known to send ${other} only: ask the sender.`;
    return notRead(detected.format, true, makeRemark("FORMAT_NOT_DESCRIBED", why, nowhere));
  }
  switch (detected.format) {
    case "html":
      return notRead(
        "html",
        true,
        makeRemark("NOT_EDI", "The file is a web page, not tracking data: ask the sender.", nowhere),
      );
    case "xml":
      return notRead(
        "xml",
        true,
        makeRemark("FORMAT_NOT_DESCRIBED", "XML is read by the carrier's own reader, not here.", nowhere),
      );
    case "utf16":
      return readEdi(fromUtf16(bytes), profile, closed);
    case "compressed":
    case "pgp":
      return notRead(
        "unknown",
        true,
        makeRemark("NOT_EDI", "The file is compressed or encrypted: unpack it first.", nowhere),
      );
    case "unknown":
      if (profile.file === null)
        return notRead(
          "unknown",
          true,
          makeRemark("NOT_EDI", "The file is no tracking file of any known form.", nowhere),
        );
      return readFile(bytes, "csv", profile);
    default:
      return readFile(bytes, detected.format, profile);
  }
}

/** Offsets in remarks are those of the converted bytes. */
function fromUtf16(bytes: Uint8Array): Uint8Array {
  const little = bytes[0] === 0xff;
  let text = "";
  for (let i = 2; i + 1 < bytes.length; i += 2) {
    const [a = 0, b = 0] = [bytes[i], bytes[i + 1]];
    text += String.fromCharCode(little ? a | (b << 8) : (a << 8) | b);
  }
  return new TextEncoder().encode(text);
}

function notRead(format: EdiReading["format"], complete: boolean, remark: EdiRemark): EdiReading {
  return {
    format,
    file_kind: null,
    interchanges: [],
    statuses: [],
    acknowledgements: [],
    remarks: [remark],
    complete,
  };
}

function readInterchanges(
  bytes: Uint8Array,
  format: "edifact" | "x12",
  profile: EdiProfile,
  closed?: (report: EnvelopeReport) => void,
): EdiReading {
  const statuses: EdiStatus[] = [];
  const acknowledgements: EdiAcknowledgement[] = [];
  const remarks: EdiRemark[] = [];
  const interchanges: InterchangeFacts[] = [];
  let further = 0;
  const sink: EdiSink = {
    status: (status) => statuses.push(status),
    acknowledgement: (acknowledgement) => acknowledgements.push(acknowledgement),
    remark: (remark) => {
      if (remarks.length < MAX_REMARKS) remarks.push(remark);
      else further++;
    },
    opened: (interchange) => interchanges.push(interchange),
    closed,
  };
  const reader = new EdiReader(sink, profile);
  reader.push(bytes);
  const complete = reader.finish();
  if (further > 0) {
    remarks.push(
      makeRemark("TOO_MANY_REMARKS", `${further} further remarks are left out.`, nowhere, { count: further }),
    );
  }
  return { format, file_kind: null, interchanges, statuses, acknowledgements, remarks, complete };
}

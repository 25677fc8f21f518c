/** A described file → statuses, row by row. A row that cannot be read costs only itself. */
import type { EdiProfile } from "../edi-profile.ts";
import type {
  EdiFormat,
  EdiId,
  EdiReading,
  EdiReference,
  EdiStatus,
  InterchangeFacts,
  MessageFacts,
} from "../edi-status.ts";
import { readZone } from "../iftsta/date-time.ts";
import { makeRemark } from "../messages/edi-sink.ts";
import { parcelNumbers, shipmentNumber } from "../numbers.ts";
import type { EdiRemark, PlaceInFile, RemarkKind } from "../remarks.ts";
import type { FieldPlace, FileDescription } from "./file-description.ts";
import { describedJson, type KnownFile, recogniseText } from "./known-files.ts";
import { jsonRows, linesOf, type Row, textCharset, textRows } from "./rows.ts";
import { readByPattern } from "./time-pattern.ts";

const MAX_REMARKS = 2000;
const MAX_VALUE = 2560;
const MAX_ID = 256;

function factsOf(format: EdiFormat): InterchangeFacts {
  return {
    index: 1,
    format,
    sender: null,
    sender_qualifier: null,
    sender_internal: null,
    receiver: null,
    receiver_qualifier: null,
    receiver_internal: null,
    control_ref: null,
    prepared: null,
    application_ref: null,
    agreement: null,
    test: false,
    ack_requested: false,
    syntax: null,
    version: null,
  };
}

function messageOf(kind: string): MessageFacts {
  return {
    ref: "1",
    type: kind,
    release: "",
    association: null,
    group_ref: null,
    document_code: null,
    document_number: null,
    document_function: null,
    carrier: null,
  };
}

/** One reading under way. */
class FileReading {
  readonly statuses: EdiStatus[] = [];
  readonly remarks: EdiRemark[] = [];
  complete = true;
  private readonly interchange: InterchangeFacts;
  private readonly message: MessageFacts;
  private readonly description: FileDescription;
  private readonly profile: EdiProfile;

  constructor(format: EdiFormat, description: FileDescription, profile: EdiProfile) {
    this.description = description;
    this.profile = profile;
    this.interchange = factsOf(format);
    this.message = messageOf(description.kind);
  }

  remark(
    kind: RemarkKind,
    detail: string,
    row: Row,
    facts: Readonly<Record<string, string | number | null>> = {},
  ): void {
    if (this.remarks.length < MAX_REMARKS) this.remarks.push(makeRemark(kind, detail, this.at(row), facts));
  }

  private at(row: Row): PlaceInFile {
    return { interchange: 1, message: "1", segment: row.line, offset: row.offset };
  }

  private value(row: Row, place: FieldPlace | undefined): string | null {
    if (place === undefined) return null;
    const text = row.field(place);
    return text === "" ? null : text.slice(0, MAX_VALUE);
  }

  private idsOf(row: Row): EdiId[] {
    const ids: EdiId[] = [];
    for (const { scheme, at } of this.description.ids) {
      const value = this.stripped(row.field(at));
      if (value === "" || value.length > MAX_ID || ids.some((id) => id.value === value)) continue;
      ids.push({ scheme, value });
    }
    return ids;
  }

  private stripped(text: string): string {
    const { strip } = this.description;
    let t = text.trim();
    while (strip !== undefined && t !== "" && strip.includes(t[0] ?? " ")) t = t.slice(1).trim();
    return t;
  }

  row(row: Row): void {
    const d = this.description;
    if (row.fields < d.least_fields) {
      if (row.ended)
        this.remark("ROW_UNREADABLE", `Line ${row.line} has too few fields: it is left out.`, row, {
          fields: row.fields,
        });
      else this.cut(row);
      return;
    }
    const ids = this.idsOf(row);
    const code = this.value(row, d.status);
    if (ids.length === 0 || code === null) {
      const missing = ids.length === 0 ? "number" : "status";
      this.remark("ROW_UNREADABLE", `Line ${row.line} has no ${missing}: it is left out.`, row, { missing });
      return;
    }
    this.statuses.push(this.status(row, ids, code));
  }

  /** A last line that is too short and has no line end: the file is still being written. */
  private cut(row: Row): void {
    this.complete = false;
    this.remark("SEGMENT_UNTERMINATED", "The file ends inside a line.", row, { fields: row.fields });
  }

  private status(row: Row, ids: readonly EdiId[], code: string): EdiStatus {
    const d = this.description;
    const { profile } = this;
    const clockField = d.time.clock === undefined ? "" : row.field(d.time.clock);
    const raw = `${row.field(d.time.at)} ${clockField}`.trim();
    const reading = readByPattern(
      raw,
      d.time.pattern,
      "time",
      d.midnight_is_date === true || profile.midnight_is_date,
    );
    if (reading.clock === null) {
      this.remark("DATE_INVALID", `"${raw.slice(0, 40)}" is no date: the status has no time.`, row, {
        value: raw,
      });
    } else if (reading.badTime) {
      this.remark(
        "TIME_INVALID",
        `"${raw.slice(0, 40)}" has no time of a day: only the date is taken.`,
        row,
        { value: raw },
      );
    }
    const { clock } = reading;
    const zone = d.offset === undefined ? null : readZone(row.field(d.offset));
    const sub = this.value(row, d.sub_status);
    const reason = this.value(row, d.reason);
    const text = this.value(row, d.text);
    const joined = profile.join_sub_code !== null && sub !== null;
    const eta =
      d.eta === undefined || row.field(d.eta.at) === ""
        ? null
        : readByPattern(row.field(d.eta.at), d.eta.pattern, "eta", false).clock;
    const status: EdiStatus = {
      interchange: this.interchange,
      message: this.message,
      at: this.at(row),
      unfinished: false,
      ids,
      shipment_number: shipmentNumber(ids, profile),
      parcel_numbers: parcelNumbers(ids, profile),
      references: this.references(row),
      code: joined ? `${code}${profile.join_sub_code}${sub}` : code,
      sub_code: joined ? null : sub,
      code_list: null,
      code_agency: null,
      status_text: this.value(row, d.status_text),
      category: { code: null, list: null, agency: null },
      reasons: reason === null ? [] : [{ code: reason, text: null, list: null, agency: null }],
      occurred_at: clock?.local ?? null,
      precision: clock?.precision ?? "unknown",
      utc_offset: clock?.utc_offset ?? (clock === null ? null : (zone?.offset ?? null)),
      time_zone: clock === null ? null : (zone?.zone ?? null),
      time_source: clock === null ? null : "time",
      planned: false,
      planned_for: null,
      eta,
      eta_window: null,
      location: this.location(row),
      texts: text === null ? [] : [{ qualifier: null, function: null, lines: [text] }],
      parties: [],
      signed_by: this.name(row),
      equipment: [],
      weight: null,
      pieces: null,
    };
    return profile.adjust === undefined ? status : profile.adjust(status);
  }

  /** Who signed; a lone stop or comma in the field is nobody. */
  private name(row: Row): string | null {
    const name = this.value(row, this.description.signed_by);
    return name !== null && /[\p{L}\p{N}]/u.test(name) ? name : null;
  }

  private location(row: Row): EdiStatus["location"] {
    const d = this.description;
    const location = {
      qualifier: null,
      code: this.value(row, d.place_code),
      code_list: null,
      code_agency: null,
      name: this.value(row, d.place_name),
      city: this.value(row, d.city),
      state: this.value(row, d.state),
      postal_code: this.value(row, d.postal_code),
      country: this.value(row, d.country),
      geo: null,
    };
    const { code, name, city, state, postal_code, country } = location;
    return [code, name, city, state, postal_code, country].every((part) => part === null) ? null : location;
  }

  private references(row: Row): EdiReference[] {
    const references: EdiReference[] = [];
    for (const [qualifier, place] of Object.entries(this.description.references ?? {})) {
      const value = this.stripped(row.field(place));
      if (value !== "" && value.length <= MAX_ID) references.push({ qualifier, value });
    }
    return references;
  }

  result(format: EdiFormat): EdiReading {
    return {
      format,
      file_kind: this.description.kind,
      interchanges: [this.interchange],
      statuses: this.statuses,
      acknowledgements: [],
      remarks: this.remarks,
      complete: this.complete,
    };
  }
}

function formatOf(description: FileDescription): EdiFormat {
  return description.layout.type === "json" ? "json" : description.layout.type === "fixed" ? "fixed" : "csv";
}

function whole(
  format: EdiFormat,
  kind: string | null,
  remark: EdiRemark | null,
  complete: boolean,
): EdiReading {
  return {
    format,
    file_kind: kind,
    interchanges: [],
    statuses: [],
    acknowledgements: [],
    remarks: remark === null ? [] : [remark],
    complete,
  };
}

const top: PlaceInFile = { interchange: 0, message: null, segment: 0, offset: 0 };

/**
 * Reads a file that is neither EDIFACT nor X12: by the profile's description, else as one of the files known by
 * their content, else not at all (told by a remark).
 */
export function readFile(bytes: Uint8Array, format: EdiFormat, profile: EdiProfile): EdiReading {
  const given = profile.file;
  if (format === "json" || given?.layout.type === "json") return readJson(bytes, format, profile);
  const charset = textCharset(bytes);
  let known: KnownFile | null = null;
  if (given !== null) known = { kind: "described", description: given };
  else {
    for (const line of linesOf(bytes, charset)) {
      known = recogniseText(line.text);
      break;
    }
  }
  if (known === null) {
    return whole(
      format,
      null,
      makeRemark(
        "FORMAT_NOT_DESCRIBED",
        "No description fits this file: describe its columns in the carrier's profile.",
        top,
      ),
      true,
    );
  }
  if (known.kind === "none") {
    return whole(
      format,
      known.name,
      makeRemark("MESSAGE_SKIPPED", `A file of ${known.name} that holds no statuses: it is skipped.`, top, {
        type: known.name,
      }),
      true,
    );
  }
  return readRows(bytes, known.description, profile, charset);
}

function readRows(
  bytes: Uint8Array,
  description: FileDescription,
  profile: EdiProfile,
  charset: string,
): EdiReading {
  const { layout } = description;
  const format = formatOf(description);
  const reading = new FileReading(format, description, profile);
  let closed = layout.type !== "fixed" || layout.last_record === null;
  for (const row of textRows(bytes, description, charset)) {
    if (layout.type === "fixed") {
      if (layout.last_record !== null && row.raw.startsWith(layout.last_record)) closed = true;
      if (layout.record !== null && !row.raw.startsWith(layout.record)) continue;
    }
    reading.row(row);
  }
  if (!closed) reading.complete = false;
  return reading.result(format);
}

function readJson(bytes: Uint8Array, format: EdiFormat, profile: EdiProfile): EdiReading {
  const given = profile.file;
  const keys = given?.layout.type === "json" ? given.layout.rows : null;
  const rows = jsonRows(bytes, keys ?? ["events"]);
  if (rows === null) {
    return whole(
      format,
      null,
      makeRemark("SEGMENT_UNTERMINATED", "The file is no JSON, or ends in the middle.", top),
      false,
    );
  }
  const found = rows.length > 0 || keys !== null ? rows : (jsonRows(bytes, []) ?? []);
  const description = given?.layout.type === "json" ? given : describedJson(["events"]);
  if (given === null && found.every((row) => row.field("status") === "")) {
    return whole(
      "json",
      null,
      makeRemark(
        "FORMAT_NOT_DESCRIBED",
        "No description fits this file: describe its keys in the carrier's profile.",
        top,
      ),
      true,
    );
  }
  const reading = new FileReading("json", description, profile);
  for (const row of found) reading.row(row);
  return reading.result("json");
}

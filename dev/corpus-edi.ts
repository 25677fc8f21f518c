/**
 * Reads every file of the EDI corpus and compares with its expected reading: envelopes, separators, trailers,
 * diagnostics and tracking events. Asserts what the expectation says and nothing that it leaves out.
 *
 * node dev/corpus-edi.ts [folder] [--all]
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EdiProfile, ediProfile, genericProfile } from "../workers/domain/edi/edi-profile.ts";
import type { EdiReading, EdiStatus, InterchangeFacts } from "../workers/domain/edi/edi-status.ts";
import { localOf, readDateTime } from "../workers/domain/edi/iftsta/date-time.ts";
import type { EnvelopeReport } from "../workers/domain/edi/messages/edi-sink.ts";
import { readEdi } from "../workers/domain/edi/read.ts";

export interface CorpusResult {
  readonly file: string;
  readonly right: boolean;
  /** What differs, one line each; empty when right. */
  readonly why: readonly string[];
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Tree = { readonly [key: string]: Json };

const corpus = fileURLToPath(new URL("../../shared/corpus/edi", import.meta.url));

/** Our own remarks beyond the corpus' diagnostics: they say more, they do not disagree. */
const ownKinds = new Set([
  "MESSAGE_SKIPPED",
  "NOT_TRANSPORT",
  "VALUE_TOO_LONG",
  "SEGMENT_OUTSIDE_MESSAGE",
  "NOT_EDI",
  "EMPTY_FILE",
  "FORMAT_NOT_DESCRIBED",
]);

function isTree(value: Json | undefined): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function trees(value: Json | undefined): readonly Tree[] {
  return list(value).filter(isTree);
}

function text(value: Json | undefined): string | null {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : null;
}

/** Collects differences under one file. */
class Comparison {
  readonly why: string[] = [];

  same(where: string, expected: Json | undefined, actual: Json | undefined): void {
    if (expected === undefined) return;
    const e = JSON.stringify(expected);
    const a = JSON.stringify(actual ?? null);
    if (e !== a) this.why.push(`${where}: expected ${e}, read ${a}`);
  }

  /** As sets with repetition: the order of equals is not promised. */
  sameBag(where: string, expected: readonly string[], actual: readonly string[]): void {
    const e = [...expected].sort();
    const a = [...actual].sort();
    if (e.join("\n") === a.join("\n")) return;
    const missing = subtract(e, a);
    const surplus = subtract(a, e);
    this.why.push(`${where}: missing ${JSON.stringify(missing)}, too many ${JSON.stringify(surplus)}`);
  }
}

function subtract(from: readonly string[], what: readonly string[]): string[] {
  const rest = [...what];
  return from.filter((x) => {
    const at = rest.indexOf(x);
    if (at < 0) return true;
    rest.splice(at, 1);
    return false;
  });
}

function compareInterchanges(
  c: Comparison,
  expected: Tree,
  reading: EdiReading,
  reports: readonly EnvelopeReport[],
): void {
  const interchanges = trees(expected.interchanges);
  c.same("interchanges", interchanges.length, reading.interchanges.length);
  for (const [i, e] of interchanges.entries()) {
    const facts = reading.interchanges[i];
    const own = reports.filter((r) => r.interchange.index === i + 1);
    const report = own.find((r) => r.level === "interchange");
    if (facts === undefined || report === undefined) continue;
    const at = `interchange ${i + 1}`;
    compareFacts(c, at, e, facts);
    compareSeparators(c, at, e, report);
    compareTrailer(c, `${at} trailer`, e.trailer, report);
    c.same(`${at} complete`, e.complete, report.complete);
    compareGroups(c, at, e, own);
    compareMessages(c, at, e, own, reading);
  }
  const declared = isTree(expected.encoding) ? text(expected.encoding.decoded_as) : null;
  const charsets = reports.filter((r) => r.level === "interchange").map((r) => r.charset ?? "");
  if (declared !== null && charsets.length > 0) {
    c.same("charset", declared, charsets.find((name) => name !== "us-ascii") ?? "us-ascii");
  }
}

function compareFacts(c: Comparison, at: string, e: Tree, facts: InterchangeFacts): void {
  for (const side of ["sender", "receiver"] as const) {
    const party = e[side];
    if (!isTree(party)) continue;
    c.same(`${at} ${side}`, party.id, facts[side]);
    c.same(`${at} ${side} qualifier`, party.qualifier, facts[`${side}_qualifier`]);
    c.same(`${at} ${side} internal`, party.internal, facts[`${side}_internal`]);
  }
  c.same(`${at} control_ref`, text(e.control_ref)?.trim(), facts.control_ref ?? "");
  c.same(`${at} control_number`, e.control_number, facts.control_ref);
  c.same(`${at} prepared`, e.prepared, facts.prepared);
  c.same(`${at} application_ref`, e.application_ref, facts.application_ref);
  c.same(`${at} agreement`, e.agreement, facts.agreement);
  c.same(`${at} test`, e.test, facts.test);
  c.same(`${at} ack_requested`, e.ack_requested, facts.ack_requested);
  c.same(`${at} usage`, e.usage, facts.test ? "T" : "P");
  if (isTree(e.syntax)) {
    c.same(`${at} syntax`, e.syntax.id, facts.syntax);
    c.same(`${at} syntax version`, e.syntax.version, facts.version);
  } else c.same(`${at} version`, e.version, facts.version);
}

function compareSeparators(c: Comparison, at: string, e: Tree, report: EnvelopeReport): void {
  const s = report.separators;
  if (!isTree(e.separators) || s === null) return;
  const sign = (byte: number): string | null => (byte < 0 ? null : String.fromCharCode(byte));
  c.same(`${at} component`, e.separators.component, sign(s.component));
  c.same(`${at} element`, e.separators.element, sign(s.element));
  c.same(`${at} terminator`, e.separators.terminator ?? e.separators.segment, sign(s.terminator));
  c.same(`${at} release`, e.separators.release, sign(s.release));
  c.same(`${at} repetition`, e.separators.repetition, sign(s.repetition));
  c.same(`${at} decimal`, e.separators.decimal, sign(s.decimal));
  c.same(`${at} una`, e.separators.una, report.una);
}

function compareTrailer(c: Comparison, at: string, e: Json | undefined, report: EnvelopeReport): void {
  if (!isTree(e)) return;
  c.same(`${at} declared`, e.declared ?? e.declared_segments, report.declared);
  c.same(`${at} actual`, e.actual ?? e.actual_segments, report.actual);
  c.same(`${at} ref`, text(e.ref)?.trim(), report.trailer_ref ?? "");
  c.same(`${at} ok`, e.ok, report.ok);
}

function compareGroups(c: Comparison, at: string, e: Tree, own: readonly EnvelopeReport[]): void {
  const groups = own.filter((r) => r.level === "group");
  if (e.groups === undefined) return;
  c.same(`${at} groups`, trees(e.groups).length, groups.length);
  for (const [i, g] of trees(e.groups).entries()) {
    const report = groups[i];
    if (report === undefined) continue;
    c.same(`${at} group ref`, g.ref ?? g.control_number, report.ref);
    c.same(`${at} group type`, g.type ?? g.functional_id, report.type);
    c.same(`${at} group version`, g.version, report.release);
    c.same(`${at} group messages`, g.messages, report.actual);
    compareTrailer(c, `${at} group trailer`, g.trailer, report);
  }
}

function compareMessages(
  c: Comparison,
  at: string,
  e: Tree,
  own: readonly EnvelopeReport[],
  reading: EdiReading,
): void {
  const messages =
    e.groups !== undefined && e.messages === undefined
      ? trees(e.groups).flatMap((g) => trees(g.sets))
      : trees(e.messages);
  const reports = own.filter((r) => r.level === "message");
  c.same(`${at} messages`, messages.length, reports.length);
  for (const [i, m] of messages.entries()) {
    const report = reports[i];
    if (report === undefined) continue;
    const where = `${at} message ${text(m.ref ?? m.control_number)}`;
    c.same(`${where} ref`, m.ref ?? m.control_number, report.ref);
    c.same(`${where} type`, m.type, report.type);
    if (m.version !== undefined && m.release !== undefined) {
      c.same(`${where} release`, `${text(m.version)}.${text(m.release)}`, report.release);
    }
    c.same(`${where} group`, m.group_ref, report.group_ref);
    if (m.handled === false)
      c.same(
        `${where} handled`,
        [],
        eventsOf(reading, report).map((s) => s.code),
      );
    compareTrailer(c, `${where} trailer`, m.trailer, report);
    const facts = eventsOf(reading, report)[0]?.message;
    if (facts === undefined) continue;
    c.same(`${where} association`, m.association_code, facts.association);
    if (isTree(m.document)) {
      c.same(`${where} document code`, m.document.code, facts.document_code);
      c.same(`${where} document number`, m.document.number, facts.document_number);
      const functions: Record<string, string> = {
        "9": "original",
        "5": "replace",
        "1": "cancel",
        "8": "status",
        "4": "change",
      };
      const wanted = text(m.document.function);
      if (wanted !== null) c.same(`${where} function`, functions[wanted] ?? null, facts.document_function);
    }
    if (isTree(m.b10)) c.same(`${where} scac`, m.b10.scac, facts.carrier);
  }
}

function eventsOf(reading: EdiReading, report: EnvelopeReport): EdiStatus[] {
  return reading.statuses.filter(
    (s) =>
      s.interchange.index === report.interchange.index &&
      s.message.ref === report.ref &&
      s.message.group_ref === report.group_ref,
  );
}

function compareDiagnostics(c: Comparison, expected: Tree, reading: EdiReading): void {
  if (expected.diagnostics === undefined) return;
  const wanted = trees(expected.diagnostics);
  const found = reading.remarks.filter((r) => !ownKinds.has(r.kind));
  c.sameBag(
    "diagnostics",
    wanted.map((d) => text(d.code) ?? ""),
    found.map((r) => r.kind),
  );
  // Details and places, remark by remark of one kind.
  for (const kind of new Set(wanted.map((d) => text(d.code)))) {
    const ours = found.filter((r) => r.kind === kind);
    for (const [i, d] of wanted.filter((w) => text(w.code) === kind).entries()) {
      const remark = ours[i];
      if (remark === undefined) continue;
      for (const [name, value] of Object.entries(d)) {
        if (name === "code" || name === "where") continue;
        c.same(`${kind} ${name}`, value, remark.facts[name] ?? (value === "" ? "" : null));
      }
      const where = /^(message|set) (.*)$/.exec(text(d.where) ?? "");
      if (where !== null) c.same(`${kind} where`, where[2], remark.at.message);
      const interchange = /^interchange (\d+)$/.exec(text(d.where) ?? "");
      if (interchange !== null) c.same(`${kind} where`, Number(interchange[1]), remark.at.interchange);
    }
  }
}

function compareEvents(c: Comparison, expected: Tree, reading: EdiReading): void {
  if (expected.tracking_events === undefined) return;
  const wanted = trees(expected.tracking_events);
  c.same("events", wanted.length, reading.statuses.length);
  for (const [i, e] of wanted.entries()) {
    const s = reading.statuses[i];
    if (s !== undefined) compareEvent(c, `event ${i + 1}`, e, s);
  }
}

function compareEvent(c: Comparison, at: string, e: Tree, s: EdiStatus): void {
  c.same(`${at} message`, e.message_ref ?? e.set_control, s.message.ref);
  c.sameBag(
    `${at} ids`,
    trees(e.ids).map((id) => `${text(id.scheme)}=${text(id.value)}`),
    [
      ...new Set(
        s.ids.flatMap((id) => [`${id.scheme}=${id.value}`, `${id.scheme}=${id.range_to ?? id.value}`]),
      ),
    ],
  );
  if (e.status !== undefined) c.same(`${at} status`, e.status, s.code);
  if (e.appointment_status !== undefined)
    c.same(`${at} appointment`, e.appointment_status, s.planned ? s.code : null);
  if (e.profile_status !== undefined) {
    const { list: own, agency } = s.category;
    c.same(`${at} profile status`, e.profile_status, [own, agency].filter((part) => part !== null).join("/"));
  }
  if (Array.isArray(e.reasons))
    c.same(
      `${at} reasons`,
      e.reasons,
      s.reasons.map((r) => r.code).filter((code) => code !== null),
    );
  c.same(`${at} reason`, e.reason, s.reasons[0]?.code);
  const clock = s.occurred_at ?? s.planned_for?.local ?? null;
  c.same(`${at} time`, e.occurred_at, clock);
  const offset = s.utc_offset ?? s.planned_for?.utc_offset ?? null;
  const zone = s.time_zone ?? s.planned_for?.time_zone ?? null;
  if (e.utc_offset !== undefined) {
    c.same(
      `${at} offset`,
      e.utc_offset,
      offset ?? (zone === null || clock === null ? null : offsetIn(zone, clock)),
    );
  }
  c.same(`${at} time source`, e.time_source, s.time_source);
  c.same(`${at} status text`, e.status_text, s.status_text);
  c.same(`${at} signed by`, e.signed_by, s.signed_by);
  c.same(`${at} scac`, e.scac, s.message.carrier);
  c.same(`${at} place`, e.place, s.location?.code);
  if (isTree(e.location)) compareLocation(c, at, e.location, s);
}

function compareLocation(c: Comparison, at: string, e: Tree, s: EdiStatus): void {
  const l = s.location;
  c.same(`${at} place qualifier`, e.qualifier, l?.qualifier);
  c.same(`${at} place code`, e.code, l?.code);
  c.same(`${at} place list`, e.code_list, l?.code_list);
  c.same(`${at} place agency`, e.code_agency, l?.code_agency);
  c.same(`${at} place name`, e.name, l?.name);
  c.same(`${at} city`, e.city, l?.city);
  c.same(`${at} state`, e.state, l?.state);
  c.same(`${at} postcode`, e.postal, l?.postal_code);
  c.same(`${at} lat`, e.lat, l?.geo?.lat);
  c.same(`${at} lng`, e.lon, l?.geo?.lng);
  const country = isTree(e.related1) ? (e.related1.code ?? e.related1.name) : e.country;
  c.same(`${at} country`, country, l?.country);
}

/** Offset of a wall clock in a zone; in a gap the offset before it. */
function offsetIn(zone: string, local: string): string {
  const asUtc = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);
  const at = (instant: number): number => {
    const parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      timeZoneName: "longOffset",
    }).formatToParts(instant);
    const m = /GMT([+-])(\d\d):(\d\d)/.exec(
      parts.find((p) => p.type === "timeZoneName")?.value ?? "GMT+00:00",
    );
    return m === null ? 0 : (m[1] === "-" ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3]));
  };
  const before = at(asUtc - 86_400_000);
  const minutes =
    at(asUtc - before * 60_000) === before ? before : at(asUtc - at(asUtc - before * 60_000) * 60_000);
  const sign = minutes < 0 ? "-" : "+";
  const abs = Math.abs(minutes);
  return `${sign}${String(Math.floor(abs / 60)).padStart(2, "0")}:${String(abs % 60).padStart(2, "0")}`;
}

/** Every DTM of the detailed tree, against the reader of dates alone. */
function compareDates(c: Comparison, node: Json): void {
  if (Array.isArray(node)) {
    for (const item of node) compareDates(c, item);
    return;
  }
  if (!isTree(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key !== "datetimes") {
      compareDates(c, value);
      continue;
    }
    for (const d of trees(value)) {
      const reading = readDateTime(text(d.value) ?? "", text(d.format));
      const where = `date ${text(d.value)}:${text(d.format)}`;
      if (reading.kind === "invalid") {
        c.same(where, d.iso, null);
        continue;
      }
      const part = reading.kind === "moment" ? reading.part : null;
      const iso =
        reading.kind === "moment"
          ? (localOf(reading.part) ?? reading.part.time)
          : `${localOf(reading.from)}/${localOf(reading.to)}`;
      c.same(where, d.iso, iso);
      c.same(`${where} offset`, d.offset, part?.offset);
    }
  }
}

function compareAcknowledgement(c: Comparison, expected: Tree, reading: EdiReading): void {
  const wanted = text(expected.ack_result);
  if (wanted === null) return;
  const [ack] = reading.acknowledgements;
  const words: Record<string, readonly string[]> = {
    received: ["received"],
    "one message rejected": ["partial"],
    "partially accepted": ["partial"],
    "accepted with errors": ["accepted_with_errors"],
    "application error": ["rejected"],
    accepted: ["accepted"],
    rejected: ["rejected"],
  };
  c.same("acknowledgement", words[wanted]?.[0] ?? wanted, ack?.result);
  c.same("ack for", expected.ack_for, ack?.interchange_ref);
  c.same("ack for group", expected.ack_for_group, ack?.group_ref);
  c.same("ack for message", expected.ack_for_message, ack?.message_ref);
  const codes = [...(ack?.errors ?? []), ...(ack?.details.flatMap((d) => d.errors) ?? [])].map((e) => e.code);
  if (expected.error_code !== undefined)
    c.same(
      "error code",
      expected.error_code,
      codes.find((x) => x === expected.error_code),
    );
}

/** Carriers whose files have no header and no name inside: told by the connection, as in production. */
const profiles: Record<string, EdiProfile> = {
  "other/real-sander-csv.csv": ediProfile({
    carrier_id: "sander",
    file: {
      kind: "sander",
      layout: { type: "separated", delimiter: ";", quote: null, header: false },
      least_fields: 5,
      ids: [{ scheme: "parcel", at: 0 }],
      status: 2,
      time: { at: 3, pattern: "DD.MO.CCYY HH:MI:SS" },
      text: 4,
      signed_by: 5,
      references: { carrier_ref: 1 },
    },
  }),
  "other/syn-json-status.json": ediProfile({
    carrier_id: "carx",
    file: {
      kind: "carx",
      layout: { type: "json", rows: ["events"] },
      least_fields: 0,
      ids: [{ scheme: "parcel", at: "tracking" }],
      status: "code",
      time: { at: "at", pattern: "iso" },
      city: "place.city",
      country: "place.country",
      signed_by: "signedBy",
    },
  }),
};

function checkFile(file: string): CorpusResult {
  const c = new Comparison();
  const bytes = readFileSync(join(corpus, file));
  const expected: Json = JSON.parse(
    readFileSync(join(corpus, file.replace(/\.[^.]+$/, ".expected.json")), "utf8"),
  );
  if (!isTree(expected)) return { file, right: false, why: ["the expectation is no object"] };
  const reports: EnvelopeReport[] = [];
  const reading = readEdi(bytes, profiles[file] ?? genericProfile, (report) => reports.push(report));
  if (expected.error !== undefined) {
    c.same("error", expected.error, reading.remarks[0]?.kind);
    c.same("events", 0, reading.statuses.length);
  } else {
    c.same("format", expected.format, reading.format);
    if (expected.interchanges !== undefined) {
      compareInterchanges(c, expected, reading, reports);
      const complete = trees(expected.interchanges).every((i) => i.complete !== false);
      c.same("complete", complete, reading.complete);
    }
    compareDiagnostics(c, expected, reading);
    if (expected.format === "json") c.same("events", expected.events, reading.statuses.length);
    compareEvents(c, expected, reading);
    compareAcknowledgement(c, expected, reading);
    compareDates(c, expected);
  }
  return { file, right: c.why.length === 0, why: c.why };
}

/** Reads the whole corpus. Empty where it is not there. */
export function runEdiCorpus(): CorpusResult[] {
  if (!existsSync(corpus)) return [];
  const results: CorpusResult[] = [];
  for (const folder of ["iftsta", "x12-214", "other"]) {
    for (const name of readdirSync(join(corpus, folder)).sort()) {
      if (!name.endsWith(".expected.json")) results.push(checkFile(`${folder}/${name}`));
    }
  }
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = runEdiCorpus();
  const only = process.argv[2];
  for (const r of results) {
    if (only !== undefined && !r.file.includes(only)) continue;
    console.log(`${r.right ? "right" : "WRONG"}  ${r.file}`);
    for (const line of r.why.slice(0, 12)) console.log(`         ${line}`);
    if (r.why.length > 12) console.log(`         … and ${r.why.length - 12} more`);
  }
  const right = results.filter((r) => r.right).length;
  console.log(`${results.length} files, ${right} right, ${results.length - right} wrong`);
}

/**
 * IFTSTA of every directory, D.95B to D.24A, without a grammar for each: a segment opens a group (CNI, STS, TDT,
 * EQD, GID) or belongs to the group that opened last. The order inside a group is not asked for: real files put
 * LOC before DTM, RFF between CNI and STS, STS without a CNI.
 */
import type { EdiProfile } from "../edi-profile.ts";
import type {
  DocumentFunction,
  EdiLocation,
  EdiReason,
  EdiStatus,
  InterchangeFacts,
  MessageFacts,
} from "../edi-status.ts";
import { readDecimal } from "../messages/edi-sink.ts";
import type { RemarkKind } from "../remarks.ts";
import { type Segment, tagCode } from "../scan/segment.ts";
import { buildStatus, scheme } from "./build-status.ts";
import { readDateTime } from "./date-time.ts";
import { type IftstaState, newScope, type Scope } from "./iftsta-state.ts";

const BGM = tagCode("BGM");
const DTM = tagCode("DTM");
const NAD = tagCode("NAD");
const RFF = tagCode("RFF");
const LOC = tagCode("LOC");
const FTX = tagCode("FTX");
const CNT = tagCode("CNT");
const CNI = tagCode("CNI");
const STS = tagCode("STS");
const TDT = tagCode("TDT");
const EQD = tagCode("EQD");
const EQA = tagCode("EQA");
const GID = tagCode("GID");
const PCI = tagCode("PCI");
const GIN = tagCode("GIN");
const MEA = tagCode("MEA");

/** 3055 of the German (and Austrian) energy market: BDEW, DVGW. Their IFTSTA tells of meters. */
const energyAgencies = new Set(["293", "332"]);

/** 1225 of the BGM. */
const documentFunctions: Readonly<Record<string, DocumentFunction>> = {
  "1": "cancel",
  "4": "change",
  "5": "replace",
  "7": "duplicate",
  "8": "status",
  "9": "original",
  "31": "copy",
};

/** References of a header or consignment go into each of its statuses, so they are few. */
const MAX_SHARED = 200;
const MAX_LIST = 500;
const MAX_ITEMS = 10_000;
/** Free text is cut here; the longest the directories allow is 5 × 512. */
const MAX_TEXT = 2560;
const MAX_ID = 256;

export interface IftstaContext {
  readonly interchange: InterchangeFacts;
  messageFacts(
    heading: Pick<MessageFacts, "document_code" | "document_number" | "document_function" | "carrier">,
  ): MessageFacts;
  /** 1-based number of the segment in its message. */
  readonly segmentNumber: number;
  /** Repetition sign of the interchange, as a character. */
  readonly repetitionSign: string;
  remark(kind: RemarkKind, detail: string, facts?: Readonly<Record<string, string | number | null>>): void;
  status(status: EdiStatus): void;
}

export class IftstaReader {
  private readonly profile: EdiProfile;

  constructor(profile: EdiProfile) {
    this.profile = profile;
  }

  /** One segment between UNH and UNT. */
  segment(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    switch (seg.code) {
      case DTM:
        this.dateTime(seg, state, ctx);
        return;
      case RFF:
        this.reference(seg, state, ctx);
        return;
      case STS:
        this.close(state, ctx, false);
        this.openStatus(seg, state, ctx);
        return;
      case LOC:
        this.place(seg, state, ctx);
        return;
      case CNI:
        this.close(state, ctx, false);
        state.consignment = { ...newScope(), id: this.id(seg.get(2, 0), ctx) };
        state.part = "consignment";
        return;
      case GID:
        state.part = "item";
        this.goodsItem(seg, state);
        return;
      case PCI:
        this.marks(seg, state, ctx);
        return;
      case GIN:
        this.identity(seg, state, ctx);
        return;
      case NAD:
        this.party(seg, state, ctx);
        return;
      case FTX:
        this.freeText(seg, state, ctx);
        return;
      case TDT:
        if (state.open !== null) state.part = "transport";
        return;
      case EQD:
        this.equipment(seg, state, ctx);
        return;
      case EQA:
        if (state.open !== null) state.part = "equipment";
        return;
      case MEA:
        this.measure(seg, state);
        return;
      case CNT:
        this.controlTotal(seg, state);
        return;
      case BGM:
        state.documentCode = seg.get(1, 0);
        state.documentNumber = seg.get(2, 0);
        state.documentFunction = seg.get(3, 0);
        return;
    }
  }

  /** Ends the open status and hands it on. Called at the next STS, CNI and at the message's end. */
  close(state: IftstaState, ctx: IftstaContext, unfinished: boolean): void {
    const { open } = state;
    if (open === null) return;
    state.open = null;
    if (state.energy) {
      if (!state.energyTold) {
        state.energyTold = true;
        ctx.remark(
          "NOT_TRANSPORT",
          "The message tells of meters of the energy market, not of parcels: no event is taken from it.",
        );
      }
      return;
    }
    const message = ctx.messageFacts({
      document_code: state.documentCode,
      document_number: state.documentNumber,
      document_function: documentFunctions[state.documentFunction ?? ""] ?? null,
      carrier: null,
    });
    const { consignment, header } = state;
    ctx.status(buildStatus(open, consignment, header, ctx.interchange, message, this.profile, unfinished));
  }

  private openStatus(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const category = seg.get(1, 0);
    const reasons: EdiReason[] = [];
    for (let e = 3; e < seg.elementCount && e < 13; e++) {
      const code = seg.get(e, 0);
      const text = seg.get(e, 3);
      if (code !== null || text !== null) {
        reasons.push({
          code,
          text: text === null ? null : this.cut(text, ctx),
          list: seg.get(e, 1),
          agency: seg.get(e, 2),
        });
      }
    }
    const text = seg.get(2, 3);
    state.open = {
      ...newScope(),
      segment: ctx.segmentNumber,
      offset: seg.offset,
      category,
      categoryList: seg.get(1, 1),
      categoryAgency: seg.get(1, 2),
      code: seg.get(2, 0),
      codeList: seg.get(2, 1),
      codeAgency: seg.get(2, 2),
      text: text === null ? null : this.cut(text, ctx),
      reasons,
      items: [],
      itemReferences: [],
      equipment: [],
      texts: [],
      parties: [],
    };
    state.part = "status";
    if (category !== null && /^Z\d\d$/.test(category) && state.documentCode?.startsWith("Z") === true)
      state.energy = true;
    if (state.consignment === null) {
      ctx.remark(
        "STS_WITHOUT_CNI",
        "A status stands outside any consignment: the numbers of the message header are taken for it.",
      );
    }
  }

  /** Where facts of the current group go; null inside a transport leg or equipment, which have their own. */
  private scope(state: IftstaState): Scope | null {
    switch (state.part) {
      case "header":
        return state.header;
      case "consignment":
        return state.consignment;
      case "status":
        return state.open;
      default:
        return null;
    }
  }

  private full(length: number, max: number, state: IftstaState, ctx: IftstaContext): boolean {
    if (length < max) return false;
    if (!state.overflowTold) {
      state.overflowTold = true;
      ctx.remark(
        "TOO_MANY_VALUES",
        `More than ${max} values of one kind at one place: the further ones are left out.`,
        { limit: max },
      );
    }
    return true;
  }

  private cut(text: string, ctx: IftstaContext): string {
    if (text.length <= MAX_TEXT) return text;
    ctx.remark("VALUE_TOO_LONG", `A text of ${text.length} characters is cut to ${MAX_TEXT}.`, {
      length: text.length,
    });
    return text.slice(0, MAX_TEXT);
  }

  /** A number that is too long to be one is left out: cut, it would be another one. */
  private id(value: string | null, ctx: IftstaContext): string | null {
    if (value === null || value.length <= MAX_ID) return value;
    ctx.remark("VALUE_TOO_LONG", `A number of ${value.length} characters is left out.`, {
      length: value.length,
    });
    return null;
  }

  private dateTime(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const value = seg.text(1, 1);
    const format = seg.get(1, 2);
    const reading = readDateTime(value, format);
    if (reading.kind === "invalid") {
      ctx.remark("DTM_INVALID", `"${value.slice(0, 40)}" is no date or time: it is left out.`, {
        value,
        format,
      });
      return;
    }
    if (!reading.fits) {
      ctx.remark(
        "DTM_FORMAT_MISMATCH",
        `"${value.slice(0, 40)}" is not what format ${format ?? ""} says: read by its shape.`,
        { value, format },
      );
    }
    const scope = this.scope(state);
    if (scope === null || this.full(scope.times.length, MAX_LIST, state, ctx)) return;
    const qualifier = seg.get(1, 0) ?? "";
    scope.times.push(
      reading.kind === "moment"
        ? { qualifier, at: reading.part, from: null, to: null }
        : { qualifier, at: null, from: reading.from, to: reading.to },
    );
  }

  private reference(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const repetitions = seg.repetitions(1);
    for (let r = 0; r < repetitions; r++) {
      const [rawQualifier, rawValue] = r === 0 ? [seg.get(1, 0), seg.get(1, 1)] : seg.repetition(1, r);
      const qualifier = rawQualifier?.trim() ?? "";
      const value = rawValue?.trim() ?? "";
      if (value === "") {
        ctx.remark("REFERENCE_EMPTY", `The reference ${qualifier} is empty.`, { qualifier });
        continue;
      }
      const kept = this.id(value, ctx);
      if (kept === null) continue;
      if (state.part === "item" && state.open !== null) {
        if (!this.full(state.open.itemReferences.length, MAX_LIST, state, ctx))
          state.open.itemReferences.push({ qualifier, value: kept });
        continue;
      }
      const scope = this.scope(state);
      if (scope === null) continue;
      const max = state.part === "status" ? MAX_LIST : MAX_SHARED;
      if (!this.full(scope.references.length, max, state, ctx))
        scope.references.push({ qualifier, value: kept });
    }
  }

  private place(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const scope = this.scope(state);
    if (scope === null || this.full(scope.places.length, MAX_LIST, state, ctx)) return;
    const code = seg.get(2, 0);
    const list = seg.get(2, 1);
    const name = seg.get(2, 3);
    const country = seg.get(3, 0) ?? seg.get(3, 3);
    if (code === null && name === null && country === null) return;
    const location: EdiLocation = {
      qualifier: seg.get(1, 0),
      code: code === null ? null : this.cut(code, ctx),
      code_list: list,
      code_agency: seg.get(2, 2),
      name: name === null ? null : this.cut(name, ctx),
      city: null,
      state: null,
      postal_code: list === "16" ? code : null,
      // C519 is a country when its list says so (162) or when it looks like nothing else.
      country: country !== null && (seg.get(3, 1) === "162" || country.length <= 3) ? country : null,
      geo: null,
    };
    scope.places.push({ location });
  }

  private party(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const agency = seg.get(2, 2);
    if (agency !== null && energyAgencies.has(agency) && state.open === null) state.energy = true;
    const { open } = state;
    if (open === null || this.full(open.parties.length, MAX_LIST, state, ctx)) return;
    const name = this.joined(seg, 4, " ") ?? this.joined(seg, 3, " ");
    open.parties.push({
      qualifier: seg.get(1, 0) ?? "",
      id: seg.get(2, 0),
      name: name === null ? null : this.cut(name, ctx),
      city: seg.get(6, 0),
      postal_code: seg.get(8, 0),
      country: seg.get(9, 0),
    });
  }

  private joined(seg: Segment, element: number, sign: string): string | null {
    let text: string | null = null;
    for (let c = 0; c < seg.components(element) && c < 5; c++) {
      const line = seg.get(element, c);
      if (line !== null) text = text === null ? line : `${text}${sign}${line}`;
    }
    return text;
  }

  private freeText(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const { open } = state;
    if (open === null || this.full(open.texts.length, MAX_LIST, state, ctx)) return;
    const lines: string[] = [];
    let length = 0;
    for (const line of seg.lines(4, ctx.repetitionSign)) {
      const kept = this.cut(line, ctx);
      length += kept.length;
      if (length > MAX_TEXT * 2) break;
      lines.push(kept);
    }
    const coded = seg.get(3, 0);
    if (lines.length === 0 && coded !== null) lines.push(this.cut(coded, ctx));
    while (lines.length > 0 && lines[lines.length - 1]?.trim() === "") lines.pop();
    if (lines.length > 0) open.texts.push({ qualifier: seg.get(1, 0), function: seg.get(2, 0), lines });
  }

  private goodsItem(seg: Segment, state: IftstaState): void {
    const { open } = state;
    if (open === null) return;
    const count = readDecimal(seg.get(2, 0));
    if (count !== null && Number.isInteger(count) && count > 0 && count < 1_000_000)
      open.pieces = (open.pieces ?? 0) + count;
  }

  private marks(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const { open } = state;
    if (open === null) return;
    state.part = "item";
    const qualifier = seg.get(1, 0) ?? "";
    for (let c = 0; c < seg.components(2) && c < 10; c++) {
      const mark = this.id(seg.get(2, c), ctx);
      if (mark === null || this.full(open.items.length, MAX_ITEMS, state, ctx)) continue;
      open.items.push({ scheme: scheme("PCI", qualifier), value: mark });
    }
  }

  private identity(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const { open } = state;
    if (open === null) return;
    state.part = "item";
    const place = scheme("GIN", seg.get(1, 0) ?? "");
    for (let e = 2; e < seg.elementCount; e++) {
      const repetitions = seg.repetitions(e);
      for (let r = 0; r < repetitions; r++) {
        const [rawFrom, rawTo] = r === 0 ? [seg.get(e, 0), seg.get(e, 1)] : seg.repetition(e, r);
        const from = this.id(rawFrom?.trim() || null, ctx);
        const to = this.id(rawTo?.trim() || null, ctx);
        if (from === null || this.full(open.items.length, MAX_ITEMS, state, ctx)) continue;
        open.items.push(
          to === null ? { scheme: place, value: from } : { scheme: place, value: from, range_to: to },
        );
      }
    }
  }

  private equipment(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const { open } = state;
    if (open === null) return;
    state.part = "equipment";
    const id = this.id(seg.get(2, 0), ctx);
    if (id !== null && !this.full(open.equipment.length, MAX_LIST, state, ctx))
      open.equipment.push({ qualifier: seg.get(1, 0), id });
  }

  /** MEA+WT+AAB+KGM:12,5 of the item; of several items the first, since a sum over gross and net would be wrong. */
  private measure(seg: Segment, state: IftstaState): void {
    const { open } = state;
    if (open === null || state.part !== "item" || open.weight !== null || seg.get(1, 0) !== "WT") return;
    const value = readDecimal(seg.get(3, 1));
    if (value !== null) open.weight = { value, unit: seg.get(3, 0) };
  }

  /** CNT 6069: `7` total gross weight, `11` number of packages. */
  private controlTotal(seg: Segment, state: IftstaState): void {
    const { consignment } = state;
    if (consignment === null) return;
    const value = readDecimal(seg.get(1, 1));
    if (value === null) return;
    const qualifier = seg.get(1, 0);
    if (qualifier === "7") consignment.weight = { value, unit: seg.get(1, 2) };
    else if (qualifier === "11" && Number.isInteger(value)) consignment.pieces = value;
  }
}

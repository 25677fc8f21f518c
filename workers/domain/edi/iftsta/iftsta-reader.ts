/**
 * IFTSTA of every directory, D.95B to D.24A, without a grammar for each: a segment opens a group (CNI, STS, TDT,
 * EQD, GID) or belongs to the group that opened last. The order inside a group is not asked for: real files put
 * LOC before DTM, RFF between CNI and STS, STS without a CNI.
 */
import type { EdiProfile } from "../edi-profile.ts";
import type {
  DocumentFunction,
  EdiReason,
  EdiStatus,
  InterchangeFacts,
  MessageFacts,
} from "../edi-status.ts";
import { cutText, isFull, MAX_LIST, MAX_SHARED, numberOf } from "../messages/limits.ts";
import type { RemarkKind } from "../remarks.ts";
import { type Segment, tagCode } from "../scan/segment.ts";
import { buildStatus } from "./build-status.ts";
import { isCalendarDay, readDateTime } from "./date-time.ts";
import type { IftstaState, Scope } from "./iftsta-state.ts";
import {
  controlTotal,
  equipment,
  freeText,
  goodsItem,
  identity,
  marks,
  measure,
  party,
} from "./status-facts.ts";

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
  private readonly digits = new Uint8Array(16);

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
        state.consignment = {
          references: null,
          times: null,
          places: null,
          weight: null,
          pieces: null,
          id: numberOf(seg.get(2, 0), ctx),
        };
        state.part = "consignment";
        return;
      case GID:
        state.part = "item";
        goodsItem(seg, state);
        return;
      case PCI:
        marks(seg, state, ctx);
        return;
      case GIN:
        identity(seg, state, ctx);
        return;
      case NAD:
        party(seg, state, ctx);
        return;
      case FTX:
        freeText(seg, state, ctx);
        return;
      case TDT:
        if (state.open !== null) state.part = "transport";
        return;
      case EQD:
        equipment(seg, state, ctx);
        return;
      case EQA:
        if (state.open !== null) state.part = "equipment";
        return;
      case MEA:
        measure(seg, state);
        return;
      case CNT:
        controlTotal(seg, state);
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
    const category = seg.short(1, 0);
    const text = seg.get(2, 3);
    state.open = {
      references: null,
      times: null,
      places: null,
      weight: null,
      pieces: null,
      segment: ctx.segmentNumber,
      offset: seg.offset,
      category,
      categoryList: seg.short(1, 1),
      categoryAgency: seg.short(1, 2),
      code: seg.short(2, 0),
      codeList: seg.short(2, 1),
      codeAgency: seg.short(2, 2),
      text: text === null ? null : cutText(text, ctx),
      reasons: seg.elementCount > 3 ? this.reasons(seg, ctx) : null,
      items: null,
      itemReferences: null,
      equipment: null,
      texts: null,
      parties: null,
    };
    state.part = "status";
    if (category?.startsWith("Z") === true && state.documentCode?.startsWith("Z") === true)
      state.energy = true;
    if (state.consignment === null) {
      ctx.remark(
        "STS_WITHOUT_CNI",
        "A status stands outside any consignment: the numbers of the message header are taken for it.",
      );
    }
  }

  private reasons(seg: Segment, ctx: IftstaContext): EdiReason[] | null {
    let reasons: EdiReason[] | null = null;
    for (let e = 3; e < seg.elementCount && e < 13; e++) {
      const code = seg.short(e, 0);
      const text = seg.get(e, 3);
      if (code === null && text === null) continue;
      reasons ??= [];
      reasons.push({
        code,
        text: text === null ? null : cutText(text, ctx),
        list: seg.short(e, 1),
        agency: seg.short(e, 2),
      });
    }
    return reasons;
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

  private dateTime(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const format = seg.short(1, 2);
    if (!this.isPlainDateTime(seg, format)) {
      const value = seg.text(1, 1);
      const reading = readDateTime(value, format);
      if (reading.kind === "invalid") {
        ctx.remark("DTM_INVALID", `"${value.slice(0, 40)}" is no date or time: it is left out.`, {
          value,
          format,
        });
        return;
      }
      if (!reading.fits) {
        const detail = `"${value.slice(0, 40)}" is not what format ${format ?? ""} says: read by its shape.`;
        ctx.remark("DTM_FORMAT_MISMATCH", detail, { value, format });
      }
    }
    const scope = this.scope(state);
    if (scope === null) return;
    scope.times ??= [];
    if (isFull(scope.times.length, MAX_LIST, state, ctx)) return;
    scope.times.push({ qualifier: seg.short(1, 0) ?? "", value: seg.text(1, 1), format });
  }

  /** The three everyday forms, checked on the bytes: 102, 203, 204 with the digits they say. */
  private isPlainDateTime(seg: Segment, format: string | null): boolean {
    const d = this.digits;
    const n = seg.digits(1, 1, d);
    if (n !== 12 && n !== 14 && n !== 8) return false;
    if (format !== (n === 12 ? "203" : n === 14 ? "204" : "102")) return false;
    const two = (at: number): number => (d[at] ?? 0) * 10 + (d[at + 1] ?? 0);
    if (!isCalendarDay(two(0) * 100 + two(2), two(4), two(6))) return false;
    return n === 8 || (two(8) < 24 && two(10) < 60 && (n === 12 || two(12) < 60));
  }

  private reference(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    this.addReference(seg.short(1, 0), seg.get(1, 1), state, ctx);
    const repetitions = seg.repetitions(1);
    for (let r = 1; r < repetitions; r++) {
      const [qualifier = "", value = ""] = seg.repetition(1, r);
      this.addReference(qualifier.trim(), value.trim() || null, state, ctx);
    }
  }

  private addReference(
    rawQualifier: string | null,
    rawValue: string | null,
    state: IftstaState,
    ctx: IftstaContext,
  ): void {
    const qualifier = rawQualifier ?? "";
    if (rawValue === null) {
      ctx.remark("REFERENCE_EMPTY", `The reference ${qualifier.slice(0, 10)} is empty.`, { qualifier });
      return;
    }
    const value = numberOf(rawValue, ctx);
    if (value === null) return;
    const { open } = state;
    if (state.part === "item" && open !== null) {
      open.itemReferences ??= [];
      if (!isFull(open.itemReferences.length, MAX_LIST, state, ctx))
        open.itemReferences.push({ qualifier, value });
      return;
    }
    const scope = this.scope(state);
    if (scope === null) return;
    scope.references ??= [];
    const max = state.part === "status" ? MAX_LIST : MAX_SHARED;
    if (!isFull(scope.references.length, max, state, ctx)) scope.references.push({ qualifier, value });
  }

  private place(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
    const scope = this.scope(state);
    if (scope === null) return;
    const code = seg.get(2, 0);
    const list = seg.short(2, 1);
    const name = seg.get(2, 3);
    const country = seg.short(3, 0) ?? seg.get(3, 3);
    if (code === null && name === null && country === null) return;
    scope.places ??= [];
    if (isFull(scope.places.length, MAX_LIST, state, ctx)) return;
    scope.places.push({
      qualifier: seg.short(1, 0),
      code: code === null ? null : cutText(code, ctx),
      code_list: list,
      code_agency: seg.short(2, 2),
      name: name === null ? null : cutText(name, ctx),
      city: null,
      state: null,
      postal_code: list === "16" ? code : null,
      // C519 is a country when its list says so (162) or when it looks like nothing else.
      country: country !== null && (seg.short(3, 1) === "162" || country.length <= 3) ? country : null,
      geo: null,
    });
  }
}

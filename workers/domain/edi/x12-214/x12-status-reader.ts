/**
 * 214 and its parcel sister 240, 003070 to 005010. A status waits for the end of its loop, since L11, MAN, K1 and
 * Q7 stand behind it and still belong to it. Order is not asked for: MS1 before AT7 and AT7 without LX are read.
 */
import type { EdiProfile } from "../edi-profile.ts";
import type { DocumentFunction } from "../edi-status.ts";
import type { IftstaContext } from "../iftsta/iftsta-reader.ts";
import { readDecimal } from "../messages/edi-sink.ts";
import { isFull, MAX_LIST, MAX_SHARED, MAX_TEXT, numberOf } from "../messages/limits.ts";
import { scheme } from "../numbers.ts";
import { type Segment, tagCode } from "../scan/segment.ts";
import { buildX12Status } from "./build-x12-status.ts";
import { readPlace } from "./x12-place.ts";
import { type Loop, newLoop, type OpenX12Status, type X12StatusState } from "./x12-status-state.ts";
import { readTimeCode, readX12Date, readX12Time } from "./x12-time.ts";

const AT7 = tagCode("AT7");
const MS1 = tagCode("MS1");
const MS2 = tagCode("MS2");
const LX = tagCode("LX");
const L11 = tagCode("L11");
const REF = tagCode("REF");
const MAN = tagCode("MAN");
const CD3 = tagCode("CD3");
const K1 = tagCode("K1");
const Q7 = tagCode("Q7");
const AT8 = tagCode("AT8");
const B10 = tagCode("B10");
const BGN = tagCode("BGN");
const N1 = tagCode("N1");
const N4 = tagCode("N4");
const PRF = tagCode("PRF");
const SPO = tagCode("SPO");

/** More statuses than this in one loop are handed on before the loop ends, without what stands behind them. */
const MAX_WAITING = 2000;

/** 353 of BGN01. */
const purposes: Readonly<Record<string, DocumentFunction>> = {
  "00": "original",
  "01": "cancel",
  "04": "change",
  "05": "replace",
  "07": "duplicate",
};

export type X12Context = IftstaContext;

export class X12StatusReader {
  private readonly profile: EdiProfile;

  constructor(profile: EdiProfile) {
    this.profile = profile;
  }

  /** One segment between ST and SE. */
  segment(seg: Segment, state: X12StatusState, ctx: X12Context): void {
    switch (seg.code) {
      case AT7:
        this.status(seg, state, ctx);
        return;
      case MS1:
        this.place(seg, state, ctx);
        return;
      case L11:
        this.reference(seg.get(1), seg.short(2), state, ctx);
        return;
      case REF:
        this.reference(seg.get(2), seg.short(1), state, ctx);
        return;
      case MAN:
        this.marks(seg, state, ctx);
        return;
      case LX:
        this.closeLx(state, ctx, false);
        state.lx = newLoop();
        return;
      case CD3:
        this.openCarton(state, ctx);
        this.weight(state, seg.get(2), null, seg.short(1));
        return;
      case AT8:
        this.weight(state, seg.short(3), seg.short(2), seg.short(1));
        this.pieces(state, seg.short(4));
        return;
      case K1:
        this.text(seg, state, ctx);
        return;
      case Q7: {
        const loop = this.loop(state);
        const code = seg.get(1);
        if (code !== null && !isFull(loop.exceptions.length, MAX_LIST, state, ctx)) {
          loop.exceptions.push({ code, text: null, list: "Q7", agency: "X12" });
        }
        return;
      }
      case MS2: {
        const last = this.lastStatus(state);
        if (last !== null) last.equipment ??= { scac: seg.get(1), number: seg.get(2), type: seg.get(3) };
        return;
      }
      case B10:
        state.b10Reference = numberOf(seg.get(1), ctx);
        state.b10Shipment = numberOf(seg.get(2), ctx);
        state.scac = seg.get(3);
        if (seg.get(5) !== null && seg.get(6) !== null) {
          state.heading.references.push({ qualifier: seg.get(5) ?? "", value: seg.get(6) ?? "" });
        }
        return;
      case BGN:
        state.purpose = seg.get(1);
        state.b10Shipment ??= numberOf(seg.get(2), ctx);
        return;
      case N1:
        if (state.lx === null && state.parties.length < MAX_SHARED) {
          state.parties.push({
            qualifier: seg.get(1) ?? "",
            id: seg.get(4),
            name: seg.get(2),
            city: null,
            postal_code: null,
            country: null,
          });
        }
        return;
      case N4: {
        const at = state.parties.length - 1;
        const party = state.parties[at];
        if (state.lx === null && party !== undefined) {
          state.parties[at] = { ...party, city: seg.get(1), postal_code: seg.get(3), country: seg.get(4) };
        }
        return;
      }
      case PRF:
      case SPO:
        this.closeCarton(state, ctx, false);
        return;
    }
  }

  /** The set is over. */
  close(state: X12StatusState, ctx: X12Context, unfinished: boolean): void {
    this.closeLx(state, ctx, unfinished);
  }

  private status(seg: Segment, state: X12StatusState, ctx: X12Context): void {
    if (state.lx === null) {
      ctx.remark(
        "AT7_WITHOUT_LX",
        "A status stands outside any LX: the numbers of the heading are taken for it.",
      );
      state.lx = newLoop();
    }
    const rawDate = seg.get(5);
    // Up to 003070 a century stands between date and time.
    const old = state.version < "004" && (rawDate?.length ?? 0) <= 6 && (seg.get(6)?.length ?? 0) <= 2;
    const date = rawDate === null ? null : readX12Date(rawDate, old ? seg.get(6) : null);
    const rawTime = seg.get(old ? 7 : 6);
    const rawCode = seg.short(old ? 8 : 7);
    const time = rawTime === null ? null : readX12Time(rawTime);
    const code = rawCode === null ? null : readTimeCode(rawCode);
    if (rawDate !== null && date === null) {
      ctx.remark("DATE_INVALID", `"${rawDate.slice(0, 20)}" is no date: the status has no time.`, {
        value: rawDate,
      });
    }
    if (rawTime !== null && time === null) {
      ctx.remark("TIME_INVALID", `"${rawTime.slice(0, 20)}" is no time of a day: only the date is taken.`, {
        value: rawTime,
      });
    }
    if (rawCode !== null && code === null) {
      ctx.remark(
        "TIME_CODE_UNKNOWN",
        `"${rawCode.slice(0, 20)}" is no time code: the time is taken as local.`,
        { value: rawCode },
      );
    }
    const open: OpenX12Status = {
      segment: ctx.segmentNumber,
      offset: seg.offset,
      code: seg.short(1),
      reason: seg.short(2),
      appointment: seg.short(3),
      appointmentReason: seg.short(4),
      date,
      time: date === null ? null : (time?.time ?? null),
      precision: time?.precision ?? "unknown",
      utcOffset: code?.offset ?? null,
      zone: code?.zone ?? null,
      location: state.waitingPlace,
      equipment: null,
    };
    state.waitingPlace = null;
    if (open.code === null && open.appointment === null) return;
    const waiting = state.carton === null ? state.lxStatuses : state.cartonStatuses;
    waiting.push(open);
    if (waiting.length > MAX_WAITING)
      this.emit(waiting.splice(0), [state.carton, state.lx], state, ctx, false);
  }

  private place(seg: Segment, state: X12StatusState, ctx: X12Context): void {
    const location = readPlace(seg);
    if (location === null) return;
    const last = this.lastStatus(state);
    if (last !== null && last.location === null) {
      last.location = location;
      return;
    }
    ctx.remark(
      "MS1_BEFORE_AT7",
      "A place stands before its status: it is taken for the status that follows.",
    );
    state.waitingPlace = location;
  }

  private lastStatus(state: X12StatusState): OpenX12Status | null {
    const waiting = state.carton === null ? state.lxStatuses : state.cartonStatuses;
    return waiting[waiting.length - 1] ?? null;
  }

  private loop(state: X12StatusState): Loop {
    return state.carton ?? state.lx ?? state.heading;
  }

  private reference(
    rawValue: string | null,
    rawQualifier: string | null,
    state: X12StatusState,
    ctx: X12Context,
  ): void {
    const qualifier = rawQualifier ?? "";
    if (rawValue === null) {
      ctx.remark("REFERENCE_EMPTY", `The reference ${qualifier} is empty.`, { qualifier });
      return;
    }
    const value = numberOf(rawValue, ctx);
    const loop = this.loop(state);
    if (value === null || isFull(loop.references.length, MAX_SHARED, state, ctx)) return;
    loop.references.push({ qualifier, value });
    loop.ids.push({ scheme: scheme("L11", qualifier), value });
  }

  private marks(seg: Segment, state: X12StatusState, ctx: X12Context): void {
    // In a 240 each MAN names the package whose statuses follow.
    if (
      state.type === "240" &&
      state.lx !== null &&
      (state.carton === null || state.cartonStatuses.length > 0)
    ) {
      this.openCarton(state, ctx);
    }
    const loop = this.loop(state);
    for (const at of [1, 4]) {
      const value = numberOf(seg.get(at + 1), ctx);
      if (value === null || isFull(loop.ids.length, MAX_LIST, state, ctx)) continue;
      const to = at === 1 ? numberOf(seg.get(3), ctx) : numberOf(seg.get(6), ctx);
      const place = scheme("MAN", seg.short(at) ?? "");
      loop.ids.push(to === null ? { scheme: place, value } : { scheme: place, value, range_to: to });
    }
  }

  private text(seg: Segment, state: X12StatusState, ctx: X12Context): void {
    const loop = this.loop(state);
    const lines: string[] = [];
    for (let e = 1; e <= 2; e++) {
      const line = seg.get(e);
      if (line !== null) lines.push(line.length > MAX_TEXT ? line.slice(0, MAX_TEXT) : line);
    }
    if (lines.length === 0 || isFull(loop.texts.length, MAX_SHARED, state, ctx)) return;
    loop.texts.push({ qualifier: null, function: null, lines });
  }

  private weight(
    state: X12StatusState,
    value: string | null,
    unit: string | null,
    qualifier: string | null,
  ): void {
    const loop = this.loop(state);
    const weight = readDecimal(value);
    if (
      weight !== null &&
      weight > 0 &&
      loop.weight === null &&
      (qualifier === null || qualifier === "G" || qualifier === "FR")
    ) {
      loop.weight = { value: weight, unit };
    }
  }

  private pieces(state: X12StatusState, value: string | null): void {
    const count = readDecimal(value);
    if (count !== null && Number.isInteger(count) && count > 0) this.loop(state).pieces ??= count;
  }

  private openCarton(state: X12StatusState, ctx: X12Context): void {
    // The LX' own statuses stand before its cartons, and so they leave; what follows is the carton's.
    this.emit(state.lxStatuses.splice(0), [state.lx], state, ctx, false);
    this.closeCarton(state, ctx, false);
    state.lx ??= newLoop();
    state.carton = newLoop();
  }

  private closeCarton(state: X12StatusState, ctx: X12Context, unfinished: boolean): void {
    if (state.cartonStatuses.length > 0)
      this.emit(state.cartonStatuses.splice(0), [state.carton, state.lx], state, ctx, unfinished);
    state.carton = null;
    state.waitingPlace = null;
  }

  private closeLx(state: X12StatusState, ctx: X12Context, unfinished: boolean): void {
    if (state.lxStatuses.length > 0)
      this.emit(state.lxStatuses.splice(0), [state.lx], state, ctx, unfinished);
    this.closeCarton(state, ctx, unfinished);
    state.lx = null;
  }

  private emit(
    statuses: readonly OpenX12Status[],
    loops: readonly (Loop | null)[],
    state: X12StatusState,
    ctx: X12Context,
    unfinished: boolean,
  ): void {
    if (statuses.length === 0) return;
    const message = ctx.messageFacts({
      document_code: null,
      document_number: state.b10Shipment,
      document_function: purposes[state.purpose ?? ""] ?? null,
      carrier: state.scac,
    });
    for (const open of statuses) {
      ctx.status(buildX12Status(open, loops, state, ctx.interchange, message, this.profile, unfinished));
    }
  }
}

/** What stands in a status group besides its code, times and places: parties, texts, items, their marks and numbers. */
import { readDecimal } from "../messages/edi-sink.ts";
import { cutText, isFull, MAX_ITEMS, MAX_LIST, MAX_TEXT, numberOf } from "../messages/limits.ts";
import { scheme } from "../numbers.ts";
import type { Segment } from "../scan/segment.ts";
import type { IftstaContext } from "./iftsta-reader.ts";
import type { IftstaState } from "./iftsta-state.ts";

/** 3055 of the German energy market: BDEW, DVGW. Their IFTSTA tells of meters. */
const energyAgencies = new Set(["293", "332"]);

export function party(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
  const agency = seg.short(2, 2);
  if (agency !== null && energyAgencies.has(agency) && state.open === null) state.energy = true;
  const { open } = state;
  if (open === null) return;
  open.parties ??= [];
  if (isFull(open.parties.length, MAX_LIST, state, ctx)) return;
  const name = joined(seg, 4, " ") ?? joined(seg, 3, " ");
  open.parties.push({
    qualifier: seg.short(1, 0) ?? "",
    id: seg.get(2, 0),
    name: name === null ? null : cutText(name, ctx),
    city: seg.get(6, 0),
    postal_code: seg.get(8, 0),
    country: seg.get(9, 0),
  });
}

function joined(seg: Segment, element: number, sign: string): string | null {
  let text: string | null = null;
  for (let c = 0; c < seg.components(element) && c < 5; c++) {
    const line = seg.get(element, c);
    if (line !== null) text = text === null ? line : `${text}${sign}${line}`;
  }
  return text;
}

export function freeText(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
  const { open } = state;
  if (open === null) return;
  open.texts ??= [];
  if (isFull(open.texts.length, MAX_LIST, state, ctx)) return;
  const lines: string[] = [];
  let length = 0;
  for (const line of seg.lines(4, ctx.repetitionSign)) {
    const kept = cutText(line, ctx);
    length += kept.length;
    if (length > MAX_TEXT * 2) break;
    lines.push(kept);
  }
  const coded = seg.get(3, 0);
  if (lines.length === 0 && coded !== null) lines.push(cutText(coded, ctx));
  while (lines.length > 0 && lines[lines.length - 1]?.trim() === "") lines.pop();
  if (lines.length > 0) open.texts.push({ qualifier: seg.short(1, 0), function: seg.short(2, 0), lines });
}

export function goodsItem(seg: Segment, state: IftstaState): void {
  const { open } = state;
  if (open === null) return;
  const count = readDecimal(seg.get(2, 0));
  if (count !== null && Number.isInteger(count) && count > 0 && count < 1_000_000)
    open.pieces = (open.pieces ?? 0) + count;
}

export function marks(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
  const { open } = state;
  if (open === null) return;
  state.part = "item";
  const qualifier = seg.short(1, 0) ?? "";
  open.items ??= [];
  for (let c = 0; c < seg.components(2) && c < 10; c++) {
    const mark = numberOf(seg.get(2, c), ctx);
    if (mark === null || isFull(open.items.length, MAX_ITEMS, state, ctx)) continue;
    open.items.push({ scheme: scheme("PCI", qualifier), value: mark });
  }
}

export function identity(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
  const { open } = state;
  if (open === null) return;
  state.part = "item";
  const place = scheme("GIN", seg.short(1, 0) ?? "");
  open.items ??= [];
  for (let e = 2; e < seg.elementCount; e++) {
    const repetitions = seg.repetitions(e);
    for (let r = 0; r < repetitions; r++) {
      const [rawFrom, rawTo] = r === 0 ? [seg.get(e, 0), seg.get(e, 1)] : seg.repetition(e, r);
      const from = numberOf(rawFrom?.trim() || null, ctx);
      const to = numberOf(rawTo?.trim() || null, ctx);
      if (from === null || isFull(open.items.length, MAX_ITEMS, state, ctx)) continue;
      open.items.push(
        to === null ? { scheme: place, value: from } : { scheme: place, value: from, range_to: to },
      );
    }
  }
}

export function equipment(seg: Segment, state: IftstaState, ctx: IftstaContext): void {
  const { open } = state;
  if (open === null) return;
  state.part = "equipment";
  const id = numberOf(seg.get(2, 0), ctx);
  open.equipment ??= [];
  if (id !== null && !isFull(open.equipment.length, MAX_LIST, state, ctx)) {
    open.equipment.push({ qualifier: seg.short(1, 0), id });
  }
}

/** MEA+WT+AAB+KGM:12,5 of the item; of several items the first, since a sum over gross and net would be wrong. */
export function measure(seg: Segment, state: IftstaState): void {
  const { open } = state;
  if (open === null || state.part !== "item" || open.weight !== null || seg.short(1, 0) !== "WT") return;
  const value = readDecimal(seg.get(3, 1));
  if (value !== null) open.weight = { value, unit: seg.get(3, 0) };
}

/** CNT 6069: `7` total gross weight, `11` number of packages. */
export function controlTotal(seg: Segment, state: IftstaState): void {
  const { consignment } = state;
  if (consignment === null) return;
  const value = readDecimal(seg.get(1, 1));
  if (value === null) return;
  const qualifier = seg.get(1, 0);
  if (qualifier === "7") consignment.weight = { value, unit: seg.get(1, 2) };
  else if (qualifier === "11" && Number.isInteger(value)) consignment.pieces = value;
}

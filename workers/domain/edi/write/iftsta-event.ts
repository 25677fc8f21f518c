import { codePath } from "../../codes.ts";
import { countryOf } from "../../places.ts";
import type { FileElement, PartnerAgreement, Remarks } from "../../tracking-file/tracking-file.ts";
import { type Element, segment } from "./edifact-segment.ts";
import { writtenDate, writtenTime } from "./event-time.ts";
import { type IftstaDirectory, LENGTHS } from "./iftsta-directory.ts";
import { lines, toLatin1 } from "./letters.ts";
import { agreedReferences, named, plainText, ssccOf, statusInWords } from "./selection.ts";

/** One event as a status group of IFTSTA, in the order that receivers check: STS RFF DTM FTX NAD LOC GID PCI GIN. */
export class IftstaEvent {
  private readonly element: FileElement;
  private readonly directory: IftstaDirectory;
  private readonly agreement: PartnerAgreement;
  private readonly remarks: Remarks;

  constructor(
    element: FileElement,
    directory: IftstaDirectory,
    agreement: PartnerAgreement,
    remarks: Remarks,
  ) {
    this.element = element;
    this.directory = directory;
    this.agreement = agreement;
    this.remarks = remarks;
  }

  segments(statusCode: string): string[] {
    return [
      this.status(statusCode),
      ...this.references(),
      ...this.times(),
      ...this.texts(),
      ...this.signer(),
      ...this.place(),
      ...this.parcel(),
    ];
  }

  /** A value in the letters of UNOC; empty where there is none. */
  private text(value: string | null | undefined): string {
    if (value === null || value === undefined) return "";
    const { text, changed } = toLatin1(value);
    if (changed)
      this.remarks.add(
        "CHARACTERS_CHANGED",
        `${named(this.element)}: letters outside ISO 8859-1 (UNOC) are written with others.`,
      );
    return text;
  }

  private cut(text: string, size: number, what: string): string {
    if (text.length <= size) return text;
    this.remarks.add("TEXT_CUT", `${named(this.element)}: ${what} is cut to ${size} letters.`);
    return text.slice(0, size).trimEnd();
  }

  private lines(text: string, size: number, most: number, what: string): string[] {
    const broken = lines(text, size, most);
    if (broken.cut)
      this.remarks.add(
        "TEXT_CUT",
        `${named(this.element)}: ${what} is cut to ${most} lines of ${size} letters.`,
      );
    return broken.lines;
  }

  private status(code: string): string {
    const { reason, codes } = this.element.event;
    const number = this.directory.reason(reason, codes.gluey);
    const words = this.directory.statusInWords;
    const status: Element = words ? [code, "", "6", statusInWords(this.element)] : code;
    if (number === null) return segment("STS", "1", status);
    return segment("STS", "1", status, [number, "", words ? "6" : "", reason ?? ""]);
  }

  private references(): string[] {
    const { element, agreement } = this;
    const { event, parcel } = element;
    const wanted: [qualifier: string, value: string | null | undefined][] = [
      ["CU", element.shipment_uuid_ref],
      ["CN", element.carrier_tracking_update?.new_carrier_tracking_id ?? element.carrier_tracking_id],
      ["AIV", event.id],
      ["AGJ", String(element.sequence)],
      ["ACW", event.replaces],
      ["CW", parcel?.carrier_tracking_update?.new_carrier_tracking_id ?? parcel?.carrier_tracking_id],
      ...agreedReferences(element, agreement.references),
      ["SRN", element.shipment_id],
      ["ACD", parcel?.parcel_uuid_ref],
    ];
    const held = wanted.flatMap(([qualifier, value]) => {
      const fitted = this.reference(qualifier, this.text(value));
      return fitted === "" ? [] : [segment("RFF", [qualifier, fitted])];
    });
    if (held.length > this.directory.references)
      this.remarks.add(
        "REFERENCE_LEFT_OUT",
        `${named(element)}: D.${this.directory.release} holds ${this.directory.references} references a status.`,
      );
    return held.slice(0, this.directory.references);
  }

  /** A UUID too long for the element loses its hyphens, which mean nothing; anything else too long is left out. */
  private reference(qualifier: string, value: string): string {
    const size = this.directory.reference;
    if (value.length <= size) return value;
    const bare = value.replaceAll("-", "");
    if (/^[0-9a-f]{32}$/iu.test(bare)) return bare;
    this.remarks.add(
      "REFERENCE_LEFT_OUT",
      `${named(this.element)}: the reference ${qualifier} is longer than the ${size} letters of RFF.`,
    );
    return "";
  }

  private times(): string[] {
    const { event_time, eta } = this.element.event;
    return [
      ...this.time("334", event_time.carrier_utc, event_time.precision === "date"),
      ...this.time("17", eta, false),
    ];
  }

  private time(qualifier: string, iso: string | null, dateOnly: boolean): string[] {
    const time = writtenTime(iso);
    const date = dateOnly ? (time?.date ?? null) : writtenDate(iso);
    if (date !== null) return [segment("DTM", [qualifier, date, "102"])];
    if (time === null) return [];
    const local = `${time.date}${time.time}`;
    return this.directory.offsets
      ? [segment("DTM", [qualifier, `${local}${time.offset}`, "205"])]
      : [segment("DTM", [qualifier, local, "203"])];
  }

  private texts(): string[] {
    const { gluey, carrier } = this.element.event.codes;
    const size = this.directory.textLine;
    const subject = this.agreement.status_text ?? "AHN";
    const detail = this.lines(this.text(plainText(this.element)), size, LENGTHS.lines - 1, "the text");
    const ours = segment("FTX", subject, "", "", [codePath(gluey), ...detail]);
    const code = this.cut(this.text(carrier.code), size, "the carrier's code");
    if (code === "") return [ours];
    const sub = this.cut(this.text(carrier.sub_code), size, "the carrier's sub-code");
    const words = this.lines(
      this.text(carrier.freetext_detail),
      size,
      LENGTHS.lines - 2,
      "the carrier's text",
    );
    return [ours, segment("FTX", "ACB", "", "", [code, sub, ...words])];
  }

  private signer(): string[] {
    const name = this.text(this.element.event.other.delivery_confirmation?.signed_by);
    if (name === "") return [];
    return [segment("NAD", "AP", "", "", this.lines(name, LENGTHS.id, LENGTHS.lines, "the signer's name"))];
  }

  private place(): string[] {
    const { location, status } = this.element.event;
    if (location === null) return [];
    const { carrier_location_coding: coding, address } = location;
    const code = this.placeCode(this.text(coding?.code), "the carrier's code of the place");
    const city = this.text(address?.city);
    const site = this.text(address?.name ?? coding?.description);
    const place = this.cut(city === "" ? site : city, this.directory.placeName, "the place's name");
    const within = city === "" ? "" : this.cut(site, LENGTHS.relatedPlace, "the site's name");
    const country = countryOf(address?.iso_country)?.alpha2 ?? "";
    const postal = this.placeCode(this.text(address?.postal_code), "the postal code");
    const elements: Element[] = [
      [code, "", code === "" ? "" : "87", place],
      country === "" ? "" : [country, "162", "5"],
      [postal, postal === "" ? "" : "16", "", within],
    ];
    if ([code, place, country, postal].every((value) => value === "")) return [];
    return [segment("LOC", status === "delivered" ? "7" : "14", ...elements)];
  }

  private placeCode(code: string, what: string): string {
    if (code.length <= LENGTHS.placeCode) return code;
    this.remarks.add(
      "REFERENCE_LEFT_OUT",
      `${named(this.element)}: ${what} is longer than the ${LENGTHS.placeCode} letters of LOC.`,
    );
    return "";
  }

  private parcel(): string[] {
    const number = this.text(this.element.parcel?.carrier_tracking_id);
    if (number === "") return [];
    const item = segment("GID", "1", ["1", "PK"]);
    const sscc = ssccOf(number);
    if (sscc !== null)
      return [item, segment("PCI", "30"), segment("GIN", this.agreement.sscc ?? this.directory.sscc, sscc)];
    return [item, segment("PCI", "ZZZ"), segment("GIN", "ML", number)];
  }
}

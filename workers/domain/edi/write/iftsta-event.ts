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
    const { codes, location } = this.element.event;
    const size = this.directory.textLine;
    const subject = this.agreement.status_text ?? "AHN";
    const detail = this.lines(this.text(plainText(this.element)), size, LENGTHS.lines - 1, "the text");
    const texts = [segment("FTX", subject, "", "", [codePath(codes.gluey), ...detail])];
    const code = this.cut(this.text(codes.carrier.code), size, "the carrier's code");
    if (code !== "") {
      const sub = this.cut(this.text(codes.carrier.sub_code), size, "the carrier's sub-code");
      const words = this.text(codes.carrier.freetext_detail);
      const said = this.lines(words, size, LENGTHS.lines - 2, "the carrier's text");
      texts.push(segment("FTX", "ACB", "", "", [code, sub, ...said]));
    }
    const site =
      this.directory.siteText === null || this.text(location?.address?.city) === "" ? "" : this.site();
    if (site !== "" && this.directory.siteText !== null)
      texts.push(segment("FTX", this.directory.siteText, "", "", this.cut(site, size, "the site's name")));
    return texts;
  }

  private signer(): string[] {
    const name = this.text(this.element.event.other.delivery_confirmation?.signed_by);
    if (name === "") return [];
    return [segment("NAD", "AP", "", "", this.lines(name, LENGTHS.id, LENGTHS.lines, "the signer's name"))];
  }

  /**
   * One LOC, of two places: the code is the carrier's own or, where it gives none, the postal code; the name is the
   * city, else the site; the country stands in the second. The name of a site in a city goes into a text of its own.
   */
  private place(): string[] {
    const { location, status } = this.element.event;
    if (location === null) return [];
    const carrierCode = this.placeCode(this.text(location.carrier_location_coding?.code), "the place's code");
    const postal =
      carrierCode === "" ? this.placeCode(this.text(location.address?.postal_code), "the postal code") : "";
    const city = this.text(location.address?.city);
    const name = this.cut(city === "" ? this.site() : city, this.directory.placeName, "the place's name");
    const country = countryOf(location.address?.iso_country)?.alpha2 ?? "";
    if ([carrierCode, postal, name, country].every((value) => value === "")) return [];
    const list = carrierCode !== "" ? ["", "87"] : postal !== "" ? ["16", ""] : ["", ""];
    return [
      segment(
        "LOC",
        status === "delivered" ? "7" : "14",
        [carrierCode === "" ? postal : carrierCode, ...list, name],
        country === "" ? "" : [country, "162", "5"],
      ),
    ];
  }

  /** The site where it happened: a terminal, a shop. */
  private site(): string {
    const { address, carrier_location_coding } = this.element.event.location ?? {};
    return this.text(address?.name ?? carrier_location_coding?.description);
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

import { codePath } from "../../codes.ts";
import { countryOf, stateOf } from "../../places.ts";
import type { FileElement, PartnerAgreement, Remarks } from "../../tracking-file/tracking-file.ts";
import { utcStamp, writtenDate, writtenTime } from "./event-time.ts";
import { lines, toAscii } from "./letters.ts";
import { agreedReferences, named, plainText, ssccOf } from "./selection.ts";
import type { X12Version } from "./x12-codes.ts";
import { withoutSeparators, x12Segment } from "./x12-segment.ts";

/** L11-01 and B10-01 (element 127), by version. */
export const REFERENCE_LENGTH: Record<X12Version, number> = { "004010": 30, "005010": 50 };
/** B10-02 (145), MAN-02 (87), K1 (61), L11-03 (352), MS1-01 (19), N1-02 (93), MS1-08 (116). */
const LENGTHS = {
  shipment: 30,
  mark: 48,
  text: 30,
  description: 80,
  city: 30,
  name: 60,
  postal: 15,
} as const;
/** K1 in one LX loop. */
const MAX_TEXTS = 10;
/** What is said of a carrier for which no SCAC is agreed. */
const NO_SCAC = "ZZZZ";

/**
 * One event as the body of a 214. What a program reads (ids, numbers, our code) is written as it is; what people read
 * (names, places, texts) in capitals; all of it in ASCII.
 */
export class X12Event {
  private readonly element: FileElement;
  private readonly version: X12Version;
  private readonly agreement: PartnerAgreement;
  private readonly remarks: Remarks;

  constructor(element: FileElement, version: X12Version, agreement: PartnerAgreement, remarks: Remarks) {
    this.element = element;
    this.version = version;
    this.agreement = agreement;
    this.remarks = remarks;
  }

  segments(status: { status: string; reason: string }): string[] {
    return [
      this.beginning(),
      ...this.references(),
      ...this.carrier(),
      x12Segment("LX", "1"),
      this.status(status),
      ...this.place(),
      ...this.parcel(),
      ...this.texts(),
    ];
  }

  private id(value: string | null | undefined): string {
    if (value === null || value === undefined) return "";
    const { text, changed } = toAscii(value);
    const safe = withoutSeparators(text);
    if (changed || safe !== text)
      this.remarks.add(
        "CHARACTERS_CHANGED",
        `${named(this.element)}: letters outside ASCII, and those that separate in X12, are written with others.`,
      );
    return safe;
  }

  private words(value: string | null | undefined): string {
    return this.id(value).toUpperCase();
  }

  private cut(text: string, size: number, what: string): string {
    if (text.length <= size) return text;
    this.remarks.add("TEXT_CUT", `${named(this.element)}: ${what} is cut to ${size} letters.`);
    return text.slice(0, size).trimEnd();
  }

  /** L11, or nothing where there is no value; one that is too long is left out, for a cut one would match the wrong thing. */
  private reference(value: string, qualifier: string, description = ""): string[] {
    if (value === "") return [];
    if (value.length > REFERENCE_LENGTH[this.version]) {
      this.remarks.add(
        "REFERENCE_LEFT_OUT",
        `${named(this.element)}: the reference ${qualifier} is longer than the ${REFERENCE_LENGTH[this.version]} letters of L11.`,
      );
      return [];
    }
    return [
      x12Segment(
        "L11",
        value,
        qualifier,
        this.cut(description, LENGTHS.description, `the note at ${qualifier}`),
      ),
    ];
  }

  private beginning(): string {
    const { element, agreement } = this;
    const customer = this.id(element.shipment_uuid_ref);
    const scac =
      agreement.scac !== undefined && Object.hasOwn(agreement.scac, element.carrier_id)
        ? agreement.scac[element.carrier_id]
        : undefined;
    if (scac === undefined)
      this.remarks.add(
        "SCAC_MISSING",
        `No SCAC is agreed for the carrier ${element.carrier_id}: B10-03 says ${NO_SCAC}. Name it in the subscription.`,
      );
    const shipment = customer === "" || customer.length > LENGTHS.shipment ? element.shipment_id : customer;
    return x12Segment("B10", this.id(element.carrier_tracking_id), this.id(shipment), scac ?? NO_SCAC);
  }

  private references(): string[] {
    const { element } = this;
    const { event } = element;
    const customer = this.id(element.shipment_uuid_ref);
    const whole = customer.length <= REFERENCE_LENGTH[this.version];
    return [
      ...agreedReferences(element, this.agreement.references).flatMap(([qualifier, value]) =>
        this.reference(this.id(value), qualifier),
      ),
      ...(whole ? this.reference(customer, "CR") : []),
      ...this.reference(
        this.id(element.carrier_tracking_update?.new_carrier_tracking_id ?? element.carrier_tracking_id),
        "2I",
      ),
      ...this.reference(event.id, "TN", codePath(event.codes.gluey)),
      ...this.reference(String(element.sequence), "55"),
      ...this.reference(this.id(element.shipment_id), "WH", customer),
      ...(event.replaces === null ? [] : this.reference(event.replaces, "ZZ", "REPLACES")),
      ...this.reference(this.id(event.codes.carrier.code), "AAO", this.id(event.codes.carrier.sub_code)),
    ];
  }

  private carrier(): string[] {
    const { eta } = this.element.event;
    const time = writtenTime(eta);
    const day = writtenDate(eta) ?? time?.date ?? null;
    return [
      x12Segment(
        "N1",
        "CA",
        this.cut(this.words(this.element.carrier_id), LENGTHS.name, "the carrier's name"),
      ),
      ...(day === null ? [] : [x12Segment("G62", "17", day)]),
    ];
  }

  /** Times in UTC, time code UT; a day alone is the day at the place, and has no time code. */
  private status({ status, reason }: { status: string; reason: string }): string {
    const { carrier_utc, precision } = this.element.event.event_time;
    const time = writtenTime(carrier_utc);
    if (time === null) return x12Segment("AT7", status, reason);
    if (precision === "date") return x12Segment("AT7", status, reason, "", "", time.date);
    const utc = utcStamp(time.instant);
    const clock = precision === "second" ? `${utc.time}${utc.seconds}` : utc.time;
    return x12Segment("AT7", status, reason, "", "", utc.date, clock, "UT");
  }

  private place(): string[] {
    const { location } = this.element.event;
    if (location === null) return [];
    const { address, geo } = location;
    const city = this.words(address?.city ?? address?.name);
    const country = countryOf(address?.iso_country);
    if (city.length >= 2 && country !== null) {
      const state = ["US", "CA"].includes(country.alpha2)
        ? (stateOf(country, address?.state)?.code ?? "")
        : "";
      const postal = this.version === "005010" ? this.words(address?.postal_code) : "";
      const fits = postal.length >= 3 && postal.length <= LENGTHS.postal;
      const name = this.cut(city, LENGTHS.city, "the place's name");
      return [x12Segment("MS1", name, state, country.alpha2, "", "", "", "", fits ? postal : "")];
    }
    if (geo !== null)
      return [
        x12Segment(
          "MS1",
          "",
          "",
          "",
          degrees(geo.lng),
          degrees(geo.lat),
          geo.lng < 0 ? "W" : "E",
          geo.lat < 0 ? "S" : "N",
        ),
      ];
    if (city !== "")
      this.remarks.add("PLACE_LEFT_OUT", `${named(this.element)}: MS1 wants a country with the city.`);
    return [];
  }

  private parcel(): string[] {
    const { parcel } = this.element;
    const number = this.id(parcel?.carrier_tracking_id);
    if (parcel === null || number === "") return [];
    const sscc = ssccOf(number);
    return [
      ...this.reference(number, "08", this.id(parcel.parcel_uuid_ref)),
      ...(sscc !== null ? [x12Segment("MAN", "GM", `00${sscc}`)] : []),
      ...(sscc === null && number.length <= LENGTHS.mark ? [x12Segment("MAN", "CP", number)] : []),
    ];
  }

  private texts(): string[] {
    const signer = this.words(this.element.event.other.delivery_confirmation?.signed_by);
    const signed = signer === "" ? [] : ["SIGNED BY", this.cut(signer, LENGTHS.text, "the signer's name")];
    const room = 2 * MAX_TEXTS - signed.length;
    const said = lines(this.words(plainText(this.element)), LENGTHS.text, room);
    if (said.cut)
      this.remarks.add(
        "TEXT_CUT",
        `${named(this.element)}: the text is cut to ${room} lines of ${LENGTHS.text} letters.`,
      );
    const all = [...signed, ...said.lines];
    return all.flatMap((line, i) => (i % 2 === 0 ? [x12Segment("K1", line, all[i + 1] ?? "")] : []));
  }
}

/** Degrees, minutes and seconds as DDDMMSS (elements 1654 and 1655). */
function degrees(value: number): string {
  const seconds = Math.round(Math.abs(value) * 3600);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(3, "0")}${two(Math.floor(seconds / 60) % 60)}${two(seconds % 60)}`;
}

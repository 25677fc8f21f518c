/**
 * A carrier's own file, described: which column holds what. Data, so that a file that nobody had thought of is
 * read by writing down its columns, not by writing a reader.
 */

/**
 * Where a value stands: a column's heading (any case), its number from 0, a range of characters `[from, to)` in a
 * fixed-width record, or a path of keys (`place.city`) in JSON.
 */
export type FieldPlace = string | number | readonly [from: number, to: number];

export type FileLayout =
  | {
      readonly type: "separated";
      readonly delimiter: string;
      /** `"` where values may be quoted (RFC 4180), null where a quote is data. */
      readonly quote: string | null;
      readonly header: boolean;
    }
  | {
      readonly type: "fixed";
      /** Records that begin with this hold statuses (`Q10`); null: all do. */
      readonly record: string | null;
      /** A record that begins with this is the last one (`@@PT`); a file without it is not whole yet. */
      readonly last_record: string | null;
    }
  /** `rows`: keys down to the array of events, empty when the file is the array or one event a line. */
  | { readonly type: "json"; readonly rows: readonly string[] };

/**
 * How times are written: `iso` for ISO 8601 with or without an offset, or a pattern of CCYY YY MO DD HH MI SS and
 * signs: `CCYYMODDHHMISS`, `DD.MO.CCYY HH:MI:SS`. Date and time in two fields are joined with a blank first.
 */
export type TimePattern = string;

export interface FileDescription {
  /** Names the file's kind in results and remarks. */
  readonly kind: string;
  readonly layout: FileLayout;
  /** Fewer fields than this are no row. 0 for JSON. */
  readonly least_fields: number;
  /** Numbers by scheme, nearest first: `parcel`, `shipment`, or a word of the carrier's. A row needs one of them. */
  readonly ids: readonly { readonly scheme: string; readonly at: FieldPlace }[];
  readonly status: FieldPlace;
  readonly sub_status?: FieldPlace;
  readonly reason?: FieldPlace;
  readonly status_text?: FieldPlace;
  readonly time: { readonly at: FieldPlace; readonly clock?: FieldPlace; readonly pattern: TimePattern };
  /** A clock of 0000 means that only the day is known. */
  readonly midnight_is_date?: boolean;
  /** IANA zone or offset in a field of its own. */
  readonly offset?: FieldPlace;
  readonly place_code?: FieldPlace;
  readonly place_name?: FieldPlace;
  readonly city?: FieldPlace;
  readonly state?: FieldPlace;
  readonly postal_code?: FieldPlace;
  readonly country?: FieldPlace;
  readonly signed_by?: FieldPlace;
  readonly text?: FieldPlace;
  readonly eta?: { readonly at: FieldPlace; readonly pattern: TimePattern };
  /** Further fields that are kept as references under these names. */
  readonly references?: Readonly<Record<string, FieldPlace>>;
  /** Characters that stand around numbers and are none of them (FORTRAS: a comma). */
  readonly strip?: string;
}

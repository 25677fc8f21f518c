/** What the reader tolerated or could not use, and where. A remark never changes which events are read. */

export interface PlaceInFile {
  /** 1-based interchange (or 1 for other files); 0 before the first. */
  readonly interchange: number;
  /** Message reference, or null outside a message. */
  readonly message: string | null;
  /** 1-based segment within its message (line or record in other files), 0 where none applies. */
  readonly segment: number;
  /** Byte offset in the file of the segment's first byte. */
  readonly offset: number;
}

export type RemarkKind =
  // the envelope
  | "UNT_COUNT_MISMATCH"
  | "UNT_REF_MISMATCH"
  | "UNT_MISSING"
  | "UNE_COUNT_MISMATCH"
  | "UNE_REF_MISMATCH"
  | "UNE_MISSING"
  | "UNZ_COUNT_MISMATCH"
  | "UNZ_REF_MISMATCH"
  | "UNZ_MISSING"
  | "UNB_REF_BLANK"
  | "UNB_DATE_INVALID"
  | "SE_COUNT_MISMATCH"
  | "SE_REF_MISMATCH"
  | "SE_MISSING"
  | "GE_COUNT_MISMATCH"
  | "GE_REF_MISMATCH"
  | "GE_MISSING"
  | "IEA_COUNT_MISMATCH"
  | "IEA_REF_MISMATCH"
  | "IEA_MISSING"
  | "ISA_LENGTH"
  | "ISA_TRUNCATED"
  // the bytes
  | "BOM_SKIPPED"
  | "LEADING_WHITESPACE_SKIPPED"
  | "CHARSET_MISDECLARED"
  | "CHARSET_MIXED"
  | "SEGMENT_UNTERMINATED"
  | "SEGMENT_TOO_LONG"
  | "SEGMENT_OUTSIDE_MESSAGE"
  | "GARBAGE_SKIPPED"
  // the content
  | "REFERENCE_EMPTY"
  | "STS_WITHOUT_CNI"
  | "DTM_FORMAT_MISMATCH"
  | "DTM_INVALID"
  | "MS1_BEFORE_AT7"
  | "AT7_WITHOUT_LX"
  | "TIME_CODE_UNKNOWN"
  | "TIME_INVALID"
  | "DATE_INVALID"
  | "VALUE_TOO_LONG"
  | "TOO_MANY_VALUES"
  | "MESSAGE_SKIPPED"
  | "NOT_TRANSPORT"
  // the file
  | "NOT_EDI"
  | "EMPTY_FILE"
  | "ROW_UNREADABLE"
  | "FORMAT_NOT_DESCRIBED"
  | "TOO_MANY_REMARKS";

export interface EdiRemark {
  readonly kind: RemarkKind;
  /** One sentence for the operator. */
  readonly detail: string;
  /** The values behind the sentence: `declared`, `actual`, `header`, `trailer`, `value`, `format`, `tag` … Cut to 80 characters. */
  readonly facts: Readonly<Record<string, string | number | null>>;
  readonly at: PlaceInFile;
}

/** What the IFTSTA reader remembers between two segments. Plain data: it goes into a checkpoint as it is. */
import type {
  EdiEquipment,
  EdiId,
  EdiLocation,
  EdiMeasure,
  EdiParty,
  EdiReason,
  EdiReference,
  EdiText,
} from "../edi-status.ts";
import type { DateTimePart } from "./date-time.ts";

/** A DTM that was readable, with its 2005 qualifier. */
export interface TimeEntry {
  readonly qualifier: string;
  readonly at: DateTimePart | null;
  /** End of a period; `at` is null then and `from` its start. */
  readonly from: DateTimePart | null;
  readonly to: DateTimePart | null;
}

/** A LOC as read, with what decides whether it is the event's place. */
export interface PlaceEntry {
  readonly location: EdiLocation;
}

/** Facts that stand above the status: in the message header or the consignment. */
export interface Scope {
  references: EdiReference[];
  times: TimeEntry[];
  places: PlaceEntry[];
  weight: EdiMeasure | null;
  pieces: number | null;
}

export interface Consignment extends Scope {
  id: string | null;
}

/** A status whose group is still open. */
export interface OpenStatus extends Scope {
  readonly segment: number;
  readonly offset: number;
  readonly category: string | null;
  readonly categoryList: string | null;
  readonly categoryAgency: string | null;
  readonly code: string | null;
  readonly codeList: string | null;
  readonly codeAgency: string | null;
  readonly text: string | null;
  readonly reasons: readonly EdiReason[];
  /** GIN numbers and PCI marks, in file order. */
  items: EdiId[];
  itemReferences: EdiReference[];
  equipment: EdiEquipment[];
  texts: EdiText[];
  parties: EdiParty[];
}

/** Which group the segments that follow belong to: what opened last. */
export type Part = "header" | "consignment" | "status" | "transport" | "equipment" | "item";

export interface IftstaState {
  documentCode: string | null;
  documentNumber: string | null;
  documentFunction: string | null;
  header: Scope;
  consignment: Consignment | null;
  open: OpenStatus | null;
  part: Part;
  /** Signs of the energy market: such a message is about meters. */
  energy: boolean;
  energyTold: boolean;
  /** A list was full once; told once a message. */
  overflowTold: boolean;
}

export function newScope(): Scope {
  return { references: [], times: [], places: [], weight: null, pieces: null };
}

export function newIftstaState(): IftstaState {
  return {
    documentCode: null,
    documentNumber: null,
    documentFunction: null,
    header: newScope(),
    consignment: null,
    open: null,
    part: "header",
    energy: false,
    energyTold: false,
    overflowTold: false,
  };
}

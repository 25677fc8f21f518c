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

/** A DTM that can be read, as sent: it is read when it is the one that counts. */
export interface TimeEntry {
  readonly qualifier: string;
  readonly value: string;
  readonly format: string | null;
}

/** Facts at one height: message header, consignment or status. Lists are made when something comes. */
export interface Scope {
  references: EdiReference[] | null;
  times: TimeEntry[] | null;
  places: EdiLocation[] | null;
  weight: EdiMeasure | null;
  pieces: number | null;
}

export interface Consignment extends Scope {
  readonly id: string | null;
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
  readonly reasons: readonly EdiReason[] | null;
  /** GIN numbers and PCI marks, in file order. */
  items: EdiId[] | null;
  itemReferences: EdiReference[] | null;
  equipment: EdiEquipment[] | null;
  texts: EdiText[] | null;
  parties: EdiParty[] | null;
}

/** Which group the segments that follow belong to: what opened last. */
export type Part = "header" | "consignment" | "status" | "transport" | "equipment" | "item";

export interface IftstaState {
  documentCode: string | null;
  documentNumber: string | null;
  documentFunction: string | null;
  readonly header: Scope;
  consignment: Consignment | null;
  open: OpenStatus | null;
  part: Part;
  /** Signs of the energy market: such a message is about meters. */
  energy: boolean;
  energyTold: boolean;
  /** A list was full once; told once a message. */
  overflowTold: boolean;
}

export function newIftstaState(): IftstaState {
  return {
    documentCode: null,
    documentNumber: null,
    documentFunction: null,
    header: { references: null, times: null, places: null, weight: null, pieces: null },
    consignment: null,
    open: null,
    part: "header",
    energy: false,
    energyTold: false,
    overflowTold: false,
  };
}

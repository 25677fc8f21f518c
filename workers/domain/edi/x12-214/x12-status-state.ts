/** What the 214 reader remembers between two segments. Plain data: it goes into a checkpoint as it is. */
import type {
  EdiId,
  EdiLocation,
  EdiMeasure,
  EdiParty,
  EdiReason,
  EdiReference,
  EdiText,
  TimePrecision,
} from "../edi-status.ts";

/** Facts of one loop: the heading, an LX, a carton in it. They hold for every status in the loop, wherever they stand in it. */
export interface Loop {
  ids: EdiId[];
  references: EdiReference[];
  texts: EdiText[];
  exceptions: EdiReason[];
  weight: EdiMeasure | null;
  pieces: number | null;
}

/** An AT7 that waits for the end of its loop. */
export interface OpenX12Status {
  readonly segment: number;
  readonly offset: number;
  readonly code: string | null;
  readonly reason: string | null;
  readonly appointment: string | null;
  readonly appointmentReason: string | null;
  readonly date: string | null;
  readonly time: string | null;
  readonly precision: TimePrecision;
  readonly utcOffset: string | null;
  readonly zone: string | null;
  location: EdiLocation | null;
  equipment: { scac: string | null; number: string | null; type: string | null } | null;
}

export interface X12StatusState {
  /** 214 or 240. */
  readonly type: string;
  /** GS08: up to 003070 AT7 is laid out differently. */
  readonly version: string;
  b10Reference: string | null;
  b10Shipment: string | null;
  scac: string | null;
  /** BGN01 of a 240. */
  purpose: string | null;
  heading: Loop;
  parties: EdiParty[];
  lx: Loop | null;
  carton: Loop | null;
  /** Statuses of the LX itself and of its open carton. */
  lxStatuses: OpenX12Status[];
  cartonStatuses: OpenX12Status[];
  /** MS1 that came before its AT7. */
  waitingPlace: EdiLocation | null;
  overflowTold: boolean;
}

export function newLoop(): Loop {
  return { ids: [], references: [], texts: [], exceptions: [], weight: null, pieces: null };
}

export function newX12StatusState(type: string, version: string): X12StatusState {
  return {
    type,
    version,
    b10Reference: null,
    b10Shipment: null,
    scac: null,
    purpose: null,
    heading: newLoop(),
    parties: [],
    lx: null,
    carton: null,
    lxStatuses: [],
    cartonStatuses: [],
    waitingPlace: null,
    overflowTold: false,
  };
}

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { EdiReader } from "../../workers/domain/edi/edi-reader.ts";
import type { EdiStandard } from "./edi-files.ts";

/**
 * The readers that the EDI bench compares. Each does the same work: it tells every event of the file by number, code
 * and time. Each is used in the fastest way it offers: by its own events, in pieces of 64 KB, where it has them.
 */

/** What each reader has to find: the consignment's number, the status code, `CCYY-MM-DDTHH:MM`. */
export type Tell = (number: string, code: string, time: string) => void;

export interface ContestedReader {
  name: string;
  /** npm name and version, null for ours. */
  npm: string | null;
  /** Loads what it needs, so that loading is not measured. `home`: where others are installed. */
  load(home: string, standard: EdiStandard): (path: string, tell: Tell) => Promise<void> | void;
}

const PIECE = 65_536;

/** A file's bytes, piece by piece, in one buffer. */
function* pieces(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  const buffer = Buffer.allocUnsafeSlow(PIECE);
  try {
    for (;;) {
      const size = readSync(file, buffer, 0, PIECE, null);
      if (size === 0) return;
      yield buffer.subarray(0, size);
    }
  } finally {
    closeSync(file);
  }
}

const ours: ContestedReader = {
  name: "Gluey",
  npm: null,
  load: () => (path, tell) => {
    const reader = new EdiReader({
      status: ({ shipment_number, code, occurred_at }) =>
        tell(shipment_number ?? "", code ?? "", occurred_at ?? ""),
      acknowledgement: () => undefined,
      remark: ({ detail }) => {
        throw new Error(`The bench's file is right, but: ${detail}`);
      },
    });
    for (const piece of pieces(path)) reader.push(piece);
    if (!reader.finish()) throw new Error("The bench's file is whole, but was read as cut.");
  },
};

/** Puts an IFTSTA's events together from segments, told component by component. */
class IftstaEvents {
  private readonly tell: Tell;
  private tag = "";
  private element = 0;
  private component = 0;
  private number = "";
  private code: string | null = null;
  private time = "";
  private qualifier = "";

  constructor(tell: Tell) {
    this.tell = tell;
  }

  opens(tag: string): void {
    this.tag = tag;
    this.element = 0;
    this.component = 0;
    if (tag === "STS" || tag === "CNI" || tag === "UNT") this.close();
  }

  nextElement(): void {
    this.element++;
    this.component = 0;
  }

  value(value: string): void {
    const component = this.component++;
    switch (this.tag) {
      case "CNI":
        if (this.element === 2 && component === 0) this.number = value;
        return;
      case "STS":
        if (this.element === 2 && component === 0) this.code = value;
        return;
      case "DTM":
        if (component === 0) this.qualifier = value;
        else if (component === 1 && this.qualifier === "334")
          this.time = clockOf(value.slice(0, 8), value.slice(8));
        return;
    }
  }

  private close(): void {
    if (this.code !== null) this.tell(this.number, this.code, this.time);
    this.code = null;
    this.time = "";
  }
}

function clockOf(date: string, time: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${time.slice(0, 2)}:${time.slice(2, 4)}`;
}

interface EdifactParser {
  onopensegment: (tag: string) => void;
  onelement: () => void;
  oncomponent: (value: string) => void;
  encoding(level: string): void;
  write(text: string): void;
  end(): void;
}

const edifact: ContestedReader = {
  name: "edifact, Parser",
  npm: "edifact@1.2.12",
  load(home) {
    const { Parser }: { Parser: new () => EdifactParser } = createRequire(home)("edifact");
    return (path, tell) => {
      const parser = new Parser();
      const events = new IftstaEvents(tell);
      parser.encoding("UNOC");
      parser.onopensegment = (tag) => events.opens(tag);
      parser.onelement = () => events.nextElement();
      parser.oncomponent = (value) => events.value(value);
      for (const piece of pieces(path)) parser.write(piece.toString("latin1"));
      parser.end();
    };
  },
};

const edifactReader: ContestedReader = {
  name: "edifact, Reader",
  npm: "edifact@1.2.12",
  load(home) {
    type Segment = { name: string; elements: string[][] };
    const { Reader }: { Reader: new () => { parse(text: string): Segment[] } } =
      createRequire(home)("edifact");
    return (path, tell) => {
      const events = new IftstaEvents(tell);
      for (const { name, elements } of new Reader().parse(readFileSync(path, "latin1"))) {
        events.opens(name);
        for (const element of elements) {
          events.nextElement();
          for (const value of element) events.value(value);
        }
      }
    };
  },
};

interface TsEdifactParser {
  onOpenSegment: (tag: string) => void;
  onElement: () => void;
  onComponent: (value: string) => void;
  updateCharset(charset: string): void;
  write(text: string): void;
  end(): void;
}

/** Its parser alone: the package as a whole does not load, for it lacks a module it asks for. */
const tsEdifact: ContestedReader = {
  name: "ts-edifact, Parser",
  npm: "ts-edifact@0.0.14",
  load(home) {
    const { Parser }: { Parser: new () => TsEdifactParser } = createRequire(home)("ts-edifact/lib/parser.js");
    return (path, tell) => {
      const parser = new Parser();
      const events = new IftstaEvents(tell);
      parser.updateCharset("UNOC");
      parser.onOpenSegment = (tag) => events.opens(tag);
      parser.onElement = () => events.nextElement();
      parser.onComponent = (value) => events.value(value);
      for (const piece of pieces(path)) parser.write(piece.toString("latin1"));
      parser.end();
    };
  },
};

/** Puts a 214's events together from segments; `of` gives an element, counted from 1. */
function status214(tell: Tell): (tag: string, of: (element: number) => string) => void {
  let number = "";
  return (tag, of) => {
    if (tag === "B10") number = of(1);
    else if (tag === "AT7") tell(number, of(1), clockOf(of(5), of(6)));
  };
}

const nodeX12: ContestedReader = {
  name: "node-x12",
  npm: "node-x12@1.7.1",
  load(home) {
    interface Interchange {
      functionalGroups: { transactions: { segments: { tag: string; elements: { value?: string }[] }[] }[] }[];
    }
    const { X12Parser }: { X12Parser: new (strict: boolean) => { parse(text: string): Interchange } } =
      createRequire(home)("node-x12");
    return (path, tell) => {
      const event = status214(tell);
      for (const group of new X12Parser(false).parse(readFileSync(path, "latin1")).functionalGroups)
        for (const { segments } of group.transactions)
          for (const { tag, elements } of segments)
            event(tag, (element) => elements[element - 1]?.value ?? "");
    };
  },
};

const x12Parser: ContestedReader = {
  name: "x12-parser",
  npm: "x12-parser@1.3.0",
  load(home) {
    type Segment = Record<string, string | undefined>;
    interface Stream {
      on(event: "data", took: (segment: Segment) => void): void;
      on(event: "end", ended: () => void): void;
      on(event: "error", failed: (error: Error) => void): void;
      write(piece: Buffer): boolean;
      once(event: "drain", go: () => void): void;
      end(): void;
    }
    const { X12parser }: { X12parser: new () => Stream } = createRequire(home)("x12-parser");
    return async (path, tell) => {
      const event = status214(tell);
      const parser = new X12parser();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      parser.on("data", (segment) => event(segment.name ?? "", (element) => segment[String(element)] ?? ""));
      parser.on("end", resolve);
      parser.on("error", reject);
      for (const piece of pieces(path)) {
        // It keeps what it is given: each piece is its own.
        if (!parser.write(Buffer.from(piece))) await new Promise<void>((go) => parser.once("drain", go));
      }
      parser.end();
      await promise;
    };
  },
};

/** Who reads which standard; ours first. */
export const READERS: Record<EdiStandard, readonly ContestedReader[]> = {
  edifact: [ours, edifact, edifactReader, tsEdifact],
  x12: [ours, nodeX12, x12Parser],
};

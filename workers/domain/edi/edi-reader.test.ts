import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { genericProfile } from "./edi-profile.ts";
import { type EdiCheckpoint, EdiReader } from "./edi-reader.ts";
import type { EdiAcknowledgement, EdiStatus } from "./edi-status.ts";
import { readEdi } from "./read.ts";
import type { EdiRemark } from "./remarks.ts";
import { bytesOf, iftsta, interchange, plain, plain214, x12 } from "./samples-suite.ts";

// Thousands of whole readings: slow on a busy machine, never wrong for that.
vi.setConfig({ testTimeout: 120_000 });

interface Heard {
  readonly statuses: EdiStatus[];
  readonly acknowledgements: EdiAcknowledgement[];
  readonly remarks: EdiRemark[];
}

function listener(): { heard: Heard; sink: ConstructorParameters<typeof EdiReader>[0] } {
  const heard: Heard = { statuses: [], acknowledgements: [], remarks: [] };
  const sink = {
    status: (s: EdiStatus) => heard.statuses.push(s),
    acknowledgement: (a: EdiAcknowledgement) => heard.acknowledgements.push(a),
    remark: (r: EdiRemark) => heard.remarks.push(r),
  };
  return { heard, sink };
}

/** Everything awkward in one file: wraps, release, two charsets, groups, a broken message, an acknowledgement, a second interchange of the other standard. */
const awkward = bytesOf(
  `\u00ef\u00bb\u00bf\r\n${interchange([
    iftsta([
      "BGM+77+D?'1+9",
      "CNI+1+SHI\r\nP1",
      "STS+1+21+6:::K\u00c3\u00b6ln",
      "RFF+CU:A??",
      "DTM+334:20260312081530:203",
      "GID+1",
      "GIN+BJ+A+B:C",
    ]),
    "UNH+2+IFTSTA:D:01B:UN'CNI+1+B'STS+1+24'",
    "UNH+3+CONTRL:3:1:UN'UCI+X+A+B+7'UCM+M1+IFTSTA:D:01B:UN+4+29'UNT+4+3'",
  ])}   \r\nnoise ${plain214}${x12([["B10*P*S*C", "LX*1", "MS1*LEEDS**GB", "AT7*X3*NS***20260304*0806*LT", "CD3*G*1", "AT7*D1", "MAN*GM*1"]])}${plain}`,
);

function read(chunks: readonly Uint8Array[]): Heard & { complete: boolean } {
  const { heard, sink } = listener();
  const reader = new EdiReader(sink);
  for (const chunk of chunks) reader.push(chunk);
  return { ...heard, complete: reader.finish() };
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...[...at].sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, i) => bytes.slice(places[i], to));
}

const whole = read([awkward]);

describe("any cut of the bytes", () => {
  it("reads the awkward file as it is", () => {
    expect(whole.statuses.map((s) => s.code)).toEqual(["21", "24", "X6", "D1", "X3", "D1", "21", "24"]);
    expect(whole.acknowledgements.map((a) => a.result)).toEqual(["partial"]);
    expect(whole.complete).toBe(true);
  });

  it("gives the same in chunks of any size", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(awkward.length), { maxLength: 40 }), (at) => {
        expect(read(cut(awkward, at))).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same byte by byte, and when the caller overwrites what it pushed", () => {
    const { heard, sink } = listener();
    const reader = new EdiReader(sink);
    const one = new Uint8Array(1);
    for (const byte of awkward) {
      one[0] = byte;
      reader.push(one);
    }
    one[0] = 0;
    expect({ ...heard, complete: reader.finish() }).toEqual(whole);
  });
});

describe("checkpoints", () => {
  /** Reads up to `stop`, throws the reader away, and goes on from its checkpoint, through JSON. */
  function resumed(stop: number): Heard & { complete: boolean } {
    const { heard, sink } = listener();
    const first = new EdiReader(sink);
    first.push(awkward.slice(0, stop));
    const checkpoint: EdiCheckpoint = JSON.parse(JSON.stringify(first.checkpoint()));
    expect(checkpoint.offset).toBeLessThanOrEqual(stop);
    const second = new EdiReader(sink, genericProfile, checkpoint);
    second.push(awkward.slice(checkpoint.offset));
    return { ...heard, complete: second.finish() };
  }

  it("go on from anywhere with the same result", () => {
    for (let stop = 0; stop <= awkward.length; stop++) expect(resumed(stop)).toEqual(whole);
  });
});

describe("files that are cut or wrong", () => {
  it.each([
    ["IFTSTA", bytesOf(plain)],
    ["214", bytesOf(plain214)],
    ["awkward", awkward],
  ])("%s cut at every offset tells no event that is not in it", (_, bytes) => {
    const known = new Map(read([bytes]).statuses.map((s) => [s.at.offset, s]));
    for (let to = 0; to < bytes.length; to++) {
      const reading = read([bytes.slice(0, to)]);
      for (const s of reading.statuses) {
        const full = known.get(s.at.offset);
        expect(s.code).toBe(full?.code);
        if (s.occurred_at !== null) expect(s.occurred_at).toBe(full?.occurred_at);
        for (const number of s.parcel_numbers)
          expect(full?.ids.some((id) => id.value === number || id.range_to === number)).toBe(true);
      }
    }
  });

  it("cut before the last trailer is not complete", () => {
    const bytes = bytesOf(plain);
    const end = plain.lastIndexOf("UNZ");
    for (let to = 0; to <= end; to++)
      expect(readEdi(bytes.slice(0, to)).complete, `cut at ${to}`).toBe(false);
    const twice = bytesOf(plain + plain);
    for (let to = bytes.length + 1; to <= bytes.length + end; to++) {
      expect(readEdi(twice.slice(0, to)).complete, `second cut at ${to}`).toBe(false);
    }
  });

  it("random bytes: no crash, and a status only where an STS or AT7 is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        for (const head of ["", "UNB+UNOC:3+A+B+260312:0815+1'", "UNA:+.? '", plain214.slice(0, 106)]) {
          const bytes = Uint8Array.from([...bytesOf(head), ...noise]);
          const text = String.fromCharCode(...bytes).replace(/[\r\n]/g, "");
          const { statuses } = readEdi(bytes);
          expect(statuses.length).toBeLessThanOrEqual(text.split("STS").length + text.split("AT7").length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("changed bytes: no crash, never more statuses than segments that tell one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(awkward.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 }),
        (changes) => {
          const bytes = awkward.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          const { statuses } = readEdi(bytes);
          for (const s of statuses)
            expect(["S", "A"]).toContain(String.fromCharCode(bytes[s.at.offset] ?? 0));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("20000 consignments under a long header are read one by one", () => {
    const references = Array.from({ length: 300 }, (_, i) => `RFF+ZZZ:H${i}`);
    const consignments = Array.from({ length: 20_000 }, (_, i) => [`CNI+${i}+C${i}`, "STS+1+24"]).flat();
    const reading = readEdi(bytesOf(interchange([iftsta(["BGM+77+D+9", ...references, ...consignments])])));
    expect(reading.statuses).toHaveLength(20_000);
    expect(reading.statuses[19_999]?.ids).toHaveLength(201);
    expect(reading.remarks.map((r) => r.kind)).toEqual(["TOO_MANY_VALUES"]);
  });

  it("keeps no more than a segment while it waits", () => {
    const { sink } = listener();
    const reader = new EdiReader(sink);
    reader.push(bytesOf("UNB+UNOC:3+A+B+260312:0815+1'UNH+1+IFTSTA:D:01B:UN'FTX+AHN+++"));
    const chunk = bytesOf("x".repeat(65_536));
    for (let i = 0; i < 64; i++) reader.push(chunk);
    expect(JSON.stringify(reader.checkpoint()).length).toBeLessThan(4000);
    expect(reader.checkpoint().offset).toBeGreaterThan(60 * 65_536);
  });
});

it("keeps nothing of a Node Buffer that is used again", () => {
  const { heard, sink } = listener();
  const reader = new EdiReader(sink);
  const reused = Buffer.alloc(7);
  for (let i = 0; i < awkward.length; i += 7) {
    const part = reused.subarray(0, Math.min(7, awkward.length - i));
    part.set(awkward.subarray(i, i + part.length));
    reader.push(part);
  }
  expect({ ...heard, complete: reader.finish() }).toEqual(whole);
});

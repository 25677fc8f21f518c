import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ResumableSha256, Sha256State } from "./resumable-sha256.ts";

it("gives the same digest wherever it is put down and taken up", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (parts) => {
      let hash = new ResumableSha256();
      for (const part of parts) {
        hash.update(part);
        hash = new ResumableSha256(Sha256State.parse(JSON.parse(JSON.stringify(hash.state()))));
      }
      const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
      expect(hash.length).toBe(whole.length);
      expect(hash.hex()).toBe(bytesToHex(sha256(whole)));
      expect(hash.hex()).toBe(bytesToHex(sha256(whole)));
    }),
  );
});

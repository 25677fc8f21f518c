/** An account's logo: which pictures are taken, found by their bytes. No SVG: a picture that can hold script is none. */

export const LOGO_MAX_BYTES = 64 * 1024;
/** More than this a side, and a small file could make a phone paint for seconds. */
const SIDE_MAX_PX = 2000;

export const LOGO_TYPES = ["image/png", "image/jpeg", "image/webp"] as const;
export type LogoType = (typeof LOGO_TYPES)[number];

export interface Logo {
  type: LogoType;
  width: number;
  height: number;
}

/** What the bytes are, or a sentence that says why they will not do. Never throws. */
export function readLogo(bytes: Uint8Array): Logo | string {
  if (bytes.length > LOGO_MAX_BYTES)
    return `logo is ${bytes.length} bytes; send a picture of at most ${LOGO_MAX_BYTES}.`;
  const logo = png(bytes) ?? jpeg(bytes) ?? webp(bytes);
  if (logo === null) return "logo must be a PNG, JPEG or WebP picture, in base64.";
  if (logo.width < 1 || logo.height < 1 || logo.width > SIDE_MAX_PX || logo.height > SIDE_MAX_PX)
    return `logo is ${logo.width} × ${logo.height} pixels; send one of at most ${SIDE_MAX_PX} a side.`;
  return logo;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hasAt(bytes: Uint8Array, at: number, wanted: readonly number[] | string): boolean {
  const letters = typeof wanted === "string" ? [...wanted].map((letter) => letter.charCodeAt(0)) : wanted;
  return letters.every((byte, offset) => bytes[at + offset] === byte);
}

/** PNG (ISO/IEC 15948), 5.2 and 11.2.1: the signature, then IHDR. */
function png(bytes: Uint8Array): Logo | null {
  if (bytes.length < 33 || !hasAt(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return null;
  if (!hasAt(bytes, 12, "IHDR")) return null;
  const view = viewOf(bytes);
  return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
}

/** JPEG (ITU-T T.81), B.1 and B.2.2: markers up to the frame header, whose number differs by the process. */
function jpeg(bytes: Uint8Array): Logo | null {
  if (!hasAt(bytes, 0, [0xff, 0xd8, 0xff])) return null;
  const view = viewOf(bytes);
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** WebP (RFC 9649), 2.4 to 2.7: RIFF, then one of three kinds of first chunk. */
function webp(bytes: Uint8Array): Logo | null {
  if (bytes.length < 30 || !hasAt(bytes, 0, "RIFF") || !hasAt(bytes, 8, "WEBP")) return null;
  const view = viewOf(bytes);
  const sized = (width: number, height: number): Logo => ({ type: "image/webp", width, height });
  if (hasAt(bytes, 12, "VP8X"))
    return sized(
      1 + (view.getUint16(24, true) | ((bytes[26] ?? 0) << 16)),
      1 + (view.getUint16(27, true) | ((bytes[29] ?? 0) << 16)),
    );
  if (hasAt(bytes, 12, "VP8L") && bytes[20] === 0x2f) {
    const bits = view.getUint32(21, true);
    return sized(1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff));
  }
  if (hasAt(bytes, 12, "VP8 ") && hasAt(bytes, 23, [0x9d, 0x01, 0x2a]))
    return sized(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  return null;
}

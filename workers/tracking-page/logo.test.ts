import { expect, it } from "vitest";
import { LOGO_MAX_BYTES, readLogo } from "./logo.ts";

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((letter) => letter.charCodeAt(0)) : part,
    ),
  );
const be16 = (n: number) => [n >> 8, n & 255];
const be32 = (n: number) => [0, 0, ...be16(n)];
const le16 = (n: number) => [n & 255, n >> 8];
const le24 = (n: number) => [...le16(n & 0xffff), n >> 16];

const png = (width: number, height: number) =>
  bytes([0x89], "PNG\r\n\u001a\n", be32(13), "IHDR", be32(width), be32(height), [8, 6, 0, 0, 0, 0, 0, 0, 0]);
const jpeg = (width: number, height: number) =>
  bytes(
    [0xff, 0xd8, 0xff, 0xe0, ...be16(16)],
    "JFIF\0\u0001\u0001\0\0\u0001\0\u0001\0\0",
    [0xff, 0xc4, ...be16(4), 0, 0],
    [0xff, 0xc2, ...be16(17), 8, ...be16(height), ...be16(width), 3, 1, 0x22, 0],
  );
const webp = (chunk: string, content: number[]) =>
  bytes(
    "RIFF",
    [40, 0, 0, 0],
    "WEBP",
    chunk,
    [20, 0, 0, 0],
    content,
    Array.from({ length: 12 }, () => 0),
  );

it.each([
  ["PNG", png(220, 60), "image/png"],
  ["progressive JPEG", jpeg(220, 60), "image/jpeg"],
  ["WebP, extended", webp("VP8X", [0, 0, 0, 0, ...le24(219), ...le24(59)]), "image/webp"],
  ["WebP, lossless", webp("VP8L", [0x2f, 219, (59 << 6) & 255, 59 >> 2, 0]), "image/webp"],
  ["WebP, lossy", webp("VP8 ", [0, 0, 0, 0x9d, 0x01, 0x2a, ...le16(220), ...le16(60)]), "image/webp"],
])("reads the size of a %s", (_, picture, type) => {
  expect(readLogo(picture)).toEqual({ type, width: 220, height: 60 });
});

it.each([
  ["nothing", bytes()],
  ["an SVG", bytes("<svg xmlns='http://www.w3.org/2000/svg'/>")],
  ["a GIF", bytes("GIF89a", [1, 0, 1, 0, 0, 0, 0])],
  ["a page in PNG's clothes", bytes([0x89], "PNG\r\n\u001a\n", "<script>alert(1)</script>".repeat(3))],
  ["a JPEG without a frame", jpeg(1, 1).slice(0, 20)],
  ["a JPEG whose lengths lie", bytes([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ["half a WebP", webp("VP8X", []).slice(0, 25)],
])("takes %s for no picture", (_, picture) => {
  expect(readLogo(picture)).toContain("must be a PNG, JPEG or WebP");
});

it("takes none that is too large, in bytes or in pixels", () => {
  expect(readLogo(new Uint8Array(LOGO_MAX_BYTES + 1))).toContain("at most 65536");
  expect(readLogo(png(2001, 10))).toContain("2001 × 10 pixels");
  expect(readLogo(png(10, 0))).toContain("10 × 0 pixels");
});

/**
 * Reads a stream whole, or null as soon as it is longer than `max` bytes; the rest is then not read. Where the sender
 * said how long it is (`expected`), the bytes are held once and not twice.
 */
export async function readBounded(
  stream: ReadableStream<Uint8Array> | null,
  max: number,
  expected = 0,
): Promise<Uint8Array | null> {
  if (stream === null) return new Uint8Array();
  let whole = new Uint8Array(Math.min(expected, max));
  let size = 0;
  for await (const chunk of stream) {
    const end = size + chunk.length;
    if (end > max) return null;
    if (end > whole.length) {
      const larger = new Uint8Array(Math.min(max, Math.max(end, whole.length * 2)));
      larger.set(whole.subarray(0, size));
      whole = larger;
    }
    whole.set(chunk, size);
    size = end;
  }
  return size === whole.length ? whole : whole.slice(0, size);
}

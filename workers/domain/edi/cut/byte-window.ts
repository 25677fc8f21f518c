/** Bytes of a stream that are still needed, reached by their offset in the file. */
export class ByteWindow {
  private buf = new Uint8Array(65_536);
  private len = 0;
  private from: number;

  constructor(from: number) {
    this.from = from;
  }

  /** Offset behind the last byte. */
  get end(): number {
    return this.from + this.len;
  }

  get size(): number {
    return this.len;
  }

  append(bytes: Uint8Array): void {
    const size = this.len + bytes.length;
    if (size > this.buf.length) {
      const larger = new Uint8Array(2 * size);
      larger.set(this.buf.subarray(0, this.len));
      this.buf = larger;
    }
    this.buf.set(bytes, this.len);
    this.len = size;
  }

  /** Valid until the next call of `append` or `forget`. */
  view(from: number, to: number): Uint8Array {
    return this.buf.subarray(Math.max(0, from - this.from), to - this.from);
  }

  /** Everything before `offset` is not asked for any more. */
  forget(offset: number): void {
    const gone = Math.min(this.len, offset - this.from);
    if (gone <= 0) return;
    this.buf.copyWithin(0, gone, this.len);
    this.len -= gone;
    this.from += gone;
  }
}

/** A piece under way: bytes put one behind the other. */
export class PieceBuffer {
  private buf: Uint8Array;
  private len = 0;
  /** File offset of what the piece begins with. */
  from = 0;

  constructor(size: number) {
    this.buf = new Uint8Array(Math.max(1024, size));
  }

  get size(): number {
    return this.len;
  }

  append(bytes: Uint8Array): void {
    const size = this.len + bytes.length;
    if (size > this.buf.length) {
      const larger = new Uint8Array(size);
      larger.set(this.buf.subarray(0, this.len));
      this.buf = larger;
    }
    this.buf.set(bytes, this.len);
    this.len = size;
  }

  /** Takes the bytes out; the piece is empty again. */
  take(): Uint8Array {
    const bytes = this.buf.slice(0, this.len);
    this.len = 0;
    return bytes;
  }
}

/** One character a byte → bytes; the way back is `decodeLatin1`. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

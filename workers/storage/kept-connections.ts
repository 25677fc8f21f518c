import type { OpenedConnection } from "./open-connection.ts";

/**
 * Connections as this isolate last opened them, so that the next push over one costs neither a read nor a decryption.
 * What is kept here may have changed meanwhile: whoever uses it has the database compare the version when it writes.
 * In memory only, as many as fit; the one that was not used for the longest time goes first.
 */
export class KeptConnections {
  readonly #most: number;
  readonly #kept = new Map<string, OpenedConnection>();

  constructor(most = 500) {
    this.#most = most;
  }

  get(id: string): OpenedConnection | null {
    const found = this.#kept.get(id);
    if (found === undefined) return null;
    this.#kept.delete(id);
    this.#kept.set(id, found);
    return found;
  }

  keep(opened: OpenedConnection): void {
    const { id } = opened.connection;
    this.#kept.delete(id);
    this.#kept.set(id, opened);
    if (this.#kept.size <= this.#most) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }
}

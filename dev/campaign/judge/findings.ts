const FINDINGS_A_KIND = 5;

/** Sentences about what is wrong, the first few of every kind. */
export class Findings {
  readonly #said = new Map<string, string[]>();

  say(kind: string, sentence: string): void {
    const said = this.#said.get(kind) ?? [];
    this.#said.set(kind, said);
    if (said.length < FINDINGS_A_KIND) said.push(`${kind}: ${sentence}`);
  }

  all(): string[] {
    return [...this.#said.values()].flat();
  }
}

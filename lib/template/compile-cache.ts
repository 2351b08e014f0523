/** Keeps what was made from a text, up to a limit. The least recently used goes first: a Map keeps the order of insertion. */
export class CompileCache<T> {
  readonly #entries = new Map<string, T>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string, compile: () => T): T {
    const value = this.#entries.get(key) ?? compile();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) this.#entries.delete(this.#entries.keys().next().value!);
    return value;
  }
}

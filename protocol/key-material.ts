/** Keys on their way from a guest to the host's supplicant, wrapped so that they show nowhere by accident. */

const shown = '[secret]';

/**
 * A key (for WPA2-PSK the 32-byte PMK). Logging it, serializing it, putting it into a template string, inspecting or
 * cloning it gives nothing away; only `reveal` does. Libraries for deep equality see no difference between two
 * keys: compare with `equals`.
 */
export class KeyMaterial {
  /** No key: an open network. */
  static readonly none = new KeyMaterial(new Uint8Array(0));

  readonly #bytes: Uint8Array;

  /** Takes a copy of `bytes`: 0 to 255 of them fit into a frame. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
  }

  /** Bytes in the key. */
  get length(): number {
    return this.#bytes.length;
  }

  /** A copy of the bytes, for the one who hands them to the host's supplicant. */
  reveal(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Same bytes? The time it takes depends on the length only. */
  equals(other: KeyMaterial): boolean {
    if (this.length !== other.length) return false;
    let difference = 0;
    for (const [i, byte] of this.#bytes.entries()) difference |= byte ^ (other.#bytes[i] ?? 0);
    return difference === 0;
  }

  toJSON(): string {
    return shown;
  }

  toString(): string {
    return shown;
  }

  /** What Node's `util.inspect` and `console.log` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return shown;
  }
}

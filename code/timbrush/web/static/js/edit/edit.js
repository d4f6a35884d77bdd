/** A sound and its list of strokes, which also holds what was undone. */

/**
 * @typedef {import('./session.js').Stroke} Stroke
 * @typedef {{stroke: Stroke, cost: import('./session.js').Cost}} Entry
 */

export class Edit extends EventTarget {
  name = '';
  /** @type {import('./session.js').Head | null} */
  head = null;
  /** @type {Entry[]} */
  entries = [];
  /** How many strokes count. */
  position = 0;
  /** How many strokes are being painted or wait for it. */
  painting = 0;
  /** @type {Stroke[]} Those that a file holds. */
  #saved = [];

  get isOpen() {
    return this.head !== null;
  }

  get seconds() {
    return this.head ? this.head.n_samples / this.head.sample_rate : 0;
  }

  get canUndo() {
    return this.position > 0;
  }

  get canRedo() {
    return this.position < this.entries.length;
  }

  /** @returns {Stroke[]} The strokes that count. */
  get strokes() {
    return this.entries.slice(0, this.position).map((entry) => entry.stroke);
  }

  /** Whether closing this edit would lose strokes. */
  get isUnsaved() {
    const { strokes } = this;
    const isLong = strokes.length === this.#saved.length;
    const isHeld = isLong && strokes.every((stroke, i) => stroke === this.#saved[i]);
    return this.painting > 0 || (strokes.length > 0 && !isHeld);
  }

  /** @param {Stroke[]} strokes They are in a file now. */
  markSaved(strokes) {
    this.#saved = strokes;
  }

  /**
   * @param {string} type
   * @param {any} detail
   */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

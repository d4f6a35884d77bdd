/** A sound and its list of strokes; every earlier list is kept, so that undo is going back to it. */

/**
 * @typedef {import('./session.js').Stroke} Stroke
 * @typedef {{stroke: Stroke, cost: import('./session.js').Cost}} Entry
 * @typedef {{versions: Entry[][], at: number}} History Every list, and which of them counts.
 */

export class Edit extends EventTarget {
  name = '';
  /** @type {import('./session.js').Head | null} */
  head = null;
  /** How many strokes are being painted or wait for it. */
  painting = 0;
  /** @type {number | null} The stroke that is chosen to be changed, from 0. */
  chosen = null;
  /** @type {Entry[][]} Every list that the edit went through, and those that were undone. */
  #versions = [[]];
  /** Which of them counts. */
  #at = 0;
  /** @type {Stroke[]} Those that a file holds. */
  #saved = [];

  get isOpen() {
    return this.head !== null;
  }

  get seconds() {
    return this.head ? this.head.n_samples / this.head.sample_rate : 0;
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#versions.length - 1;
  }

  /** @returns {Entry[]} */
  get entries() {
    return this.#versions[this.#at];
  }

  /** @returns {Stroke[]} */
  get strokes() {
    return this.entries.map(({ stroke }) => stroke);
  }

  /** @returns {History} */
  get history() {
    return { versions: this.#versions, at: this.#at };
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

  /** @param {History} [history] Of the edit that goes on; without it, there is no stroke yet. */
  begin({ versions, at } = { versions: [[]], at: 0 }) {
    this.#versions = versions;
    this.#at = at;
    this.chosen = null;
    this.markSaved([]);
  }

  /**
   * @param {Entry[]} entries The next list; what was undone is forgotten.
   * @param {{amends?: boolean}} [options] Whether it takes the place of the last list, so that
   *   dragging a slider is one step to undo.
   */
  advance(entries, { amends = false } = {}) {
    const kept = this.#versions.slice(0, this.#at + (amends && this.canUndo ? 0 : 1));
    this.#versions = [...kept, entries];
    this.#at = kept.length;
  }

  /** @param {number} step -1 for the list before, 1 for the one after. @returns {Entry[]} */
  at(step) {
    return this.#versions[this.#at + step] ?? this.entries;
  }

  /** @param {number} step To go by. */
  move(step) {
    if (this.#versions[this.#at + step]) this.#at += step;
  }

  /** @param {number | null} index Of a stroke. */
  choose(index) {
    this.chosen = index !== null && this.entries[index] ? index : null;
    this.tell('chosen', this.chosen);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

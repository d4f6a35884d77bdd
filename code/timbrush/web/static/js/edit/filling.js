/** Which part of a sound is here already, while it arrives from its beginning. */

/** @typedef {[number, number]} Span First, and one past the last. */

export class Filling {
  /** @type {Span[]} What was put before it arrived, apart and in order. */
  #covered = [];
  /** How far it has arrived. */
  arrived = 0;

  /** @param {number} length */
  constructor(length) {
    this.length = length;
  }

  get isDone() {
    return this.arrived >= this.length;
  }

  /**
   * Notes that a span was put: what arrives there later is out of date.
   *
   * @param {number} first
   * @param {number} last
   */
  cover(first, last) {
    if (last <= this.arrived || first >= last) return;
    const apart = this.#covered.filter(([a, b]) => b < first || a > last);
    const met = this.#covered.filter(([a, b]) => b >= first && a <= last);
    /** @type {Span} */
    const joined = [
      Math.min(first, ...met.map(([a]) => a)),
      Math.max(last, ...met.map(([, b]) => b)),
    ];
    this.#covered = [...apart, joined].sort(([a], [b]) => a - b);
  }

  /**
   * Notes that the next part has arrived.
   *
   * @param {number} last One past its end.
   * @returns {Span[]} What of it is not out of date.
   */
  arrive(last) {
    const gaps = /** @type {Span[]} */ ([]);
    let first = this.arrived;
    for (const [start, stop] of this.#covered) {
      if (start >= last) break;
      if (start > first) gaps.push([first, start]);
      first = Math.max(first, stop);
    }
    if (first < last) gaps.push([first, last]);
    this.arrived = last;
    this.#covered = this.#covered.filter(([, stop]) => stop > last);
    return gaps;
  }
}

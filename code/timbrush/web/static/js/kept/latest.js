/** Writes only the latest value: while one is written, all but the last of the next are skipped. */

export class Latest {
  /** @type {{value: any} | null} */
  #next = null;
  #isWriting = false;

  /** @param {(value: any) => Promise<void>} write */
  constructor(write) {
    this.write = write;
    /** Whether the last value is written. */
    this.isDone = true;
  }

  /** @param {unknown} value @returns {Promise<void>} Fulfilled when nothing waits any more. */
  async put(value) {
    this.#next = { value };
    this.isDone = false;
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (this.#next) {
        const { value } = this.#next;
        this.#next = null;
        await this.write(value);
      }
      this.isDone = true;
    } finally {
      this.#isWriting = false;
    }
  }
}

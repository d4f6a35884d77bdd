/** Tasks that run one after the other, the one that is running can be cancelled. */

/**
 * @template T
 * @typedef {(signal: AbortSignal) => Promise<T>} Task
 */

export class Queue {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {AbortController | null} */
  #running = null;
  #waiting = 0;

  /**
   * @param {(words: string | null) => void} busy Is told what is being done; null when all is.
   * @param {(words: string, error: Error) => Promise<void>} failed Is told what was not done,
   *   before the next task begins.
   */
  constructor(busy, failed) {
    this.busy = busy;
    this.failed = failed;
  }

  /**
   * Runs one task after those before it.
   *
   * @param {string} words What is being done; none for what takes no time.
   * @param {Task<void>} task
   * @returns {Promise<boolean>} Whether it was done.
   */
  run(words, task) {
    this.#waiting += 1;
    const done = this.#last.then(async () => {
      const controller = new AbortController();
      this.#running = controller;
      if (words) this.busy(words);
      try {
        await task(controller.signal);
        return true;
      } catch (error) {
        await this.failed(words, /** @type {Error} */ (error));
        return false;
      } finally {
        this.#running = null;
        this.#waiting -= 1;
        if (!this.#waiting) this.busy(null);
      }
    });
    this.#last = done;
    return done;
  }

  /** Drops the task that is running. @returns {boolean} Whether there was one. */
  cancel() {
    const running = this.#running !== null;
    this.#running?.abort();
    return running;
  }
}

/**
 * The edit: a sound and a list of strokes, on this page and on the server.
 *
 * The list also holds what was undone; `position` says how many strokes count. Requests go one
 * after the other. A stroke enters the list once its samples are in the audio graph, so one that
 * fails or is cancelled leaves no trace.
 */

import { channels } from './packet.js';
import { Session } from './session.js';

/**
 * @typedef {import('./session.js').Stroke} Stroke
 * @typedef {import('./session.js').Cost} Cost
 * @typedef {{stroke: Stroke, cost: Cost}} Entry
 * @typedef {{first: number, samples: Float32Array[], firstColumn: number, columns: Uint8Array,
 *   cost: Cost, seed: number}} Variation
 */

/**
 * Fires `opened`, `changed` (list or position), `shown` (detail: span of samples), `heard` (detail: span of samples
 * that changed), `busy` (detail: words or null) and `problem` (detail: words).
 */
export class Studio extends EventTarget {
  /** @type {Session | null} */
  #session = null;
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  /** @type {AbortController | null} */
  #running = null;
  #waiting = 0;
  /** @type {{variation: Variation, samples: Float32Array[], columns: Uint8Array} | null} */
  #preview = null;

  /**
   * @param {import('./player.js').Player} player
   * @param {import('./spectrogram.js').Spectrogram} spectrogram
   */
  constructor(player, spectrogram) {
    super();
    this.player = player;
    this.spectrogram = spectrogram;
    this.name = '';
    /** @type {any} What opening the sound answered. */
    this.head = null;
    /** @type {Entry[]} */
    this.entries = [];
    this.position = 0;
  }

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

  /**
   * @param {Blob} file
   * @param {string} name What to call it; never sent to the server.
   */
  open(file, name) {
    return this.#run('Opening', async () => {
      const session = new Session(file);
      const { head, arrays } = await session.open();
      this.#session?.close();
      Object.assign(this, { name, head, entries: [], position: 0 });
      this.#session = session;
      this.#preview = null;
      this.spectrogram.load(head, arrays.columns);
      await this.player.load(channels(arrays.samples, head.n_channels), head.sample_rate);
      this.#tell('opened', null);
      this.#tell('changed', null);
    });
  }

  /** @param {Stroke} stroke */
  paint(stroke) {
    return this.#run('Painting', async (session, signal) => {
      await this.#leavePreview();
      const { head, arrays } = await session.paint(this.strokes, stroke, signal);
      if (head.n_strokes !== this.position + 1) throw new Error('This sound was edited elsewhere.');
      await this.#apply(head, arrays);
      this.entries = [...this.entries.slice(0, this.position), { stroke, cost: head.costs[0] }];
      this.position += 1;
      this.#tell('changed', null);
      this.#tell('heard', [head.first_sample, head.first_sample + arrays.samples.length / this.head.n_channels]);
    });
  }

  undo() {
    return this.canUndo ? this.goTo(this.position - 1) : Promise.resolve(false);
  }

  redo() {
    return this.canRedo ? this.goTo(this.position + 1) : Promise.resolve(false);
  }

  /** @param {number} position How many strokes shall count. */
  goTo(position) {
    return this.#run('Going back', async (session, signal) => {
      await this.#leavePreview();
      const list = this.entries.slice(0, position).map((entry) => entry.stroke);
      const { head, arrays } = await session.replace(this.strokes, list, signal);
      await this.#apply(head, arrays);
      this.position = position;
      this.#tell('changed', null);
    });
  }

  /** @param {Stroke[]} strokes A saved edit; it takes the place of this one. */
  replace(strokes) {
    return this.#run('Painting the saved strokes', async (session, signal) => {
      await this.#leavePreview();
      const { head, arrays } = await session.replace(this.strokes, strokes, signal);
      await this.#apply(head, arrays);
      const shared = this.entries.slice(0, head.first_stroke);
      const painted = strokes.slice(head.first_stroke);
      this.entries = [...shared, ...painted.map((stroke, i) => ({ stroke, cost: head.costs[i] }))];
      this.position = strokes.length;
      this.#tell('changed', null);
      this.#tell('heard', [head.first_sample, head.first_sample + arrays.samples.length / this.head.n_channels]);
    });
  }

  /**
   * @param {Stroke} stroke
   * @param {number[]} seeds
   * @returns {Promise<Variation[]>}
   */
  async variations(stroke, seeds) {
    /** @type {Variation[]} */
    let found = [];
    await this.#run(`Trying ${seeds.length} seeds`, async (session, signal) => {
      await this.#leavePreview();
      const { head, arrays } = await session.variations(this.strokes, stroke, seeds, signal);
      found = head.variations.map((/** @type {any} */ each, /** @type {number} */ i) => ({
        first: each.first_sample,
        samples: channels(arrays[`samples${i}`], this.head.n_channels),
        firstColumn: each.first_column,
        columns: arrays[`columns${i}`],
        cost: each.costs[0],
        seed: seeds[i],
      }));
    });
    return found;
  }

  /**
   * Plays a variation without making it a stroke.
   *
   * @param {Variation | null} variation Null for the edit as it is.
   */
  preview(variation) {
    return this.#run('', async () => {
      await this.#leavePreview();
      if (!variation) return;
      const { first, samples, firstColumn, columns } = variation;
      const last = first + (samples[0]?.length ?? 0);
      const kept = this.player.current.map((channel) => channel.slice(first, last));
      const shown = this.spectrogram.copy(firstColumn, columns.length);
      this.#preview = { variation, samples: kept, columns: shown };
      await this.#show(first, samples, firstColumn, columns);
      this.#tell('heard', [first, last]);
    });
  }

  /**
   * @param {string} inpainter
   * @param {number} radius
   * @returns {Promise<Float32Array[]>} Bits of surprise, one array a grid.
   */
  async surprise(inpainter, radius) {
    /** @type {Float32Array[]} */
    let levels = [];
    await this.#run('Measuring surprise', async (session) => {
      const { arrays } = await session.surprise(this.strokes, inpainter, radius);
      levels = /** @type {Float32Array[]} */ (Object.values(arrays));
    });
    return levels;
  }

  /** @returns {Promise<Float32Array[]>} How much of the last stroke each code got, one array a grid. */
  async cells() {
    /** @type {Float32Array[]} */
    let levels = [];
    await this.#run('', async (session) => {
      if (!this.position) return;
      const { arrays } = await session.cells(this.strokes, this.position - 1);
      levels = /** @type {Float32Array[]} */ (Object.values(arrays));
    });
    return levels;
  }

  /** @param {string} path Such as `sound.wav`. @returns {Promise<Blob | null>} */
  async file(path) {
    /** @type {Blob | null} */
    let blob = null;
    await this.#run('Writing', async (session) => {
      blob = await session.fetchFile(this.strokes, path);
    });
    return blob;
  }

  /** @param {string} path */
  address(path) {
    return this.#session?.address(path) ?? '';
  }

  /** Drops the stroke that is being painted. */
  cancel() {
    const running = this.#running !== null;
    this.#running?.abort();
    return running;
  }

  /**
   * @param {any} head
   * @param {Record<string, any>} arrays
   */
  #apply(head, arrays) {
    const samples = channels(arrays.samples, this.head.n_channels);
    return this.#show(head.first_sample, samples, head.first_column, arrays.columns);
  }

  /**
   * @param {number} first
   * @param {Float32Array[]} samples
   * @param {number} firstColumn
   * @param {Uint8Array} columns
   */
  async #show(first, samples, firstColumn, columns) {
    await this.player.patch(first, samples); // the ear first
    this.spectrogram.patch(firstColumn, columns);
    this.#tell('shown', [first, first + (samples[0]?.length ?? 0)]);
  }

  async #leavePreview() {
    if (!this.#preview) return;
    const { variation, samples, columns } = this.#preview;
    this.#preview = null;
    await this.#show(variation.first, samples, variation.firstColumn, columns);
  }

  /**
   * Runs one task after those before it. If it is cancelled or fails, both sides hold the old edit.
   *
   * @param {string} words What is being done; none for what takes no time.
   * @param {(session: Session, signal: AbortSignal) => Promise<void>} task
   * @returns {Promise<boolean>} Whether it was done.
   */
  #run(words, task) {
    this.#waiting += 1;
    const done = this.#queue.then(async () => {
      const controller = new AbortController();
      this.#running = controller;
      if (words) this.#tell('busy', words);
      try {
        await task(/** @type {Session} */ (this.#session), controller.signal);
        return true;
      } catch (error) {
        await this.#recover(words, /** @type {Error} */ (error));
        return false;
      } finally {
        this.#running = null;
        this.#waiting -= 1;
        if (!this.#waiting) this.#tell('busy', null);
      }
    });
    this.#queue = done;
    return done;
  }

  /**
   * @param {string} words
   * @param {Error} error
   */
  async #recover(words, error) {
    const cancelled = error.name === 'AbortError';
    this.#tell('problem', cancelled ? `${words} was cancelled; nothing has changed.` : error.message);
    if (!this.#session || !this.isOpen || words === 'Opening') return;
    // The server computes to the end what it has begun: then tell it which list counts.
    if (cancelled) this.#tell('busy', 'Dropping what was cancelled');
    await this.#session
      .replace(this.strokes, this.strokes)
      .then(({ head, arrays }) => this.#apply(head, arrays))
      .catch(() => {});
  }

  /**
   * @param {string} type
   * @param {any} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

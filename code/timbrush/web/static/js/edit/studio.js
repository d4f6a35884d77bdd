/**
 * The edit on the server too: what is painted there is heard and seen here.
 *
 * Requests go one after the other. A stroke enters the list once its samples are in the audio
 * graph, so one that fails or is cancelled leaves no trace.
 */

import { Edit } from './edit.js';
import { channels } from './packet.js';
import { Queue } from './queue.js';
import { LOOK, Session } from './session.js';
import { Sheet, endOf } from './sheet.js';
import { bytes } from './size.js';

/**
 * @typedef {import('./session.js').Stroke} Stroke
 * @typedef {import('./session.js').Cost} Cost
 * @typedef {{first: number, samples: Float32Array[], firstColumn: number, columns: Uint8Array,
 *   cost: Cost, seed: number, version: number}} Variation
 */

/** What the server says if another program changed a file. */
const CHANGED = 409;

/**
 * Fires `opened`, `arrived` (detail: the share of the sound that is here), `looked` (the picture is drawn another way), `changed` (the list), `chosen` (detail: a stroke's number), `shown` (detail: span of samples), `heard`
 * (detail: span of samples that changed), `busy` (detail: words or null) and `problem` (detail:
 * words).
 */
export class Studio extends Edit {
  /** @type {Blob | null} The sound file as it was dropped. */
  source = null;
  /** @type {Promise<void>} Fulfilled once the whole sound has arrived. */
  whole = Promise.resolve();
  /** @type {import('./session.js').Look} How the picture is drawn. */
  look = LOOK;
  /** @type {Session | null} */
  #session = null;
  /** Ends the arrival of the sound. */
  #stopping = new AbortController();
  #queue = new Queue(
    (words) => this.tell('busy', words),
    (words, error) => this.#recover(words, error),
  );
  /** @type {Sheet} */
  #sheet;
  /** Another number for each sound and each list of strokes that was heard. */
  #version = 0;

  /**
   * @param {import('../sound/player.js').Player} player
   * @param {import('../picture/spectrogram.js').Spectrogram} spectrogram
   */
  constructor(player, spectrogram) {
    super();
    this.player = player;
    this.spectrogram = spectrogram;
    this.#sheet = new Sheet(player, spectrogram, (span) => this.tell('shown', span));
  }

  /**
   * @param {Blob} file
   * @param {string} name What to call it; never sent to the server.
   * @param {import('./edit.js').History} [history] Of an edit of this sound that goes on.
   */
  open(file, name, history) {
    return this.#queue.run(`Opening ${bytes(file.size)}`, async (signal) => {
      const look = { ...this.look, channels: 'all' };
      const session = new Session(file, look);
      const stopping = new AbortController();
      const pieces = session.open(AbortSignal.any([signal, stopping.signal]));
      try {
        const early = [await next(pieces)];
        const { head } = early[0];
        const strokes = history?.versions[history.at].map(({ stroke }) => stroke) ?? [];
        while (strokes.length && !session.id) early.push(await next(pieces));
        const edited = strokes.length ? await session.replace([], strokes, signal) : null;
        await this.#sheet.load(head);
        Object.assign(this, { name, head, look });
        for (const piece of early) this.#sheet.arrive(this.#spanOf(piece));
        if (edited) await this.#apply(edited.head, edited.arrays);
        this.begin(history);
      } catch (error) {
        stopping.abort();
        session.close(); // the sound before it stays open
        throw error;
      }
      this.close();
      this.#session = session;
      this.#stopping = stopping;
      this.source = file;
      this.whole = this.#receive(pieces, session);
      this.tell('opened', this.head);
      this.#changed(null);
    });
  }

  /** Lets the server forget the sound; what is done next sends it again. */
  close() {
    this.#stopping.abort();
    this.#session?.close();
  }

  /**
   * Puts the rest of the sound as it arrives.
   *
   * @param {AsyncGenerator<import('./session.js').Packet>} pieces
   * @param {Session} session
   */
  async #receive(pieces, session) {
    try {
      for await (const piece of pieces) {
        if (session !== this.#session) return;
        this.#sheet.arrive(this.#spanOf(piece));
        this.tell('arrived', this.arrived);
      }
    } catch (error) {
      session.fail(/** @type {Error} */ (error));
      if (session === this.#session) this.tell('problem', /** @type {Error} */ (error).message);
    }
    if (session === this.#session) this.tell('arrived', this.arrived);
  }

  /** @returns {number} Which share of the sound is here, 0 to 1. */
  get arrived() {
    const { arrived, length } = this.#sheet.filling.samples;
    return length ? arrived / length : 0;
  }

  /** @param {Stroke} stroke It comes last. */
  paint(stroke) {
    return this.#counted(async (session, signal) => {
      await this.#sheet.lift();
      const { head, arrays } = await session.paint(this.strokes, stroke, signal);
      const others = 'This sound was edited elsewhere.';
      if (head.n_strokes !== this.entries.length + 1) throw new Error(others);
      await this.#apply(head, arrays);
      this.advance([...this.entries, { stroke, cost: head.costs[0] }]);
      this.#changed(null);
      this.tell('heard', this.#span(head, arrays));
    });
  }

  /**
   * Makes another list of the strokes: one less, one moved, one with other settings.
   *
   * @param {(strokes: Stroke[]) => Stroke[]} next Asked once what was begun before is done.
   * @param {{chosen?: number | null, amends?: boolean, isSaved?: boolean}} [options] Which stroke
   *   is chosen then; whether it is one step to undo with the change before; whether a file
   *   holds the list.
   */
  change(next, { chosen = null, amends = false, isSaved = false } = {}) {
    return this.#counted(async (session, signal) => {
      await this.#sheet.lift();
      const strokes = next(this.strokes);
      const { head, arrays } = await session.replace(this.strokes, strokes, signal);
      await this.#apply(head, arrays);
      const shared = this.entries.slice(0, head.first_stroke);
      const painted = strokes.slice(head.first_stroke);
      const costs = painted.map((stroke, i) => ({ stroke, cost: head.costs[i] }));
      this.advance([...shared, ...costs], { amends });
      if (isSaved) this.markSaved(this.strokes);
      this.#changed(chosen);
      this.tell('heard', this.#span(head, arrays));
    });
  }

  /** @param {Partial<import('./session.js').Look>} changes How the picture is drawn from now on. */
  redraw(changes) {
    const wanted = { ...this.look, ...changes };
    if (!this.isOpen) {
      this.look = wanted;
      return this.tell('looked', null);
    }
    return this.#run('Drawing', async (session, signal) => {
      await this.whole;
      await this.#sheet.lift();
      const { head, arrays } = await session.redraw(this.strokes, wanted, signal);
      this.#version += 1; // the columns of variations are of the picture before
      this.look = wanted;
      this.spectrogram.load({ ...this.head, ...head });
      this.spectrogram.patch(0, arrays.columns);
      this.tell('looked', null);
    });
  }

  undo() {
    return this.#step(-1);
  }

  redo() {
    return this.#step(1);
  }

  /** @param {number} step */
  #step(step) {
    return this.#run('Going back', async (session, signal) => {
      await this.#sheet.lift();
      const list = this.at(step).map(({ stroke }) => stroke);
      const { head, arrays } = await session.replace(this.strokes, list, signal);
      await this.#apply(head, arrays);
      this.move(step);
      this.#changed(null);
    });
  }

  /** @param {(session: Session, signal: AbortSignal) => Promise<void>} task That paints. */
  async #counted(task) {
    this.painting += 1;
    const done = await this.#run('Painting', task);
    this.painting -= 1;
    return done;
  }

  /**
   * @param {Stroke} stroke
   * @param {number[]} seeds
   * @returns {Promise<Variation[]>}
   */
  variations(stroke, seeds) {
    return this.#ask(`Trying ${seeds.length} seeds`, [], async (session, signal) => {
      await this.#sheet.lift();
      const { head, arrays } = await session.variations(this.strokes, stroke, seeds, signal);
      return head.variations.map((/** @type {any} */ each, /** @type {number} */ i) => ({
        first: each.first_sample,
        samples: channels(arrays[`samples${i}`], this.#nChannels),
        firstColumn: each.first_column,
        columns: arrays[`columns${i}`],
        cost: each.costs[0],
        seed: seeds[i],
        version: this.#version,
      }));
    });
  }

  /**
   * @param {Stroke} stroke
   * @param {number[]} seeds
   * @returns {Promise<{blob: Blob, remark: string} | null>} A ZIP to be saved.
   */
  exportVariations(stroke, seeds) {
    return this.#ask('Writing', null, (session, signal) =>
      session.exportVariations(this.strokes, stroke, seeds, signal),
    );
  }

  /** @returns {Promise<Uint8Array | null>} The columns of the original's picture. */
  originalPicture() {
    return this.#ask('Drawing', null, async (session, signal) => {
      await this.whole;
      const { arrays } = await session.original(this.strokes, signal);
      return arrays.columns;
    });
  }

  /**
   * @returns {Promise<{first: number, samples: Float32Array[], columns: Uint8Array} | null>}
   *   What the chosen stroke added, or what all did: samples, and the whole picture.
   */
  added() {
    return this.#ask('Comparing', null, async (session, signal) => {
      const { head, arrays } = await session.added(this.strokes, this.chosen, signal);
      const { nRows, nColumns } = this.spectrogram;
      const columns = new Uint8Array(nRows * nColumns);
      columns.set(arrays.columns, head.first_column * nRows);
      const samples = channels(arrays.samples, this.#nChannels);
      return { first: head.first_sample, samples, columns };
    });
  }

  /**
   * Plays a variation without making it a stroke.
   *
   * @param {Variation | null} variation Null for the edit as it is; so is one of another edit.
   */
  preview(variation) {
    return this.#run('', async () => {
      await this.#sheet.lift();
      if (variation?.version !== this.#version) return;
      await this.whole; // what is taken away again must have been here
      await this.#sheet.lay(variation);
      this.tell('heard', [variation.first, endOf(variation)]);
    });
  }

  /**
   * @param {string} inpainter
   * @param {number} radius
   * @returns {Promise<Float32Array[]>} Bits of surprise, one array a grid.
   */
  surprise(inpainter, radius) {
    return this.#ask('Measuring surprise', [], async (session, signal) => {
      const { arrays } = await session.surprise(this.strokes, inpainter, radius, signal);
      return Object.values(arrays);
    });
  }

  /**
   * @param {Stroke} stroke Not part of the edit.
   * @returns {Promise<Float32Array[]>} How much of the stroke each code would get, by grid.
   */
  cells(stroke) {
    return this.#ask('', [], async (session, signal) => {
      const { arrays } = await session.cells(this.strokes, stroke, signal);
      return Object.values(arrays);
    });
  }

  /**
   * @returns {Promise<Stroke[]>} The list, once what was begun is done; a file holds it then.
   */
  async taken() {
    await this.#queue.run('', async () => {});
    this.markSaved(this.strokes);
    return this.strokes;
  }

  /**
   * @param {string} path Such as `sound.wav`.
   * @param {{isWhole?: boolean}} [options] Whether a file then holds all that was painted.
   * @returns {Promise<{blob: Blob, remark: string} | null>} To be saved.
   */
  file(path, { isWhole = true } = {}) {
    return this.#ask('Writing', null, async (session, signal) => {
      const { strokes } = this;
      const written = await session.fetchFile(strokes, path, signal);
      if (isWhole) this.markSaved(strokes);
      return written;
    });
  }

  /**
   * Writes the edited sound in place of the file that it came from.
   *
   * @param {string} key Of the file.
   * @param {() => boolean} mayReplace Asked if another program changed the file meanwhile.
   * @returns {Promise<string[] | null>} What is to be said of it; null if it was not saved.
   */
  saveBack(key, mayReplace) {
    return this.#ask('Saving', null, async (session, signal) => {
      const { strokes } = this;
      const save = (/** @type {boolean} */ replace) =>
        session.saveBack(strokes, key, replace, signal);
      const saved = await save(false).catch((error) => {
        if (error.status !== CHANGED || !mayReplace()) throw error;
        return save(true);
      });
      this.markSaved(strokes);
      return saved.remarks;
    });
  }

  /** @param {string} path */
  address(path) {
    return this.#session?.address(path) ?? '';
  }

  /** Drops the stroke that is being painted. */
  cancel() {
    return this.#queue.cancel();
  }

  get #nChannels() {
    return this.head?.n_channels ?? 1;
  }

  /**
   * @param {{first_sample: number}} head
   * @param {Record<string, any>} arrays
   * @returns {[number, number]} The span of samples that changed.
   */
  #span({ first_sample: first }, { samples }) {
    return [first, first + samples.length / this.#nChannels];
  }

  /** @param {number | null} chosen */
  #changed(chosen) {
    this.#version += 1;
    this.tell('changed', null);
    this.choose(chosen);
  }

  /**
   * @param {any} head
   * @param {Record<string, any>} arrays
   */
  #apply(head, arrays) {
    return this.#sheet.put(this.#spanOf({ head, arrays }));
  }

  /** @param {import('./session.js').Packet} packet @returns {import('./sheet.js').Span} */
  #spanOf({ head, arrays }) {
    const samples = channels(arrays.samples, this.#nChannels);
    const { first_sample: first, first_column: firstColumn } = head;
    return { first, samples, firstColumn, columns: arrays.columns };
  }

  /**
   * Runs one task after those before it. If it is cancelled or fails, both sides hold the old
   * edit.
   *
   * @param {string} words What is being done; none for what takes no time.
   * @param {(session: Session, signal: AbortSignal) => Promise<void>} task
   * @returns {Promise<boolean>} Whether it was done.
   */
  #run(words, task) {
    return this.#queue.run(words, async (signal) => {
      if (!this.#session) throw new Error('Open a sound first.');
      await task(this.#session, signal);
    });
  }

  /**
   * Runs a task that returns something.
   *
   * @param {string} words
   * @param {any} nothing What it returns if it is cancelled or fails.
   * @param {(session: Session, signal: AbortSignal) => Promise<any>} task
   */
  async #ask(words, nothing, task) {
    let found = nothing;
    await this.#run(words, async (session, signal) => {
      found = await task(session, signal);
    });
    return found;
  }

  /**
   * @param {string} words
   * @param {Error} error
   */
  async #recover(words, error) {
    const cancelled = error.name === 'AbortError';
    const remark = `${words} was cancelled; nothing has changed.`;
    this.tell('problem', cancelled ? remark : error.message);
    if (!this.#session || words.startsWith('Opening')) return;
    // The server ends the stroke that it has begun: then tell it which list counts.
    if (cancelled) this.tell('busy', 'Dropping what was cancelled');
    await this.#session
      .replace(this.strokes, this.strokes)
      .then(({ head, arrays }) => this.#apply(head, arrays))
      .catch(() => {});
  }
}

/**
 * @param {AsyncGenerator<import('./session.js').Packet>} pieces
 * @returns {Promise<import('./session.js').Packet>} The first of them.
 */
async function next(pieces) {
  const { value, done } = await pieces.next();
  if (done) throw new Error('The server sent no sound.');
  return value;
}

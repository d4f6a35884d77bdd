/** The server's half of the edit; what it lost is sent again. */

import { Refusal, address, file, json, packet, packets } from './server.js';

/**
 * @typedef {import('../zone/shapes.js').Shape} Shape
 * @typedef {{zone?: Shape[], seconds?: [number, number] | null, hertz?: [number, number] |
 *   null, level?: string, inpainter?: string, seed?: number} & Record<string, unknown>} Stroke
 *   As Stroke.to_dict in Python writes it.
 * @typedef {{sample_rate: number, n_channels: number, n_samples: number,
 *   format: string, subtype: string, hop_length: number, n_columns: number, n_rows: number,
 *   low_hertz: number, high_hertz: number, scale: string, remarks: string[]}} Head What opening
 *   a sound returns.
 * @typedef {{scale: string, window: number, channels: string}} Look How the picture is drawn.
 * @typedef {{milliseconds: number, joules: number, estimated: boolean, share: number,
 *   decibels: number, first_sample: number, last_sample: number, remarks?: string[]}} Cost What a
 *   stroke did; edits that were kept before there were remarks have none.
 * @typedef {{head: any, arrays: Record<string, any>}} Packet
 */

/** How a picture is drawn unless it was asked otherwise. @type {Look} */
export const LOOK = { scale: 'log', window: 0.1, channels: 'all' };

/** Of a file of so many bytes the beginning is sent by itself, to be seen while the rest is sent. */
const LONG_BYTES = 48e6;
/** Holds the first piece of any sound that a browser plays. */
const BEGINNING_BYTES = 16e6;

export class Session {
  #known = () => {};
  #failed = (/** @type {Error} */ _) => {};

  /**
   * @param {Blob} file The sound file as it was dropped: with the strokes, the whole state.
   * @param {Look} [look]
   */
  constructor(file, look = LOOK) {
    this.file = file;
    this.look = look;
    this.id = '';
    /** @type {Promise<void>} Fulfilled once the server can be asked. */
    this.ready = new Promise((known, failed) => {
      this.#known = known;
      this.#failed = failed;
    });
    this.ready.catch(() => {}); // whoever asks hears of it
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {AsyncGenerator<Packet>} Samples and picture, piece by piece; the first of a long
   *   file comes twice.
   */
  async *open(signal) {
    const early = await this.#beginning(signal);
    if (early) yield early;
    for await (const piece of packets(this.#drawn('sessions'), this.file, signal)) {
      if (piece.head.detail) throw new Refusal(422, piece.head.detail);
      if (piece.head.session) this.#know(piece.head.session);
      if (piece.arrays.samples) yield piece;
    }
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<Packet | null>} The first piece of a long file, if its beginning shows it.
   */
  async #beginning(signal) {
    if (this.file.size < LONG_BYTES) return null;
    const path = `${this.#drawn('beginnings')}&size=${this.file.size}`;
    const sent = packet('POST', path, this.file.slice(0, BEGINNING_BYTES), signal);
    return sent.catch((error) => {
      if (error instanceof Refusal) return null; // the whole file says what is wrong
      throw error;
    });
  }

  /** @param {Error} error Why there is no session. */
  fail(error) {
    this.#failed(error);
  }

  /** @param {string} id */
  #know(id) {
    this.id = id;
    this.#known();
  }

  /** Lets the server forget the sound. */
  close() {
    if (!this.id) return;
    const options = { method: 'DELETE', keepalive: true };
    fetch(`/api/sessions/${this.id}`, options).catch(() => {});
  }

  /**
   * @param {Stroke[]} strokes The list so far: what the change is compared with.
   * @param {Stroke} stroke
   * @param {AbortSignal} [signal]
   */
  paint(strokes, stroke, signal) {
    return this.#ask('POST', this.#drawn('strokes'), { stroke }, strokes, signal);
  }

  /**
   * @param {Stroke[]} strokes The list so far.
   * @param {Stroke[]} next The list that takes its place.
   * @param {AbortSignal} [signal]
   */
  replace(strokes, next, signal) {
    return this.#ask('PUT', this.#drawn('strokes'), { strokes: next }, strokes, signal);
  }

  /**
   * @param {Stroke[]} strokes
   * @param {Stroke} stroke
   * @param {number[]} seeds
   * @param {AbortSignal} [signal]
   */
  variations(strokes, stroke, seeds, signal) {
    return this.#ask('POST', this.#drawn('variations'), { stroke, seeds }, strokes, signal);
  }

  /**
   * Draws the picture another way from now on.
   *
   * @param {Stroke[]} strokes
   * @param {Look} look
   * @param {AbortSignal} [signal]
   * @returns {Promise<Packet>}
   */
  async redraw(strokes, look, signal) {
    const path = this.#drawn('picture', look);
    const drawn = await this.#ask('GET', path, undefined, strokes, signal);
    this.look = look;
    return drawn;
  }

  /**
   * @param {Stroke[]} strokes
   * @param {AbortSignal} [signal]
   * @returns {Promise<Packet>} The picture of the original.
   */
  original(strokes, signal) {
    const path = `${this.#drawn('picture')}&of=original`;
    return this.#ask('GET', path, undefined, strokes, signal);
  }

  /**
   * @param {Stroke[]} strokes
   * @param {number | null} stroke Which one of them; null for all.
   * @param {AbortSignal} [signal]
   * @returns {Promise<Packet>} What it added.
   */
  added(strokes, stroke, signal) {
    const which = stroke === null ? '' : `&stroke=${stroke}`;
    const path = `${this.#drawn('added')}${which}`;
    return this.#ask('GET', path, undefined, strokes, signal);
  }

  /**
   * @param {Stroke[]} strokes
   * @param {Stroke} stroke
   * @param {number[]} seeds
   * @param {AbortSignal} [signal]
   * @returns {Promise<{blob: Blob, remark: string}>} A WAV for each seed, in a ZIP.
   */
  exportVariations(strokes, stroke, seeds, signal) {
    return this.#held(strokes, () =>
      file(`sessions/${this.id}/variations.zip`, signal, { stroke, seeds }),
    );
  }

  /**
   * @param {Stroke[]} strokes
   * @param {string} inpainter
   * @param {number} radius
   * @param {AbortSignal} [signal]
   */
  surprise(strokes, inpainter, radius, signal) {
    const query = new URLSearchParams({ inpainter, radius: String(radius) });
    return this.#ask('GET', `surprise?${query}`, undefined, strokes, signal);
  }

  /**
   * @param {Stroke[]} strokes
   * @param {Stroke} stroke
   * @param {AbortSignal} [signal]
   */
  cells(strokes, stroke, signal) {
    return this.#ask('POST', 'cells', { stroke }, strokes, signal);
  }

  /**
   * @param {Stroke[]} strokes
   * @param {string} path
   * @param {AbortSignal} [signal]
   * @returns {Promise<{blob: Blob, remark: string}>}
   */
  fetchFile(strokes, path, signal) {
    return this.#held(strokes, () => file(`sessions/${this.id}/${path}`, signal), signal);
  }

  /**
   * Writes the edited sound in place of the file that it came from.
   *
   * @param {Stroke[]} strokes
   * @param {string} key Of the file.
   * @param {boolean} replace Whether it may replace what another program wrote meanwhile.
   * @param {AbortSignal} [signal]
   * @returns {Promise<{remarks: string[]}>}
   */
  saveBack(strokes, key, replace, signal) {
    const query = new URLSearchParams({ key, replace: String(replace) });
    return this.#held(
      strokes,
      () => json(`sessions/${this.id}/document?${query}`, { method: 'PUT', signal }),
      signal,
    );
  }

  /** @param {string} path */
  address(path) {
    return address(`sessions/${this.id}/${path}`);
  }

  /**
   * @param {string} path
   * @param {Look} [look]
   * @returns {string} The path of what returns a picture.
   */
  #drawn(path, { scale, window, channels } = this.look) {
    const query = new URLSearchParams({ scale, window: String(window), channels });
    return `${path}?${query}`;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {any} body
   * @param {Stroke[]} strokes
   * @param {AbortSignal} [signal]
   */
  #ask(method, path, body, strokes, signal) {
    return this.#held(
      strokes,
      () => packet(method, `sessions/${this.id}/${path}`, body, signal),
      signal,
    );
  }

  /**
   * Asks; if the server lost the session, sends sound and strokes again, then asks once more.
   *
   * @template T
   * @param {Stroke[]} strokes
   * @param {() => Promise<T>} question
   * @param {AbortSignal} [signal]
   * @returns {Promise<T>}
   */
  async #held(strokes, question, signal) {
    await Promise.race([this.ready, cancelled(signal)]);
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
    }
    this.id = '';
    const pieces = this.open();
    while (!this.id && !(await pieces.next()).done);
    pieces.return(undefined); // the sound itself is here
    if (strokes.length)
      await packet('PUT', `sessions/${this.id}/${this.#drawn('strokes')}`, { strokes });
    return question();
  }
}

/** @param {AbortSignal} [signal] @returns {Promise<never>} Fails once it is cancelled. */
function cancelled(signal) {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
}

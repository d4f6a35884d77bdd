/** The sounds of the lessons, made by the model itself from one of the bundled notes. */

import { channels } from '../edit/packet.js';
import { file, json } from '../edit/server.js';
import { Session } from '../edit/session.js';
import { pattern } from './lessons.js';
import { wave } from '../sound/wave.js';

/** Where all randomness of the examples starts: each sounds the same in every visit. */
const SEED = 1;

/** Fires `played` (detail: samples). */
export class Examples extends EventTarget {
  /** @type {Promise<{sound: Blob, samples: Float32Array, rate: number}> | null} */
  #begun = null;
  /** @type {AudioContext | null} */
  #context = null;

  /** @param {import('../panel/settings.js').Model} model */
  constructor(model) {
    super();
    this.model = model;
  }

  /** @param {object | null} changes Of a stroke over the whole sound; null for the sound as it is. */
  async play(changes) {
    const { sound, samples, rate } = await (this.#begun ??= this.#begin());
    const heard = samples.slice();
    if (changes) {
      const { defaults } = this.model;
      const stroke = { ...defaults, seed: SEED, ...changes };
      const { first, redrawn } = await redraw(sound, stroke);
      heard.set(redrawn, first);
    }
    await this.#hear(heard, rate);
    this.dispatchEvent(new CustomEvent('played', { detail: heard }));
  }

  /** Ends what is heard. */
  stop() {
    this.#context?.close();
    this.#context = null;
  }

  async #begin() {
    const [{ name }] = await json('notes');
    const { blob } = await file(`notes/${encodeURIComponent(name)}`);
    const note = await opened(blob);
    const samples = pattern(note.samples, note.rate);
    return { sound: wave([samples], 1, note.rate), samples, rate: note.rate };
  }

  /**
   * @param {Float32Array<ArrayBuffer>} samples
   * @param {number} rate
   */
  async #hear(samples, rate) {
    this.stop();
    const context = new AudioContext({ sampleRate: rate });
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: rate });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(context.destination);
    source.start();
    this.#context = context;
  }
}

/** @param {Blob} sound @returns {Promise<{samples: Float32Array, rate: number}>} */
async function opened(sound) {
  const session = new Session(sound);
  for await (const { head, arrays } of session.open()) {
    session.close();
    return { samples: channels(arrays.samples, head.n_channels)[0], rate: head.sample_rate };
  }
  throw new Error('The server sent no sound.');
}

/**
 * @param {Blob} sound Of one channel.
 * @param {import('../edit/session.js').Stroke} stroke
 */
async function redraw(sound, stroke) {
  const session = new Session(sound);
  for await (const _ of session.open());
  const { head, arrays } = await session.paint([], stroke);
  session.close();
  return { first: head.first_sample, redrawn: arrays.samples };
}

/**
 * What is heard and seen of the sound: a span of samples and of columns, put in place together.
 */

import { Filling } from './filling.js';

/**
 * @typedef {{first: number, samples: Float32Array[], firstColumn: number, columns: Uint8Array}}
 *   Span
 */

export class Sheet {
  /** How far the sound and its picture have arrived. */
  filling = { samples: new Filling(0), columns: new Filling(0) };
  /** @type {Span | null} What lay where a preview lies now. */
  #beneath = null;

  /**
   * @param {import('../sound/player.js').Player} player
   * @param {import('../picture/spectrogram.js').Spectrogram} spectrogram
   * @param {(samples: [number, number]) => void} shown Is told which samples are new.
   */
  constructor(player, spectrogram, shown) {
    this.player = player;
    this.spectrogram = spectrogram;
    this.shown = shown;
  }

  /**
   * @param {import('./session.js').Head} head What opening a sound returned.
   */
  async load(head) {
    const { n_channels: nChannels, n_samples: length, sample_rate: rate, n_columns: n } = head;
    await this.player.load(nChannels, length, rate); // may refuse its rate: then all stays
    this.spectrogram.load(head);
    this.#beneath = null;
    this.filling = { samples: new Filling(length), columns: new Filling(n) };
  }

  /**
   * Puts the next part of the sound as it was opened, where no stroke was put before it came.
   *
   * @param {Span} span
   */
  arrive({ first, samples, firstColumn, columns }) {
    const last = endOf({ first, samples });
    this.player.fill(first, samples, this.filling.samples.arrive(last));
    const { nRows } = this.spectrogram;
    for (const [start, stop] of this.filling.columns.arrive(
      firstColumn + columns.length / nRows,
    )) {
      const part = columns.subarray(
        (start - firstColumn) * nRows,
        (stop - firstColumn) * nRows,
      );
      this.spectrogram.patch(start, part);
    }
    this.shown([first, last]);
  }

  /** @param {Span} span */
  async put({ first, samples, firstColumn, columns }) {
    this.filling.samples.cover(first, endOf({ first, samples }));
    this.filling.columns.cover(
      firstColumn,
      firstColumn + columns.length / this.spectrogram.nRows,
    );
    await this.player.patch(first, samples); // the ear first
    this.spectrogram.patch(firstColumn, columns);
    this.shown([first, endOf({ first, samples })]);
  }

  /** @param {Span} span Lies on top until `lift`. */
  async lay(span) {
    const { first, samples, firstColumn, columns } = span;
    const last = endOf({ first, samples });
    this.#beneath = {
      first,
      samples: this.player.current.map((channel) => channel.slice(first, last)),
      firstColumn,
      columns: this.spectrogram.copy(firstColumn, columns.length),
    };
    await this.put(span);
  }

  /** Takes away what lies on top, if anything does. */
  async lift() {
    const beneath = this.#beneath;
    this.#beneath = null;
    if (beneath) await this.put(beneath);
  }
}

/**
 * @param {{first: number, samples: Float32Array[]}} span
 * @returns {number} The sample behind it.
 */
export function endOf({ first, samples }) {
  return first + (samples[0]?.length ?? 0);
}

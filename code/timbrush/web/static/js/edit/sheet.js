/**
 * What is heard and seen of the sound: a span of samples and of columns, put in place together.
 */

/**
 * @typedef {{first: number, samples: Float32Array[], firstColumn: number, columns: Uint8Array}}
 *   Span
 */

export class Sheet {
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
   * @param {Uint8Array} columns
   * @param {Float32Array[]} samples
   */
  async load(head, columns, samples) {
    await this.player.load(samples, head.sample_rate); // may refuse its rate: then all stays
    this.spectrogram.load(head, columns);
    this.#beneath = null;
  }

  /** @param {Span} span */
  async put({ first, samples, firstColumn, columns }) {
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

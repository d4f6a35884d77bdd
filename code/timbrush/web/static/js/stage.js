/** The picture with its scales, drawn when something changed; and the readout under the pointer. */

import { clock, drawHertz, drawNotes, drawSeconds } from './axes.js';
import { byId } from './controls.js';
import { describe } from './pitch.js';

export class Stage {
  #stale = { image: true, over: true };
  #asked = false;

  /**
   * @param {import('./view.js').View} view
   * @param {import('./spectrogram.js').Spectrogram} spectrogram
   * @param {import('./overlay.js').Overlay} overlay
   */
  constructor(view, spectrogram, overlay) {
    this.view = view;
    this.spectrogram = spectrogram;
    this.overlay = overlay;
    /** Milliseconds that the last drawing of the picture took. */
    this.drawMilliseconds = 0;
    view.addEventListener('change', () => this.redraw());
    new ResizeObserver(() => this.#resize()).observe(byId('surface'));
    document.fonts.ready.then(() => this.redraw());
  }

  /** Asks for the picture, its scales and what lies over it. */
  redraw() {
    this.#stale.image = true;
    this.redrawOver();
  }

  /** Asks for what lies over the picture. */
  redrawOver() {
    this.#stale.over = true;
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => this.#draw());
  }

  /** @param {{x: number, y: number} | null} place */
  read(place) {
    const [seconds, hertz] = place ? [this.view.timeOf(place.x), this.view.hertzOf(place.y)] : [0, 0];
    const level = place && this.spectrogram.levelAt(seconds, hertz);
    byId('read-time').textContent = place ? `${clock(seconds)} s` : '–';
    byId('read-hertz').textContent = place ? `${hertz.toFixed(hertz < 1000 ? 1 : 0)} Hz` : '–';
    byId('read-note').textContent = place ? describe(hertz) : '–';
    byId('read-level').textContent = !place || level === null ? '–' : `${level.toFixed(1).replace('-', '−')} dB`;
    this.overlay.pointer = place;
    this.redrawOver();
  }

  #resize() {
    const { clientWidth, clientHeight } = byId('surface');
    for (const id of ['image', 'over']) {
      const canvas = byId(id);
      canvas.width = Math.round(clientWidth * devicePixelRatio);
      canvas.height = Math.round(clientHeight * devicePixelRatio);
    }
    this.view.resize(clientWidth, clientHeight);
    this.#draw(); // at once: a resized canvas is empty
  }

  #draw() {
    this.#asked = false;
    const ratio = devicePixelRatio;
    if (this.#stale.image) {
      const start = performance.now();
      this.spectrogram.draw(byId('image').getContext('2d', { alpha: false }), this.view, ratio);
      drawHertz(byId('axis-hertz'), this.view, ratio);
      drawNotes(byId('axis-notes'), this.view, ratio);
      drawSeconds(byId('axis-seconds'), this.view, ratio);
      this.drawMilliseconds = performance.now() - start;
    }
    if (this.#stale.over) this.overlay.draw(byId('over').getContext('2d'), ratio);
    this.#stale = { image: false, over: false };
  }
}

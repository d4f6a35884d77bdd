/**
 * The picture with its scales, drawn when something changed; and the readout under the pointer.
 */

import { drawHertz, drawNotes, drawSeconds } from './axes.js';
import { canvas, contextOf, part } from '../page/dom.js';
import { clock } from '../sound/clock.js';
import { onTheme } from './theme.js';
import { describe } from '../sound/pitch.js';

const READOUT = /** @type {const} */ (['read-time', 'read-hertz', 'read-note', 'read-level']);

export class Stage {
  #surface = part('surface');
  #image = canvas('image');
  #over = canvas('over');
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
    new ResizeObserver(() => this.#resize()).observe(this.#surface);
    onTheme(() => this.redraw());
    document.fonts.ready.then(() => this.redraw());
  }

  /** @param {import('./spectrogram.js').Spectrogram} spectrogram What is shown from now on. */
  show(spectrogram) {
    this.spectrogram = spectrogram;
    this.redraw();
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
    const [seconds, hertz] = [
      this.view.timeOf(place?.x ?? 0),
      this.view.hertzOf(place?.y ?? 0),
    ];
    const level = place && this.spectrogram.levelAt(seconds, hertz);
    const words = place && {
      'read-time': clock(seconds),
      'read-hertz': `${hertz.toFixed(hertz < 1000 ? 1 : 0)} Hz`,
      'read-note': describe(hertz),
      'read-level': level === null ? '–' : `${level.toFixed(1).replace('-', '−')} dB`,
    };
    for (const id of READOUT) part(id).textContent = words ? words[id] : '–';
    this.overlay.pointer = place;
    this.redrawOver();
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#surface;
    for (const canvas of [this.#image, this.#over]) {
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
      this.spectrogram.draw(contextOf(this.#image), this.view, ratio);
      drawHertz(canvas('axis-hertz'), this.view, ratio);
      drawNotes(canvas('axis-notes'), this.view, ratio);
      drawSeconds(canvas('axis-seconds'), this.view, ratio);
      this.drawMilliseconds = performance.now() - start;
    }
    if (this.#stale.over) this.overlay.draw(contextOf(this.#over), ratio);
    this.#stale = { image: false, over: false };
  }
}

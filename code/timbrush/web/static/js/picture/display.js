/** How the picture is shown: colours, grid, surprise. */

import { button, canvas, input, part, select, showPressed, showShare } from '../page/dom.js';
import { COLORMAPS } from './colormap.js';

const LEAST_GAIN = -20;
const ZOOM = 1.4;

/** Fires `change` (detail: what changed). */
export class Display extends EventTarget {
  #fitted = 0;

  constructor() {
    super();
    this.colormap = COLORMAPS[0];
    /** Decibels below full scale at which the colours end. */
    this.gain = 20;
    /** Decibels from the darkest to the brightest colour. */
    this.range = 80;
    /** The gain that fits the sound. */
    this.#fitted = this.gain;
    /** Whether the gain was set by hand: then a new sound leaves it as it is. */
    this.isGainSet = false;
    this.grid = false;
    this.surprise = false;
  }

  /**
   * @param {Partial<Pick<Display, 'colormap' | 'gain' | 'range' | 'isGainSet' | 'grid' |
   *   'surprise'>>} changes
   */
  set(changes) {
    Object.assign(this, changes);
    this.dispatchEvent(new CustomEvent('change', { detail: changes }));
  }

  /** What is remembered from visit to visit. */
  get remembered() {
    const { colormap, gain, range, isGainSet } = this;
    return { colormap, gain, range, isGainSet };
  }

  /** @param {Display['remembered']} remembered */
  recall({ colormap, gain, range, isGainSet }) {
    this.set({ gain, range, isGainSet, ...(COLORMAPS.includes(colormap) && { colormap }) });
  }

  /** @param {number} peak Loudest level of a new sound, in decibels: there the colours end. */
  fit(peak) {
    this.#fitted = Math.round(Math.max(LEAST_GAIN, -peak));
    this.set(this.isGainSet ? {} : { gain: this.#fitted });
  }

  /** @param {number} peak Loudest level so far of a sound that arrives. */
  refit(peak) {
    if (-peak < this.#fitted) this.fit(peak);
  }
}

/**
 * @param {Display} display
 * @param {import('./view.js').View} view
 * @param {import('./spectrogram.js').Spectrogram} spectrogram
 */
export function connectDisplay(display, view, spectrogram) {
  const [gain, range, colormap] = [input('gain'), input('range'), select('colormap')];
  const title = (/** @type {string} */ name) => name[0].toUpperCase() + name.slice(1);
  colormap.replaceChildren(...COLORMAPS.map((name) => new Option(title(name), name)));
  colormap.addEventListener('input', () => display.set({ colormap: colormap.value }));
  gain.addEventListener('input', () => {
    display.set({ gain: Number(gain.value), isGainSet: true });
  });
  gain.addEventListener('dblclick', () => {
    display.set({ isGainSet: false });
    display.fit(spectrogram.peak);
  });
  range.addEventListener('input', () => display.set({ range: Number(range.value) }));
  button('grid').addEventListener('click', () => display.set({ grid: !display.grid }));
  button('surprise').addEventListener('click', () =>
    display.set({ surprise: !display.surprise }),
  );
  button('zoom-in').addEventListener('click', () => view.zoomTime(ZOOM));
  button('zoom-out').addEventListener('click', () => view.zoomTime(1 / ZOOM));
  button('zoom-fit').addEventListener('click', () => view.fit());
  canvas('axis-hertz').addEventListener('wheel', (event) => {
    event.preventDefault();
    view.zoomFrequency(Math.exp(-event.deltaY * 0.002), event.offsetY);
  });

  const show = () => {
    gain.value = String(display.gain);
    range.value = String(display.range);
    colormap.value = display.colormap;
    part('gain-value').textContent = gain.value.replace('-', '−');
    part('range-value').textContent = range.value;
    for (const slider of [gain, range]) showShare(slider);
    showPressed('grid', display.grid);
    showPressed('surprise', display.surprise);
  };
  display.addEventListener('change', show);
  show();
}

/** The part of the sound that is shown: seconds and hertz to pixels and back. */

import { SCALES } from './scales.js';

const LEAST_SECONDS = 0.05;
/** Share of the whole band that is shown at least. */
const LEAST_BAND = 0.05;

/** Fires `change`. */
export class View extends EventTarget {
  /** @type {Pick<View, 'time' | 'band'> | null} What was shown before zooming to a box. */
  #before = null;

  constructor() {
    super();
    this.width = 1;
    this.height = 1;
    this.seconds = 1;
    this.lowest = 27.5;
    this.highest = 8000;
    /** Where the model's band ends: what lies above cannot be painted. */
    this.top = 8000;
    /** Shown span of time. @type {[number, number]} */
    this.time = [0, 1];
    this.scale = SCALES.log;
    /** Shown span of frequency, on the scale. @type {[number, number]} */
    this.band = this.#whole;
  }

  /**
   * @param {number} seconds Length of the sound.
   * @param {number} lowest Lowest frequency of the picture.
   * @param {number} highest Highest frequency of the picture.
   * @param {number} [top] Highest frequency that can be painted.
   */
  load(seconds, lowest, highest, top = highest) {
    Object.assign(this, { seconds, lowest, highest, top: Math.min(top, highest) });
    this.#before = null;
    this.fit();
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    Object.assign(this, { width, height });
    this.#changed();
  }

  /** @param {string} name Of SCALES; the same band is shown on it. */
  setScale(name) {
    const scale = SCALES[name];
    if (scale === this.scale) return;
    const shown = this.band.map(this.scale.down);
    this.#before = null;
    this.scale = scale;
    this.band = within(/** @type {[number, number]} */ (shown.map(scale.up)), this.#whole);
    this.#changed();
  }

  /** @returns {[number, number]} Shown span of frequency, in hertz. */
  get hertz() {
    return /** @type {[number, number]} */ (this.band.map(this.scale.down));
  }

  /** Shows everything. */
  fit() {
    this.time = [0, this.seconds];
    this.band = this.#whole;
    this.#changed();
  }

  /** @param {number} seconds */
  xOf(seconds) {
    return ((seconds - this.time[0]) / (this.time[1] - this.time[0])) * this.width;
  }

  /** @param {number} x */
  timeOf(x) {
    return this.time[0] + (x / this.width) * (this.time[1] - this.time[0]);
  }

  /** @param {number} hertz */
  yOf(hertz) {
    const [low, high] = this.band;
    return (1 - (this.scale.up(hertz) - low) / (high - low)) * this.height;
  }

  /** @param {number} y */
  hertzOf(y) {
    const [low, high] = this.band;
    return this.scale.down(low + (1 - y / this.height) * (high - low));
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {number} Octaves from one height up to another.
   */
  octavesBetween(from, to) {
    const [low, high] = [from, to].map((y) => Math.max(this.lowest, this.hertzOf(y)));
    return Math.log2(high / low);
  }

  /** @param {number} x */
  clampedTime(x) {
    return Math.min(this.seconds, Math.max(0, this.timeOf(x)));
  }

  /** @param {number} y @returns {number} A frequency that can be painted. */
  clampedHertz(y) {
    return Math.min(this.top, Math.max(this.lowest, this.hertzOf(y)));
  }

  /**
   * @param {number} factor Above 1 zooms in.
   * @param {number} [x] What stays where it is.
   */
  zoomTime(factor, x = this.width / 2) {
    const least = Math.min(LEAST_SECONDS, this.seconds);
    this.time = zoomed(this.time, factor, x / this.width, least, [0, this.seconds]);
    this.#changed();
  }

  /**
   * @param {number} factor Above 1 zooms in.
   * @param {number} [y] What stays where it is.
   */
  zoomFrequency(factor, y = this.height / 2) {
    this.band = zoomed(this.band, factor, 1 - y / this.height, this.#least, this.#whole);
    this.#changed();
  }

  /**
   * @param {number} dx Pixels to the right.
   * @param {number} dy Pixels downwards.
   */
  scroll(dx, dy) {
    const seconds = (dx / this.width) * (this.time[1] - this.time[0]);
    const up = (-dy / this.height) * (this.band[1] - this.band[0]);
    this.time = within([this.time[0] + seconds, this.time[1] + seconds], [0, this.seconds]);
    this.band = within([this.band[0] + up, this.band[1] + up], this.#whole);
    this.#changed();
  }

  /** @param {number} seconds Middle of what shall be shown. */
  centre(seconds) {
    const [first, last] = this.time;
    this.scroll(((seconds - (first + last) / 2) / (last - first)) * this.width, 0);
  }

  /**
   * Shows a box, with a little around it; asked again, what was shown before.
   *
   * @param {{seconds: [number, number], hertz: [number, number]} | null} box
   */
  zoomTo(box) {
    const before = this.#before;
    this.#before = null;
    if (before) Object.assign(this, before);
    else if (box) this.#show(box);
    this.#changed();
  }

  /**
   * Turns the page when what is played leaves it, if only a part is shown.
   *
   * @param {number} seconds That is heard now.
   * @param {number} before That was heard a moment ago.
   */
  follow(seconds, before) {
    const [first, last] = this.time;
    const wasShown = before >= first && before <= last;
    if (!wasShown || (seconds >= first && seconds <= last)) return;
    const size = last - first;
    this.time = within([seconds - 0.05 * size, seconds + 0.95 * size], [0, this.seconds]);
    this.#changed();
  }

  /** @param {{seconds: [number, number], hertz: [number, number]}} box */
  #show({ seconds, hertz }) {
    this.#before = { time: this.time, band: this.band };
    const band = /** @type {[number, number]} */ (
      hertz.map((f) => this.scale.up(Math.max(f, 1)))
    );
    this.time = padded(seconds, LEAST_SECONDS, [0, this.seconds]);
    this.band = padded(band, this.#least, this.#whole);
  }

  /** @returns {[number, number]} All of the picture, on the scale. */
  get #whole() {
    return [this.scale.up(this.lowest), this.scale.up(this.highest)];
  }

  get #least() {
    return LEAST_BAND * (this.#whole[1] - this.#whole[0]);
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * @param {[number, number]} span
 * @param {number} factor
 * @param {number} anchor Share of the span that stays where it is.
 * @param {number} least
 * @param {[number, number]} bounds
 * @returns {[number, number]}
 */
function zoomed([low, high], factor, anchor, least, bounds) {
  const size = Math.min(bounds[1] - bounds[0], Math.max(least, (high - low) / factor));
  const fixed = low + anchor * (high - low);
  return within([fixed - anchor * size, fixed + (1 - anchor) * size], bounds);
}

/**
 * @param {[number, number]} span
 * @param {number} least
 * @param {[number, number]} bounds
 * @returns {[number, number]} With a tenth around it, and not smaller than the least.
 */
function padded([low, high], least, bounds) {
  const size = Math.min(bounds[1] - bounds[0], Math.max(least, 1.2 * (high - low)));
  const middle = (low + high) / 2;
  return within([middle - size / 2, middle + size / 2], bounds);
}

/**
 * @param {[number, number]} span
 * @param {[number, number]} bounds
 * @returns {[number, number]}
 */
function within([low, high], [least, most]) {
  if (low < least) return [least, Math.min(most, high + least - low)];
  if (high > most) return [Math.max(least, low + most - high), most];
  return [low, high];
}

/** The whole sound as a waveform, with the part that is shown and what is heard; drag to scroll. */

import { canvas, contextOf } from '../page/dom.js';
import { onTheme, themed } from './theme.js';

/** More channels than these are drawn as one. */
const MAX_LANES = 2;
const SEEK_SECONDS = 0.1;

export class Overview {
  #canvas = canvas('overview');
  /** @type {{low: Float32Array, high: Float32Array}[]} A lane for each channel that is drawn. */
  #lanes = [];
  /** @type {Float32Array | null} What the lanes are of. */
  #measured = null;
  #asked = false;

  /**
   * @param {import('./view.js').View} view
   * @param {import('../sound/player.js').Player} player
   */
  constructor(view, player) {
    this.view = view;
    this.player = player;
    view.addEventListener('change', () => this.redraw());
    onTheme(() => this.redraw());
    new ResizeObserver(() => this.measure()).observe(this.#canvas);
    this.#canvas.addEventListener('pointerdown', (event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      this.#drag(event);
    });
    this.#canvas.addEventListener('pointermove', (event) => {
      if (event.buttons) this.#drag(event);
    });
    this.#canvas.addEventListener('keydown', (event) => this.#step(event));
  }

  /**
   * Measures the waveform anew, as far as it changed. Of a sound that has just begun to arrive,
   * the rest is silent.
   *
   * @param {number} [first]
   * @param {number} [last]
   */
  measure(first = 0, last = Infinity) {
    const n = Math.max(1, this.#canvas.clientWidth);
    const channels = this.player.current.slice(0, MAX_LANES);
    if (!channels.length) return;
    const isNew = channels[0] !== this.#measured;
    this.#measured = channels[0];
    if (isNew || this.#lanes.length !== channels.length || this.#lanes[0].low.length !== n) {
      this.#lanes = channels.map(() => ({
        low: new Float32Array(n),
        high: new Float32Array(n),
      }));
      if (!isNew) [first, last] = [0, channels[0].length];
    }
    const scale = channels[0].length / n;
    const stop = Math.min(n, Math.ceil(last / scale));
    channels.forEach((channel, c) => {
      const { low, high } = this.#lanes[c];
      for (let x = Math.floor(first / scale); x < stop; x++) {
        [low[x], high[x]] = extremes(
          channel,
          Math.floor(x * scale),
          Math.floor((x + 1) * scale),
        );
      }
    });
    this.redraw();
  }

  redraw() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#asked = false;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    const context = contextOf(this.#canvas);
    context.scale(devicePixelRatio, devicePixelRatio);
    if (!this.#lanes.length) return;
    const xOf = (/** @type {number} */ time) => (time / this.view.seconds) * width;
    const [left, right] = this.view.time.map(xOf);
    context.fillStyle = themed('raised-more');
    context.beginPath();
    context.roundRect(left, 0, Math.max(2, right - left), height, 4);
    context.fill();
    this.#drawLanes(context, left, right, height);
    const heard = xOf(this.player.place / this.player.sampleRate);
    context.fillStyle = themed('ink');
    context.fillRect(Math.min(width - 1, Math.round(heard)), 0, 1, height);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} left Of the part that is shown.
   * @param {number} right
   * @param {number} height
   */
  #drawLanes(context, left, right, height) {
    const [inside, outside] = [themed('ink-soft'), themed('wave')];
    const most = this.#lanes.reduce(
      (loudest, { low, high }) => high.reduce(largest, low.reduce(largest, loudest)),
      0.05,
    );
    const lane = height / this.#lanes.length;
    this.#lanes.forEach(({ low, high }, c) => {
      const middle = (c + 0.5) * lane;
      for (let x = 0; x < low.length; x++) {
        context.fillStyle = x >= left && x <= right ? inside : outside;
        const top = middle - (0.46 * lane * high[x]) / most;
        const bottom = middle - (0.46 * lane * low[x]) / most;
        context.fillRect(x, top, 1, Math.max(1, bottom - top));
      }
    });
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const box = this.#canvas.getBoundingClientRect();
    const seconds = ((event.clientX - box.left) / box.width) * this.view.seconds;
    const isWhole = this.view.time[1] - this.view.time[0] > this.view.seconds * 0.999;
    if (isWhole) this.player.seek(seconds * this.player.sampleRate);
    else this.view.centre(seconds);
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    event.stopPropagation();
    const direction = event.key === 'ArrowLeft' ? -1 : 1;
    const { place, sampleRate } = this.player;
    this.player.seek(place + direction * SEEK_SECONDS * sampleRate);
  }
}

/** @param {number} most @param {number} value */
function largest(most, value) {
  return Math.max(most, Math.abs(value));
}

/**
 * @param {Float32Array} channel
 * @param {number} first
 * @param {number} last
 * @returns {[number, number]} Lowest and highest sample, 0 included.
 */
function extremes(channel, first, last) {
  let [low, high] = [0, 0];
  for (let i = first; i < last; i++) {
    const value = channel[i];
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  return [low, high];
}

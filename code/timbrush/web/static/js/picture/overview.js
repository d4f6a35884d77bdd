/** The whole sound as a waveform, with the part that is shown; drag to scroll. */

import { canvas, contextOf } from '../page/dom.js';

export class Overview {
  #canvas = canvas('overview');
  /** @type {{low: Float32Array, high: Float32Array} | null} */
  #peaks = null;
  #asked = false;

  /**
   * @param {import('./view.js').View} view
   * @param {import('../sound/player.js').Player} player
   */
  constructor(view, player) {
    this.view = view;
    this.player = player;
    view.addEventListener('change', () => this.redraw());
    new ResizeObserver(() => this.measure()).observe(this.#canvas);
    this.#canvas.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      this.#drag(event);
    });
    this.#canvas.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => {
      if (event.buttons) this.#drag(event);
    });
    this.#canvas.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) =>
      this.#step(event),
    );
  }

  /**
   * Measures the waveform anew, as far as it changed.
   *
   * @param {number} [first]
   * @param {number} [last]
   */
  measure(first = 0, last = Infinity) {
    const n = Math.max(1, this.#canvas.clientWidth);
    const [channel] = this.player.current;
    if (!channel) return;
    if (this.#peaks?.low.length !== n) {
      this.#peaks = { low: new Float32Array(n), high: new Float32Array(n) };
      [first, last] = [0, channel.length];
    }
    const { low, high } = this.#peaks;
    const scale = channel.length / n;
    const stop = Math.min(n, Math.ceil(last / scale));
    for (let x = Math.floor(first / scale); x < stop; x++) {
      [low[x], high[x]] = extremes(channel, Math.floor(x * scale), Math.floor((x + 1) * scale));
    }
    this.redraw();
  }

  redraw() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#asked = false;
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    const context = contextOf(canvas);
    context.scale(devicePixelRatio, devicePixelRatio);
    if (!this.#peaks) return;
    const [left, right] = this.view.time.map((time) => (time / this.view.seconds) * width);
    context.fillStyle = '#242a31';
    context.beginPath();
    context.roundRect(left, 0, Math.max(2, right - left), height, 4);
    context.fill();
    const { low, high } = this.#peaks;
    const most = Math.max(0.05, ...high, ...low.map((value) => -value));
    for (let x = 0; x < low.length; x++) {
      context.fillStyle = x >= left && x <= right ? '#a3abb5' : '#4a525c';
      const top = (0.5 - (0.46 * high[x]) / most) * height;
      const bottom = (0.5 - (0.46 * low[x]) / most) * height;
      context.fillRect(x, top, 1, Math.max(1, bottom - top));
    }
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
    const direction = event.key === 'ArrowLeft' ? -1 : 1;
    if (!event.key.startsWith('Arrow') || /Up|Down/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.player.seek(this.player.place + direction * 0.1 * this.player.sampleRate);
  }
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

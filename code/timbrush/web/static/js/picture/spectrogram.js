/**
 * The picture of a sound: bytes to canvases, at three resolutions in time.
 *
 * A canvas holds a column of the picture as a row of pixels, so that bytes are coloured in the
 * order in which they lie; drawing turns it by a quarter.
 */

import { colours, decibels } from './colormap.js';
import { SCALES } from './scales.js';

const CHUNK_COLUMNS = 4096;
const SHRINK = 4;
const N_LEVELS = 4;

/**
 * @typedef {{bytes: Uint8Array, nColumns: number, step: number,
 *   chunks: {canvas: HTMLCanvasElement, stale: boolean}[]}} Level
 */

export class Spectrogram {
  constructor() {
    /** @type {import('../edit/session.js').Head | null} */
    this.head = null;
    this.nRows = 0;
    this.nColumns = 0;
    this.secondsPerColumn = 1;
    this.scale = SCALES.log;
    /** Ends of the picture, on the scale. */
    this.low = 1;
    this.high = 2;
    /** @type {Level[]} */
    this.levels = [];
    this.palette = colours('magma', 20, 80);
  }

  /**
   * @param {import('../edit/session.js').Head} head Of a sound whose columns are to come.
   */
  load(head) {
    this.head = head;
    this.nRows = head.n_rows;
    this.nColumns = head.n_columns;
    this.secondsPerColumn = head.hop_length / head.sample_rate;
    this.scale = SCALES[head.scale];
    this.low = this.scale.up(head.low_hertz);
    this.high = this.scale.up(head.high_hertz);
    this.levels = [];
    for (let n = this.nColumns, step = 1; this.levels.length < N_LEVELS; step *= SHRINK) {
      this.levels.push(this.#level(new Uint8Array(n * this.nRows), n, step));
      n = Math.ceil(n / SHRINK);
    }
  }

  /**
   * @param {number} first
   * @param {Uint8Array} bytes Columns that changed.
   */
  patch(first, bytes) {
    if (!bytes.length) return;
    this.levels[0].bytes.set(bytes, first * this.nRows);
    const last = first + bytes.length / this.nRows;
    this.#stale(this.levels[0], first, last);
    this.#shrink(first, last);
  }

  /**
   * @param {number} first
   * @param {number} length Bytes.
   */
  copy(first, length) {
    return this.levels[0].bytes.slice(first * this.nRows, first * this.nRows + length);
  }

  /**
   * @param {string} colormap
   * @param {number} gain
   * @param {number} range
   */
  colour(colormap, gain, range) {
    this.palette = colours(colormap, gain, range);
    for (const level of this.levels) this.#stale(level, 0, level.nColumns);
  }

  /** @returns {number} Loudest level of the picture, in decibels. */
  get peak() {
    const bytes = this.levels.at(-1)?.bytes ?? new Uint8Array();
    return decibels(bytes.reduce((a, b) => Math.max(a, b), 0));
  }

  /**
   * @param {number} seconds
   * @param {number} hertz
   * @returns {number | null} Decibels relative to a full-scale sine.
   */
  levelAt(seconds, hertz) {
    const column = Math.round(seconds / this.secondsPerColumn);
    const row = this.rowOf(hertz);
    if (column < 0 || column >= this.nColumns || row < 0 || row >= this.nRows) return null;
    return decibels(this.levels[0].bytes[column * this.nRows + row]);
  }

  /**
   * @param {number} seconds
   * @param {number} hertz
   * @param {number} octaves How far to look to each side.
   * @returns {number} Frequency of the loudest row nearby.
   */
  peakNear(seconds, hertz, octaves) {
    const nearest = Math.round(seconds / this.secondsPerColumn);
    const column = Math.min(this.nColumns - 1, Math.max(0, nearest));
    let best = this.rowOf(hertz);
    const last = Math.min(this.nRows - 1, this.rowOf(hertz * 2 ** octaves));
    const at = column * this.nRows;
    const { bytes } = this.levels[0];
    for (let row = Math.max(0, this.rowOf(hertz / 2 ** octaves)); row <= last; row++) {
      if (bytes[at + row] > bytes[at + best]) best = row;
    }
    return this.scale.down(this.low + ((best + 0.5) / this.nRows) * (this.high - this.low));
  }

  /** @param {number} hertz */
  rowOf(hertz) {
    return Math.floor(
      ((this.scale.up(hertz) - this.low) / (this.high - this.low)) * this.nRows,
    );
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import('./view.js').View} view
   * @param {number} ratio Device pixels a pixel.
   */
  draw(context, view, ratio) {
    const { width, height } = context.canvas;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#0b0c0e';
    context.fillRect(0, 0, width, height);
    if (!this.nColumns) return;
    const perPixel = (view.time[1] - view.time[0]) / this.secondsPerColumn / width;
    const wanted = Math.floor(Math.log(Math.max(1, perPixel)) / Math.log(SHRINK) + 0.5);
    const level = this.levels[Math.min(N_LEVELS - 1, wanted)];
    const top = view.yOf(this.scale.down(this.high)) * ratio;
    const rowHeight = (view.yOf(this.scale.down(this.low)) * ratio - top) / this.nRows;
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = 'medium';
    level.chunks.forEach((chunk, i) => {
      const start = (i * CHUNK_COLUMNS - 0.5) * level.step * this.secondsPerColumn;
      const left = Math.round(view.xOf(start) * ratio);
      const stop = start + chunk.canvas.height * level.step * this.secondsPerColumn;
      const right = Math.round(view.xOf(stop) * ratio);
      if (right <= 0 || left >= width) return;
      if (chunk.stale) this.#paint(level, i);
      // Pixel (row, column) of the chunk goes to x = left + column · dx, y = bottom - row · dy.
      const [dx, bottom] = [(right - left) / chunk.canvas.height, top + rowHeight * this.nRows];
      context.setTransform(0, -rowHeight, dx, 0, left, bottom);
      context.drawImage(chunk.canvas, 0, 0);
    });
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} nColumns
   * @param {number} step
   * @returns {Level}
   */
  #level(bytes, nColumns, step) {
    const chunks = Array.from({ length: Math.ceil(nColumns / CHUNK_COLUMNS) }, (_, i) => {
      const canvas = document.createElement('canvas');
      canvas.width = this.nRows;
      canvas.height = Math.min(CHUNK_COLUMNS, nColumns - i * CHUNK_COLUMNS);
      return { canvas, stale: true };
    });
    return { bytes, nColumns, step, chunks };
  }

  /**
   * Carries columns first..last-1 of the finest level to the coarser ones: the loudest of four.
   *
   * @param {number} first
   * @param {number} last
   */
  #shrink(first, last) {
    for (let l = 1; l < this.levels.length; l++) {
      const [fine, coarse] = [this.levels[l - 1], this.levels[l]];
      first = Math.floor(first / SHRINK);
      last = Math.ceil(last / SHRINK);
      for (let column = first; column < last; column++) {
        const target = coarse.bytes
          .subarray(column * this.nRows, (column + 1) * this.nRows)
          .fill(0);
        const stop = Math.min(fine.nColumns, (column + 1) * SHRINK);
        for (let source = column * SHRINK; source < stop; source++) {
          const at = source * this.nRows;
          for (let row = 0; row < this.nRows; row++) {
            if (fine.bytes[at + row] > target[row]) target[row] = fine.bytes[at + row];
          }
        }
      }
      this.#stale(coarse, first, last);
    }
  }

  /**
   * @param {Level} level
   * @param {number} first
   * @param {number} last
   */
  #stale(level, first, last) {
    level.chunks.forEach((chunk, i) => {
      if (first < (i + 1) * CHUNK_COLUMNS && last > i * CHUNK_COLUMNS) chunk.stale = true;
    });
  }

  /**
   * @param {Level} level
   * @param {number} i
   */
  #paint(level, i) {
    const { canvas } = level.chunks[i];
    const start = i * CHUNK_COLUMNS * this.nRows;
    const image = new ImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let p = 0; p < pixels.length; p++) pixels[p] = this.palette[level.bytes[start + p]];
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    level.chunks[i].stale = false;
  }
}

/** What lies over the picture: grid, surprise, zone, the shape being drawn, the brush. */

import { contextOf } from '../page/dom.js';
import { placesOf } from '../zone/handles.js';
import { fillZone, outlineOf } from '../zone/shapes.js';

const ACCENT = '#4fe0c8';
const ERASE = '#ff8f7a';
/** @typedef {import('./cells.js').Level} Level */

/** Bits at which surprise begins to show, and at which it shows fully. */
const SURPRISE_BITS = [4, 16];
const HATCH_PIXELS = 9;
const NEIGHBOURS = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
];

export class Overlay {
  #mask = document.createElement('canvas');
  #edge = document.createElement('canvas');

  /**
   * @param {import('./view.js').View} view
   * @param {import('../zone/zone.js').Zone} zone
   * @param {import('../zone/tools.js').Tools} tools
   * @param {import('./display.js').Display} display
   * @param {import('../panel/settings.js').Settings} settings
   */
  constructor(view, zone, tools, display, settings) {
    this.view = view;
    this.zone = zone;
    this.tools = tools;
    this.display = display;
    this.settings = settings;
    /** @type {Level[]} How unlikely each code is, in bits. */
    this.surprise = [];
    /** @type {Level[]} Codes of a stroke whose zone the sound decides. */
    this.cells = [];
    /** @type {{x: number, y: number} | null} */
    this.pointer = null;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} ratio
   */
  draw(context, ratio) {
    const { width, height } = context.canvas;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#drawBeyond(context);
    const [least, most] = SURPRISE_BITS;
    const surprising = (/** @type {number} */ bits) => (bits - least) / (most - least);
    for (const level of this.surprise) this.#drawCells(context, level, '#fff', surprising);
    const painted = (/** @type {number} */ weight) => 0.4 * weight;
    for (const level of this.cells) this.#drawCells(context, level, ACCENT, painted);
    if (this.display.grid) this.#drawGrids(context);
    this.#drawZone(context, ratio, this.#shapes());
    this.#drawHandles(context);
    if (this.pointer) this.#drawPointer(context, this.pointer);
  }

  /**
   * @returns {import('../zone/shapes.js').Shape[]} The zone with the shape that is being drawn.
   */
  #shapes() {
    const { draft } = this.tools;
    if (!draft) return this.zone.shapes;
    const isNew = draft[0]?.mode === 'new';
    return isNew ? draft : [...this.zone.shapes, ...draft];
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} ratio
   * @param {import('../zone/shapes.js').Shape[]} shapes
   */
  #drawZone(context, ratio, shapes) {
    if (!shapes.length) return;
    const { width, height } = context.canvas;
    const mask = cleared(this.#mask, width, height);
    mask.setTransform(ratio, 0, 0, ratio, 0, 0);
    mask.fillStyle = ACCENT;
    fillZone(mask, shapes, this.view);
    mask.clearRect(0, 0, this.view.width, this.view.yOf(this.view.top)); // there is no model
    const edge = cleared(this.#edge, width, height);
    const thick = Math.max(1, Math.round(1.5 * ratio));
    for (const [dx, dy] of NEIGHBOURS) edge.drawImage(this.#mask, dx * thick, dy * thick);
    edge.globalCompositeOperation = 'destination-out';
    edge.drawImage(this.#mask, 0, 0);
    edge.globalCompositeOperation = 'source-over';
    context.setTransform(1, 0, 0, 1, 0, 0);
    // What is painted has no veil: it is there to be seen.
    context.globalAlpha = this.tools.draft ? 0.22 : this.zone.isPainted ? 0 : 0.12;
    context.drawImage(this.#mask, 0, 0);
    context.globalAlpha = 0.95;
    context.drawImage(this.#edge, 0, 0);
    context.globalAlpha = 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /**
   * Hatches what the model does not reach.
   *
   * @param {CanvasRenderingContext2D} context
   */
  #drawBeyond(context) {
    const { top, highest, width } = this.view;
    const y = this.view.yOf(top);
    if (top >= highest * 0.99 || y <= 0) return;
    context.save();
    context.beginPath();
    context.rect(0, 0, width, y);
    context.clip();
    context.fillStyle = 'rgb(14 16 19 / 0.45)';
    context.fillRect(0, 0, width, y);
    context.beginPath();
    for (let x = -y; x < width; x += HATCH_PIXELS) {
      context.moveTo(x, y);
      context.lineTo(x + y, 0);
    }
    context.lineWidth = 1;
    context.strokeStyle = 'rgb(255 255 255 / 0.13)';
    context.stroke();
    context.restore();
    context.fillStyle = '#c3cad1';
    context.font = '11px Inter, system-ui, sans-serif';
    if (y > 20) context.fillText('the model ends here; above, the original stays', 8, y - 7);
  }

  /**
   * Draws what the chosen stroke's zone is moved and resized by.
   *
   * @param {CanvasRenderingContext2D} context
   */
  #drawHandles(context) {
    const box = this.tools.draft ? null : this.tools.handled();
    if (!box) return;
    context.fillStyle = '#fff';
    context.strokeStyle = '#06231e';
    context.lineWidth = 1;
    for (const { handle, x, y } of placesOf(box, this.view)) {
      context.beginPath();
      if (handle.across || handle.up) context.rect(x - 4, y - 4, 8, 8);
      else context.arc(x, y, 6, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawGrids(context) {
    const { grids } = this.settings.model;
    const { level } = this.settings.values;
    grids.forEach((grid, i) => {
      if (level !== 'both' && level !== grid.name) return;
      this.#drawGrid(context, grid, `rgb(255 255 255 / ${i ? 0.1 : 0.2})`);
    });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import('../panel/settings.js').Grid} grid
   * @param {string} colour
   */
  #drawGrid(context, grid, colour) {
    const { view } = this;
    const edges = grid.row_edges_hertz.map((hertz) => view.yOf(Math.max(hertz, 1)));
    const top = Math.max(0, edges[edges.length - 1]);
    const path = new Path2D();
    for (const y of edges) {
      path.moveTo(0, Math.round(y) + 0.5);
      path.lineTo(view.width, Math.round(y) + 0.5);
    }
    const step = grid.column_seconds;
    if ((step / (view.time[1] - view.time[0])) * view.width >= 4) {
      const first = Math.ceil((view.time[0] - grid.first_column_seconds) / step);
      for (let c = first; grid.first_column_seconds + c * step < view.time[1]; c++) {
        const x = Math.round(view.xOf(grid.first_column_seconds + c * step)) + 0.5;
        path.moveTo(x, top);
        path.lineTo(x, view.height);
      }
    }
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.stroke(path);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Level} level
   * @param {string} colour
   * @param {(value: number) => number} shareOf How strongly it shows: 0 or less to 1 or more.
   */
  #drawCells(context, { values, grid }, colour, shareOf) {
    const { view } = this;
    const nRows = grid.row_edges_hertz.length - 1;
    const nColumns = values.length / nRows;
    context.fillStyle = colour;
    for (let c = 0; c < nColumns; c++) {
      const start = grid.first_column_seconds + c * grid.column_seconds;
      const [left, right] = [view.xOf(start), view.xOf(start + grid.column_seconds)];
      if (right < 0 || left > view.width) continue;
      for (let r = 0; r < nRows; r++) {
        const share = Math.min(1, Math.max(0, shareOf(values[r * nColumns + c])));
        if (!share) continue;
        const bottom = view.yOf(Math.max(1, grid.row_edges_hertz[r]));
        const top = view.yOf(grid.row_edges_hertz[r + 1]);
        context.globalAlpha = 0.5 * share;
        context.fillRect(left, top, right - left, bottom - top);
      }
    }
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{x: number, y: number}} pointer
   */
  #drawPointer(context, { x, y }) {
    const { tool } = this.tools;
    context.lineWidth = 1;
    if (tool === 'brush' || tool === 'eraser') {
      context.strokeStyle = tool === 'eraser' ? ERASE : ACCENT;
      context.stroke(outlineOf(this.tools.dab({ x, y }), this.view));
      return;
    }
    context.strokeStyle = 'rgb(255 255 255 / 0.22)';
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, this.view.height);
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(this.view.width, Math.round(y) + 0.5);
    context.stroke();
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function cleared(canvas, width, height) {
  const context = contextOf(canvas);
  if (canvas.width !== width || canvas.height !== height)
    Object.assign(canvas, { width, height });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

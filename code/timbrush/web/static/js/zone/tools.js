/** Pointers on the picture to shapes, and to handles that are dragged. */

import { centsAround, follow, hertzAround, partialsOf } from './partials.js';
import { dragged, handleAt, heightOf } from './handles.js';

const CLICK_PIXELS = 4;
const POINT_PIXELS = 2;
const SNAP_OCTAVES = 1 / 6;
/** How near an edge has to be drawn to an onset to lie on it. */
const SNAP_PIXELS = 8;
/** A stroke fades in inside its zone: one that begins at an onset would leave the attack. */
const LEAD_SECONDS = 0.02;
const BRUSH_SIZES = { least: 6, most: 240, step: 1.2 };

export const TOOLS = ['rectangle', 'brush', 'lasso', 'harmonics', 'eraser'];

/**
 * @typedef {import('./shapes.js').Shape} Shape
 * @typedef {import('./shapes.js').Box} Box
 * @typedef {{x: number, y: number}} Place
 */

/**
 * Fires `draft` (a shape is being drawn), `shape` (detail: shapes of one mode), `click` (detail: seconds),
 * `pick` (detail: where it was clicked twice), `handle` (detail: a box), `dropped` (the handle
 * was let go), `move` (detail: place or null), `change` (tool, mode or brush).
 */
export class Tools extends EventTarget {
  /** @type {Map<number, Place>} */
  #pointers = new Map();
  /** @type {{start: Place, mode: string, points: Place[]} | null} */
  #stroke = null;
  #panning = false;
  /** @type {{handle: import('./handles.js').Handle, start: Place, box: Box} | null} */
  #handle = null;
  /** @type {() => Box | null} What encloses the zone, if it has handles now. */
  handled = () => null;
  /** @type {Box} What a zone is kept within. */
  whole = { seconds: [0, 1], hertz: [20, 8000] };
  /** @type {(seconds: number, reach: number) => number | null} Finds an onset near a time. */
  onsetNear = () => null;
  /** Whether Shift turns snapping off. */
  #isFree = false;
  /** Whether Shift was still down when the last shape was done. */
  held = false;

  /**
   * @param {HTMLElement} surface
   * @param {import('../picture/view.js').View} view
   * @param {import('../picture/spectrogram.js').Spectrogram} spectrogram
   */
  constructor(surface, view, spectrogram) {
    super();
    this.surface = surface;
    this.view = view;
    this.spectrogram = spectrogram;
    this.tool = 'rectangle';
    this.mode = 'new';
    this.brushPixels = 36;
    this.snap = true;
    this.widthHertz = 40;
    this.nPartials = 0;
    /** Whether the width of partials is in cents. */
    this.inCents = false;
    /** @type {import('./partials.js').Which} */
    this.which = 'all';
    /** Whether harmonics follow a pitch that moves. */
    this.follows = false;
    /** @type {Shape[] | null} */
    this.draft = null;
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#move(event));
    surface.addEventListener('pointerup', (event) => this.#up(event));
    surface.addEventListener('pointercancel', () => this.cancel());
    surface.addEventListener('pointerleave', () => this.#tell('move', null));
    surface.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    surface.addEventListener('dblclick', (event) => this.#tell('pick', this.#place(event)));
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  /** @param {Partial<Tools>} settings */
  set(settings) {
    Object.assign(this, settings);
    this.#tell('change', null);
  }

  /** What is remembered from visit to visit. */
  get remembered() {
    const { tool, brushPixels, snap, widthHertz, nPartials, inCents, which, follows } = this;
    return { tool, brushPixels, snap, widthHertz, nPartials, inCents, which, follows };
  }

  /** @param {number} direction 1 for a larger brush, -1 for a smaller one. */
  resizeBrush(direction) {
    const size = this.brushPixels * BRUSH_SIZES.step ** direction;
    this.set({ brushPixels: Math.min(BRUSH_SIZES.most, Math.max(BRUSH_SIZES.least, size)) });
  }

  /** Drops the shape that is being drawn. */
  cancel() {
    const was = this.draft !== null;
    this.#stroke = this.#handle = null;
    this.draft = null;
    this.#pointers.clear();
    this.#tell('draft', null);
    return was;
  }

  /**
   * @param {string} type
   * @param {any} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {MouseEvent} event @returns {Place} */
  #place(event) {
    const box = this.surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.surface.focus({ preventScroll: true });
    this.surface.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#place(event));
    this.#panning = event.button === 1 || this.#pointers.size > 1;
    if (this.#panning) {
      this.#stroke = this.draft = null;
      this.#tell('draft', null);
      return;
    }
    if (event.button !== 0) return;
    if (this.#take(event)) return;
    const mode = this.#mode(event);
    this.#isFree = event.shiftKey;
    this.#stroke = { start: this.#place(event), mode, points: [this.#place(event)] };
    this.#draw();
  }

  /** @param {PointerEvent} event @returns {boolean} Whether it takes a handle. */
  #take(event) {
    const box = this.handled();
    const start = this.#place(event);
    const handle = box && handleAt(box, this.view, start, event.pointerType === 'touch');
    if (!box || !handle) return false;
    this.#handle = { handle, start, box };
    return true;
  }

  /** @param {Place} place */
  #pull(place) {
    if (!this.#handle) return;
    const { handle, start, box } = this.#handle;
    const { time, width } = this.view;
    const seconds = ((place.x - start.x) / width) * (time[1] - time[0]);
    const y = heightOf(box, handle, this.view);
    const up = this.view.octavesBetween(y, y + place.y - start.y);
    this.#tell('handle', dragged(box, handle, seconds, up, this.whole));
  }

  /** @param {PointerEvent} event */
  #mode(event) {
    if (this.tool === 'eraser' || event.altKey) return 'subtract';
    return event.shiftKey ? 'add' : this.mode;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const place = this.#place(event);
    this.#tell('move', place);
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    if (this.#panning) this.#pan(event.pointerId, before, place);
    this.#pointers.set(event.pointerId, place);
    this.#isFree = event.shiftKey;
    if (this.#handle) return this.#pull(place);
    if (!this.#stroke) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.#extend(this.#place(each));
    this.#draw();
  }

  /** @param {Place} place */
  #extend(place) {
    const points = this.#stroke?.points ?? [];
    const last = points[points.length - 1];
    if (Math.hypot(place.x - last.x, place.y - last.y) >= POINT_PIXELS) points.push(place);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#pointers.delete(event.pointerId);
    if (this.#handle) {
      this.#handle = null;
      return this.#tell('dropped', null);
    }
    if (!this.#stroke) return;
    this.held = event.shiftKey;
    const { start } = this.#stroke;
    const place = this.#place(event);
    this.#extend(place);
    this.#draw();
    const shapes = this.draft;
    const moved = this.#stroke.points.some(
      ({ x, y }) => Math.hypot(x - start.x, y - start.y) >= CLICK_PIXELS,
    );
    this.cancel();
    const dabs = this.tool === 'brush' || this.tool === 'eraser';
    if (shapes && (moved || dabs)) this.#tell('shape', shapes);
    else if (!moved && !dabs) this.#tell('click', this.view.clampedTime(start.x));
  }

  /**
   * One pointer scrolls; two also zoom.
   *
   * @param {number} id
   * @param {Place} before
   * @param {Place} place
   */
  #pan(id, before, place) {
    const other = [...this.#pointers].find(([key]) => key !== id)?.[1];
    if (!other) return this.view.scroll(before.x - place.x, before.y - place.y);
    this.view.scroll((before.x - place.x) / 2, (before.y - place.y) / 2);
    const [wide, wider] = [Math.abs(before.x - other.x), Math.abs(place.x - other.x)];
    const [high, higher] = [Math.abs(before.y - other.y), Math.abs(place.y - other.y)];
    if (wide > 40 && wider > 40) this.view.zoomTime(wider / wide, (place.x + other.x) / 2);
    if (high > 40 && higher > 40)
      this.view.zoomFrequency(higher / high, (place.y + other.y) / 2);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const { x, y } = this.#place(event);
    const factor = Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002));
    if (event.shiftKey) return this.view.scroll(event.deltaX || event.deltaY, 0);
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
      return this.view.scroll(event.deltaX, 0);
    if (event.altKey) return this.view.zoomFrequency(factor, y);
    this.view.zoomTime(factor, x);
    if (event.ctrlKey) this.view.zoomFrequency(factor, y);
  }

  #draw() {
    this.draft = this.#shapes();
    this.#tell('draft', this.draft);
  }

  /** @returns {Shape[] | null} */
  #shapes() {
    if (!this.#stroke) return null;
    const { start, mode, points } = this.#stroke;
    const end = points[points.length - 1];
    const time = (/** @type {number} */ x) => this.view.clampedTime(x);
    const hertz = (/** @type {number} */ y) => this.view.clampedHertz(y);
    const seconds = this.#times(time(start.x), time(end.x));
    if (this.tool === 'rectangle') {
      return [{ shape: 'rectangle', mode, seconds, hertz: span(start.y, end.y, hertz) }];
    }
    if (this.tool === 'harmonics') {
      const pitch = round(this.#pitch(time(start.x), hertz(start.y)));
      return this.#harmonics(seconds, pitch).map((shape) => ({ ...shape, mode }));
    }
    /** @type {import('./shapes.js').Span[]} */
    const path = points.map(({ x, y }) => [round(time(x)), round(hertz(y))]);
    if (this.tool === 'lasso') {
      while (path.length < 3) path.push(path[path.length - 1]);
      return [{ shape: 'lasso', mode, points: path }];
    }
    return [{ shape: 'brush', mode, points: path, ...this.#brushSize(start) }];
  }

  /**
   * @param {import('./shapes.js').Span} seconds
   * @param {number} pitch
   * @returns {Shape[]}
   */
  #harmonics(seconds, pitch) {
    const { widthHertz: wide, nPartials: count, which, follows, inCents } = this;
    if (which === 'all' && !follows && !inCents) {
      const settings = { pitch_hertz: pitch, width_hertz: wide, n_partials: count };
      return [{ shape: 'harmonics', mode: 'add', seconds, ...settings }];
    }
    /** @type {import('./shapes.js').Span[]} */
    const still = seconds.map((time) => [time, pitch]);
    const peak = this.spectrogram.peakNear.bind(this.spectrogram);
    const track = follows ? follow(seconds, pitch, peak) : still;
    const width = inCents ? centsAround(wide) : hertzAround(wide);
    return partialsOf(track, { which, count, width, top: this.view.top });
  }

  /**
   * @param {number} a
   * @param {number} b
   * @returns {import('./shapes.js').Span} Low first; edges near an onset begin just before it,
   *   and end at it.
   */
  #times(a, b) {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const onset = this.#onset(low);
    const start = onset === null ? low : Math.max(0, onset - LEAD_SECONDS);
    return span(start, Math.max(start, this.#onset(high) ?? high), (seconds) => seconds);
  }

  /** @param {number} seconds @returns {number | null} The onset near it, unless Shift is held. */
  #onset(seconds) {
    if (!this.snap || this.#isFree) return null;
    const { time, width } = this.view;
    const reach = (SNAP_PIXELS / width) * (time[1] - time[0]);
    return this.onsetNear(seconds, reach);
  }

  /**
   * @param {number} seconds
   * @param {number} hertz
   * @returns {number} Of the nearest peak, or where the pointer is.
   */
  #pitch(seconds, hertz) {
    return this.snap && !this.#isFree
      ? this.spectrogram.peakNear(seconds, hertz, SNAP_OCTAVES)
      : hertz;
  }

  /** @param {Place} place @returns {Shape} A dab of the brush as it lies there now. */
  dab(place) {
    const { view } = this;
    /** @type {import('./shapes.js').Span} */
    const point = [view.timeOf(place.x), Math.max(view.lowest, view.hertzOf(place.y))];
    const size = this.#brushSize(this.#stroke?.start ?? place);
    return { shape: 'brush', mode: 'add', points: [point], ...size };
  }

  /**
   * @param {Place} place Where the brush is as high as it is wide; on some scales it is not
   *   elsewhere.
   */
  #brushSize({ y }) {
    const { time, width } = this.view;
    const half = this.brushPixels / 2;
    return {
      size_seconds: round((this.brushPixels / width) * (time[1] - time[0])),
      size_octaves: Math.max(0.01, round(this.view.octavesBetween(y + half, y - half))),
    };
  }
}

/**
 * @param {number} a
 * @param {number} b
 * @param {(pixel: number) => number} convert
 * @returns {[number, number]} Low first, and never empty.
 */
function span(a, b, convert) {
  const [low, high] = [convert(a), convert(b)].sort((p, q) => p - q).map(round);
  return [low, high > low ? high : low + 0.001];
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10000) / 10000;
}

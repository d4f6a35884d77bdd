/** The painted zone: shapes that are added and subtracted in turn, as the server reads them. */

import { boxOf, moved } from './shapes.js';

/**
 * @typedef {import('./shapes.js').Shape} Shape
 * @typedef {import('./shapes.js').Span} Span
 * @typedef {import('./shapes.js').Box} Box
 */

/** What rounding may add to a side: seconds and hertz. */
const SLACK = { seconds: 1e-3, hertz: 0.1 };

/** Fires `change`. */
export class Zone extends EventTarget {
  /** Whether what the zone shows is painted: then only its outline is drawn. */
  isPainted = false;

  constructor() {
    super();
    /** @type {Shape[]} */
    this.shapes = [];
    /** @type {Box} All that can be painted. */
    this.whole = { seconds: [0, 1], hertz: [27.5, 8000] };
  }

  get isEmpty() {
    return this.shapes.length === 0;
  }

  /** @returns {Box | null} What encloses the zone. */
  get bounds() {
    return boundsOf(this.shapes, this.whole);
  }

  /** @param {Box} whole All that can be painted in a new sound. */
  load(whole) {
    this.whole = whole;
    this.set([]);
  }

  /** @param {Shape[]} shapes */
  set(shapes) {
    this.shapes = shapes;
    this.isPainted = false;
    this.dispatchEvent(new Event('change'));
  }

  /** @param {Shape[]} shapes That were painted; if they still are the zone, its veil goes. */
  markPainted(shapes) {
    if (shapes !== this.shapes) return;
    this.isPainted = true;
    this.dispatchEvent(new Event('painted'));
  }

  /** @param {Box} to Where what encloses the zone shall lie. */
  moveTo(to) {
    const { bounds } = this;
    if (bounds) this.set(this.shapes.map((shape) => moved(shape, bounds, to)));
  }

  /** @param {...Shape} shapes They replace the zone, or join it, by their common mode. */
  join(...shapes) {
    const mode = shapes[0]?.mode;
    if (mode === 'new') this.set(shapes.map((shape) => ({ ...shape, mode: 'add' })));
    else if (mode === 'add' || !this.isEmpty) this.set([...this.shapes, ...shapes]);
  }

  /**
   * @param {Box} box What the zone is cut to; if it reaches beyond the zone, it replaces it.
   */
  limit(box) {
    const rectangle = { shape: 'rectangle', mode: 'add', ...box };
    const isCut = this.shapes.at(-1)?.mode === 'intersect';
    const drawn = isCut ? this.shapes.slice(0, -1) : this.shapes; // a cut replaces the last cut
    const bounds = boundsOf(drawn, this.whole);
    const isRectangle = drawn.length === 1 && drawn[0].shape === 'rectangle';
    const cuts = !isRectangle && bounds && isWithin(box, bounds);
    this.set(cuts ? [...drawn, { ...rectangle, mode: 'intersect' }] : [rectangle]);
  }
}

/**
 * @param {import('../edit/session.js').Stroke} stroke
 * @returns {Shape[]} Its zone, with what else bounds it as a shape.
 */
export function zoneOf({ zone = [], seconds = null, hertz = null }) {
  if (zone.length && !seconds && !hertz) return zone;
  const mode = zone.length ? 'intersect' : 'add';
  return [...zone, { shape: 'rectangle', mode, seconds, hertz }];
}

/** @param {Box} inner @param {Box} outer */
function isWithin(inner, outer) {
  return /** @type {const} */ (['seconds', 'hertz']).every(
    (axis) =>
      inner[axis][0] > outer[axis][0] - SLACK[axis] &&
      inner[axis][1] < outer[axis][1] + SLACK[axis],
  );
}

/**
 * @param {Shape[]} shapes
 * @param {Box} whole
 * @returns {Box | null}
 */
export function boundsOf(shapes, whole) {
  /** @type {Box | null} */
  let found = null;
  for (const shape of shapes) {
    if (shape.mode === 'subtract') continue; // what is left may reach as far as before
    const box = boxOf(shape, whole);
    if (shape.mode === 'intersect') found = combined(found ?? whole, box, Math.max, Math.min);
    else found = found ? combined(found, box, Math.min, Math.max) : box;
  }
  found &&= combined(found, whole, Math.max, Math.min);
  const holds = found && found.seconds[0] < found.seconds[1] && found.hertz[0] < found.hertz[1];
  return holds ? found : null;
}

/**
 * @param {Box} a
 * @param {Box} b
 * @param {(a: number, b: number) => number} low Combines the low ends.
 * @param {(a: number, b: number) => number} high
 * @returns {Box}
 */
function combined(a, b, low, high) {
  return {
    seconds: [low(a.seconds[0], b.seconds[0]), high(a.seconds[1], b.seconds[1])],
    hertz: [low(a.hertz[0], b.hertz[0]), high(a.hertz[1], b.hertz[1])],
  };
}

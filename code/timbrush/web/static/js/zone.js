/** The painted zone: shapes that are added and subtracted in turn, as the server reads them. */

/**
 * @typedef {{shape: string, mode: string, seconds?: [number, number] | null,
 *   hertz?: [number, number] | null, points?: [number, number][], size_seconds?: number,
 *   size_octaves?: number, pitch_hertz?: number, width_hertz?: number, n_partials?: number}} Shape
 * @typedef {import('./view.js').View} View
 */

/** Fires `change`. */
export class Zone extends EventTarget {
  constructor() {
    super();
    /** @type {Shape[]} */
    this.shapes = [];
  }

  get isEmpty() {
    return this.shapes.length === 0;
  }

  /** @param {Shape[]} shapes */
  set(shapes) {
    this.shapes = shapes;
    this.dispatchEvent(new Event('change'));
  }

  /** @param {Shape} shape It replaces the zone, or joins it, by its mode. */
  join(shape) {
    if (shape.mode === 'new') this.set([{ ...shape, mode: 'add' }]);
    else if (shape.mode === 'add' || !this.isEmpty) this.set([...this.shapes, shape]);
  }

  /**
   * @param {number} seconds Length of the sound.
   * @param {[number, number]} band Frequencies of the picture.
   * @returns {{seconds: [number, number], hertz: [number, number]} | null} What encloses the zone.
   */
  bounds(seconds, band) {
    return boundsOf(this.shapes, seconds, band);
  }

  /**
   * Cuts the zone to a rectangle. One that reaches beyond what was drawn takes its place.
   *
   * @param {[number, number]} times
   * @param {[number, number]} pitches Hertz.
   * @param {number} seconds Length of the sound.
   * @param {[number, number]} band Frequencies of the picture.
   */
  limit(times, pitches, seconds, band) {
    const rectangle = { shape: 'rectangle', mode: 'add', seconds: times, hertz: pitches };
    const drawn = this.shapes.at(-1)?.mode === 'intersect' ? this.shapes.slice(0, -1) : this.shapes; // a cut replaces the last cut
    const bounds = boundsOf(drawn, seconds, band);
    const isRectangle = drawn.length === 1 && drawn[0].shape === 'rectangle';
    const isCut = !isRectangle && bounds && isWithin(times, bounds.seconds, 1e-3) && isWithin(pitches, bounds.hertz, 0.1);
    this.set(isCut ? [...drawn, { ...rectangle, mode: 'intersect' }] : [rectangle]);
  }
}

/**
 * @param {[number, number]} inner
 * @param {[number, number]} outer
 * @param {number} slack What rounding may add.
 */
function isWithin(inner, outer, slack) {
  return inner[0] > outer[0] - slack && inner[1] < outer[1] + slack;
}

/**
 * @typedef {{seconds: [number, number], hertz: [number, number]}} Box
 * @param {Shape[]} shapes
 * @param {number} seconds
 * @param {[number, number]} band
 * @returns {Box | null}
 */
function boundsOf(shapes, seconds, band) {
  const whole = box({ shape: 'rectangle', mode: 'add' }, seconds, band);
  /** @type {Box | null} */
  let found = null;
  for (const shape of shapes) {
    if (shape.mode === 'subtract') continue; // what is left may reach as far as before
    const reach = box(shape, seconds, band);
    if (shape.mode === 'intersect') found = common(found ?? whole, reach);
    else found = found ? around(found, reach) : reach;
  }
  found &&= common(found, whole);
  return found && found.seconds[0] < found.seconds[1] && found.hertz[0] < found.hertz[1] ? found : null;
}

/** @param {Box} a @param {Box} b @returns {Box} What encloses both. */
function around(a, b) {
  const span = (/** @type {'seconds' | 'hertz'} */ key) => /** @type {[number, number]} */ ([Math.min(a[key][0], b[key][0]), Math.max(a[key][1], b[key][1])]);
  return { seconds: span('seconds'), hertz: span('hertz') };
}

/** @param {Box} a @param {Box} b @returns {Box} What lies in both. */
function common(a, b) {
  const span = (/** @type {'seconds' | 'hertz'} */ key) => /** @type {[number, number]} */ ([Math.max(a[key][0], b[key][0]), Math.min(a[key][1], b[key][1])]);
  return { seconds: span('seconds'), hertz: span('hertz') };
}

/**
 * @param {Shape} shape
 * @param {number} seconds
 * @param {[number, number]} band
 * @returns {{seconds: [number, number], hertz: [number, number]}}
 */
function box(shape, seconds, band) {
  const { points, size_seconds: wide = 0, size_octaves: high = 0 } = shape;
  if (points) {
    const times = points.map(([time]) => time);
    const pitches = points.map(([, hertz]) => hertz);
    return {
      seconds: [Math.min(...times) - wide / 2, Math.max(...times) + wide / 2],
      hertz: [Math.min(...pitches) / 2 ** (high / 2), Math.max(...pitches) * 2 ** (high / 2)],
    };
  }
  if (shape.shape === 'harmonics') {
    const { pitch_hertz: pitch = 1, width_hertz: width = 0, n_partials: n = 0 } = shape;
    const top = n ? n * pitch + width / 2 : band[1];
    return { seconds: shape.seconds ?? [0, seconds], hertz: [pitch - width / 2, top] };
  }
  return { seconds: shape.seconds ?? [0, seconds], hertz: shape.hertz ?? band };
}

/** @param {Shape[]} shapes @returns {boolean} Whether only the sound tells where the zone is. */
export function dependsOnSound(shapes) {
  return shapes.some(({ shape }) => shape === 'threshold' || shape === 'surprise');
}

/**
 * Draws the zone in the context's fill style: added shapes paint, subtracted ones erase.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Shape[]} shapes
 * @param {View} view
 */
export function fillZone(context, shapes, view) {
  const modes = { add: 'source-over', subtract: 'destination-out', intersect: 'destination-in' };
  for (const shape of shapes) {
    const mode = /** @type {'add'} */ (shape.mode in modes ? shape.mode : 'add');
    context.globalCompositeOperation = /** @type {GlobalCompositeOperation} */ (modes[mode]);
    fillShape(context, shape, view);
  }
  context.globalCompositeOperation = 'source-over';
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 * @param {View} view
 */
function fillShape(context, shape, view) {
  if (shape.shape === 'brush') return fillBrush(context, shape, view);
  const path = new Path2D();
  if (shape.shape === 'lasso') {
    shape.points?.forEach(([time, hertz]) => path.lineTo(view.xOf(time), view.yOf(hertz)));
  } else if (shape.shape === 'harmonics') {
    partials(shape, view).forEach((hertz) => span(path, view, shape.seconds, hertz));
  } else if (shape.shape === 'rectangle') {
    span(path, view, shape.seconds, shape.hertz);
  }
  context.fill(path, 'evenodd');
}

/**
 * @param {Path2D} path
 * @param {View} view
 * @param {[number, number] | null | undefined} seconds
 * @param {[number, number] | null | undefined} hertz
 */
function span(path, view, seconds, hertz) {
  const [left, right] = (seconds ?? [0, view.seconds]).map((time) => view.xOf(time));
  const [bottom, top] = (hertz ?? [view.lowest, view.highest]).map((f) => view.yOf(f));
  path.rect(left, top, right - left, Math.max(1, bottom - top));
}

/**
 * @param {Shape} shape
 * @param {View} view
 * @returns {[number, number][]} Bands of the partials that the picture holds.
 */
function partials({ pitch_hertz: pitch = 1, width_hertz: width = 40, n_partials: n = 0 }, view) {
  const count = Math.min(n || Infinity, Math.floor(view.highest / pitch), 1000);
  return Array.from({ length: count }, (_, i) => [
    Math.max(view.lowest / 2, (i + 1) * pitch - width / 2),
    (i + 1) * pitch + width / 2,
  ]);
}

/**
 * A line with a round end, drawn in a space in which the brush is a circle.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 * @param {View} view
 */
function fillBrush(context, { points = [], size_seconds = 0.2, size_octaves = 0.5 }, view) {
  const wide = (size_seconds / (view.time[1] - view.time[0])) * view.width;
  const high = (size_octaves / (view.octaves[1] - view.octaves[0])) * view.height;
  const path = new Path2D();
  for (const [time, hertz] of points) path.lineTo(view.xOf(time) / wide, view.yOf(hertz) / high);
  const [time, hertz] = points[points.length - 1];
  path.lineTo(view.xOf(time) / wide + 1e-3, view.yOf(hertz) / high);
  context.save();
  context.scale(wide, high);
  Object.assign(context, { lineWidth: 1, lineCap: 'round', lineJoin: 'round' });
  context.strokeStyle = context.fillStyle;
  context.stroke(path);
  context.restore();
}

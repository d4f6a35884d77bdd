/**
 * The shapes that a zone is summed from: what each encloses, what it covers, and how it is
 * drawn.
 *
 * A new shape is one entry of SHAPES. What `covers` says is held to what Python draws by one
 * golden file, and what `trace` draws is held to what `covers` says.
 */

/**
 * @typedef {[number, number]} Span Two ends, low first.
 * @typedef {{shape: string, mode: string, seconds?: Span | null, hertz?: Span | null,
 *   points?: Span[], size_seconds?: number, size_octaves?: number, pitch_hertz?: number,
 *   width_hertz?: number, n_partials?: number, above_decibels?: number | null,
 *   below_decibels?: number | null, share?: number, inpainter?: string, radius?: number, part?: string}} Shape
 *   As the server reads it.
 * @typedef {{seconds: Span, hertz: Span}} Box
 * @typedef {{seconds: number, hertz: number}} Place
 * @typedef {{seconds: number, hertz: number}} Grain Half the size of a pixel in both
 *   directions.
 * @typedef {import('../picture/view.js').View} View
 * @typedef {{box: (shape: Shape, whole: Box) => Box,
 *   covers: (shape: Shape, place: Place, grain: Grain) => boolean,
 *   trace: (path: Path2D, shape: Shape, view: View) => void}} Kind
 */

const NO_GRAIN = { seconds: 0, hertz: 0 };
const MAX_PARTIALS = 1000;
/** Corners of half a circle. */
const ROUND = 16;
const PIECES_PER_OCTAVE = 16;

/** @type {Record<string, Kind>} */
const SHAPES = {
  rectangle: {
    box: ({ seconds, hertz }, whole) => ({
      seconds: seconds ?? whole.seconds,
      hertz: hertz ?? whole.hertz,
    }),
    covers: ({ seconds, hertz }, place, grain) =>
      overlaps(place.seconds, seconds, grain.seconds) &&
      overlaps(place.hertz, hertz, grain.hertz),
    trace: (path, { seconds, hertz }, view) => addBand(path, view, seconds, hertz),
  },
  harmonics: {
    box: (
      { seconds, pitch_hertz: pitch = 1, width_hertz: width = 0, n_partials: n },
      whole,
    ) => ({
      seconds: seconds ?? whole.seconds,
      hertz: [pitch - width / 2, n ? n * pitch + width / 2 : whole.hertz[1]],
    }),
    covers: (shape, { seconds, hertz }, grain) => {
      const { pitch_hertz: pitch = 1, width_hertz: width = 0, n_partials: n } = shape;
      const partial = Math.max(1, Math.round(hertz / pitch));
      const isNear = Math.abs(hertz - partial * pitch) <= Math.max(width / 2, grain.hertz);
      const counts = !n || partial <= n;
      return isNear && counts && overlaps(seconds, shape.seconds, grain.seconds);
    },
    trace: (path, shape, view) => {
      for (const band of partials(shape, view)) addBand(path, view, shape.seconds, band);
    },
  },
  brush: {
    box: ({ points = [], size_seconds: wide = 0, size_octaves: high = 0 }) => {
      const { seconds, hertz } = around(points);
      const factor = 2 ** (high / 2);
      return {
        seconds: [seconds[0] - wide / 2, seconds[1] + wide / 2],
        hertz: [hertz[0] / factor, hertz[1] * factor],
      };
    },
    covers: (shape, place, grain) => {
      const { points = [], size_seconds: wide = 1, size_octaves: high = 1 } = shape;
      const scaled = (/** @type {Span} */ [seconds, hertz]) =>
        /** @type {Span} */ ([(2 * seconds) / wide, (2 * octave(hertz, grain)) / high]);
      const at = scaled([place.seconds, place.hertz]);
      const path = points.map(scaled);
      const isNear = path.some((end, i) => squared(at, path[Math.max(0, i - 1)], end) <= 1);
      return isNear || isUnder(points, place, grain);
    },
    trace: (path, shape, view) => {
      for (const outline of capsules(shape)) addOutline(path, outline, view);
    },
  },
  lasso: {
    box: ({ points = [] }) => around(points),
    covers: ({ points = [] }, place, grain) =>
      isInside(points, place, grain) || isUnder(points, place, grain),
    trace: (path, { points = [] }, view) => {
      addOutline(path, points, view);
    },
  },
};

/**
 * @type {Kind} Of a shape that only the sound decides: it can be anywhere, and is drawn from
 *   cells.
 */
const ANYWHERE = { box: (_, whole) => whole, covers: () => false, trace: () => {} };

/** @param {Shape} shape @param {Box} whole @returns {Box} What encloses the shape. */
export function boxOf(shape, whole) {
  return kindOf(shape).box(shape, whole);
}

/**
 * @param {Shape[]} shapes
 * @returns {boolean} Whether only the sound tells where the zone is.
 */
export function dependsOnSound(shapes) {
  return shapes.some((shape) => kindOf(shape) === ANYWHERE);
}

/**
 * @param {Shape[]} shapes
 * @param {Place} place
 * @param {Grain} [grain] Of the pixel around the place.
 * @returns {boolean} Whether the place lies in the zone.
 */
export function covers(shapes, place, grain = NO_GRAIN) {
  let inside = shapes.length > 0 && shapes[0].mode !== 'add';
  for (const shape of shapes) {
    const isCovered = kindOf(shape).covers(shape, place, grain);
    if (shape.mode === 'subtract') inside &&= !isCovered;
    else if (shape.mode === 'intersect') inside &&= isCovered;
    else inside ||= isCovered;
  }
  return inside;
}

/**
 * @param {Shape} shape
 * @param {Box} from
 * @param {Box} to
 * @returns {Shape} Carried from one box to the other; frequencies in octaves.
 */
export function moved(shape, from, to) {
  const seconds = carry(from.seconds, to.seconds);
  const octaves = carry(logs(from.hertz), logs(to.hertz));
  const hertz = (/** @type {number} */ f) => round(2 ** octaves(Math.log2(Math.max(f, 1))));
  const wide = (to.seconds[1] - to.seconds[0]) / (from.seconds[1] - from.seconds[0]);
  const high = octaves(1) - octaves(0);
  const next = { ...shape };
  if (shape.seconds) next.seconds = ends(shape.seconds, (time) => round(seconds(time)));
  if (shape.hertz) next.hertz = ends(shape.hertz, hertz);
  if (shape.points) {
    next.points = shape.points.map(([time, f]) => [
      Math.max(0, round(seconds(time))),
      hertz(f),
    ]);
  }
  if (shape.pitch_hertz) next.pitch_hertz = hertz(shape.pitch_hertz);
  if (shape.size_seconds) next.size_seconds = round(shape.size_seconds * wide);
  if (shape.size_octaves) next.size_octaves = round(shape.size_octaves * high);
  return next;
}

/**
 * Draws the zone in the context's fill style: added shapes paint, subtracted ones erase.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Shape[]} shapes
 * @param {View} view
 */
export function fillZone(context, shapes, view) {
  if (shapes.length && (shapes[0].mode === 'subtract' || shapes[0].mode === 'intersect')) {
    context.fillRect(0, 0, view.width, view.height); // such a zone starts full
  }
  /** @type {Record<string, GlobalCompositeOperation>} */
  const modes = { subtract: 'destination-out', intersect: 'destination-in' };
  for (const shape of shapes) {
    context.globalCompositeOperation = modes[shape.mode] ?? 'source-over';
    fillShape(context, shape, view);
  }
  context.globalCompositeOperation = 'source-over';
}

/** @param {Shape} shape @returns {Kind} */
function kindOf({ shape }) {
  return SHAPES[shape] ?? ANYWHERE;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 * @param {View} view
 */
function fillShape(context, shape, view) {
  // Where a brush passes twice it covers all the same; a lasso's crossings cut holes.
  context.fill(outlineOf(shape, view), shape.shape === 'brush' ? 'nonzero' : 'evenodd');
}

/** @param {Shape} shape @param {View} view */
export function outlineOf(shape, view) {
  const path = new Path2D();
  kindOf(shape).trace(path, shape, view);
  return path;
}

/**
 * What a brush covers: around each piece of its path, an ellipse that was drawn along it. All
 * outlines turn the same way.
 *
 * @param {Shape} shape
 * @returns {Span[][]} Outlines: seconds and hertz.
 */
function capsules({ points = [], size_seconds: wide = 1, size_octaves: high = 1 }) {
  const scaled = points.map(([time, hertz]) => [
    (2 * time) / wide,
    (2 * Math.log2(Math.max(hertz, 1e-3))) / high,
  ]);
  return scaled.map(([x1, y1], i) => {
    const [x0, y0] = scaled[Math.max(0, i - 1)];
    const along = Math.atan2(y1 - y0, x1 - x0);
    return Array.from({ length: 2 * ROUND + 2 }, (_, k) => {
      const isEnd = k <= ROUND; // half a circle around the end, then half around the start
      const angle = along - Math.PI / 2 + ((isEnd ? k : k - 1) * Math.PI) / ROUND;
      const x = (isEnd ? x1 : x0) + Math.cos(angle);
      const y = (isEnd ? y1 : y0) + Math.sin(angle);
      return /** @type {Span} */ ([(x * wide) / 2, 2 ** ((y * high) / 2)]);
    });
  });
}

/**
 * @param {Span} from
 * @param {Span} to
 * @returns {Span[]} Points of an edge, which is straight in octaves and so bent on other scales.
 */
function edge([t0, h0], [t1, h1]) {
  const low = Math.log2(Math.max(h0, 1e-3));
  const up = Math.log2(Math.max(h1, 1e-3)) - low;
  const n = Math.max(1, Math.ceil(Math.abs(up) * PIECES_PER_OCTAVE));
  return Array.from({ length: n }, (_, k) => [
    t0 + ((t1 - t0) * k) / n,
    2 ** (low + (up * k) / n),
  ]);
}

/** @param {Path2D} path @param {Span[]} corners @param {View} view */
function addOutline(path, corners, view) {
  const outline = corners.flatMap((from, i) => edge(from, corners[(i + 1) % corners.length]));
  outline.forEach(([seconds, hertz], i) => {
    const [x, y] = [view.xOf(seconds), view.yOf(hertz)];
    if (i) path.lineTo(x, y);
    else path.moveTo(x, y);
  });
  path.closePath();
}

/**
 * @param {Path2D} path
 * @param {View} view
 * @param {Span | null | undefined} seconds
 * @param {Span | null | undefined} hertz
 */
function addBand(path, view, seconds, hertz) {
  const [left, right] = (seconds ?? [0, view.seconds]).map((time) => view.xOf(time));
  const [bottom, top] = (hertz ?? [view.lowest, view.highest]).map((f) => view.yOf(f));
  path.rect(left, top, right - left, Math.max(1, bottom - top));
}

/**
 * @param {Shape} shape
 * @param {View} view
 * @returns {Span[]} Bands of the partials that the picture holds.
 */
function partials(
  { pitch_hertz: pitch = 1, width_hertz: width = 40, n_partials: n = 0 },
  view,
) {
  const count = Math.min(n || Infinity, Math.floor(view.highest / pitch), MAX_PARTIALS);
  return Array.from({ length: count }, (_, i) => [
    Math.max(view.lowest / 2, (i + 1) * pitch - width / 2),
    (i + 1) * pitch + width / 2,
  ]);
}

/**
 * @param {number} middle
 * @param {Span | null | undefined} span
 * @param {number} half
 */
function overlaps(middle, span, half) {
  return !span || (middle + half > span[0] && middle - half < span[1]);
}

/** @param {Span} hertz @returns {Span} In octaves. */
function logs(hertz) {
  return ends(hertz, (f) => Math.log2(Math.max(f, 1)));
}

/** @param {Span} span @param {(end: number) => number} convert @returns {Span} */
function ends([low, high], convert) {
  return [Math.max(0, convert(low)), convert(high)];
}

/** @param {Span} from @param {Span} to @returns {(value: number) => number} */
function carry(from, to) {
  const scale = (to[1] - to[0]) / Math.max(1e-9, from[1] - from[0]);
  return (value) => to[0] + (value - from[0]) * scale;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 1e6) / 1e6;
}

/** @param {Span[]} points @returns {Box} */
function around(points) {
  const seconds = points.map(([time]) => time);
  const hertz = points.map(([, pitch]) => pitch);
  return {
    seconds: [Math.min(...seconds), Math.max(...seconds)],
    hertz: [Math.min(...hertz), Math.max(...hertz)],
  };
}

/** @param {number} hertz @param {Grain} grain */
function octave(hertz, grain) {
  return Math.log2(Math.max(hertz, grain.hertz, 1e-3));
}

/**
 * @param {Span} at
 * @param {Span} from
 * @param {Span} to
 * @returns {number} Squared distance of a point from a line between two others.
 */
function squared(at, from, to) {
  const [x, y] = [at[0] - from[0], at[1] - from[1]];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const along = (x * dx + y * dy) / Math.max(dx * dx + dy * dy, 1e-12);
  const share = Math.min(1, Math.max(0, along));
  return (x - share * dx) ** 2 + (y - share * dy) ** 2;
}

/**
 * Even-odd rule: an odd number of edges lies below a place inside.
 *
 * @param {Span[]} points
 * @param {Place} place
 * @param {Grain} grain
 */
function isInside(points, place, grain) {
  const height = octave(place.hertz, grain);
  let inside = false;
  points.forEach(([t0, h0], i) => {
    const [t1, h1] = points[(i + 1) % points.length];
    if (place.seconds < Math.min(t0, t1) || place.seconds >= Math.max(t0, t1)) return;
    const [y0, y1] = [octave(h0, grain), octave(h1, grain)];
    if (y0 + ((y1 - y0) * (place.seconds - t0)) / (t1 - t0) <= height) inside = !inside;
  });
  return inside;
}

/**
 * Whether one of the points lies on the pixel, so that the smallest stroke covers one.
 *
 * @param {Span[]} points
 * @param {Place} place
 * @param {Grain} grain
 */
function isUnder(points, place, grain) {
  return points.some(
    ([seconds, hertz]) =>
      Math.abs(seconds - place.seconds) <= grain.seconds &&
      Math.abs(hertz - place.hertz) <= grain.hertz,
  );
}

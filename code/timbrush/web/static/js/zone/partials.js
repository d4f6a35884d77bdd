/** The partials of a pitch that moves, or some of them, as shapes that the server knows. */

/**
 * @typedef {import('./shapes.js').Shape} Shape
 * @typedef {import('./shapes.js').Span} Span
 * @typedef {'all' | 'odd' | 'even'} Which
 */

const MOST = 64;
/** How far a pitch may move from one step to the next, in octaves. */
const GLIDE_OCTAVES = 1 / 12;
const STEP_SECONDS = 0.02;

/**
 * Follows the loudest frequency near a pitch.
 *
 * @param {Span} seconds From where to where.
 * @param {number} pitch In hertz, where it begins.
 * @param {(seconds: number, hertz: number, octaves: number) => number} peakNear
 * @returns {Span[]} Seconds and hertz.
 */
export function follow([start, stop], pitch, peakNear) {
  const n = Math.max(1, Math.ceil((stop - start) / STEP_SECONDS));
  /** @type {Span[]} */
  const track = [];
  for (let k = 0; k <= n; k++) {
    const time = start + ((stop - start) * k) / n;
    pitch = peakNear(time, pitch, GLIDE_OCTAVES);
    track.push([round(time), pitch]);
  }
  return track;
}

/**
 * @param {Span[]} track Seconds and hertz of the lowest partial; two points at least.
 * @param {{which: Which, count: number, width: (hertz: number) => Span, top: number}} options
 *   Which partials; how many of the lowest count, 0 for all; the band around a frequency; no
 *   partial lies above the top.
 * @returns {Shape[]} A lasso for each partial.
 */
export function partialsOf(track, { which, count, width, top }) {
  const highest = Math.max(...track.map(([, hertz]) => hertz));
  const last = Math.min(MOST, count || MOST, Math.floor(top / highest));
  const numbers = Array.from({ length: last }, (_, i) => i + 1).filter((number) => {
    return which === 'all' || (number % 2 === 1) === (which === 'odd');
  });
  return numbers.map((number) => {
    const bands = track.map(([time, hertz]) => ({ time, band: width(number * hertz) }));
    /** @type {Span[]} */
    const lower = bands.map(({ time, band }) => [time, round(band[0])]);
    /** @type {Span[]} */
    const upper = bands.map(({ time, band }) => [time, round(band[1])]);
    return { shape: 'lasso', mode: 'add', points: [...lower, ...upper.reverse()] };
  });
}

/** @param {number} cents @returns {(hertz: number) => Span} */
export function centsAround(cents) {
  const factor = 2 ** (cents / 2400);
  return (hertz) => [hertz / factor, hertz * factor];
}

/** @param {number} hertz The width. @returns {(hertz: number) => Span} */
export function hertzAround(hertz) {
  return (middle) => [Math.max(1, middle - hertz / 2), middle + hertz / 2];
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 1e4) / 1e4;
}

/** The handles of a zone's box: eight to resize it, one in the middle to move it. */

/**
 * @typedef {import('./shapes.js').Box} Box
 * @typedef {import('./shapes.js').Span} Span
 * @typedef {import('../picture/view.js').View} View
 * @typedef {{x: number, y: number}} Place
 * @typedef {{across: number, up: number}} Handle -1, 0 or 1 from the middle of the box.
 */

/** @type {Handle[]} */
const HANDLES = [-1, 0, 1].flatMap((across) => [-1, 0, 1].map((up) => ({ across, up })));
const REACH = { mouse: 7, touch: 16 };
/** A box is never made smaller: seconds, octaves. */
const LEAST = { seconds: 0.005, octaves: 0.05 };

/** @param {Box} box @param {View} view @returns {(Place & {handle: Handle})[]} */
export function placesOf(box, view) {
  const [left, right] = box.seconds.map((time) => view.xOf(time));
  const [bottom, top] = box.hertz.map((hertz) => view.yOf(Math.max(hertz, view.lowest)));
  return HANDLES.map((handle) => ({
    handle,
    x: (left + right) / 2 + (handle.across * (right - left)) / 2,
    y: (bottom + top) / 2 - (handle.up * (bottom - top)) / 2,
  }));
}

/** @param {Box} box @param {Handle} handle @param {View} view @returns {number} In pixels. */
export function heightOf(box, handle, view) {
  const found = placesOf(box, view).find(
    ({ handle: { across, up } }) => across === handle.across && up === handle.up,
  );
  return found?.y ?? 0;
}

/**
 * @param {Box} box
 * @param {View} view
 * @param {Place} place
 * @param {boolean} isTouch
 * @returns {Handle | null} The nearest one under the place.
 */
export function handleAt(box, view, place, isTouch) {
  const reach = isTouch ? REACH.touch : REACH.mouse;
  const near = placesOf(box, view)
    .map(({ handle, x, y }) => ({ handle, distance: Math.hypot(x - place.x, y - place.y) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near.distance <= reach ? near.handle : null;
}

/**
 * @param {Box} box As it was when the handle was taken.
 * @param {Handle} handle
 * @param {number} seconds How far it was dragged.
 * @param {number} octaves
 * @param {Box} whole It stays within.
 * @returns {Box}
 */
export function dragged(box, { across, up }, seconds, octaves, whole) {
  const logs = (/** @type {Span} */ span) =>
    /** @type {Span} */ (span.map((hertz) => Math.log2(Math.max(hertz, 1))));
  const isMove = !across && !up;
  const band = axis(
    logs(box.hertz),
    isMove ? null : up,
    octaves,
    LEAST.octaves,
    logs(whole.hertz),
  );
  return {
    seconds: axis(box.seconds, isMove ? null : across, seconds, LEAST.seconds, whole.seconds),
    hertz: [exact(2 ** band[0]), exact(2 ** band[1])],
  };
}

/**
 * @param {Span} span
 * @param {number | null} side -1 for the low end, 1 for the high end, null for both.
 * @param {number} by
 * @param {number} least
 * @param {Span} bounds
 * @returns {Span}
 */
function axis([low, high], side, by, least, [lowest, highest]) {
  if (side === null) {
    const step = Math.max(lowest - low, Math.min(highest - high, by));
    return [low + step, high + step];
  }
  if (side < 0) return [Math.max(lowest, Math.min(low + by, high - least)), high];
  if (side > 0) return [low, Math.min(highest, Math.max(high + by, low + least))];
  return [low, high];
}

/** @param {number} hertz Without what octaves and back added behind the point. */
function exact(hertz) {
  return Math.round(hertz * 1e6) / 1e6;
}

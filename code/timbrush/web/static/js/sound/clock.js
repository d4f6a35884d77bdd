/** Seconds as people read them, and the round steps of a scale. */

/** Steps of a time scale, in seconds, from which none is chosen below a second. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800];

/**
 * @param {number} seconds
 * @param {number} [step] What must still be told apart.
 * @returns {string} Minutes and seconds, such as 1:05.3.
 */
export function clock(seconds, step = 0.001) {
  const digits = Math.max(0, Math.min(3, -Math.floor(Math.log10(step) + 1e-9)));
  const rounded = Math.round(seconds * 10 ** digits) / 10 ** digits;
  const rest = (rounded % 60).toFixed(digits);
  return `${Math.floor(rounded / 60)}:${rest.padStart(digits ? digits + 3 : 2, '0')}`;
}

/** @param {number} least Seconds. @returns {number} The next round step that is not smaller. */
export function roundSeconds(least) {
  if (least <= 0.5) return roundNumber(least);
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
}

/** @param {number} least @returns {number} 1, 2 or 5 times a power of ten, not smaller. */
export function roundNumber(least) {
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  return ([1, 2, 5].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power;
}

const UNITS = /** @type {const} */ ([
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]);

/** @param {number} milliseconds @returns {string} Such as "5 minutes ago". */
export function ago(milliseconds) {
  const found = UNITS.find(([, size]) => milliseconds >= size);
  if (!found) return 'just now';
  const n = Math.floor(milliseconds / found[1]);
  return `${n} ${found[0]}${n === 1 ? '' : 's'} ago`;
}

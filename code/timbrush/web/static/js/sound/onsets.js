/** Where a sound begins anew: the place near a given one at which it rises the most. */

const STEP_SECONDS = 0.001;
const WINDOW_SECONDS = 0.01;
/** A rise below this, in decibels, is no onset. */
const LEAST_DECIBELS = 6;
const QUIET = 1e-9;

/**
 * @param {Float32Array[]} channels
 * @param {number} sampleRate
 * @param {number} seconds
 * @param {number} reach How far to look to each side, in seconds.
 * @returns {number | null} Seconds of the nearest strong onset; null if nothing rises there.
 */
export function onsetNear(channels, sampleRate, seconds, reach) {
  const step = Math.max(1, Math.round(STEP_SECONDS * sampleRate));
  const perWindow = Math.round(WINDOW_SECONDS / STEP_SECONDS);
  const first = Math.floor(((seconds - reach) * sampleRate) / step) - perWindow;
  const n = Math.ceil((2 * reach * sampleRate) / step) + 2 * perWindow + 1;
  const energies = Array.from({ length: n }, (_, k) =>
    energy(channels, (first + k) * step, step),
  );
  let [best, most] = [/** @type {number | null} */ (null), LEAST_DECIBELS];
  for (let k = perWindow; k + perWindow <= n; k++) {
    const before = total(energies, k - perWindow, k);
    const after = total(energies, k, k + perWindow);
    const rise = 10 * Math.log10((after + QUIET) / (before + QUIET));
    const time = ((first + k) * step) / sampleRate;
    if (rise > most && time >= 0 && Math.abs(time - seconds) <= reach)
      [best, most] = [time, rise];
  }
  return best;
}

/**
 * @param {Float32Array[]} channels
 * @param {number} start
 * @param {number} length
 */
function energy(channels, start, length) {
  let sum = 0;
  for (const channel of channels) {
    const stop = Math.min(channel.length, start + length);
    for (let i = Math.max(0, start); i < stop; i++) sum += channel[i] * channel[i];
  }
  return sum;
}

/**
 * @param {number[]} values
 * @param {number} first
 * @param {number} last
 */
function total(values, first, last) {
  let sum = 0;
  for (let k = first; k < last; k++) sum += values[k];
  return sum;
}

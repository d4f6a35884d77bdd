/** How far variations are from what was there, by their pictures. */

/** Levels below this, in steps of the picture, are not heard: half of its range. */
const AUDIBLE = 120;
const STEPS_PER_DECIBEL = 2;

/**
 * @param {Uint8Array} before Levels of a picture's columns, in half decibels.
 * @param {Uint8Array} after
 * @returns {number} Mean difference in decibels, where one of both is heard.
 */
export function distance(before, after) {
  let [sum, n] = [0, 0];
  for (let i = 0; i < before.length; i++) {
    const [a, b] = [Math.max(AUDIBLE, before[i]), Math.max(AUDIBLE, after[i])];
    if (a === AUDIBLE && b === AUDIBLE) continue;
    sum += Math.abs(a - b);
    n += 1;
  }
  return n ? sum / n / STEPS_PER_DECIBEL : 0;
}

/**
 * @template {{columns: Uint8Array}} T
 * @param {T[]} variations
 * @param {(variation: T) => Uint8Array} before Returns the columns as they are.
 * @returns {(T & {decibels: number})[]} The nearest first.
 */
export function nearestFirst(variations, before) {
  return variations
    .map((each) => ({ ...each, decibels: distance(before(each), each.columns) }))
    .sort((a, b) => a.decibels - b.decibels);
}

/** Where a stroke lies and what it did to the level, as the list of strokes says it. */

import { clock } from '../sound/clock.js';
import { boundsOf, zoneOf } from '../zone/zone.js';
import { titleOf } from './settings.js';

/** @typedef {import('../edit/session.js').Stroke} Stroke */

/** A change of level that nobody hears. */
const SLIGHT_DECIBELS = 0.05;

/**
 * @param {Stroke} stroke
 * @param {number} seconds Length of the sound.
 * @returns {string} Its shape and its time.
 */
export function time({ zone = [], seconds: times = null }, seconds) {
  const bounded = times ? 'rectangle' : 'whole sound';
  const kind = zone.length > 1 ? `${zone.length} shapes` : (zone[0]?.shape ?? bounded);
  const reached = times ?? zone.flatMap((shape) => shape.seconds ?? timesOf(shape, seconds));
  if (!reached.length) return titleOf(kind);
  const [first, last] = [Math.min(...reached), Math.max(...reached)];
  return `${titleOf(kind)} ${clock(first, 0.01)} – ${clock(last, 0.01)}`;
}

/**
 * @param {Stroke} stroke
 * @param {{low_hertz: number, high_hertz: number} | null} head Of the sound.
 * @returns {string} Its frequencies.
 */
export function band(stroke, head) {
  const [lowest, highest] = [head?.low_hertz ?? 20, head?.high_hertz ?? 20_000];
  const whole = /** @type {import('../zone/shapes.js').Box} */ ({
    seconds: [0, Infinity],
    hertz: [lowest, highest],
  });
  const [low, high] = boundsOf(zoneOf(stroke), whole)?.hertz ?? whole.hertz;
  if (low <= lowest && high >= highest) return 'all frequencies';
  return `${hertz(low)} – ${hertz(high)}`;
}

/** @param {number} [decibels] @returns {string} By how much a zone became louder. */
export function louder(decibels) {
  if (decibels === undefined) return '';
  if (Math.abs(decibels) < SLIGHT_DECIBELS) return '0 dB';
  return `${decibels > 0 ? '+' : '−'}${Math.abs(decibels).toFixed(1)} dB`;
}

/** @param {number} value @returns {string} */
function hertz(value) {
  if (value < 1000) return `${Math.round(value)} Hz`;
  return `${Number((value / 1000).toPrecision(3))} kHz`;
}

/**
 * @param {import('../zone/shapes.js').Shape} shape
 * @param {number} seconds
 */
function timesOf(shape, seconds) {
  return shape.points?.map(([time]) => time) ?? [0, seconds];
}

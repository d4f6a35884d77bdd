/** The scales beside the picture: hertz, notes, seconds. */

import { contextOf } from '../page/dom.js';
import { clock, roundNumber, roundSeconds } from '../sound/clock.js';
import { SCALES } from './scales.js';
import { themed } from './theme.js';
import { hertzOf, isBlack, midiOf, nameOf } from '../sound/pitch.js';

const FONT = '11px Inter, system-ui, sans-serif';

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} ratio
 */
function begin(canvas, ratio) {
  const { clientWidth: width, clientHeight: height } = canvas;
  Object.assign(canvas, {
    width: Math.round(width * ratio),
    height: Math.round(height * ratio),
  });
  const context = contextOf(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const [ink, faint] = [themed('ink-faint'), themed('tick')];
  Object.assign(context, { font: FONT, fillStyle: ink, textBaseline: 'middle' });
  return { context, width, height, ink, faint };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('./view.js').View} view
 * @param {number} ratio
 */
export function drawHertz(canvas, view, ratio) {
  const { context, width, height } = begin(canvas, ratio);
  context.textAlign = 'right';
  let before = Infinity;
  for (const hertz of hertzTicks(view)) {
    const y = view.yOf(hertz);
    if (y < 8 || y > height - 8 || before - y < 22) continue;
    before = y;
    const words = hertz >= 1000 ? `${+(hertz / 1000).toFixed(2)}k` : `${+hertz.toFixed(1)}`;
    context.fillText(words, width - 10, y);
    context.fillRect(width - 5, Math.round(y), 5, 1);
  }
}

/** @param {import('./view.js').View} view @returns {number[]} Low first. */
function hertzTicks(view) {
  const [low, high] = view.hertz;
  const ticks = [];
  if (high / low < 4 || view.scale === SCALES.linear) {
    const step = roundNumber((high - low) / 12);
    for (let hertz = Math.ceil(low / step) * step; hertz <= high; hertz += step)
      ticks.push(hertz);
    return ticks;
  }
  for (let decade = 1; decade <= high; decade *= 10) {
    const near = [1, 2, 5].map((factor) => factor * decade);
    ticks.push(...near.filter((hertz) => hertz >= low && hertz <= high));
  }
  return ticks;
}

/**
 * Draws a keyboard standing on its end: each key as high as its semitone.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import('./view.js').View} view
 * @param {number} ratio
 */
export function drawNotes(canvas, view, ratio) {
  const { context, height, ink, faint } = begin(canvas, ratio);
  const [low, high] = view.hertz.map((hertz) => midiOf(Math.max(view.lowest, hertz)));
  context.textAlign = 'left';
  let before = Infinity;
  for (let midi = Math.floor(low); midi <= Math.ceil(high); midi++) {
    const top = view.yOf(hertzOf(midi + 0.5));
    const bottom = view.yOf(hertzOf(midi - 0.5));
    const semitone = bottom - top;
    if (semitone >= 2.5 && isBlack(midi)) {
      context.fillStyle = faint;
      context.fillRect(0, top, 9, Math.max(1, semitone - 0.5));
    }
    const isRoomy = midi % 12 === 0 && 12 * semitone >= 14;
    const named = isRoomy || (semitone >= 7 && !isBlack(midi)) || semitone >= 14;
    if (!named || top + semitone / 2 < 7 || top + semitone / 2 > height - 7) continue;
    if (before - top < 12) continue;
    before = top;
    context.fillStyle = ink;
    context.fillText(nameOf(midi), 13, top + semitone / 2);
    if (midi % 12 === 0) context.fillRect(0, Math.round(bottom), 9, 1);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('./view.js').View} view
 * @param {number} ratio
 */
export function drawSeconds(canvas, view, ratio) {
  const { context, width } = begin(canvas, ratio);
  const shown = view.time[1] - view.time[0];
  const step = roundSeconds(shown / Math.max(2, width / 90));
  context.textAlign = 'center';
  for (let n = Math.ceil(view.time[0] / step); n * step <= view.time[1]; n++) {
    const x = view.xOf(n * step);
    context.fillRect(Math.round(x), 0, 1, 5);
    if (x > 14 && x < width - 14) context.fillText(clock(n * step, step), x, 14);
  }
}

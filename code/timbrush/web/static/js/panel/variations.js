/** A strip of seeds for the same zone, the nearest to what was there first: listen, keep one. */

import { button, input, make, part, showPressed } from '../page/dom.js';
import { save, stem } from '../page/files.js';
import { drawThumbnail } from '../picture/thumbnail.js';
import { nearestFirst } from './distance.js';
import { randomSeed } from './settings.js';

/** How long each is heard at least, and the silence after it, when they are played in a row. */
const LEAST_SECONDS = 0.5;
const PAUSE_SECONDS = 0.15;

/** @typedef {import('../edit/studio.js').Variation & {decibels: number}} Variation */

const COUNT = { least: 2, most: 12, usual: 4 };

/**
 * @param {import('../edit/studio.js').Studio} studio
 * @param {() => import('../edit/session.js').Stroke | null} current The stroke as it is set
 *   now.
 * @param {import('../sound/player.js').Player} player
 */
export function showVariations(studio, current, player) {
  /** @type {Variation[]} */
  let found = [];
  /** @type {import('../edit/session.js').Stroke | null} */
  let stroke = null;
  let heard = -1;

  const hear = async (/** @type {number} */ index) => {
    heard = index === heard ? -1 : index;
    await studio.preview(found[heard] ?? null);
    draw();
  };

  /** Waits for the end of what is played in a row; none if nothing is. */
  let row = 0;
  const stopRow = () => {
    clearTimeout(row);
    row = 0;
    showPressed('vary-row', false);
  };

  const playRow = async (/** @type {number} */ index) => {
    if (index >= found.length) return stopRow();
    heard = -1;
    await hear(index);
    const { first, samples } = found[index];
    const start = Math.max(player.range[0], first);
    await player.play(start);
    const seconds = (first + samples[0].length - start) / player.sampleRate;
    const wait = Math.max(LEAST_SECONDS, seconds + PAUSE_SECONDS) * 1000;
    row = window.setTimeout(() => playRow(index + 1), wait);
  };

  button('vary-row').addEventListener('click', () => {
    if (row) return stopRow();
    showPressed('vary-row', true);
    playRow(0);
  });
  button('vary-export').addEventListener('click', async () => {
    if (!stroke) return;
    const seeds = found.map(({ seed }) => seed);
    save(await studio.exportVariations(stroke, seeds), `${stem(studio.name)}-variations.zip`);
  });

  const keep = async () => {
    const { seed } = found[heard];
    clear();
    if (stroke) await studio.paint({ ...stroke, seed });
  };

  const draw = () => {
    const { nRows, palette } = studio.spectrogram;
    const chips = found.map((variation, i) => {
      const choose = () => {
        stopRow();
        return hear(i);
      };
      return chip(variation, i, i === heard, choose, (canvas) =>
        drawThumbnail(canvas, variation.columns, nRows, palette),
      );
    });
    if (heard >= 0) {
      const kept = make('button', { className: 'keep', textContent: 'Keep' });
      kept.addEventListener('click', keep);
      chips.push(kept);
    }
    const strip = part('strip');
    const focused = [...strip.children].findIndex((child) => child === document.activeElement);
    strip.replaceChildren(...chips);
    chips[focused]?.focus();
    for (const id of ['vary-row', 'vary-export']) button(id).disabled = !found.length;
  };

  const clear = () => {
    stopRow();
    found = [];
    heard = -1;
    draw();
  };

  button('vary').addEventListener('click', async () => {
    stroke = current();
    if (!stroke) return;
    const wanted = Math.round(Number(input('n-variations').value)) || COUNT.usual;
    const n = Math.min(COUNT.most, Math.max(COUNT.least, wanted));
    clear();
    const tried = await studio.variations(stroke, Array.from({ length: n }, randomSeed));
    const before = (
      /** @type {import('../edit/studio.js').Variation} */ { firstColumn, columns },
    ) => studio.spectrogram.copy(firstColumn, columns.length);
    found = nearestFirst(tried, before);
    if (found.length) await hear(0);
    part('strip').scrollIntoView({ block: 'nearest' });
  });
  for (const type of ['changed', 'looked']) studio.addEventListener(type, clear);
}

/**
 * @param {Variation} variation
 * @param {number} index
 * @param {boolean} isHeard
 * @param {() => void} choose
 * @param {(canvas: HTMLCanvasElement) => void} draw Its picture.
 */
function chip({ seed, cost, decibels }, index, isHeard, choose, draw) {
  const canvas = make('canvas', { width: 48, height: 40 });
  draw(canvas);
  const far = `${decibels.toFixed(1)} dB from what was there`;
  const chip = make(
    'button',
    {
      title: `Seed ${seed}: ${far}, ${Math.round(cost.share * 100)} % changed`,
      ariaLabel: `Variation ${index + 1}, seed ${seed}, ${far}`,
      ariaPressed: String(isHeard),
    },
    canvas,
    String(index + 1),
  );
  chip.addEventListener('click', choose);
  return chip;
}

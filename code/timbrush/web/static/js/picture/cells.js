/**
 * What only the server knows of the codes' cells: how surprising each is, what a stroke
 * painted.
 */

import { dependsOnSound } from '../zone/shapes.js';

/**
 * @typedef {{values: Float32Array, grid: import('../panel/settings.js').Grid}} Level
 *   A value for each cell of a grid, row by row, low rows first.
 */

/**
 * Keeps what the overlay shows of the cells up to date.
 *
 * @param {import('./overlay.js').Overlay} overlay
 * @param {import('./display.js').Display} display
 * @param {import('../edit/studio.js').Studio} studio
 * @param {import('../panel/settings.js').Settings} settings
 * @param {() => void} redraw
 */
export function connectCells(overlay, display, studio, settings, redraw) {
  const { grids } = settings.model;
  const withGrids = (/** @type {Float32Array[]} */ levels) =>
    levels.map((values, i) => ({ values, grid: grids[i] }));

  const showSurprise = async () => {
    const { inpainter, radius } = settings.values;
    const isWanted = () => studio.isOpen && display.surprise;
    const measured = isWanted() ? await studio.surprise(inpainter, radius) : [];
    const levels = isWanted() ? withGrids(measured) : []; // it may have been switched off
    overlay.surprise = levels.slice(settings.values.level === 'coarse' ? 0 : -1).slice(0, 1);
    redraw();
  };

  /** Where the last stroke lies, if the sound decides that and no shape does. */
  const showPainted = async () => {
    const last = studio.entries[studio.position - 1]?.stroke;
    const levels = dependsOnSound(last?.zone ?? []) ? withGrids(await studio.cells()) : [];
    overlay.cells = last?.level === 'coarse' ? levels.slice(0, 1) : levels.slice(-1);
    redraw();
  };

  let judged = '';
  settings.addEventListener('change', () => {
    const { inpainter, radius, level } = settings.values;
    const judge = `${inpainter} ${radius} ${level}`;
    if (judge !== judged && overlay.surprise.length) showSurprise();
    judged = judge;
  });
  display.addEventListener('change', (event) => {
    if ('surprise' in /** @type {CustomEvent} */ (event).detail) showSurprise();
  });
  studio.addEventListener('opened', () => {
    overlay.surprise = [];
    showSurprise();
  });
  studio.addEventListener('changed', () => {
    if (overlay.surprise.length) showSurprise();
    showPainted();
  });
}

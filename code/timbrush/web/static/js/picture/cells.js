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
 * @param {import('../zone/zone.js').Zone} zone
 * @param {() => void} redraw
 */
export function connectCells(overlay, display, studio, settings, zone, redraw) {
  const { grids } = settings.model;
  const withGrids = (/** @type {Float32Array[]} */ levels) =>
    levels.map((values, i) => ({ values, grid: grids[i] }));

  /** @param {Level[]} levels @returns {Level[]} The one that the stroke redraws, or the last. */
  const shown = (levels) => {
    const chosen = levels.filter(({ grid }) => grid.name === settings.values.level);
    return chosen.length ? chosen : levels.slice(-1);
  };

  const showSurprise = async () => {
    const { inpainter, radius } = settings.values;
    const isWanted = () => studio.isOpen && display.surprise;
    const measured = isWanted() ? await studio.surprise(inpainter, radius) : [];
    const levels = isWanted() ? withGrids(measured) : []; // it may have been switched off
    overlay.surprise = shown(levels);
    redraw();
  };

  /** Where the zone lies, if the sound decides that and no shape does. */
  const showZone = async () => {
    const { shapes } = zone;
    const isKnown = !dependsOnSound(shapes) || !studio.isOpen;
    const levels = isKnown ? [] : withGrids(await studio.cells(settings.stroke(shapes)));
    if (shapes !== zone.shapes) return;
    overlay.cells = shown(levels);
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
  });
  zone.addEventListener('change', showZone);
}

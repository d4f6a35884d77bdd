/** Zones that the sound decides: what is loud, what is unlikely, what lasts and what strikes. */

import { button, input, part, placeUnder } from '../page/dom.js';
import { say } from '../page/message.js';

/** @typedef {import('./shapes.js').Shape} Shape */

/**
 * @param {Shape[]} shapes Of the zone so far.
 * @param {Shape} found What it is cut to; it replaces a cut of its own kind.
 * @returns {Shape[]}
 */
export function cutTo(shapes, found) {
  const others = shapes.filter(({ shape }) => shape !== found.shape);
  return [...others, { ...found, mode: 'intersect' }];
}

/**
 * @param {import('./zone.js').Zone} zone
 * @param {import('../edit/studio.js').Studio} studio
 * @param {import('../panel/settings.js').Settings} settings
 */
export function connectFinding(zone, studio, settings) {
  placeUnder('find', 'find-box');
  const number = (/** @type {string} */ id) => Number(input(id).value);
  /** @type {Record<string, () => Omit<Shape, 'mode'>>} */
  const finds = {
    'find-loud': () => ({
      shape: 'threshold',
      above_decibels: number('loud-decibels'),
      below_decibels: null,
    }),
    'find-soft': () => ({
      shape: 'threshold',
      above_decibels: null,
      below_decibels: number('soft-decibels'),
    }),
    'find-unlikely': () => {
      const { inpainter, radius } = settings.values;
      return { shape: 'surprise', share: number('unlikely-share') / 100, inpainter, radius };
    },
    'find-tonal': () => ({ shape: 'part', part: 'tonal' }),
    'find-transient': () => ({ shape: 'part', part: 'transient' }),
  };
  for (const [id, find] of Object.entries(finds)) {
    button(id).addEventListener('click', () => {
      part('find-box').hidePopover();
      if (!studio.isOpen) return;
      studio.choose(null);
      zone.set(cutTo(zone.shapes, { ...find(), mode: 'intersect' }));
      part('surface').focus({ preventScroll: true });
      say('Enter paints what was found.');
    });
  }
}

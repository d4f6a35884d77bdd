/** The panel of a stroke's settings: it shows them, and changes them. */

import { button, input, onChoice, part, select, showChoice, showPressed } from '../page/dom.js';
import { connectPalette } from './palette.js';
import { titleOf } from './settings.js';
import { GUIDANCE, SLIDERS, sliderRow } from './sliders.js';

/** @param {import('./settings.js').Settings} settings */
export function connectPanel(settings) {
  const { inpainters, largest_seed: largest } = settings.model;
  const inpainter = select('inpainter');
  inpainter.replaceChildren(...inpainters.map(({ name }) => new Option(titleOf(name), name)));
  inpainter.addEventListener('change', () => settings.set({ inpainter: inpainter.value }));
  onChoice('level', (level) => settings.set({ level }));
  connectSeed(settings, largest);
  part('sliders').replaceChildren(...SLIDERS.map((slider) => sliderRow(slider, settings)));
  part('keys').before(sliderRow(GUIDANCE, settings));
  connectPalette(settings);

  const radius = /** @type {HTMLElement} */ (input('brush-radius').closest('.slider'));
  const show = () => {
    inpainter.value = settings.values.inpainter;
    showChoice('level', settings.values.level);
    radius.hidden = !settings.inpainter.takes_radius;
  };
  settings.addEventListener('change', show);
  show();
}

/**
 * @param {import('./settings.js').Settings} settings
 * @param {number} largest
 */
function connectSeed(settings, largest) {
  const seed = input('seed');
  seed.max = String(largest);
  seed.addEventListener('change', () => {
    settings.set(seed.value === '' ? {} : { seed: Number(seed.value) });
  });
  button('die').addEventListener('click', () => settings.roll());
  button('lock').addEventListener('click', () => settings.lock(!settings.isLocked));
  const show = () => {
    seed.value = String(settings.values.seed);
    showPressed('lock', settings.isLocked);
  };
  settings.addEventListener('change', show);
  show();
}

/**
 * Keeps buttons that need a zone from being pressed without one.
 *
 * @param {import('../zone/zone.js').Zone} zone
 * @param {import('../edit/studio.js').Studio} studio
 */
export function connectZoneButtons(zone, studio) {
  zone.addEventListener('change', () => {
    for (const id of ['paint', 'clear', 'vary']) {
      button(id).disabled = !studio.isOpen || zone.isEmpty;
    }
  });
  button('clear').addEventListener('click', () => zone.set([]));
}

/** The panel of a stroke's settings: it shows them, and changes them. */

import {
  button,
  input,
  onChoice,
  part,
  select,
  showChoice,
  showPressed,
  make,
} from '../page/dom.js';
import { connectPalette } from './palette.js';
import { titleOf } from './settings.js';
import { GUIDANCE, KEEP, MORE, SLIDERS, sliderRow } from './sliders.js';

/** @param {import('./settings.js').Settings} settings */
export function connectPanel(settings) {
  const { inpainters, largest_seed: largest } = settings.model;
  const inpainter = select('inpainter');
  inpainter.replaceChildren(...groups(inpainters));
  inpainter.addEventListener('change', () => settings.set({ inpainter: inpainter.value }));
  part('level').append(...levels(settings));
  onChoice('level', (level) => settings.set({ level }));
  connectSeed(settings, largest);
  const rows = (/** @type {import('./sliders.js').Slider[]} */ sliders) =>
    sliders.map((slider) => sliderRow(slider, settings));
  part('sliders').replaceChildren(...rows(SLIDERS));
  const kept = KEEP.filter(({ key }) => key in settings.model.defaults);
  part('keep').replaceChildren(...rows(kept));
  part('more-sliders').replaceChildren(...rows(MORE));
  part('keys').before(sliderRow(GUIDANCE, settings));
  connectPalette(settings);

  const radius = /** @type {HTMLElement} */ (input('brush-radius').closest('.slider'));
  const show = () => {
    inpainter.value = settings.values.inpainter;
    part('inpainter-words').textContent = settings.inpainter.words;
    showChoice('level', settings.values.level);
    radius.hidden = !settings.inpainter.takes_radius;
  };
  settings.addEventListener('change', show);
  show();
}

/** What an inpainter is there for. @type {[string, string][]} */
const PURPOSES = [
  ['fast', 'Fast'],
  ['best', 'Best'],
  ['comparison', 'For comparison'],
];

/** @param {import('./settings.js').Inpainter[]} inpainters @returns {HTMLElement[]} */
function groups(inpainters) {
  return PURPOSES.flatMap(([purpose, label]) => {
    const options = inpainters
      .filter((each) => each.purpose === purpose)
      .map(({ name, words }) =>
        make('option', { value: name, title: words, textContent: titleOf(name) }),
      );
    return options.length ? [make('optgroup', { label }, ...options)] : [];
  });
}

/** @type {Record<string, string>} */
const LEVELS = {
  both: 'All of the sound',
  coarse: 'Broad timbre only',
  fine: 'Detail only',
  rhythm: 'How loud and when, only',
  timbre: 'Only how it sounds, not when',
};

/** @param {import('./settings.js').Settings} settings @returns {HTMLElement[]} */
function levels({ model }) {
  return ['both', ...model.grids.map(({ name }) => name)].map((value) =>
    make(
      'label',
      { title: LEVELS[value] ?? '' },
      make('input', { type: 'radio', name: 'level', value }),
      make('span', { textContent: titleOf(value) }),
    ),
  );
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

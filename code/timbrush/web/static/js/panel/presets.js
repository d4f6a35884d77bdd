/** Settings under one name: those that come with the page, and those that were saved. */

import { button, make, select } from '../page/dom.js';
import { fitting } from './settings.js';

/**
 * @typedef {import('./settings.js').Model} Model
 * @typedef {import('./settings.js').Settings} Settings
 * @typedef {import('./settings.js').Values} Values
 * @typedef {import('../kept/database.js').Database} Database
 * @typedef {{name: string, values: Partial<Values>}} Preset What differs from the settings that
 *   a stroke begins with.
 */

const KEY = 'presets';
/** What belongs to one stroke, and to no preset. */
const OF_A_STROKE = ['seed', 'zone', 'seconds', 'hertz', 'channels', 'amount', 'enabled'];

/**
 * @param {Model} model
 * @returns {Preset[]} Those that this model can do.
 */
export function builtIn(model) {
  const best = model.inpainters.find(({ purpose }) => purpose === 'best')?.name;
  const flutist = model.inpainters.find((each) => each.takes_family)?.name;
  const { inpainter } = model.defaults;
  /** @type {Preset[]} */
  const presets = [
    { name: 'Another take', values: {} },
    { name: 'Same rhythm, other timbre', values: { level: 'timbre', keep_rhythm: 1 } },
    {
      name: 'Heal',
      values: {
        inpainter: best ?? inpainter,
        temperature: 0.5,
        softness: 0.3,
        keep_level: 0,
        keep_rhythm: 0,
      },
    },
    { name: 'Smear', values: { radius: 2, softness: 0.5, temperature: 1.5, keep_rhythm: 0 } },
    { name: 'As a flute', values: { inpainter: flutist, family: 'flute', guidance: 3 } },
  ];
  return presets.filter(({ values }) => {
    const wanted = Object.keys(values);
    return wanted.length === Object.keys(fitting(values, model)).length;
  });
}

/**
 * @param {Preset} preset
 * @param {Model} model
 * @returns {Partial<Values>} All that it sets.
 */
export function setBy({ values }, model) {
  const all = Object.entries({ ...model.defaults, ...fitting(values, model) });
  return Object.fromEntries(all.filter(([key]) => !OF_A_STROKE.includes(key)));
}

/**
 * @param {Preset | undefined} preset
 * @param {Settings} settings
 * @returns {boolean} Whether the settings are those of the preset.
 */
export function holds(preset, settings) {
  if (!preset) return false;
  const values = /** @type {Record<string, unknown>} */ (settings.values);
  return Object.entries(setBy(preset, settings.model)).every(
    ([key, value]) => JSON.stringify(values[key]) === JSON.stringify(value),
  );
}

/** @param {Settings} settings @param {Database} database */
export async function connectPresets(settings, database) {
  const list = select('preset');
  const given = builtIn(settings.model);
  /** @type {Preset[]} */
  let own = (await database.get('settings', KEY).catch(() => null)) ?? [];
  const options = (/** @type {Preset[]} */ presets) =>
    presets.map(({ name }) => new Option(name, name));

  const show = (/** @type {string} */ chosen) => {
    list.replaceChildren(new Option('–', ''), ...options(given));
    if (own.length) list.append(make('optgroup', { label: 'Yours' }, ...options(own)));
    list.value = chosen;
    button('delete-preset').disabled = !own.some(({ name }) => name === chosen);
  };
  const change = (/** @type {Preset[]} */ presets, /** @type {string} */ chosen) => {
    own = presets;
    database.put([['settings', KEY, own]]).catch(() => {}); // then it lasts for this visit
    show(chosen);
  };
  const chosen = () => [...given, ...own].find(({ name }) => name === list.value);
  const others = (/** @type {string} */ name) => own.filter((each) => each.name !== name);

  list.addEventListener('change', () => {
    const preset = chosen();
    if (preset) settings.set(setBy(preset, settings.model));
    show(list.value);
  });
  // What was changed by hand is no preset any more.
  settings.addEventListener('change', () => {
    if (list.value && !holds(chosen(), settings)) show('');
  });
  button('save-preset').addEventListener('click', () => {
    const name = prompt('Name of the preset:')?.trim();
    if (!name || given.some((each) => each.name === name)) return;
    change([...others(name), { name, values: structuredClone(settings.values) }], name);
  });
  button('delete-preset').addEventListener('click', () => change(others(list.value), ''));
  show('');
}

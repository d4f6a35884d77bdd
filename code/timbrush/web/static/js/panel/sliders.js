/** Sliders of the panel, each with its number beside it. */

import { make, showShare } from '../page/dom.js';

/**
 * @typedef {'strength' | 'softness' | 'radius' | 'repeat' | 'temperature' | 'guidance' |
 *   'keep_level' | 'keep_rhythm' | 'keep_width'} Key
 * @typedef {{key: Key, label: string, unit?: string, low: number, high: number, step: number,
 *   scale?: number, hint: string}} Slider `scale` times the setting is what is shown.
 */

/** @type {Slider[]} What is always shown. */
export const SLIDERS = [
  {
    key: 'strength',
    label: 'Strength',
    unit: '%',
    low: 0,
    high: 100,
    step: 1,
    scale: 100,
    hint: 'How much of the zone is redrawn',
  },
];

const PERCENT = { unit: '%', low: 0, high: 100, step: 1, scale: 100 };

/** @type {Slider[]} What a stroke keeps of what was there. */
export const KEEP = [
  {
    ...PERCENT,
    key: 'keep_level',
    label: 'Keep level',
    hint: 'How much of the loudness that was there stays, in each band',
  },
  {
    ...PERCENT,
    key: 'keep_rhythm',
    label: 'Keep rhythm',
    hint: 'How far every hit stays where it was, with another timbre',
  },
  {
    ...PERCENT,
    key: 'keep_width',
    label: 'Keep width',
    hint: 'How much of the difference between the channels stays',
  },
];

/** @type {Slider[]} What is shown when asked for. */
export const MORE = [
  {
    key: 'softness',
    label: 'Softness',
    unit: '%',
    low: 0,
    high: 100,
    step: 1,
    scale: 100,
    hint: 'How far the strength falls towards the edge of the zone',
  },
  {
    key: 'radius',
    label: 'Radius',
    low: 0.5,
    high: 2,
    step: 0.1,
    hint: 'How much the cells around count: less below 1, as much as they can from 2 on',
  },
  {
    key: 'repeat',
    label: 'Repeat',
    low: 1,
    high: 20,
    step: 1,
    hint: 'How often the stroke is applied: each turn goes further where strength is below 100 %',
  },
  {
    key: 'temperature',
    label: 'Temperature',
    low: 0,
    high: 3,
    step: 0.05,
    hint: '0 takes what is likeliest, 1 draws as learned, more surprises',
  },
];

/** @type {Slider} */
export const GUIDANCE = {
  key: 'guidance',
  label: 'Guidance',
  low: 0,
  high: 10,
  step: 0.5,
  hint: 'How much family and pitch count beside what lies around the zone',
};

/**
 * @param {Slider} slider
 * @param {import('./settings.js').Settings} settings
 * @returns {HTMLElement} A row that shows and changes the setting.
 */
export function sliderRow({ key, label, unit, low, high, step, scale = 1, hint }, settings) {
  const id = `brush-${key}`;
  const bounds = { min: String(low), max: String(high), step: String(step) };
  const range = make('input', { id, type: 'range', ...bounds });
  const number = make('input', { type: 'number', ...bounds });
  number.setAttribute('aria-label', `${label} as a number`);
  const words = unit ? `${label}, ${unit}` : label;
  const name = make('label', { className: 'name', textContent: words, htmlFor: id });

  const show = () => {
    range.value = String(round((settings.values[key] ?? 1) * scale));
    number.value = range.value;
    showShare(range);
  };
  const take = (/** @type {number} */ value) => settings.set({ [key]: value / scale });
  range.addEventListener('input', () => take(Number(range.value)));
  number.addEventListener('change', () => {
    if (number.value !== '') range.value = number.value; // the range keeps within its bounds
    take(Number(range.value)); // an emptied field shows what it was
  });
  settings.addEventListener('change', show);
  show();
  return make('div', { className: 'slider', title: hint }, name, range, number);
}

/** @param {number} value @returns {number} Without what scaling added behind the point. */
function round(value) {
  return Number(value.toFixed(6));
}

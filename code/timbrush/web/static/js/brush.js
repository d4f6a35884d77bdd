/** The settings of a stroke, and the controls that show them. */

import { hertzOf, isBlack, nameOf } from './pitch.js';
import { byId, chosen, onChoice, shareOf } from './controls.js';

const SLIDERS = [
  { key: 'strength', label: 'Strength', unit: '%', low: 0, high: 100, step: 1, value: 100, scale: 100, hint: 'Share of the painted cells that is redrawn' },
  { key: 'softness', label: 'Softness', unit: '%', low: 0, high: 100, step: 1, value: 0, scale: 100, hint: 'How far the strength falls towards the edge of the zone' },
  { key: 'radius', label: 'Radius', unit: '', low: 0.5, high: 8, step: 0.1, value: 1, scale: 1, hint: 'How far the inpainter looks, in cells' },
  { key: 'repeat', label: 'Repeat', unit: '', low: 1, high: 20, step: 1, value: 1, scale: 1, hint: 'How often the stroke is applied' },
  { key: 'temperature', label: 'Temperature', unit: '', low: 0, high: 3, step: 0.05, value: 1, scale: 1, hint: '0 takes the likeliest code, 1 draws as learned, more flattens' },
];
const GUIDANCE = { key: 'guidance', label: 'Guidance', unit: '', low: 0, high: 10, step: 0.5, value: 2, scale: 1, hint: 'How much family and pitch count beside what lies around the zone' };
const MAX_SEED = 2 ** 32;
const PALETTE = { low: 36, high: 84 };

/** Fires `change`. */
export class Brush extends EventTarget {
  #locked = false;
  /** @type {any[]} */
  #inpainters = [];

  constructor() {
    super();
    this.seed = randomSeed();
    this.#buildSliders();
    byId('seed').value = String(this.seed);
    byId('seed').addEventListener('change', () => this.#takeSeed());
    byId('die').addEventListener('click', () => this.roll());
    byId('lock').addEventListener('click', () => this.#lock());
    byId('inpainter').addEventListener('change', () => this.#showTaken());
    byId('pitch').addEventListener('change', () => this.#showPitch());
    onChoice('level', () => this.#changed());
  }

  /** @param {any} model What /api/model answered. */
  load(model) {
    this.#inpainters = model.inpainters;
    byId('inpainter').replaceChildren(
      ...this.#inpainters.map(({ name }) => new Option(titleOf(name), name)),
    );
    const first = this.#inpainters.find(({ name }) => name === 'naive-bayes') ?? this.#inpainters[0];
    byId('inpainter').value = first?.name ?? '';
    const families = model.families.map((/** @type {string} */ name) => new Option(titleOf(name), name));
    byId('family').replaceChildren(new Option('As it is', ''), ...families);
    this.#buildKeys();
    this.#showTaken();
  }

  get level() {
    return chosen('level');
  }

  get inpainter() {
    return byId('inpainter').value;
  }

  /** @param {string} key @returns {number} */
  value(key) {
    const { scale } = /** @type {any} */ ([...SLIDERS, GUIDANCE].find((slider) => slider.key === key));
    return Number(byId(`brush-${key}`).value) / scale;
  }

  /**
   * @param {import('./zone.js').Shape[]} zone
   * @returns {import('./session.js').Stroke}
   */
  stroke(zone) {
    const values = Object.fromEntries([...SLIDERS, GUIDANCE].map(({ key }) => [key, this.value(key)]));
    const { takes_pitch: pitched, takes_family: familial } = this.#inpainterInfo();
    return {
      ...values,
      zone,
      level: this.level,
      inpainter: this.inpainter,
      seed: this.seed,
      pitch: pitched && byId('pitch').value ? Number(byId('pitch').value) : null,
      family: (familial && byId('family').value) || null,
    };
  }

  /** Draws a new seed. */
  roll() {
    this.seed = randomSeed();
    byId('seed').value = String(this.seed);
  }

  /** Draws a new seed for the next stroke, unless it is locked. */
  next() {
    if (!this.#locked) this.roll();
  }

  #inpainterInfo() {
    return this.#inpainters.find(({ name }) => name === this.inpainter) ?? {};
  }

  #takeSeed() {
    const value = Math.floor(Number(byId('seed').value));
    this.seed = Number.isFinite(value) ? Math.min(MAX_SEED - 1, Math.max(0, value)) : this.seed;
    byId('seed').value = String(this.seed);
  }

  #lock() {
    this.#locked = !this.#locked;
    byId('lock').setAttribute('aria-pressed', String(this.#locked));
  }

  #buildSliders() {
    byId('sliders').replaceChildren(...SLIDERS.map((slider) => this.#slider(slider)));
    byId('keys').before(this.#slider(GUIDANCE));
  }

  /** @param {typeof SLIDERS[0]} slider */
  #slider({ key, label, unit, low, high, step, value, hint }) {
    const row = document.createElement('div');
    Object.assign(row, { className: 'slider', title: hint });
    const name = Object.assign(document.createElement('label'), { className: 'name', textContent: unit ? `${label}, ${unit}` : label, htmlFor: `brush-${key}` });
    const bounds = { min: low, max: high, step, value };
    const range = Object.assign(document.createElement('input'), { id: `brush-${key}`, type: 'range', ...bounds });
    const number = Object.assign(document.createElement('input'), { type: 'number', ...bounds });
    number.setAttribute('aria-label', `${label} as a number`);
    range.addEventListener('input', () => {
      number.value = range.value;
      shareOf(range);
      this.#changed();
    });
    number.addEventListener('change', () => {
      if (number.value !== '') range.value = number.value; // emptied, it shows what it was
      range.dispatchEvent(new Event('input'));
    });
    Object.assign(range, { value });
    shareOf(range);
    row.append(name, range, number);
    return row;
  }

  #buildKeys() {
    const notes = Array.from({ length: PALETTE.high - PALETTE.low + 1 }, (_, i) => PALETTE.low + i);
    const options = notes.map((midi) => new Option(`${nameOf(midi)}  ${hertzOf(midi).toFixed(0)} Hz`, String(midi)));
    byId('pitch').replaceChildren(new Option('As it is', ''), ...options);
    byId('keys').replaceChildren(
      ...notes.slice(12, 37).map((midi) => {
        const key = Object.assign(document.createElement('button'), { className: isBlack(midi) ? 'black' : '', title: nameOf(midi) });
        key.dataset.midi = String(midi);
        key.setAttribute('aria-label', nameOf(midi));
        key.addEventListener('click', () => {
          byId('pitch').value = byId('pitch').value === String(midi) ? '' : String(midi);
          this.#showPitch();
        });
        return key;
      }),
    );
  }

  /** Shows the settings that the chosen inpainter listens to. */
  #showTaken() {
    const { takes_radius: looks, takes_pitch: pitched, takes_family: familial } = this.#inpainterInfo();
    byId('brush-radius').closest('.slider').hidden = !looks;
    byId('palette').hidden = !(pitched || familial);
    this.#changed();
  }

  #showPitch() {
    for (const key of byId('keys').children) {
      key.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (key).dataset.midi === byId('pitch').value));
    }
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

export function randomSeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/** @param {string} name */
export function titleOf(name) {
  const words = name.replace(/[-_]/g, ' ');
  return { lstm: 'LSTM', 'naive bayes': 'Naive Bayes' }[words] ?? words[0].toUpperCase() + words.slice(1);
}

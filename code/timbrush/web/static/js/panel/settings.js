/** The settings of the next stroke; the server tells what they begin with. */

/**
 * @typedef {{name: string, words: string, purpose: string, fingerprint: string | null,
 *   takes_radius: boolean,
 *   takes_pitch: boolean, takes_family: boolean}} Inpainter
 * @typedef {{name: string, row_edges_hertz: number[], column_seconds: number, first_column_seconds: number,
 *   codebook_size: number}} Grid
 * @typedef {{version: string, fingerprint: string, inpainters: Inpainter[], families: string[],
 *   grids: Grid[], defaults: Values, first_version: object, edit_version: number,
 *   largest_seed: number, sound_seconds: number, sound_bytes: number}} Model What /api/model returns.
 * @typedef {{strength: number, softness: number, radius: number, repeat: number,
 *   temperature: number, guidance: number, level: string, inpainter: string, seed: number,
 *   pitch: number | null, family: string | null, keep_level?: number,
 *   keep_rhythm?: number, keep_width?: number, channels?: string,
 *   action?: import('./kinds.js').Action | null}} Values
 * @typedef {import('../edit/session.js').Stroke} Stroke
 * @typedef {import('../zone/shapes.js').Shape} Shape
 */

/** @type {Inpainter} */
const UNKNOWN = {
  name: '',
  words: '',
  purpose: '',
  fingerprint: null,
  takes_radius: false,
  takes_pitch: false,
  takes_family: false,
};

/** Fires `change`. */
export class Settings extends EventTarget {
  /** @param {Model} model */
  constructor(model) {
    super();
    this.model = model;
    /** @type {Values} */
    this.values = { ...model.defaults, seed: randomSeed() };
    /** Whether the seed stays from stroke to stroke. */
    this.isLocked = false;
  }

  /** @returns {Inpainter} The one that is chosen. */
  get inpainter() {
    const { inpainter } = this.values;
    return this.model.inpainters.find(({ name }) => name === inpainter) ?? UNKNOWN;
  }

  /** @returns {number} Where the model's band ends, in hertz. */
  get top() {
    return this.model.grids[0]?.row_edges_hertz.at(-1) ?? Infinity;
  }

  /** @param {Partial<Values>} changes */
  set(changes) {
    Object.assign(this.values, changes);
    this.values.seed = this.#seed(this.values.seed);
    this.dispatchEvent(new Event('change'));
  }

  /** Draws a new seed. */
  roll() {
    this.set({ seed: randomSeed() });
  }

  /** Draws a new seed for the next stroke, unless it is locked. */
  next() {
    if (!this.isLocked) this.roll();
  }

  /** @param {Stroke} stroke Whose settings come back. */
  take(stroke) {
    const known = Object.keys(this.values).filter((key) => stroke[key] !== undefined);
    this.set({
      ...this.model.defaults,
      ...Object.fromEntries(known.map((key) => [key, stroke[key]])),
    });
  }

  /** @returns {{values: Values, isLocked: boolean}} What is remembered from visit to visit. */
  get remembered() {
    return { values: this.values, isLocked: this.isLocked };
  }

  /** @param {{values: object, isLocked: boolean}} remembered What fits this model is taken. */
  recall({ values, isLocked }) {
    const { seed, ...others } = fitting(values, this.model);
    this.set(isLocked && seed !== undefined ? { ...others, seed } : others);
    this.lock(isLocked);
  }

  /** @param {boolean} locked */
  lock(locked) {
    this.isLocked = locked;
    this.set({});
  }

  /**
   * @param {Shape[]} zone
   * @returns {Stroke} With all of its fields.
   */
  stroke(zone) {
    const { takes_pitch: isPitched, takes_family: isFamilial } = this.inpainter;
    return {
      ...this.values,
      zone,
      pitch: isPitched ? this.values.pitch : null,
      family: isFamilial ? this.values.family : null,
    };
  }

  /** @param {number} seed */
  #seed(seed) {
    if (!Number.isFinite(seed)) return randomSeed();
    return Math.min(this.model.largest_seed, Math.max(0, Math.floor(seed)));
  }
}

/**
 * @param {object} values Of settings, perhaps of another model or an older page.
 * @param {Model} model
 * @returns {Partial<Values>} Those that this model can take.
 */
export function fitting(values, model) {
  /** @type {Record<string, unknown[]>} */
  const choices = {
    inpainter: model.inpainters.map(({ name }) => name),
    level: ['both', ...model.grids.map(({ name }) => name)],
    family: [null, ...model.families],
  };
  const defaults = /** @type {Record<string, unknown>} */ (model.defaults);
  const fits = (/** @type {[string, unknown]} */ [key, value]) => {
    if (choices[key]) return choices[key].includes(value);
    if (key === 'pitch') return value === null || Number.isInteger(value);
    return key in defaults && typeof value === typeof defaults[key];
  };
  return Object.fromEntries(Object.entries(values).filter(fits));
}

/** @returns {number} Of 32 bits, which is shorter to read than the largest. */
export function randomSeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/** @param {string} name @returns {string} As a title. */
export function titleOf(name) {
  const words = name.replace(/[-_]/g, ' ');
  const titles = { lstm: 'LSTM', 'naive bayes': 'Naive Bayes' };
  return titles[/** @type {'lstm'} */ (words)] ?? words[0].toUpperCase() + words.slice(1);
}

/** From shapes that are drawn to a zone, and from the zone to strokes. */

import { button, input } from '../page/dom.js';
import { say } from '../page/message.js';

/**
 * @typedef {import('../edit/studio.js').Studio} Studio
 * @typedef {import('./shapes.js').Shape} Shape
 */

/** Fires `change` when painting on release is switched on or off. */
export class Painting extends EventTarget {
  /** Whether letting Shift go paints what was drawn with it. */
  #collecting = false;
  /** Whether a shape is painted, and played, as soon as it is drawn. */
  onRelease = true;

  /**
   * @param {Studio} studio
   * @param {import('./zone.js').Zone} zone
   * @param {import('./tools.js').Tools} tools
   * @param {import('../panel/settings.js').Settings} settings
   */
  constructor(studio, zone, tools, settings) {
    super();
    this.studio = studio;
    this.zone = zone;
    this.tools = tools;
    this.settings = settings;
    tools.addEventListener('shape', (event) => {
      this.#take(/** @type {CustomEvent<Shape[]>} */ (event).detail);
    });
    zone.addEventListener('change', () => (this.#collecting = false));
    // Shift may be let go elsewhere.
    window.addEventListener('blur', () => (this.#collecting = false));
  }

  /** @returns {import('../edit/session.js').Stroke | null} The stroke as it is set now. */
  get stroke() {
    const { studio, zone, settings } = this;
    if (!studio.isOpen || zone.isEmpty) return null;
    const before = studio.chosen === null ? {} : studio.strokes[studio.chosen];
    return { ...before, ...settings.stroke(zone.shapes), seconds: null, hertz: null };
  }

  /** Paints the zone: the chosen stroke anew, or one more. */
  async paint() {
    this.#collecting = false;
    const { stroke, studio, zone } = this;
    if (!stroke) return;
    const { chosen } = studio;
    if (chosen !== null) {
      await studio.change((strokes) => replaced(strokes, chosen, stroke), { chosen });
      return;
    }
    const { shapes } = zone;
    this.settings.next();
    if (await studio.paint(stroke)) zone.markPainted(shapes);
  }

  /** What is remembered from visit to visit. */
  get remembered() {
    return { onRelease: this.onRelease };
  }

  /** Drops, in this order: the shape being drawn, what is being painted, the zone. */
  cancel() {
    this.#collecting = false;
    if (this.tools.cancel() || this.studio.cancel()) return;
    if (this.studio.chosen !== null) this.studio.choose(null);
    else this.zone.set([]);
  }

  selectAll() {
    if (!this.studio.isOpen) return;
    this.studio.choose(null);
    this.zone.set([{ shape: 'rectangle', mode: 'add', seconds: null, hertz: null }]);
  }

  /** Paints what was drawn with Shift, now that it was let go and no shape is being drawn. */
  finishCollecting() {
    if (this.#collecting && !this.tools.draft) this.paint();
  }

  /** @param {boolean} onRelease */
  setOnRelease(onRelease) {
    this.onRelease = onRelease;
    this.dispatchEvent(new Event('change'));
  }

  /** @param {Shape[]} shapes Of one mode. */
  #take(shapes) {
    if (!this.studio.isOpen || !shapes.length) return;
    const [{ mode }] = shapes;
    if (mode === 'new') this.studio.choose(null);
    this.zone.join(...shapes);
    if (!this.onRelease) return;
    const isCollected = mode === 'add' && this.tools.mode === 'new';
    this.#collecting = isCollected && this.tools.held;
    if (mode === 'new' || (isCollected && !this.tools.held)) this.paint();
    else if (!this.zone.isEmpty) say('Enter paints the zone.');
  }
}

/**
 * @template T
 * @param {T[]} list
 * @param {number} index
 * @param {...T} next What takes its place.
 */
export function replaced(list, index, ...next) {
  return [...list.slice(0, index), ...next, ...list.slice(index + 1)];
}

/** @param {Painting} painting */
export function connectPainting(painting) {
  const box = input('on-release');
  box.addEventListener('change', () => painting.setOnRelease(box.checked));
  button('paint').addEventListener('click', () => painting.paint());
  const show = () => (box.checked = painting.onRelease);
  painting.addEventListener('change', show);
  show();
}

/** The chosen stroke: its zone and settings come back, and it can be changed and moved. */

import { button, input, part, showShare } from '../page/dom.js';
import { dragged, heightOf } from '../zone/handles.js';
import { replaced } from '../zone/painting.js';
import { covers } from '../zone/shapes.js';
import { zoneOf } from '../zone/zone.js';

/**
 * @typedef {import('../edit/session.js').Stroke} Stroke
 * @typedef {import('../edit/studio.js').Studio} Studio
 */

/** How long after the last nudge the stroke is painted. */
const NUDGE_MILLISECONDS = 250;
const NUDGE_PIXELS = 4;
/** The handle that moves a zone. */
const MIDDLE = { across: 0, up: 0 };

/** What can be done to the chosen stroke. */
export class Chosen {
  #nudging = 0;
  /** Whether the amount that is being dragged has been heard: then it is the same step of undo. */
  #isDragging = false;
  /** @type {number | null} The amount that waits for the one before it. */
  #wanted = null;
  #isBusy = false;

  /**
   * @param {Studio} studio
   * @param {import('../zone/zone.js').Zone} zone
   * @param {import('../zone/painting.js').Painting} painting
   * @param {import('../picture/view.js').View} view
   */
  constructor(studio, zone, painting, view) {
    this.studio = studio;
    this.zone = zone;
    this.painting = painting;
    this.view = view;
  }

  /** @returns {Stroke | null} */
  get stroke() {
    const { chosen, strokes } = this.studio;
    return chosen === null ? null : strokes[chosen];
  }

  /** @param {import('../zone/tools.js').Place} place The last stroke painted there is chosen. */
  pick({ x, y }) {
    const place = { seconds: this.view.timeOf(x), hertz: this.view.hertzOf(y) };
    const found = this.studio.strokes.findLastIndex((stroke) => covers(zoneOf(stroke), place));
    if (found >= 0) this.studio.choose(found);
  }

  /** Shows the zone and the settings of the stroke that was just chosen. */
  show() {
    const { stroke } = this;
    if (!stroke) return;
    this.painting.settings.take(stroke);
    this.zone.set(zoneOf(stroke));
    this.zone.markPainted(this.zone.shapes);
  }

  /** @param {number} index Of a stroke that is switched on or off. */
  toggle(index) {
    const { chosen } = this.studio;
    this.studio.change(
      (strokes) => {
        const stroke = strokes[index];
        return replaced(strokes, index, { ...stroke, enabled: stroke.enabled === false });
      },
      { chosen },
    );
  }

  /** Switches the chosen stroke on or off. */
  toggleChosen() {
    if (this.studio.chosen !== null) this.toggle(this.studio.chosen);
  }

  delete() {
    const { chosen } = this.studio;
    if (chosen === null) return false;
    this.studio.change((strokes) => replaced(strokes, chosen));
    this.zone.set([]);
    return true;
  }

  /** Paints the same stroke once more on top, with another seed. */
  duplicate() {
    const { stroke } = this;
    if (!stroke) return;
    const { settings } = this.painting;
    settings.roll();
    const copy = { ...stroke, seed: settings.values.seed };
    const last = this.studio.entries.length;
    this.studio.change((strokes) => [...strokes, copy], { chosen: last });
  }

  /** @param {number} step -1 to paint it before the stroke before it, 1 after the next. */
  reorder(step) {
    const { chosen } = this.studio;
    if (chosen === null) return;
    const to = chosen + step;
    this.studio.change(
      (strokes) => {
        if (!strokes[to]) return strokes;
        const [low, high] = [Math.min(chosen, to), Math.max(chosen, to)];
        return replaced(replaced(strokes, low, strokes[high]), high, strokes[low]);
      },
      { chosen: Math.max(0, Math.min(to, this.studio.entries.length - 1)) },
    );
  }

  /**
   * Hears another amount of the stroke: at once, and the last one that was asked for.
   *
   * @param {number} amount 0 to 1.
   */
  async setAmount(amount) {
    this.#wanted = amount;
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { chosen } = this.studio;
    while (this.#wanted !== null && chosen !== null) {
      const wanted = this.#wanted;
      this.#wanted = null;
      const amends = this.#isDragging;
      this.#isDragging = true;
      await this.studio.change(
        (strokes) => replaced(strokes, chosen, { ...strokes[chosen], amount: wanted }),
        { chosen, amends },
      );
    }
    this.#isBusy = false;
  }

  /** The slider was let go: the next amount is a step of its own to undo. */
  endAmount() {
    this.#isDragging = false;
  }

  /** Paints the chosen stroke where its zone was dragged to. */
  place() {
    if (this.studio.chosen !== null) this.painting.paint();
  }

  /**
   * @param {number} across Steps to the right.
   * @param {number} up Steps upwards.
   * @returns {boolean} Whether there is a stroke to nudge.
   */
  nudge(across, up) {
    const { bounds } = this.zone;
    if (this.studio.chosen === null || !bounds) return false;
    const { view } = this;
    const seconds = (across * NUDGE_PIXELS * (view.time[1] - view.time[0])) / view.width;
    const y = heightOf(bounds, MIDDLE, view);
    const octaves = view.octavesBetween(y, y - up * NUDGE_PIXELS);
    this.zone.moveTo(dragged(bounds, MIDDLE, seconds, octaves, this.zone.whole));
    clearTimeout(this.#nudging);
    this.#nudging = window.setTimeout(() => this.place(), NUDGE_MILLISECONDS);
    return true;
  }
}

/** @param {Chosen} chosen @param {Studio} studio */
export function connectChosen(chosen, studio) {
  const amount = input('amount');
  const buttons = {
    earlier: () => chosen.reorder(-1),
    later: () => chosen.reorder(1),
    duplicate: () => chosen.duplicate(),
    delete: () => chosen.delete(),
  };
  for (const [id, act] of Object.entries(buttons)) button(id).addEventListener('click', act);
  amount.addEventListener('input', () => {
    showAmount(amount);
    chosen.setAmount(Number(amount.value) / 100);
  });
  amount.addEventListener('change', () => chosen.endAmount());

  studio.addEventListener('chosen', () => {
    const { stroke } = chosen;
    for (const id of Object.keys(buttons)) button(id).disabled = !stroke;
    button('earlier').disabled ||= studio.chosen === 0;
    button('later').disabled ||= studio.chosen === studio.entries.length - 1;
    amount.disabled = !stroke;
    amount.value = String(Math.round(Number(stroke?.amount ?? 1) * 100));
    showAmount(amount);
    part('paint').textContent = stroke ? 'Repaint' : 'Paint zone';
  });
  showAmount(amount);
}

/** @param {HTMLInputElement} amount */
function showAmount(amount) {
  part('amount-value').textContent = `${amount.value} %`;
  showShare(amount);
}

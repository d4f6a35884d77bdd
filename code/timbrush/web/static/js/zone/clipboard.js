/** Cut, copy and paste of a zone: what was at one time comes to another. */

import { say } from '../page/message.js';

/** @typedef {import('./shapes.js').Shape} Shape */
/** @typedef {import('./shapes.js').Box} Box */

const SILENT = { action: 'gain', decibels: -120 };

export class Clipboard {
  /** @type {{shapes: Shape[], bounds: Box} | null} */
  #held = null;

  /**
   * @param {import('./painting.js').Painting} painting
   * @param {() => number} now The second at which the playhead stands.
   */
  constructor(painting, now) {
    this.painting = painting;
    this.now = now;
    // Another sound has nothing that was copied from this one.
    painting.studio.addEventListener('opened', () => (this.#held = null));
  }

  copy() {
    const { zone } = this.painting;
    const { bounds, shapes } = zone;
    if (!bounds) return false;
    this.#held = { shapes, bounds };
    say('Copied. Ctrl+V puts it where the playhead stands.');
    return true;
  }

  /** Copies the zone and silences it. */
  async cut() {
    if (this.copy()) await this.#paint(SILENT);
  }

  /** Puts what was copied where the playhead stands. */
  async paste() {
    if (!this.#held) return say('Copy a zone first.');
    const { bounds, shapes } = this.#held;
    const { zone, studio } = this.painting;
    const long = bounds.seconds[1] - bounds.seconds[0];
    const start = Math.max(0, Math.min(this.now(), zone.whole.seconds[1] - long));
    studio.choose(null);
    zone.set(shapes);
    zone.moveTo({ ...bounds, seconds: [start, start + long] });
    await this.#paint({ action: 'copy', seconds: bounds.seconds[0] });
  }

  /** @param {import('../panel/kinds.js').Action} action */
  async #paint(action) {
    const { stroke, studio, zone } = this.painting;
    if (!stroke) return;
    const { shapes } = zone;
    studio.choose(null);
    if (await studio.paint({ ...stroke, action })) zone.markPainted(shapes);
  }
}

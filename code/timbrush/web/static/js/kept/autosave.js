/** Keeps each edit in the browser as it grows, so that a reload or a crash loses nothing. */

import { Latest } from './latest.js';

/**
 * @typedef {import('./database.js').Database} Database
 * @typedef {import('../edit/studio.js').Studio} Studio
 * @typedef {{id: string, name: string, when: number, history: import('../edit/edit.js').History}}
 *   Kept An edit; its sound is kept apart, since it does not change.
 */

/** Edits that are kept, of all windows of the page. */
const MOST = 8;
const LOCK = 'timbrush edit ';

/** Fires `problem` (detail: words) once the browser refuses to keep an edit. */
export class Autosave extends EventTarget {
  #id = '';
  /** @type {Kept | null} What is being opened again. */
  #returning = null;
  /** @type {Blob | null} */
  #returningSound = null;
  #isSoundKept = false;
  #letGo = () => {};
  #edits = this.#writer();

  /**
   * @param {Database} database
   * @param {Studio} studio
   */
  constructor(database, studio) {
    super();
    this.database = database;
    this.studio = studio;
    studio.addEventListener('opened', () => this.#begin());
    studio.addEventListener('changed', () => this.#keep());
  }

  /** Whether the browser holds the edit as it is now. */
  get isDone() {
    return this.#isSoundKept && this.#edits.isDone && this.studio.painting === 0;
  }

  /** @returns {Promise<Kept[]>} Edits that no window has open, newest first. */
  async offers() {
    const [kept, held] = [await this.database.all('edits'), await heldElsewhere()];
    return newest(kept.filter(({ id }) => !held.has(id)));
  }

  /** @param {Kept} kept Is opened again, with its strokes and what can be undone. */
  async goOn(kept) {
    const sound = await this.database.get('sounds', kept.id);
    this.#returning = kept;
    this.#returningSound = sound;
    await this.studio.open(sound, kept.name, kept.history);
    this.#returning = this.#returningSound = null;
  }

  /** @param {string} id */
  forget(id) {
    return this.database.remove([
      ['sounds', id],
      ['edits', id],
    ]);
  }

  /** Keeps the sound that was just opened. */
  async #begin() {
    const { source } = this.studio;
    const isReturning = this.#returning && source === this.#returningSound;
    this.#id = (isReturning ? this.#returning?.id : null) ?? crypto.randomUUID();
    this.#isSoundKept = false;
    this.#edits = this.#writer(); // what is still to be written of the edit before is written
    this.#letGo();
    this.#letGo = hold(this.#id);
    const id = this.#id;
    await this.studio.whole; // the picture first
    if (id !== this.#id) return;
    await this.#attempt(async () => {
      await this.database.put([
        ['sounds', id, source],
        ['edits', id, this.#kept],
      ]);
      if (id === this.#id) this.#isSoundKept = true;
      await this.#forgetOld();
    });
  }

  #keep() {
    const kept = this.#kept;
    return this.#attempt(() => this.#edits.put(kept));
  }

  #writer() {
    return new Latest((/** @type {Kept} */ kept) =>
      this.database.put([['edits', kept.id, kept]]),
    );
  }

  /** @returns {Kept} */
  get #kept() {
    const { name, history } = this.studio;
    return { id: this.#id, name, when: Date.now(), history };
  }

  async #forgetOld() {
    const [kept, held] = [await this.database.all('edits'), await heldElsewhere()];
    for (const { id } of surplus(kept, new Set([...held, this.#id]), MOST)) {
      await this.forget(id);
    }
  }

  /** @param {() => Promise<void>} task */
  async #attempt(task) {
    try {
      await task();
    } catch {
      const words = 'This browser cannot keep the edit: save the strokes before you leave.';
      this.dispatchEvent(new CustomEvent('problem', { detail: words }));
    }
  }
}

/**
 * @param {Kept[]} kept
 * @returns {Kept[]} Newest first.
 */
export function newest(kept) {
  return kept.toSorted((a, b) => b.when - a.when);
}

/**
 * @param {Kept[]} kept
 * @param {Set<string>} held What a window has open.
 * @param {number} most
 * @returns {Kept[]} What has to go, so that no more are kept than that; never what is open.
 */
export function surplus(kept, held, most) {
  const isOpen = (/** @type {Kept} */ { id }) => held.has(id);
  const others = newest(kept).filter((each) => !isOpen(each));
  return others.slice(Math.max(0, most - kept.filter(isOpen).length));
}

/**
 * Holds the edit as long as this window is there: a lock ends with its window, even in a crash.
 *
 * @param {string} id
 * @returns {() => void} Lets it go.
 */
function hold(id) {
  let letGo = () => {};
  /** @type {Promise<void>} */
  const held = new Promise((resolve) => (letGo = resolve));
  navigator.locks?.request(LOCK + id, () => held);
  return letGo;
}

/** @returns {Promise<Set<string>>} Edits that a window has open. */
async function heldElsewhere() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map(({ name }) => (name ?? '').replace(LOCK, '')));
}

/** What is heard and seen: the edited sound, the original, or only what strokes added. */

/**
 * @typedef {'edited' | 'original' | 'added'} Side
 * @typedef {import('../picture/spectrogram.js').Spectrogram} Spectrogram
 */

/** Fires `change`. */
export class Comparison extends EventTarget {
  /** @type {Side} */
  side = 'edited';
  /** Whether the original is played as loud as the edit. */
  isMatched = true;
  /** What is fetched last counts. */
  #asked = 0;

  /**
   * @param {import('../edit/studio.js').Studio} studio
   * @param {import('./player.js').Player} player
   * @param {import('../picture/stage.js').Stage} stage
   * @param {Spectrogram} other What is shown of the original and of what was added.
   */
  constructor(studio, player, stage, other) {
    super();
    this.studio = studio;
    this.player = player;
    this.stage = stage;
    this.edited = stage.spectrogram;
    this.other = other;
    studio.addEventListener('looked', () => this.show(this.side));
    studio.addEventListener('chosen', () => {
      if (this.side === 'added') this.show('added');
    });
    studio.addEventListener('opened', () => this.show('edited'));
  }

  /** What is remembered from visit to visit. */
  get remembered() {
    return { isMatched: this.isMatched };
  }

  /** @param {boolean} isMatched */
  match(isMatched) {
    this.isMatched = isMatched;
    this.#hear();
    this.dispatchEvent(new Event('change'));
  }

  /** @param {Side} side */
  toggle(side) {
    return this.show(this.side === side ? 'edited' : side);
  }

  /** @param {Side} side */
  async show(side) {
    const asked = ++this.#asked;
    this.side = side;
    this.dispatchEvent(new Event('change'));
    const isLatest = () => asked === this.#asked;
    if (side === 'original') {
      this.#hear(); // the player has it
      const columns = await this.studio.originalPicture();
      if (columns && isLatest()) this.#see(columns);
    } else if (side === 'added') {
      const added = await this.studio.added();
      if (!added || !isLatest()) return;
      this.player.setAdded(added.first, added.samples);
      this.#hear();
      this.#see(added.columns);
    } else {
      this.#hear();
      this.stage.show(this.edited);
    }
  }

  #hear() {
    this.player.hear(this.side, this.isMatched);
  }

  /** @param {Uint8Array} columns Of the whole picture. */
  #see(columns) {
    const { head } = this.edited;
    if (!head) return;
    this.other.load(head);
    this.other.patch(0, columns);
    this.stage.show(this.other);
  }
}

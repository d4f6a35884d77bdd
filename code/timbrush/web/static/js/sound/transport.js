/** Play, loop, what is heard, and where. */

import { button, onChoice, part, showChoice, showPressed } from '../page/dom.js';
import { clock } from './clock.js';

/** The shortest loop, so that a thin zone is heard as more than a click. */
const LEAST_SECONDS = 0.03;

/**
 * @typedef {'all' | 'selection' | 'band'} Heard
 * @typedef {import('./comparison.js').Side} Side
 */

/** What is heard of the sound, and from where; the player does it. */
export class Transport {
  loop = true;
  /** @type {Heard} */
  heard = 'all';
  /** Where the sound was when the page last looked. */
  #heardSeconds = 0;

  /**
   * @param {import('./player.js').Player} player
   * @param {import('../picture/view.js').View} view
   * @param {import('../zone/zone.js').Zone} zone
   * @param {import('../picture/overview.js').Overview} overview
   * @param {import('./comparison.js').Comparison} comparison
   */
  constructor(player, view, zone, overview, comparison) {
    this.player = player;
    this.view = view;
    this.zone = zone;
    this.overview = overview;
    this.comparison = comparison;
    button('play').addEventListener('click', () => this.toggle());
    button('loop').addEventListener('click', () => this.toggleLoop());
    onChoice('hear', (heard) => this.#hear(/** @type {Heard} */ (heard)));
    onChoice('compare', (side) => comparison.show(/** @type {Side} */ (side)));
    button('match').addEventListener('click', () => comparison.match(!comparison.isMatched));
    comparison.addEventListener('change', () => this.#showComparison());
    this.#showComparison();
    zone.addEventListener('change', () => this.#range());
    view.addEventListener('change', () => this.#move());
    player.addEventListener('place', () => this.#show());
    const follow = () => {
      if (player.playing) this.#follow();
      requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
  }

  get isOpen() {
    return this.player.length > 0;
  }

  toggle() {
    if (!this.isOpen) return;
    if (this.player.playing) this.player.stop();
    else this.player.play();
  }

  toggleLoop() {
    this.loop = !this.loop;
    showPressed('loop', this.loop);
    this.#range();
  }

  /** @param {Heard} heard Asked for twice, it is the whole sound again. */
  hear(heard) {
    this.#hear(this.heard === heard ? 'all' : heard);
  }

  /** Readies the controls for a new sound. */
  load() {
    button('play').disabled = false;
    this.#hear('all');
    this.#show();
  }

  /** @param {number} seconds Where to play from. */
  seek(seconds) {
    this.player.seek(seconds * this.player.sampleRate);
  }

  /** @param {[number, number]} span Samples that changed: play, from there if nothing plays. */
  present([first, last]) {
    if (this.comparison.side !== 'edited') this.comparison.show('edited');
    if (this.player.playing || last <= first) return;
    this.player.play(Math.max(this.player.range[0], first));
  }

  /** @param {Heard} heard */
  #hear(heard) {
    this.heard = heard;
    showChoice('hear', heard);
    this.#range();
  }

  #showComparison() {
    showChoice('compare', this.comparison.side);
    showPressed('match', this.comparison.isMatched);
  }

  #range() {
    if (!this.isOpen) return;
    const only = this.heard === 'all' ? null : this.zone.bounds;
    this.player.setRange(only && this.#samples(only.seconds), this.loop);
    this.player.setBand(this.heard === 'band' && only ? only.hertz : null);
  }

  /** @param {[number, number]} seconds @returns {[number, number]} */
  #samples(seconds) {
    const rate = this.player.sampleRate;
    const [first, last] = seconds.map((time) => Math.round(time * rate));
    const least = Math.round(LEAST_SECONDS * rate);
    return [first, Math.min(this.player.length, Math.max(last, first + least))];
  }

  #follow() {
    const seconds = this.player.place / this.player.sampleRate;
    this.view.follow(seconds, this.#heardSeconds);
    this.#heardSeconds = seconds;
    this.#move();
  }

  #show() {
    const { playing } = this.player;
    const play = button('play');
    play.setAttribute('aria-label', playing ? 'Stop' : 'Play');
    play.querySelector('use')?.setAttribute('href', playing ? '#i-stop' : '#i-play');
    this.#move();
  }

  #move() {
    const seconds = this.player.place / this.player.sampleRate;
    part('clock').textContent = clock(seconds);
    this.overview.redraw();
    part('overview').setAttribute('aria-valuenow', seconds.toFixed(2));
    const x = this.view.xOf(seconds);
    const playhead = part('playhead');
    playhead.hidden = x < 0 || x > this.view.width;
    playhead.style.transform = `translateX(${x}px)`;
  }
}

/** Play, loop, what is heard, and where. */

import { clock } from './axes.js';
import { byId, choose, chosen, onChoice, onToggle } from './controls.js';

export class Transport {
  /**
   * @param {import('./player.js').Player} player
   * @param {import('./view.js').View} view
   * @param {import('./zone.js').Zone} zone
   */
  constructor(player, view, zone) {
    this.player = player;
    this.view = view;
    this.zone = zone;
    byId('play').addEventListener('click', () => this.toggle());
    onToggle('loop', () => this.#range());
    onChoice('hear', () => this.#range());
    onChoice('compare', (value) => this.player.compare(value === 'a'));
    zone.addEventListener('change', () => this.#range());
    player.addEventListener('place', () => this.#show());
    const follow = () => {
      if (player.playing) this.#move();
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

  compare() {
    choose('compare', chosen('compare') === 'a' ? 'b' : 'a');
  }

  /** @param {string} what Pressed twice, it is the whole sound again. */
  hear(what) {
    choose('hear', chosen('hear') === what ? 'all' : what);
  }

  /** Readies the controls for a new sound. */
  load() {
    byId('play').disabled = false;
    choose('compare', 'b');
    choose('hear', 'all');
    this.#show();
  }

  /** @param {[number, number]} span Samples that changed: play, from there if nothing plays. */
  present([first, last]) {
    if (this.player.comparing) choose('compare', 'b');
    if (this.player.playing || last <= first) return;
    this.player.play(Math.max(this.player.range[0], first));
  }

  #range() {
    if (!this.isOpen) return;
    const what = chosen('hear');
    const bounds = this.zone.bounds(this.view.seconds, [this.view.lowest, this.view.highest]);
    const only = what !== 'all' && bounds ? bounds : null;
    const rate = this.player.sampleRate;
    const samples = only && only.seconds.map((time) => Math.round(time * rate));
    const least = Math.round(0.03 * rate);
    this.player.setRange(
      samples && [samples[0], Math.min(this.player.length, Math.max(samples[1], samples[0] + least))],
      byId('loop').getAttribute('aria-pressed') === 'true',
    );
    this.player.setBand(what === 'band' && only ? only.hertz : null);
  }

  #show() {
    const { playing } = this.player;
    byId('play').setAttribute('aria-label', playing ? 'Stop' : 'Play');
    byId('play').querySelector('use').setAttribute('href', playing ? '#i-stop' : '#i-play');
    this.#move();
  }

  #move() {
    const seconds = this.player.place / this.player.sampleRate;
    byId('clock').textContent = clock(seconds);
    byId('overview').setAttribute('aria-valuenow', seconds.toFixed(2));
    const x = this.view.xOf(seconds);
    byId('playhead').hidden = x < 0 || x > this.view.width;
    byId('playhead').style.transform = `translateX(${x}px)`;
  }
}

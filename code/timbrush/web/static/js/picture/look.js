/** How the picture is drawn: scale of frequency, window, and which of two channels. */

import { part, placeUnder, select } from '../page/dom.js';
import { SCALES } from './scales.js';

/** Windows that can be chosen, in seconds, and what each is good for. */
const WINDOWS = [
  { seconds: 0.0125, title: '12 ms, sharp in time' },
  { seconds: 0.025, title: '25 ms' },
  { seconds: 0.05, title: '50 ms' },
  { seconds: 0.1, title: '100 ms' },
  { seconds: 0.2, title: '200 ms, sharp in pitch' },
];

/** Fires `change` once the picture is drawn another way. */
export class Look extends EventTarget {
  /**
   * @param {import('../edit/studio.js').Studio} studio
   * @param {import('./view.js').View} view
   */
  constructor(studio, view) {
    super();
    this.studio = studio;
    studio.addEventListener('looked', () => {
      view.setScale(studio.look.scale);
      this.dispatchEvent(new Event('change'));
    });
  }

  /** What is remembered from visit to visit; channels are another sound's business. */
  get remembered() {
    const { scale, window } = this.studio.look;
    return { scale, window };
  }

  /** @param {{scale: string, window: number}} remembered */
  recall({ scale, window }) {
    const isKnown = scale in SCALES && WINDOWS.some(({ seconds }) => seconds === window);
    if (isKnown) this.studio.redraw({ scale, window });
  }
}

/** @param {Look} look */
export function connectLook(look) {
  const { studio } = look;
  const [scale, window, channels] = ['scale', 'window', 'seen'].map(select);
  const scales = Object.entries(SCALES).map(([name, { title }]) => new Option(title, name));
  scale.replaceChildren(...scales);
  window.replaceChildren(
    ...WINDOWS.map(({ seconds, title }) => new Option(title, String(seconds))),
  );
  const show = () => {
    scale.value = studio.look.scale;
    window.value = String(studio.look.window);
    channels.value = studio.look.channels;
    part('seen-row').hidden = studio.head?.n_channels !== 2;
  };
  const draw = async (/** @type {Partial<import('../edit/session.js').Look>} */ changes) => {
    await studio.redraw(changes);
    show(); // as it was, if it could not be drawn
  };
  scale.addEventListener('change', () => draw({ scale: scale.value }));
  window.addEventListener('change', () => draw({ window: Number(window.value) }));
  channels.addEventListener('change', () => draw({ channels: channels.value }));
  look.addEventListener('change', show);
  studio.addEventListener('opened', show);
  show();
  placeUnder('look', 'look-box');
}

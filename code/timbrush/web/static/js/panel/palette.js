/**
 * What to redraw a zone as: a family of instruments and a pitch, for inpainters that take them.
 */

import { button as buttonOf, make, part, select } from '../page/dom.js';
import { say } from '../page/message.js';
import { listen } from '../sound/midi.js';
import { sound } from '../sound/tone.js';
import { hertzOf, isBlack, nameOf } from '../sound/pitch.js';
import { titleOf } from './settings.js';

/** MIDI notes: what can be chosen, and what the drawn keys show of it. */
const NOTES = { low: 36, high: 84 };
const KEYS = { low: 48, high: 72 };
const AS_IT_IS = 'As it is';

/** @param {import('./settings.js').Settings} settings */
export function connectPalette(settings) {
  const [family, pitch] = [select('family'), select('pitch')];
  const families = settings.model.families.map((name) => new Option(titleOf(name), name));
  family.replaceChildren(new Option(AS_IT_IS, ''), ...families);
  pitch.replaceChildren(new Option(AS_IT_IS, ''), ...span(NOTES).map(option));
  family.addEventListener('change', () => settings.set({ family: family.value || null }));
  pitch.addEventListener('change', () => {
    settings.set({ pitch: pitch.value ? Number(pitch.value) : null });
  });
  const keys = span(KEYS).map((midi) => key(midi, settings));
  part('keys').replaceChildren(...keys.map(({ button }) => button));
  part('keys').addEventListener('keydown', (event) => step(event));

  const play = (/** @type {number} */ midi) => {
    sound(midi);
    const isKnown = midi >= NOTES.low && midi <= NOTES.high;
    if (isKnown) settings.set({ pitch: midi });
  };
  buttonOf('midi').addEventListener('click', async () => {
    try {
      const n = await listen(play);
      say(n ? 'Play a note: it becomes the pitch.' : 'Connect a MIDI keyboard, then play.');
    } catch (error) {
      say(/** @type {Error} */ (error).message, { problem: true });
    }
  });

  const show = () => {
    const { takes_pitch: isPitched, takes_family: isFamilial } = settings.inpainter;
    part('palette').hidden = !(isPitched || isFamilial);
    family.value = settings.values.family ?? '';
    pitch.value = String(settings.values.pitch ?? '');
    for (const { button, midi } of keys) {
      button.setAttribute('aria-pressed', String(midi === settings.values.pitch));
    }
    const reached = keys.find(({ midi }) => midi === settings.values.pitch) ?? keys[0];
    reach(reached.button);
  };
  settings.addEventListener('change', show);
  show();
}

/** @param {HTMLButtonElement} key The one of all keys that Tab reaches. */
function reach(key) {
  for (const each of part('keys').querySelectorAll('button')) each.tabIndex = -1;
  key.tabIndex = 0;
}

/** @param {KeyboardEvent} event Arrows go from key to key, Home and End to the outermost. */
function step(event) {
  const keys = [...part('keys').querySelectorAll('button')];
  const now = keys.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  /** @type {Record<string, number>} */
  const places = {
    ArrowLeft: now - 1,
    ArrowDown: now - 1,
    ArrowRight: now + 1,
    ArrowUp: now + 1,
    Home: 0,
    End: keys.length - 1,
  };
  const next = keys[places[event.key]];
  if (!(event.key in places)) return;
  event.preventDefault();
  event.stopPropagation();
  if (!next) return;
  reach(next);
  next.focus();
}

/**
 * @param {number} midi
 * @param {import('./settings.js').Settings} settings
 */
function key(midi, settings) {
  const className = isBlack(midi) ? 'black' : '';
  const button = make('button', { className, title: nameOf(midi), ariaLabel: nameOf(midi) });
  button.addEventListener('click', () => {
    sound(midi);
    settings.set({ pitch: settings.values.pitch === midi ? null : midi });
  });
  return { button, midi };
}

/** @param {number} midi */
function option(midi) {
  return new Option(`${nameOf(midi)}  ${hertzOf(midi).toFixed(0)} Hz`, String(midi));
}

/** @param {{low: number, high: number}} bounds @returns {number[]} */
function span({ low, high }) {
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

/** The first screen: drop a sound, or begin with a bundled note. */

import { make, part } from './dom.js';
import { say } from './message.js';
import { file, json } from '../edit/server.js';
import { mayLose } from './unsaved.js';

/** @typedef {{name: string, title: string, credit: string}} Note A bundled sound. */

/** @param {import('../edit/studio.js').Studio} studio */
export async function showStart(studio) {
  studio.addEventListener('opened', () => {
    part('start').hidden = true;
    // Behind the first screen all but the message is inert: nobody tabs through what is hidden.
    for (const each of document.querySelectorAll('[inert]')) each.removeAttribute('inert');
    part('surface').focus({ preventScroll: true });
  });
  const notes = /** @type {Note[]} */ (await json('notes'));
  part('notes').replaceChildren(...notes.map((note) => card(studio, note)));
  document.querySelector('.notes')?.toggleAttribute('hidden', !notes.length);
  part('credit').textContent = notes[0]?.credit ?? '';
}

/**
 * @param {import('../edit/studio.js').Studio} studio
 * @param {Note} note
 */
function card(studio, { name, title }) {
  const button = make('button');
  button.innerHTML = '<svg aria-hidden="true"><use href="#i-play"/></svg>';
  button.append(title);
  button.addEventListener('click', async () => {
    if (!mayLose(studio)) return;
    try {
      const { blob } = await file(`notes/${encodeURIComponent(name)}`);
      await studio.open(blob, name);
    } catch (error) {
      say(/** @type {Error} */ (error).message, { problem: true });
    }
  });
  return button;
}

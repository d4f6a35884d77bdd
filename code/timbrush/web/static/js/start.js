/** The first screen: drop a sound, or begin with a bundled note. */

import { byId } from './controls.js';
import { say } from './message.js';
import { file, json } from './server.js';
import { mayLose } from './unsaved.js';

/** @param {import('./studio.js').Studio} studio */
export async function showStart(studio) {
  studio.addEventListener('opened', () => {
    byId('start').hidden = true;
    // Behind the first screen all but the message is inert: nobody shall tab through what cannot be seen.
    for (const part of document.querySelectorAll('[inert]')) part.removeAttribute('inert');
  });
  const notes = await json('notes');
  byId('notes').replaceChildren(...notes.map((/** @type {any} */ note) => card(studio, note)));
  document.querySelector('.notes')?.toggleAttribute('hidden', !notes.length);
  byId('credit').textContent = notes[0]?.credit ?? '';
}

/**
 * @param {import('./studio.js').Studio} studio
 * @param {{name: string, title: string}} note
 */
function card(studio, { name, title }) {
  const button = document.createElement('button');
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

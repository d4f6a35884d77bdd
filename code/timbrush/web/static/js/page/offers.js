/** Edits of before that this browser keeps: each can be gone on with, or forgotten. */

import { make, part, placeUnder } from './dom.js';
import { ago } from '../sound/clock.js';
import { say } from './message.js';
import { mayLose } from './unsaved.js';

/**
 * @typedef {import('../kept/autosave.js').Autosave} Autosave
 * @typedef {import('../kept/autosave.js').Kept} Kept
 */

/** Shows them on the first screen. @param {Autosave} autosave */
export async function showOffers(autosave) {
  const n = await list(autosave, 'kept', () => showOffers(autosave));
  part('offers').hidden = n === 0;
}

/** Shows them in the top bar too, where others are asked for later. @param {Autosave} autosave */
export function connectRecent(autosave) {
  placeUnder('recent', 'recent-box');
  const show = async () => {
    const n = await list(autosave, 'recently', show);
    part('recent-none').hidden = n > 0;
  };
  part('recent-box').addEventListener('beforetoggle', (event) => {
    part('recently').replaceChildren(); // what was shown last time may be open now
    if (/** @type {ToggleEvent} */ (event).newState === 'open') show();
  });
}

/**
 * @param {Autosave} autosave
 * @param {string} id Of the list.
 * @param {() => void} forgot Called when one was forgotten.
 * @returns {Promise<number>} How many there are.
 */
async function list(autosave, id, forgot) {
  const kept = await autosave.offers().catch(() => []); // a browser that keeps nothing
  part(id).replaceChildren(...kept.map((each) => row(autosave, each, forgot)));
  return kept.length;
}

/**
 * @param {Autosave} autosave
 * @param {Kept} kept
 * @param {() => void} forgot
 */
function row(autosave, kept, forgot) {
  const { id, name, when, history } = kept;
  const n = history.versions[history.at].length;
  const strokes = n === 1 ? '1 stroke' : `${n || 'no'} strokes`;
  const words = `${strokes} · ${ago(Date.now() - when)}`;
  const goOn = make(
    'button',
    { className: 'go-on' },
    make('strong', { textContent: name }),
    make('span', { textContent: words }),
  );
  goOn.addEventListener('click', () => {
    if (!mayLose(autosave.studio)) return;
    part('recent-box').hidePopover();
    autosave.goOn(kept).catch((/** @type {Error} */ error) => {
      say(`${name} cannot be opened again: ${error.message}`, { problem: true });
    });
  });
  const forget = make('button', {
    className: 'icon',
    textContent: '×',
    ariaLabel: `Forget ${name}`,
    title: 'Forget it',
  });
  forget.addEventListener('click', async () => {
    await autosave.forget(id);
    forgot();
  });
  return make('li', {}, goOn, forget);
}

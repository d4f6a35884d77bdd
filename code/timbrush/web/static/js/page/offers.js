/** Edits of the last visits, on the first screen: each can be gone on with, or forgotten. */

import { make, part } from './dom.js';
import { ago } from '../sound/clock.js';
import { say } from './message.js';

/**
 * @typedef {import('../kept/autosave.js').Autosave} Autosave
 * @typedef {import('../kept/autosave.js').Kept} Kept
 */

/** @param {Autosave} autosave */
export async function showOffers(autosave) {
  const kept = await autosave.offers().catch(() => []); // a browser that keeps nothing
  part('kept').replaceChildren(...kept.map((each) => row(autosave, each)));
  part('offers').hidden = !kept.length;
}

/**
 * @param {Autosave} autosave
 * @param {Kept} kept
 */
function row(autosave, kept) {
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
    await showOffers(autosave);
  });
  return make('li', {}, goOn, forget);
}

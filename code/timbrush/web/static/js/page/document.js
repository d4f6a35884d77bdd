/** A file of another program: opened from its place, and saved back into it. */

import { file, json } from '../edit/server.js';
import { button } from './dom.js';
import { say } from './message.js';

const QUESTION =
  'Another program changed this file since it was opened here. Replace what it wrote?';

/** @returns {string | null} The key of the file that this page is for. */
export function documentKey() {
  return new URLSearchParams(location.search).get('document');
}

/**
 * Opens the file and shows the button that saves it back.
 *
 * @param {import('../edit/studio.js').Studio} studio
 * @param {string} key
 */
export async function openDocument(studio, key) {
  const address = `documents/${encodeURIComponent(key)}`;
  const { name } = await json(address);
  window.addEventListener('pagehide', () => navigator.sendBeacon(`/api/${address}/closed`));
  const { blob } = await file(`${address}/sound`);
  await studio.open(blob, name);
  const save = button('save-back');
  save.hidden = false;
  save.title = `Write the edited sound back into ${name}`;
  save.addEventListener('click', async () => {
    const remarks = await studio.saveBack(key, () => confirm(QUESTION));
    if (remarks) say([`${name} is saved.`, ...remarks].join(' · '));
  });
}

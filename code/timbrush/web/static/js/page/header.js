/** The top bar: the sound's name and facts, undo and redo, and what may be saved. */

import { button, part } from './dom.js';

/** @param {import('../edit/studio.js').Studio} studio */
export function connectHeader(studio) {
  const [undo, redo] = [button('undo'), button('redo')];
  undo.addEventListener('click', () => studio.undo());
  redo.addEventListener('click', () => studio.redo());
  studio.addEventListener('changed', () => {
    undo.disabled = !studio.canUndo;
    redo.disabled = !studio.canRedo;
  });
  studio.addEventListener('opened', () => {
    part('sound-name').textContent = studio.name;
    part('sound-facts').textContent = facts(studio);
    document.title = `${studio.name} – timbrush`;
    for (const id of ['save-strokes', 'open-strokes']) button(id).disabled = false;
    for (const id of ['save-wav', 'save-flac']) part(id).removeAttribute('aria-disabled');
  });
}

/** @param {import('../edit/studio.js').Studio} studio */
function facts({ seconds, head }) {
  if (!head) return '';
  const { n_channels: n, sample_rate: rate, format, subtype } = head;
  const channels = ['', 'mono', 'stereo'][n] ?? `${n} channels`;
  const kind = `${format} ${subtype.replace('_', ' ')}`;
  return `${seconds.toFixed(2)} s · ${rate / 1000} kHz · ${channels} · ${kind}`;
}

/** What a stroke does to its zone: redraw it, or something plainer; and in which channels. */

import { input, part, select, showShare } from '../page/dom.js';
import { ACTIONS, gainWords, kindOf } from './kinds.js';

/**
 * @param {import('./settings.js').Settings} settings
 * @param {import('../edit/studio.js').Studio} studio
 */
export function connectDoing(settings, studio) {
  const [kind, channels] = [select('doing'), select('channels')];
  const [gain, from] = [input('stroke-gain'), input('copy-from')];
  kind.replaceChildren(...ACTIONS.map(({ name, title }) => new Option(title, name)));

  const chosen = () => ACTIONS.find(({ name }) => name === kind.value) ?? ACTIONS[0];
  const take = () => {
    const values = { decibels: Number(gain.value), seconds: Math.max(0, Number(from.value)) };
    settings.set({ action: chosen().of(values) });
  };
  for (const field of [kind, gain, from]) field.addEventListener('change', take);
  gain.addEventListener('input', take);
  channels.addEventListener('change', () => settings.set({ channels: channels.value }));

  const show = () => {
    const { action } = settings.values;
    kind.value = kindOf(action);
    channels.value = settings.values.channels ?? 'all';
    if (action?.action === 'gain') gain.value = String(action.decibels);
    if (action?.action === 'copy') from.value = String(Number(action.seconds?.toFixed(3)));
    showShare(gain);
    part('gain-words').textContent = gainWords(Number(gain.value));
    part('gain-row').hidden = action?.action !== 'gain';
    part('copy-row').hidden = action?.action !== 'copy';
    for (const row of document.querySelectorAll('.redraws')) {
      row.classList.toggle('unused', Boolean(action));
    }
  };
  settings.addEventListener('change', show);
  studio.addEventListener('opened', () => {
    const isStereo = studio.head?.n_channels === 2;
    part('channels-row').hidden = !isStereo;
    if (!isStereo) settings.set({ channels: 'all' });
  });
  show();
}

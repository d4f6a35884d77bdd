/** How much of a long sound is here, in the top bar, as long as some of it is not. */

import { element, part } from './dom.js';
import { bytes } from '../edit/size.js';

const BYTES_PER_SAMPLE = 4;

/** @param {import('../edit/studio.js').Studio} studio */
export function connectArrival(studio) {
  const bar = element('arrived', HTMLProgressElement);
  const show = () => {
    const { head, arrived } = studio;
    const all = (head?.n_samples ?? 0) * (head?.n_channels ?? 0) * BYTES_PER_SAMPLE;
    part('arrival').hidden = arrived === 1;
    bar.value = arrived;
    part('arrived-words').textContent = `${bytes(arrived * all)} of ${bytes(all)}`;
  };
  for (const type of ['opened', 'arrived']) studio.addEventListener(type, show);
}

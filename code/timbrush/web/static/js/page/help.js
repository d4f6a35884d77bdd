/** The dialog that names every key of the page. */

import { button, element, make, part } from './dom.js';
import { KEYS, label } from './keys.js';

export function connectHelp() {
  part('help-columns').replaceChildren(
    ...KEYS.map(({ does, keys, and = [] }) => {
      const names = [...keys.map(label), ...and];
      const group = make('span');
      for (const name of names) group.append(make('kbd', { textContent: name }), ' ');
      return make('div', {}, does, group);
    }),
  );
  button('help').addEventListener('click', () =>
    element('help-box', HTMLDialogElement).showModal(),
  );
}

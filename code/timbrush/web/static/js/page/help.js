/** The help: what a stroke does, each with sounds, and every key of the page. */

import { button, element, make, part } from './dom.js';
import { KEYS, label } from './keys.js';
import { lessons } from '../lessons/lessons.js';
import { say } from './message.js';

export function connectHelp() {
  part('help-columns').replaceChildren(
    ...KEYS.map(({ does, keys, and = [] }) => {
      const names = [...keys.map(label), ...and];
      const group = make('span');
      for (const name of names) group.append(make('kbd', { textContent: name }), ' ');
      return make('div', {}, does, group);
    }),
  );
  const box = element('help-box', HTMLDialogElement);
  button('help').addEventListener('click', () => {
    box.showModal();
    box.scrollTop = 0; // the button that has the focus lies at the end
  });
}

/** @param {import('../lessons/examples.js').Examples} examples */
export function connectLessons(examples) {
  part('lessons').replaceChildren(
    ...lessons(examples.model).map(({ title, words, examples: sounds }) =>
      make(
        'li',
        {},
        make('strong', { textContent: title }),
        make('span', { textContent: words }),
        make('span', { className: 'sounds' }, ...sounds.map((each) => hear(each, examples))),
      ),
    ),
  );
  part('help-box').addEventListener('close', () => examples.stop());
}

/**
 * @param {import('../lessons/lessons.js').Example} example
 * @param {import('../lessons/examples.js').Examples} examples
 */
function hear({ label, changes }, examples) {
  const made = make('button', { className: 'button', textContent: label, type: 'button' });
  made.addEventListener('click', () => {
    examples.play(changes).catch((/** @type {Error} */ error) => {
      say(error.message, { problem: true });
    });
  });
  return made;
}

/**
 * Shows the first steps on the first screen, until a sound was opened in some visit.
 *
 * @param {import('../kept/database.js').Database} database
 * @param {EventTarget} studio Fires `opened`.
 */
export async function connectSteps(database, studio) {
  const wasHere = await database.get('settings', 'visited').catch(() => false);
  part('steps').hidden = Boolean(wasHere);
  studio.addEventListener('opened', () => {
    database.put([['settings', 'visited', true]]).catch(() => {});
  });
}

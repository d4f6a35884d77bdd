/** Remembers what was set on the page, from visit to visit. */

import { Latest } from './latest.js';

/** @typedef {import('./database.js').Database} Database */

/**
 * @param {Database} database
 * @param {{
 *   settings: import('../panel/settings.js').Settings,
 *   tools: import('../zone/tools.js').Tools,
 *   painting: import('../zone/painting.js').Painting,
 *   display: import('../picture/display.js').Display,
 *   look: import('../picture/look.js').Look,
 *   comparison: import('../sound/comparison.js').Comparison,
 * }} parts Each fires `change`.
 */
export async function rememberAll(
  database,
  { settings, tools, painting, display, look, comparison },
) {
  const recalled = [
    remember(database, 'settings', settings, (values) => settings.recall(values)),
    remember(database, 'tools', tools, (values) => tools.set(values)),
    remember(database, 'display', display, (values) => display.recall(values)),
    remember(database, 'comparison', comparison, ({ isMatched }) =>
      comparison.match(isMatched),
    ),
    remember(database, 'look', look, (values) => look.recall(values)),
    remember(database, 'painting', painting, ({ onRelease }) =>
      painting.setOnRelease(onRelease),
    ),
  ];
  await Promise.all(recalled);
}

/**
 * @param {Database} database
 * @param {string} key Under which the values are kept.
 * @param {EventTarget & {remembered: object}} target Fires `change` when one has changed.
 * @param {(values: any) => void} recall Takes those of the last visit.
 */
export async function remember(database, key, target, recall) {
  const values = await database.get('settings', key).catch(() => undefined);
  if (values) recall(values);
  const kept = new Latest((value) => database.put([['settings', key, value]]));
  // What the browser does not keep is set anew in the next visit.
  target.addEventListener('change', () => kept.put({ ...target.remembered }).catch(() => {}));
}

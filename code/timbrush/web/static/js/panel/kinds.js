/** What a stroke can do to its zone, as the page names it and as the server reads it. */

/**
 * @typedef {{action: string, decibels?: number, direction?: string, seconds?: number}} Action
 *   As Stroke.to_dict in Python writes it.
 * @typedef {{decibels: number, seconds: number}} Values What the fields hold.
 * @typedef {{name: string, title: string, of: (values: Values) => Action | null}} Kind
 */

/** Decibels that stand for silence. */
const SILENCE = -120;
/** The gain slider stops here; below lies silence. */
const SOFTEST = -60;

/** @type {Kind[]} */
export const ACTIONS = [
  { name: 'redraw', title: 'Redraw', of: () => null },
  {
    name: 'gain',
    title: 'Louder or softer',
    of: ({ decibels }) => ({
      action: 'gain',
      decibels: decibels < SOFTEST ? SILENCE : decibels,
    }),
  },
  { name: 'in', title: 'Fade in', of: () => ({ action: 'fade', direction: 'in' }) },
  { name: 'out', title: 'Fade out', of: () => ({ action: 'fade', direction: 'out' }) },
  {
    name: 'copy',
    title: 'Copy from another time',
    of: ({ seconds }) => ({ action: 'copy', seconds }),
  },
];

/** @param {Action | null | undefined} action @returns {string} The name of its kind. */
export function kindOf(action) {
  if (!action) return 'redraw';
  return action.direction ?? action.action;
}

/** @param {number} decibels @returns {string} */
export function gainWords(decibels) {
  if (decibels < SOFTEST) return 'silence';
  return `${decibels > 0 ? '+' : ''}${String(decibels).replace('-', '−')} dB`;
}

/** @param {Action} action @returns {string} What a row of the list of strokes calls it. */
export function titleOfAction(action) {
  const { title } = ACTIONS.find(({ name }) => name === kindOf(action)) ?? { title: 'Program' };
  return action.action === 'gain' ? gainWords(Number(action.decibels)) : title;
}

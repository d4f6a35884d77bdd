/** No edit is lost without a word. */

const QUESTION = 'Your strokes are not saved and would be lost: go on all the same?';

/** @typedef {import('../edit/studio.js').Studio} Studio */

/**
 * @param {Studio} studio
 * @returns {boolean} Whether another edit may take the place of this one; asks if strokes would
 *   be lost.
 */
export function mayLose(studio) {
  return !studio.isUnsaved || confirm(QUESTION);
}

/** @param {Studio} studio */
export function connectLeaving(studio) {
  window.addEventListener('beforeunload', (event) => {
    if (!studio.isUnsaved) return;
    event.preventDefault();
    event.returnValue = true; // what older browsers look at
  });
}

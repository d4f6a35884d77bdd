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

/**
 * Asks before the page is left, unless the browser keeps the strokes.
 *
 * @param {Studio} studio
 * @param {import('../kept/autosave.js').Autosave} autosave
 */
export function connectLeaving(studio, autosave) {
  window.addEventListener('beforeunload', (event) => {
    if (!studio.isUnsaved || autosave.isDone) return;
    event.preventDefault();
    event.returnValue = true; // what older browsers look at
  });
}

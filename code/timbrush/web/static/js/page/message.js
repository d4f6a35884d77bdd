/** One line that says what happened, and a sign over the picture while something takes long. */

import { part } from './dom.js';

const CALM_MILLISECONDS = 8000;
/** What is done sooner needs no sign: it would only flicker. */
const PATIENCE_MILLISECONDS = 400;
let calming = 0;
let waiting = 0;

/**
 * @param {string} words
 * @param {{problem?: boolean}} [options]
 */
export function say(words, { problem = false } = {}) {
  const line = part('message');
  line.textContent = line.title = words; // in narrow windows its end is cut off
  line.classList.toggle('problem', problem);
  clearTimeout(calming);
  if (!problem) return;
  calming = window.setTimeout(() => line.classList.remove('problem'), CALM_MILLISECONDS);
}

/** @param {string | null} words What is being done; null when all is done. */
export function showBusy(words) {
  clearTimeout(waiting);
  part('busy-text').textContent = words ?? '';
  if (!words) part('busy').hidden = true;
  else waiting = window.setTimeout(() => (part('busy').hidden = false), PATIENCE_MILLISECONDS);
}

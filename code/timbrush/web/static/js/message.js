/** One line that says what happened. */

import { byId } from './controls.js';

const CALM_MILLISECONDS = 8000;
let timer = 0;

/**
 * @param {string} words
 * @param {{problem?: boolean}} [options]
 */
export function say(words, { problem = false } = {}) {
  const line = byId('message');
  line.textContent = words;
  line.classList.toggle('problem', problem);
  clearTimeout(timer);
  if (problem) timer = window.setTimeout(() => line.classList.remove('problem'), CALM_MILLISECONDS);
}

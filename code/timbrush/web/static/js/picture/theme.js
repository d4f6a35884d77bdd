/** The colours of the style sheet, for what is drawn on canvases. */

const QUERIES = ['(prefers-color-scheme: light)', '(forced-colors: active)'];

/** @param {string} name Such as `ink`. @returns {string} */
export function themed(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** @param {() => void} react Called when the system changes its colours. */
export function onTheme(react) {
  for (const query of QUERIES) matchMedia(query).addEventListener('change', react);
}

/** The elements of the page, by their names. */

/**
 * @param {string} id
 * @returns {any} The element; loosely typed, since the page knows which kind it is.
 */
export function byId(id) {
  return document.getElementById(id);
}

/** @param {string} name @returns {string} Chosen value of a group of radio buttons. */
export function chosen(name) {
  return /** @type {HTMLInputElement} */ (document.querySelector(`input[name='${name}']:checked`)).value;
}

/**
 * @param {string} name
 * @param {string} value
 */
export function choose(name, value) {
  const input = /** @type {HTMLInputElement} */ (document.querySelector(`input[name='${name}'][value='${value}']`));
  input.checked = true;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/**
 * @param {string} name
 * @param {(value: string) => void} react
 */
export function onChoice(name, react) {
  for (const input of document.querySelectorAll(`input[name='${name}']`)) {
    input.addEventListener('change', () => react(chosen(name)));
  }
}

/**
 * @param {string} id A button with aria-pressed.
 * @param {(pressed: boolean) => void} react
 */
export function onToggle(id, react) {
  byId(id).addEventListener('click', () => {
    const pressed = byId(id).getAttribute('aria-pressed') !== 'true';
    byId(id).setAttribute('aria-pressed', String(pressed));
    react(pressed);
  });
}

/** @param {HTMLInputElement} range Its filled share is drawn from a CSS variable. */
export function shareOf(range) {
  const share = (Number(range.value) - Number(range.min)) / (Number(range.max) - Number(range.min));
  range.style.setProperty('--share', `${share * 100}%`);
}

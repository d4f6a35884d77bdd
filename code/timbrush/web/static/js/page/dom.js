/**
 * Elements of the page, each found by its id and checked to be of the kind that is expected.
 */

/**
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind Such as HTMLInputElement.
 * @returns {T}
 */
export function element(id, kind) {
  return checked(document.getElementById(id), kind, `#${id}`);
}

/** @param {string} id */
export const button = (id) => element(id, HTMLButtonElement);

/** @param {string} id */
export const input = (id) => element(id, HTMLInputElement);

/** @param {string} id */
export const select = (id) => element(id, HTMLSelectElement);

/** @param {string} id */
export const canvas = (id) => element(id, HTMLCanvasElement);

/** @param {string} id */
export const part = (id) => element(id, HTMLElement);

/** @param {HTMLCanvasElement} element @returns {CanvasRenderingContext2D} */
export function contextOf(element) {
  return checked(
    element.getContext('2d'),
    CanvasRenderingContext2D,
    `a context of ${element.id}`,
  );
}

/**
 * Makes an element.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/**
 * @param {string} name Of a group of radio buttons.
 * @param {(value: string) => void} react
 */
export function onChoice(name, react) {
  for (const radio of radios(name)) radio.addEventListener('change', () => react(radio.value));
}

/**
 * @param {string} name Of a group of radio buttons.
 * @param {string} value The one to show as chosen.
 */
export function showChoice(name, value) {
  for (const radio of radios(name)) radio.checked = radio.value === value;
}

/**
 * @param {string} id Of a button that stays pressed.
 * @param {boolean} pressed
 */
export function showPressed(id, pressed) {
  button(id).setAttribute('aria-pressed', String(pressed));
}

/** How wide a box of settings is, with its margin. */
const BOX_PIXELS = 312;

/**
 * Opens a box of settings under its button.
 *
 * @param {string} opener
 * @param {string} box
 */
export function placeUnder(opener, box) {
  button(opener).addEventListener('click', () => {
    const { left, bottom } = button(opener).getBoundingClientRect();
    const most = document.documentElement.clientWidth - BOX_PIXELS;
    part(box).style.left = `${Math.max(8, Math.min(left, most))}px`;
    part(box).style.top = `${bottom + 4}px`;
  });
}

/** @param {HTMLInputElement} range Its filled share is drawn from a CSS variable. */
export function showShare(range) {
  const [value, low, high] = [range.value, range.min, range.max].map(Number);
  range.style.setProperty('--share', `${((value - low) / (high - low)) * 100}%`);
}

/** @param {string} name @returns {NodeListOf<HTMLInputElement>} */
function radios(name) {
  return document.querySelectorAll(`input[name='${name}']`);
}

/**
 * @template T
 * @param {unknown} found
 * @param {new () => T} kind
 * @param {string} what
 * @returns {T}
 */
function checked(found, kind, what) {
  if (found instanceof kind) return found;
  throw new Error(`expected ${what} to be of kind ${kind.name}, got ${found}`);
}

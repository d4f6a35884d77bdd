/** Strokes as the JSON file that `timbrush replay` reads too. */

/**
 * @typedef {import('./session.js').Stroke} Stroke
 * @typedef {import('../panel/settings.js').Model} Model
 */

const FORMAT = 'timbrush strokes';
/** What redraws where a stroke names no inpainter. */
const INPAINTER = 'naive-bayes';

/**
 * @param {Stroke[]} strokes
 * @param {Model} model That painted them.
 * @returns {string} The text of the file.
 */
export function dump(strokes, model) {
  const names = new Set(strokes.flatMap(inpaintersOf));
  const printed = model.inpainters.filter(
    ({ name, fingerprint }) => fingerprint && names.has(name),
  );
  const edit = {
    format: FORMAT,
    version: model.edit_version,
    model: model.fingerprint,
    inpainters: Object.fromEntries(
      printed.map(({ name, fingerprint }) => [name, fingerprint]).sort(),
    ),
    strokes,
  };
  return `${JSON.stringify(edit, null, 2)}\n`;
}

/**
 * @param {string} text Of a file.
 * @param {string} name Of that file.
 * @param {Model} model
 * @returns {{strokes: Stroke[], isOther: boolean}} The strokes, and whether another model
 *   painted them.
 */
export function read(text, name, model) {
  const saved = parsed(text, name);
  if (saved?.format !== FORMAT || !Array.isArray(saved.strokes)) {
    throw new Error('This file holds no strokes; choose one that Save wrote.');
  }
  const missing = saved.version === 1 ? model.first_version : {};
  const isOther = model.inpainters.some(
    ({ name, fingerprint }) => (saved.inpainters?.[name] ?? fingerprint) !== fingerprint,
  );
  return {
    strokes: saved.strokes.map((/** @type {object} */ one) => ({ ...missing, ...one })),
    isOther: isOther || saved.model !== model.fingerprint,
  };
}

/** @param {string} text @param {string} name @returns {any} */
function parsed(text, name) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is no JSON; choose a file that Save wrote.`);
  }
}

/** @param {Stroke} stroke @returns {string[]} All that have a say: what redraws, what judges. */
function inpaintersOf({ inpainter = INPAINTER, zone = [] }) {
  const judges = zone.map(judge).filter((name) => name !== null);
  return [inpainter, ...judges];
}

/** @param {any} shape @returns {string | null} The inpainter that chooses the cells, if one does. */
function judge({ shape, inpainter = INPAINTER }) {
  return shape === 'surprise' ? inpainter : null;
}

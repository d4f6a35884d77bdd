/**
 * Every key of the page in one table, from which the keyboard, the help and the titles are
 * made.
 *
 * `Ctrl` stands for the Command key too. Shift counts with Ctrl and with keys that have a name.
 */

/**
 * @typedef {{does: string, keys: string[], act?: string, typing?: boolean, and?: string[]}} Key
 *   What it does, the keys that do it, the action's name, whether it counts while typing in a
 *   field, and gestures that do the same.
 */

/** @type {Key[]} */
export const KEYS = [
  { does: 'Play or stop', keys: ['Space'], act: 'play' },
  { does: 'Loop', keys: ['L'], act: 'loop' },
  { does: 'Hear only the selection', keys: ['P'], act: 'hearSelection' },
  { does: 'Hear only the painted band', keys: ['O'], act: 'hearBand' },
  { does: 'Original or edited', keys: ['B'], act: 'compare' },
  { does: 'Hear and see only what strokes added', keys: ['N'], act: 'hearAdded' },
  { does: 'Undo', keys: ['Ctrl+Z'], act: 'undo', typing: true },
  { does: 'Redo', keys: ['Ctrl+Y', 'Ctrl+Shift+Z'], act: 'redo', typing: true },
  { does: 'Open a sound', keys: ['Ctrl+O'], act: 'open', typing: true },
  {
    does: 'Save strokes, or the file that a program sent',
    keys: ['Ctrl+S'],
    act: 'saveStrokes',
    typing: true,
  },
  { does: 'Rectangle', keys: ['1'], act: 'rectangle' },
  { does: 'Brush', keys: ['2'], act: 'brush' },
  { does: 'Lasso', keys: ['3'], act: 'lasso' },
  { does: 'Harmonics', keys: ['4'], act: 'harmonics' },
  { does: 'Eraser of the zone', keys: ['5'], act: 'eraser' },
  { does: 'Smaller brush', keys: ['['], act: 'smallerBrush' },
  { does: 'Larger brush', keys: [']'], act: 'largerBrush' },
  { does: 'Add to the zone', keys: [], and: ['Shift drag'] },
  { does: 'Take from the zone', keys: [], and: ['Alt drag'] },
  { does: 'Select everything', keys: ['Ctrl+A'], act: 'selectAll' },
  { does: 'Paint the zone', keys: ['Enter'], act: 'paint' },
  { does: 'Cancel, let the stroke or the zone go', keys: ['Escape'], act: 'cancel' },
  { does: 'Choose a stroke', keys: [], and: ['double click'] },
  {
    does: 'Delete the chosen stroke, or the zone',
    keys: ['Delete', 'Backspace'],
    act: 'delete',
  },
  { does: 'Duplicate the chosen stroke', keys: ['Ctrl+D'], act: 'duplicate' },
  { does: 'Cut the zone: copy it, then silence', keys: ['Ctrl+X'], act: 'cut' },
  { does: 'Copy the zone', keys: ['Ctrl+C'], act: 'copy' },
  { does: 'Paste it where the playhead stands', keys: ['Ctrl+V'], act: 'paste' },
  { does: 'Chosen stroke on or off', keys: ['M'], act: 'mute' },
  { does: 'New seed', keys: ['D'], act: 'newSeed' },
  { does: 'Try other seeds', keys: ['V'], act: 'vary' },
  { does: 'Show the grid', keys: ['G'], act: 'grid' },
  { does: 'Show surprise', keys: ['S'], act: 'surprise' },
  { does: 'Zoom in', keys: ['+', '='], act: 'zoomIn', and: ['wheel'] },
  { does: 'Zoom out', keys: ['-'], act: 'zoomOut', and: ['wheel'] },
  { does: 'Show everything', keys: ['0'], act: 'showAll' },
  { does: 'Zoom to the zone, and back', keys: ['Z'], act: 'zoomZone' },
  { does: 'To the beginning', keys: ['Home'], act: 'toBeginning' },
  { does: 'To the end', keys: ['End'], act: 'toEnd' },
  { does: 'Play from there', keys: [], and: ['click on the ruler'] },
  {
    does: 'Select a time only',
    keys: [],
    and: ['double click on the ruler', 'Shift drag on it'],
  },
  { does: 'Select a band only', keys: [], and: ['double click on the hertz', 'drag on them'] },
  { does: 'Zoom in on frequency', keys: ['Shift+ArrowUp'], act: 'narrow', and: ['Alt wheel'] },
  {
    does: 'Zoom out of frequency',
    keys: ['Shift+ArrowDown'],
    act: 'widen',
    and: ['Alt wheel'],
  },
  {
    does: 'Scroll left, or nudge the chosen stroke',
    keys: ['ArrowLeft'],
    act: 'left',
    and: ['Shift wheel'],
  },
  {
    does: 'Scroll right, or nudge it',
    keys: ['ArrowRight'],
    act: 'right',
    and: ['Shift wheel'],
  },
  { does: 'Scroll up, or nudge it', keys: ['ArrowUp'], act: 'up' },
  { does: 'Scroll down, or nudge it', keys: ['ArrowDown'], act: 'down' },
  { does: 'Help', keys: ['?'], act: 'help' },
];

/** @type {Record<string, string>} */
const SIGNS = {
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  '-': '−',
};

/**
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean,
 *   getModifierState: (key: string) => boolean}} event
 * @returns {string} As the table writes it; empty for a key that Alt gives another meaning.
 */
export function nameOf(event) {
  // AltGr is Ctrl and Alt on Windows; it or Option types [ and ] on many keyboards.
  const commanded = (event.ctrlKey || event.metaKey) && !event.getModifierState('AltGraph');
  if (event.altKey && !commanded && !'[]'.includes(event.key)) return '';
  const key = event.key === ' ' ? 'Space' : event.key;
  const shifted = event.shiftKey && (commanded || key.startsWith('Arrow'));
  const name = key.length === 1 ? key.toUpperCase() : key;
  return `${commanded ? 'Ctrl+' : ''}${shifted ? 'Shift+' : ''}${name}`;
}

/** @param {string} name @returns {Key | undefined} */
export function find(name) {
  return KEYS.find(({ keys }) => keys.includes(name));
}

/** @param {string} name Of a key. @returns {string} As people read it. */
export function label(name) {
  const parts = name.length > 1 ? name.split('+') : [name];
  return parts.map((part) => SIGNS[part] ?? part).join('+');
}

/** @param {string} act @returns {string} The first key that does it, as people read it. */
export function keyOf(act) {
  const key = KEYS.find((each) => each.act === act);
  if (!key) throw new Error(`expected an action of the table of keys, got ${act}`);
  return label(key.keys[0]);
}

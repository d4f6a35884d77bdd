/** Hertz to the names of notes and back; A4 is 440 Hz. */

const NAMES = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'];
const BLACK = new Set([1, 3, 6, 8, 10]);

/** @param {number} hertz @returns {number} MIDI note number, with its fraction. */
export function midiOf(hertz) {
  return 69 + 12 * Math.log2(hertz / 440);
}

/** @param {number} midi */
export function hertzOf(midi) {
  return 440 * 2 ** ((midi - 69) / 12);
}

/** @param {number} midi */
export function nameOf(midi) {
  return `${NAMES[((midi % 12) + 12) % 12]}${Math.floor(midi / 12) - 1}`;
}

/** @param {number} midi */
export function isBlack(midi) {
  return BLACK.has(((midi % 12) + 12) % 12);
}

/** @param {number} hertz @returns {string} Nearest note and the distance in cents. */
export function describe(hertz) {
  const midi = midiOf(hertz);
  const nearest = Math.round(midi);
  const cents = Math.round((midi - nearest) * 100);
  const digits = String(Math.abs(cents)).padStart(2, '0');
  return `${nameOf(nearest)} ${cents < 0 ? '−' : '+'}${digits}`;
}

/** What the help teaches, each with sounds: what differs from a stroke as it begins. */

/**
 * @typedef {import('../panel/settings.js').Model} Model
 * @typedef {{label: string, changes: object | null}} Example Null for the sound as it is.
 * @typedef {{title: string, words: string, examples: Example[]}} Lesson
 */

/** @param {Model} model @returns {Lesson[]} */
export function lessons(model) {
  const [first, second] = model.grids.map(({ name }) => name);
  const levels = {
    title: first === 'rhythm' ? 'Rhythm and timbre' : 'Coarse and fine',
    words:
      first === 'rhythm'
        ? 'Rhythm is how loud each band is, and when. Timbre is how it sounds. A stroke redraws one of them, or both.'
        : 'Coarse is the broad timbre, fine its detail. A stroke redraws one of them, or both.',
    examples: [
      { label: 'As it is', changes: null },
      ...[first, second].map((level) => ({ label: `Other ${level}`, changes: { level } })),
    ],
  };
  return [
    levels,
    {
      title: 'Strength',
      words: 'How much of the zone is redrawn: a little of it, or all.',
      examples: [
        { label: '30 %', changes: { strength: 0.3 } },
        { label: '100 %', changes: { strength: 1 } },
      ],
    },
    {
      title: 'Keep',
      words: 'A stroke keeps how loud the zone was and where its hits fall, or lets them go.',
      examples: [
        { label: 'Keeps both', changes: { keep_level: 1, keep_rhythm: 1 } },
        { label: 'Lets both go', changes: { keep_level: 0, keep_rhythm: 0 } },
      ],
    },
  ];
}

/** Of the pattern that the lessons redraw: hits of one note. */
const HITS = { count: 6, seconds: 0.3, fadeSeconds: 0.02 };

/**
 * @param {Float32Array} note
 * @param {number} rate
 * @returns {Float32Array} Its beginning, several times.
 */
export function pattern(note, rate) {
  const size = Math.min(note.length, Math.round(HITS.seconds * rate));
  const fade = Math.round(HITS.fadeSeconds * rate);
  const hit = note.slice(0, size).map((value, i) => value * Math.min(1, (size - i) / fade));
  const whole = new Float32Array(HITS.count * size);
  for (let i = 0; i < HITS.count; i++) whole.set(hit, i * size);
  return whole;
}

/**
 * @param {Float32Array} samples One channel; full scale is 1.
 * @param {number} rate
 * @returns {ArrayBuffer} A WAV of floats.
 */
export function wavOf(samples, rate) {
  const size = 4 * samples.length;
  const buffer = new ArrayBuffer(44 + size);
  const view = new DataView(buffer);
  const text = (/** @type {number} */ at, /** @type {string} */ words) => {
    for (let i = 0; i < words.length; i++) view.setUint8(at + i, words.charCodeAt(i));
  };
  const longs = { 4: 36 + size, 16: 16, 24: rate, 28: 4 * rate, 40: size };
  const shorts = { 20: 3, 22: 1, 32: 4, 34: 32 }; // floats, one channel, 4 bytes, 32 bits
  text(0, 'RIFF');
  text(8, 'WAVEfmt ');
  text(36, 'data');
  for (const [at, value] of Object.entries(longs)) view.setUint32(Number(at), value, true);
  for (const [at, value] of Object.entries(shorts)) view.setUint16(Number(at), value, true);
  samples.forEach((value, i) => view.setFloat32(44 + 4 * i, value, true));
  return buffer;
}

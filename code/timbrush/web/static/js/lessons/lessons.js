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
 * @returns {Float32Array<ArrayBuffer>} Its beginning, several times.
 */
export function pattern(note, rate) {
  const size = Math.min(note.length, Math.round(HITS.seconds * rate));
  const fade = Math.round(HITS.fadeSeconds * rate);
  const hit = note.slice(0, size).map((value, i) => value * Math.min(1, (size - i) / fade));
  const whole = new Float32Array(HITS.count * size);
  for (let i = 0; i < HITS.count; i++) whole.set(hit, i * size);
  return whole;
}

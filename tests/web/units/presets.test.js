/** Presets, and what a row of the list of strokes says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { band, louder, time } from '../../../code/timbrush/web/static/js/panel/places.js';
import { builtIn, holds, setBy } from '../../../code/timbrush/web/static/js/panel/presets.js';
import { Settings } from '../../../code/timbrush/web/static/js/panel/settings.js';

const inpainter = (name, purpose, takes_family = false) => ({ name, purpose, takes_family });
const defaults = {
  level: 'both',
  inpainter: 'naive-bayes',
  seed: 0,
  zone: [],
  strength: 1,
  radius: 1,
  softness: 0,
  temperature: 1,
  guidance: 1,
  family: null,
  keep_level: 1,
  keep_rhythm: 1,
};
const wide = {
  inpainters: [inpainter('naive-bayes', 'fast'), inpainter('transformer', 'best')],
  grids: [{ name: 'rhythm' }, { name: 'timbre' }],
  families: ['flute'],
  largest_seed: 100,
  defaults,
};
const notes = {
  ...wide,
  inpainters: [inpainter('naive-bayes', 'fast'), inpainter('lstm', 'best', true)],
  grids: [{ name: 'coarse' }, { name: 'fine' }],
};
const names = (model) => builtIn(model).map(({ name }) => name);

test('only presets that the model can do are offered', () => {
  const both = ['Another take', 'Heal', 'Smear'];
  assert.deepEqual(new Set(names(wide)), new Set([...both, 'Same rhythm, other timbre']));
  assert.deepEqual(new Set(names(notes)), new Set([...both, 'As a flute']));
  const bare = { ...wide, inpainters: [inpainter('naive-bayes', 'fast')] };
  const heal = builtIn(bare).find(({ name }) => name === 'Heal');
  assert.equal(heal.values.inpainter, 'naive-bayes');
});

test('a preset sets all but what belongs to one stroke, and is left by any change', () => {
  const settings = new Settings(wide);
  settings.set({ strength: 0.2, seed: 5 });
  const preset = builtIn(wide).find(({ name }) => name === 'Same rhythm, other timbre');
  assert.equal(holds(preset, settings), false);
  settings.set(setBy(preset, wide));
  const { seed, strength, level } = settings.values;
  assert.deepEqual([seed, strength, level], [5, 1, 'timbre']);
  assert.equal(holds(preset, settings), true);
  settings.roll();
  assert.equal(holds(preset, settings), true);
  settings.set({ softness: 0.1 });
  assert.equal(holds(preset, settings), false);
  assert.equal(holds(undefined, settings), false);
});

test('a row says the time, the frequencies and the change of level', () => {
  const shape = { shape: 'rectangle', mode: 'add', seconds: [0.5, 61], hertz: [200, 2345] };
  const head = { low_hertz: 27.5, high_hertz: 8000 };
  assert.equal(time({ zone: [shape] }, 90), 'Rectangle 0:00.50 – 1:01.00');
  assert.equal(time({}, 90), 'Whole sound');
  assert.equal(band({ zone: [shape] }, head), '200 Hz – 2.35 kHz');
  assert.equal(band({ seconds: [0, 1], hertz: [100, 900] }, head), '100 Hz – 900 Hz');
  assert.equal(band({}, head), 'all frequencies');
  assert.deepEqual([1.25, -0.96, 0.04, -0.04, undefined].map(louder), [
    '+1.3 dB',
    '−1.0 dB',
    '0 dB',
    '0 dB',
    '',
  ]);
});

/** The lessons of the help, and the sound that they are heard on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lessons, pattern } from '../../../code/timbrush/web/static/js/lessons/lessons.js';

const labels = (names) =>
  lessons({ grids: names.map((name) => ({ name })) }).map(({ examples }) =>
    examples.map(({ label }) => label),
  );

test('the lessons name the levels of the model', () => {
  assert.deepEqual(labels(['rhythm', 'timbre']), [
    ['As it is', 'Other rhythm', 'Other timbre'],
    ['30 %', '100 %'],
    ['Keeps both', 'Lets both go'],
  ]);
  assert.deepEqual(labels(['coarse', 'fine'])[0], ['As it is', 'Other coarse', 'Other fine']);
});

test('a pattern is the beginning of a note, six times, each ending in silence', () => {
  const sound = pattern(new Float32Array(1000).fill(1), 1000);
  assert.equal(sound.length, 1800);
  assert.deepEqual([sound[0], sound[270], sound[300]], [1, 1, 1]);
  assert.ok(sound[299] < 0.06 && sound[599] < 0.06);
});

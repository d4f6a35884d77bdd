/** The lessons of the help, and the sound that they are heard on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  lessons,
  pattern,
  wavOf,
} from '../../../code/timbrush/web/static/js/lessons/lessons.js';

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

test('a WAV of floats has the header that its samples need', () => {
  const view = new DataView(wavOf(Float32Array.of(0.5, -1), 44100));
  const text = (at, n) =>
    String.fromCharCode(...Array.from({ length: n }, (_, i) => view.getUint8(at + i)));
  assert.deepEqual([text(0, 4), text(8, 8), text(36, 4)], ['RIFF', 'WAVEfmt ', 'data']);
  assert.deepEqual([view.getUint32(4, true), view.getUint32(24, true)], [44, 44100]);
  assert.deepEqual([view.getUint16(20, true), view.getUint16(34, true)], [3, 32]);
  assert.deepEqual([view.getFloat32(44, true), view.getFloat32(48, true)], [0.5, -1]);
});

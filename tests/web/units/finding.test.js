/** Onsets, partials and cuts that the sound decides. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { onsetNear } from '../../../code/timbrush/web/static/js/sound/onsets.js';
import { cutTo } from '../../../code/timbrush/web/static/js/zone/finding.js';
import {
  centsAround,
  follow,
  hertzAround,
  partialsOf,
} from '../../../code/timbrush/web/static/js/zone/partials.js';

test('an onset is found where the sound begins, to a millisecond or two', () => {
  const rate = 8000;
  const samples = Float32Array.from({ length: rate }, (_, i) =>
    i < 4321 ? 0.001 * Math.sin(i) : Math.sin(i * 0.7),
  );
  const found = onsetNear([samples], rate, 0.55, 0.05);
  assert.ok(Math.abs(found - 4321 / rate) < 0.002, String(found));
  assert.equal(onsetNear([samples], rate, 0.7, 0.05), null);
  assert.equal(onsetNear([samples], rate, 0.3, 0.05), null);
});

test('partials are odd, even or all, within the band, as many as asked for', () => {
  const track = [
    [0, 100],
    [1, 200],
  ];
  const options = { which: 'all', count: 0, width: hertzAround(10), top: 1000 };
  const middles = (more) =>
    partialsOf(track, { ...options, ...more }).map(
      ({ points }) => (points[0][1] + points.at(-1)[1]) / 2,
    );
  assert.deepEqual(middles({}), [100, 200, 300, 400, 500]); // the highest pitch counts
  assert.deepEqual(middles({ which: 'odd' }), [100, 300, 500]);
  assert.deepEqual(middles({ which: 'even' }), [200, 400]);
  assert.deepEqual(middles({ count: 2 }), [100, 200]);
  const [low, high] = centsAround(1200)(400);
  assert.ok(Math.abs(high / low - 2) < 1e-9 && Math.abs(low * high - 160000) < 1e-6);
});

test('a pitch is followed step by step from where it was', () => {
  const asked = [];
  const track = follow([0, 0.04], 100, (time, hertz) => {
    asked.push(hertz);
    return hertz + 1;
  });
  assert.deepEqual(asked, [100, 101, 102]);
  assert.deepEqual(track, [
    [0, 101],
    [0.02, 102],
    [0.04, 103],
  ]);
});

test('what is found replaces what was found in the same way', () => {
  const box = { shape: 'rectangle', mode: 'add' };
  const first = cutTo([box], { shape: 'part', part: 'tonal' });
  assert.deepEqual(first, [box, { shape: 'part', part: 'tonal', mode: 'intersect' }]);
  const next = cutTo(first, { shape: 'part', part: 'transient' });
  assert.deepEqual(next, [box, { shape: 'part', part: 'transient', mode: 'intersect' }]);
});

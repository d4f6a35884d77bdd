/** Zones as the page tells where they lie, held to what Python draws. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { covers } from '../../../code/timbrush/web/static/js/zone/shapes.js';
import { Zone } from '../../../code/timbrush/web/static/js/zone/zone.js';

const golden = JSON.parse(
  readFileSync(new URL('../../golden/zones.json', import.meta.url), 'utf8'),
);
const grain = { seconds: golden.frame_seconds / 2, hertz: golden.bin_hertz / 2 };

for (const { name, zone, rows } of golden.zones) {
  test(`the page covers the pixels that Python draws: ${name}`, () => {
    const shapes = zone.map((shape) => ({ mode: 'add', ...shape }));
    const pixel = (bin, frame) => ({
      seconds: (golden.first_frame + frame) * golden.frame_seconds,
      hertz: bin * golden.bin_hertz,
    });
    const drawn = rows.map((row, bin) =>
      [...row]
        .map((_, frame) => (covers(shapes, pixel(bin, frame), grain) ? '#' : '.'))
        .join(''),
    );
    assert.deepEqual(drawn, rows);
  });
}

const box = (seconds, hertz, mode = 'add') => ({ shape: 'rectangle', mode, seconds, hertz });

function zoneOf(...shapes) {
  const zone = new Zone();
  zone.load({ seconds: [0, 4], hertz: [20, 8000] });
  zone.set(shapes);
  return zone;
}

test('a zone is enclosed by what it adds, cut to what it intersects and to the sound', () => {
  const two = zoneOf(box([1, 2], [100, 200]), box([1.5, 9], [150, 400]));
  assert.deepEqual(two.bounds, { seconds: [1, 4], hertz: [100, 400] });
  const cut = zoneOf(box([1, 2], [100, 200]), box([1.5, 3], [50, 150], 'intersect'));
  assert.deepEqual(cut.bounds, { seconds: [1.5, 2], hertz: [100, 150] });
  assert.equal(zoneOf(box([1, 2], [100, 200]), box([3, 4], null, 'intersect')).bounds, null);
  assert.equal(zoneOf().bounds, null);
});

test('a brush reaches half its size beyond its path', () => {
  const points = [
    [1, 200],
    [2, 400],
  ];
  const brush = { shape: 'brush', mode: 'add', points, size_seconds: 0.5, size_octaves: 2 };
  assert.deepEqual(zoneOf(brush).bounds, { seconds: [0.75, 2.25], hertz: [100, 800] });
});

test('a shape replaces the zone, joins it, or is taken from it, and nothing is taken from none', () => {
  const zone = zoneOf();
  zone.join(box([0, 1], null, 'subtract'));
  assert.ok(zone.isEmpty);
  zone.join(box([0, 1], null, 'new'));
  zone.join(box([2, 3], null, 'add'));
  zone.join(box([2, 3], null, 'subtract'));
  assert.deepEqual(
    zone.shapes.map(({ mode }) => mode),
    ['add', 'add', 'subtract'],
  );
  zone.join(box([1, 2], null, 'new'));
  assert.equal(zone.shapes.length, 1);
});

test('numbers cut a drawn zone, a second cut replaces the first, and a larger one the zone', () => {
  const points = [
    [1, 200],
    [2, 800],
    [3, 200],
  ];
  const zone = zoneOf({ shape: 'lasso', mode: 'add', points });
  zone.limit({ seconds: [1.5, 2.5], hertz: [200, 800] });
  zone.limit({ seconds: [1.6, 2.5], hertz: [200, 800] });
  assert.deepEqual(zone.bounds, { seconds: [1.6, 2.5], hertz: [200, 800] });
  assert.equal(zone.shapes.length, 2);
  zone.limit({ seconds: [0.5, 2.5], hertz: [200, 800] });
  assert.equal(zone.shapes.length, 1);
  assert.deepEqual(zone.bounds, { seconds: [0.5, 2.5], hertz: [200, 800] });
});

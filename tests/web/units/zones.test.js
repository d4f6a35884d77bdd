/** Zones as the page tells where they lie, held to what Python draws. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { dragged } from '../../../code/timbrush/web/static/js/zone/handles.js';
import { covers, moved } from '../../../code/timbrush/web/static/js/zone/shapes.js';
import { Zone, zoneOf } from '../../../code/timbrush/web/static/js/zone/zone.js';

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

function zoneWith(...shapes) {
  const zone = new Zone();
  zone.load({ seconds: [0, 4], hertz: [20, 8000] });
  zone.set(shapes);
  return zone;
}

test('a zone is enclosed by what it adds, cut to what it intersects and to the sound', () => {
  const two = zoneWith(box([1, 2], [100, 200]), box([1.5, 9], [150, 400]));
  assert.deepEqual(two.bounds, { seconds: [1, 4], hertz: [100, 400] });
  const cut = zoneWith(box([1, 2], [100, 200]), box([1.5, 3], [50, 150], 'intersect'));
  assert.deepEqual(cut.bounds, { seconds: [1.5, 2], hertz: [100, 150] });
  assert.equal(zoneWith(box([1, 2], [100, 200]), box([3, 4], null, 'intersect')).bounds, null);
  assert.equal(zoneWith().bounds, null);
});

test('a brush reaches half its size beyond its path', () => {
  const points = [
    [1, 200],
    [2, 400],
  ];
  const brush = { shape: 'brush', mode: 'add', points, size_seconds: 0.5, size_octaves: 2 };
  assert.deepEqual(zoneWith(brush).bounds, { seconds: [0.75, 2.25], hertz: [100, 800] });
});

test('a shape replaces the zone, joins it, or is taken from it, and nothing is taken from none', () => {
  const zone = zoneWith();
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
  const zone = zoneWith({ shape: 'lasso', mode: 'add', points });
  zone.limit({ seconds: [1.5, 2.5], hertz: [200, 800] });
  zone.limit({ seconds: [1.6, 2.5], hertz: [200, 800] });
  assert.deepEqual(zone.bounds, { seconds: [1.6, 2.5], hertz: [200, 800] });
  assert.equal(zone.shapes.length, 2);
  zone.limit({ seconds: [0.5, 2.5], hertz: [200, 800] });
  assert.equal(zone.shapes.length, 1);
  assert.deepEqual(zone.bounds, { seconds: [0.5, 2.5], hertz: [200, 800] });
});

test('moving a zone carries every shape, in octaves, and back again', () => {
  const from = { seconds: [1, 2], hertz: [100, 400] };
  const to = { seconds: [2, 4], hertz: [200, 800] };
  const brush = {
    shape: 'brush',
    mode: 'add',
    points: [[1.5, 200]],
    size_seconds: 0.1,
    size_octaves: 1,
  };
  const next = moved(brush, from, to);
  assert.deepEqual(next, { ...brush, points: [[3, 400]], size_seconds: 0.2, size_octaves: 1 });
  assert.deepEqual(moved(next, to, from), brush);
  const tall = moved(box([1, 2], [100, 400]), from, { ...to, hertz: [100, 1600] });
  assert.deepEqual(tall, box([2, 4], [100, 1600]));
  assert.deepEqual(moved(box(null, [100, 400]), from, to), box(null, [200, 800]));
});

test('a handle moves its side only, the middle moves all, and neither leaves the sound', () => {
  const whole = { seconds: [0, 4], hertz: [50, 800] };
  const start = { seconds: [1, 2], hertz: [100, 400] };
  const pull = (across, up, seconds, octaves) =>
    dragged(start, { across, up }, seconds, octaves, whole);
  assert.deepEqual(pull(1, 0, 0.5, 9), { seconds: [1, 2.5], hertz: [100, 400] });
  assert.deepEqual(pull(-1, 1, -5, 5), { seconds: [0, 2], hertz: [100, 800] });
  assert.deepEqual(pull(0, 0, 5, 5), { seconds: [3, 4], hertz: [200, 800] });
  assert.ok(pull(1, 0, -9, 0).seconds[1] > 1);
});

test('what bounds a stroke of the command line is part of its zone', () => {
  const bounded = { seconds: [1, 2], hertz: null };
  assert.deepEqual(zoneOf(bounded), [box([1, 2], null)]);
  const zone = [box([0, 4], [100, 200])];
  assert.deepEqual(zoneOf({ zone }), zone);
  assert.deepEqual(zoneOf({ ...bounded, zone }), [...zone, box([1, 2], null, 'intersect')]);
  assert.deepEqual(zoneOf({}), [box(null, null)]);
});

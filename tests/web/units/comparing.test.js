/** Scales, distances of variations. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { distance, nearestFirst } from '../../../code/timbrush/web/static/js/panel/distance.js';
import { COLORMAPS, colours } from '../../../code/timbrush/web/static/js/picture/colormap.js';
import { SCALES } from '../../../code/timbrush/web/static/js/picture/scales.js';
import { View } from '../../../code/timbrush/web/static/js/picture/view.js';

const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) < by * Math.abs(b), `${a}, ${b}`);

test('every scale goes up and comes down again', () => {
  for (const { up, down } of Object.values(SCALES)) {
    for (const hertz of [30, 440, 12345]) near(down(up(hertz)), hertz);
  }
  near(SCALES.mel.up(1000), 1000, 1e-4);
});

test('the same band stays in view when the scale changes', () => {
  const view = new View();
  view.resize(1000, 400);
  view.load(10, 50, 12800);
  view.zoomFrequency(2, 100);
  const shown = view.hertz;
  for (const name of ['linear', 'mel', 'log']) {
    view.setScale(name);
    near(view.hertz[0], shown[0]);
    near(view.hertz[1], shown[1]);
    for (const y of [0, 130, 399]) near(view.yOf(view.hertzOf(y)) + 1, y + 1);
  }
});

test('on a linear scale each hertz is equally high', () => {
  const view = new View();
  view.resize(1000, 400);
  view.load(10, 0, 8000);
  view.setScale('linear');
  assert.deepEqual(
    [0, 2000, 8000].map((hertz) => Math.round(view.yOf(hertz))),
    [400, 300, 0],
  );
  near(view.octavesBetween(300, 200), 1, 1e-6);
});

test('every colour map grows brighter with the level', () => {
  const lightness = (packed) =>
    0.2126 * ((packed & 255) / 255) ** 2.2 +
    0.7152 * (((packed >> 8) & 255) / 255) ** 2.2 +
    0.0722 * (((packed >> 16) & 255) / 255) ** 2.2;
  for (const name of COLORMAPS) {
    const steps = [...colours(name, 0, 120)].map(lightness);
    for (let i = 31; i < 256; i += 16)
      assert.ok(steps[i] >= steps[i - 16] - 0.01, `${name} ${i}`);
  }
});

test('a distance is in decibels, of what is heard', () => {
  const before = Uint8Array.of(200, 200, 0, 60);
  assert.equal(distance(before, before), 0);
  assert.equal(distance(before, Uint8Array.of(210, 200, 0, 0)), 2.5); // 5 dB in one of two
  assert.equal(distance(before, Uint8Array.of(200, 200, 119, 119)), 0); // inaudible
});

test('the nearest variation comes first', () => {
  const before = Uint8Array.of(200, 200);
  const far = { seed: 1, columns: Uint8Array.of(240, 240) };
  const close = { seed: 2, columns: Uint8Array.of(200, 202) };
  const sorted = nearestFirst([far, close], () => before);
  assert.deepEqual(
    sorted.map(({ seed, decibels }) => [seed, decibels]),
    [
      [2, 0.5],
      [1, 20],
    ],
  );
});

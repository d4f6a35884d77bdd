/** The parts of the page that need no page: view, queue, edit, pitch, clock, settings, keys. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Edit } from '../../../code/timbrush/web/static/js/edit/edit.js';
import { Queue } from '../../../code/timbrush/web/static/js/edit/queue.js';
import { actions } from '../../../code/timbrush/web/static/js/page/actions.js';
import { KEYS, find, label, nameOf } from '../../../code/timbrush/web/static/js/page/keys.js';
import { Settings } from '../../../code/timbrush/web/static/js/panel/settings.js';
import { View } from '../../../code/timbrush/web/static/js/picture/view.js';
import { clock, roundSeconds } from '../../../code/timbrush/web/static/js/sound/clock.js';
import * as pitch from '../../../code/timbrush/web/static/js/sound/pitch.js';

function viewOf(seconds = 10) {
  const view = new View();
  view.resize(1000, 400);
  view.load(seconds, 50, 12800);
  return view;
}

test('pixels and seconds and hertz are inverses', () => {
  const view = viewOf();
  view.zoomTime(4, 300);
  view.zoomFrequency(2, 100);
  for (const x of [0, 1, 250.5, 999]) assert.ok(Math.abs(view.xOf(view.timeOf(x)) - x) < 1e-9);
  for (const y of [0, 1, 250.5, 399]) assert.ok(Math.abs(view.yOf(view.hertzOf(y)) - y) < 1e-9);
});

test('eight octaves over 400 pixels put each octave 50 pixels above the last', () => {
  const view = viewOf();
  assert.deepEqual(
    [50, 100, 200, 12800].map((hertz) => Math.round(view.yOf(hertz))),
    [400, 350, 300, 0],
  );
});

test('zooming keeps what is under the pointer and stays within the sound', () => {
  const view = viewOf();
  const before = view.timeOf(300);
  view.zoomTime(4, 300);
  assert.ok(Math.abs(view.timeOf(300) - before) < 1e-9);
  assert.equal(view.time[1] - view.time[0], 2.5);
  view.scroll(-1e6, 0);
  assert.equal(view.time[0], 0);
  view.scroll(1e6, 0);
  assert.equal(view.time[1], 10);
  view.zoomTime(1e-3);
  assert.deepEqual(view.time, [0, 10]);
  view.zoomTime(1e9);
  assert.ok(view.time[1] - view.time[0] >= 0.05 - 1e-9);
});

test('tasks run in turn, a failed one is told of before the next begins', async () => {
  const log = [];
  const queue = new Queue(
    (words) => log.push(words),
    async (words, error) => log.push(`${words} failed: ${error.message}`),
  );
  const done = await Promise.all([
    queue.run('one', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push('did one');
    }),
    queue.run('two', async () => {
      throw new Error('no');
    }),
    queue.run('three', async () => {
      log.push('did three');
    }),
  ]);
  assert.deepEqual(done, [true, false, true]);
  const wanted = ['one', 'did one', 'two', 'two failed: no', 'three', 'did three', null];
  assert.deepEqual(log, wanted);
});

test('only the task that runs is cancelled', async () => {
  const queue = new Queue(
    () => {},
    async () => {},
  );
  const aborted = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const first = queue.run('first', aborted);
  const second = queue.run('second', async () => {});
  await Promise.resolve();
  assert.equal(queue.cancel(), true);
  assert.deepEqual(await Promise.all([first, second]), [false, true]);
  assert.equal(queue.cancel(), false);
});

const entry = (seed) => ({ stroke: { seed }, cost: {} });

function seedsOf(edit) {
  return edit.strokes.map(({ seed }) => seed);
}

test('an edit is unsaved until a file holds these very strokes', () => {
  const edit = new Edit();
  assert.equal(edit.isUnsaved, false);
  edit.advance([entry(1), entry(2)]);
  assert.equal(edit.isUnsaved, true);
  edit.markSaved(edit.strokes);
  assert.equal(edit.isUnsaved, false);
  edit.advance(edit.entries.slice(0, 1));
  assert.equal(edit.isUnsaved, true);
  edit.move(-1);
  assert.equal(edit.isUnsaved, false);
  edit.painting = 1;
  assert.equal(edit.isUnsaved, true);
});

test('undo goes back through every list, and a new one forgets what was undone', () => {
  const edit = new Edit();
  edit.advance([entry(1)]);
  edit.advance([entry(1), entry(2)]);
  edit.advance([entry(2)]); // the first was deleted
  edit.move(-1);
  assert.deepEqual(seedsOf(edit), [1, 2]);
  edit.move(-1);
  edit.move(-1);
  edit.move(-1);
  assert.deepEqual([seedsOf(edit), edit.canUndo, edit.canRedo], [[], false, true]);
  edit.move(1);
  edit.advance([entry(1), entry(3)]);
  assert.deepEqual([seedsOf(edit), edit.canRedo], [[1, 3], false]);
});

test('a dragged slider is one step to undo', () => {
  const edit = new Edit();
  edit.advance([entry(1)]);
  edit.advance([entry(2)]);
  edit.advance([entry(3)], { amends: true });
  edit.advance([entry(4)], { amends: true });
  assert.deepEqual(seedsOf(edit), [4]);
  edit.move(-1);
  assert.deepEqual(seedsOf(edit), [1]);
});

test('only a stroke that is there can be chosen', () => {
  const edit = new Edit();
  edit.advance([entry(1)]);
  edit.choose(0);
  assert.equal(edit.chosen, 0);
  edit.choose(1);
  assert.equal(edit.chosen, null);
});

test('notes are named from equal temperament at 440 Hz', () => {
  assert.equal(pitch.nameOf(60), 'C4');
  assert.equal(pitch.describe(440), 'A4 +00');
  assert.equal(pitch.describe(261.6256), 'C4 +00');
  assert.equal(pitch.describe(440 * 2 ** (-20 / 1200)), 'A4 −20');
  for (const midi of [21, 60, 61, 108]) {
    assert.ok(Math.abs(pitch.midiOf(pitch.hertzOf(midi)) - midi) < 1e-9);
  }
  const black = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].filter((midi) => pitch.isBlack(midi));
  assert.deepEqual(black, [1, 3, 6, 8, 10]);
});

test('times are minutes and seconds, and round up as one number', () => {
  assert.equal(clock(5), '0:05.000');
  assert.equal(clock(65.25, 0.1), '1:05.3');
  assert.equal(clock(59.9999, 0.01), '1:00.00');
  assert.equal(clock(3600, 1), '60:00');
});

test('ticks of time are round', () => {
  const steps = [0.003, 0.04, 0.3, 0.6, 3, 11, 16, 45, 61, 3601].map(roundSeconds);
  assert.deepEqual(steps, [0.005, 0.05, 0.5, 1, 5, 15, 30, 60, 120, 7200]);
});

const MODEL = {
  inpainters: [
    { name: 'deaf', takes_radius: true, takes_pitch: false, takes_family: false },
    { name: 'good', takes_radius: false, takes_pitch: true, takes_family: true },
  ],
  families: ['flute'],
  grids: [{ row_edges_hertz: [0, 100, 8000] }],
  defaults: { strength: 1, inpainter: 'deaf', seed: 0, pitch: null, family: null },
  largest_seed: 1000,
};

test('a stroke holds every setting, but for what its inpainter does not take', () => {
  const settings = new Settings(MODEL);
  settings.set({ strength: 0.5, pitch: 60, family: 'flute', seed: 7 });
  assert.deepEqual(settings.stroke([]), {
    ...MODEL.defaults,
    strength: 0.5,
    seed: 7,
    zone: [],
  });
  settings.set({ inpainter: 'good' });
  assert.equal(settings.stroke([]).pitch, 60);
  assert.equal(settings.top, 8000);
});

test('seeds stay within what the server takes, and change from stroke to stroke unless locked', () => {
  const settings = new Settings(MODEL);
  const taken = [-5, 3.7, 5000].map((seed) => {
    settings.set({ seed });
    return settings.values.seed;
  });
  assert.deepEqual(taken, [0, 3, 1000]);
  settings.lock(true);
  settings.next();
  assert.equal(settings.values.seed, 1000);
});

const typed = (key, held = {}) =>
  nameOf({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    getModifierState: () => false,
    ...held,
  });

test('keys are found whatever the case, with Ctrl or Command, and on other keyboards', () => {
  assert.equal(find(typed('z', { ctrlKey: true }))?.act, 'undo');
  assert.equal(find(typed('Z', { metaKey: true, shiftKey: true }))?.act, 'redo');
  assert.equal(find(typed('L', { shiftKey: true }))?.act, 'loop');
  assert.equal(find(typed('Enter', { shiftKey: true }))?.act, 'paint');
  assert.equal(find(typed('ArrowUp', { shiftKey: true }))?.act, 'narrow');
  assert.equal(find(typed(']', { altKey: true }))?.act, 'largerBrush');
  const altGr = { ctrlKey: true, altKey: true, getModifierState: () => true };
  assert.equal(find(typed('[', altGr))?.act, 'smallerBrush');
  assert.equal(find(typed('l', { altKey: true })), undefined);
  assert.deepEqual(
    [label('Ctrl+Shift+Z'), label('+'), label('ArrowUp')],
    ['Ctrl+Shift+Z', '+', '↑'],
  );
});

test('no key does two things, and every action of the table can be done', () => {
  const keys = KEYS.flatMap((key) => key.keys);
  assert.equal(new Set(keys).size, keys.length);
  const known = Object.keys(actions({}));
  const named = KEYS.flatMap(({ act }) => (act ? [act] : []));
  assert.deepEqual([...named].sort(), known.sort());
});

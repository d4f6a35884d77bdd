/** What the browser keeps: which edits, which settings, and the file of strokes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Edit } from '../../../code/timbrush/web/static/js/edit/edit.js';
import { dump, read } from '../../../code/timbrush/web/static/js/edit/saved.js';
import { newest, surplus } from '../../../code/timbrush/web/static/js/kept/autosave.js';
import { Latest } from '../../../code/timbrush/web/static/js/kept/latest.js';
import { Settings, fitting } from '../../../code/timbrush/web/static/js/panel/settings.js';
import { ago } from '../../../code/timbrush/web/static/js/sound/clock.js';

const model = {
  fingerprint: 'm1',
  edit_version: 2,
  first_version: { keep_level: 0 },
  inpainters: [
    { name: 'naive-bayes', fingerprint: 'nb' },
    { name: 'uniform', fingerprint: null },
    { name: 'lstm', fingerprint: 'l' },
  ],
  families: ['flute'],
  grids: [{ name: 'rhythm' }, { name: 'timbre' }],
  defaults: {
    strength: 1,
    level: 'both',
    inpainter: 'naive-bayes',
    pitch: null,
    family: null,
    seed: 0,
  },
  largest_seed: 100,
};

const named = (id, when) => ({ id, when });

test('the oldest edits go, but none that a window has open', () => {
  const kept = [named('a', 1), named('d', 4), named('b', 2), named('c', 3)];
  const ids = (list) => list.map(({ id }) => id);
  assert.deepEqual(ids(newest(kept)), ['d', 'c', 'b', 'a']);
  assert.deepEqual(ids(surplus(kept, new Set(['a']), 3)), ['b']);
  assert.deepEqual(ids(surplus(kept, new Set(), 2)), ['b', 'a']);
  assert.deepEqual(ids(surplus(kept, new Set(['a', 'b', 'c']), 2)), ['d']);
  assert.deepEqual(surplus(kept, new Set(), 4), []);
});

test('while a value is written, only the last of the next ones waits', async () => {
  const written = [];
  const waiting = [];
  const latest = new Latest((value) => {
    written.push(value);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  });
  const done = latest.put(1);
  latest.put(2);
  latest.put(3);
  assert.deepEqual([written, latest.isDone], [[1], false]);
  waiting[0].resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(written, [1, 3]);
  waiting[1].resolve();
  await done;
  assert.equal(latest.isDone, true);
  const failed = latest.put(4);
  waiting[2].reject(new Error('full'));
  await assert.rejects(failed, /full/);
  assert.equal(latest.isDone, false);
  const again = latest.put(5);
  waiting[3].resolve();
  await again;
  assert.deepEqual([written.at(-1), latest.isDone], [5, true]);
});

test('an edit goes on where it was, with what can be undone and redone', () => {
  const edit = new Edit();
  const entry = (seed) => ({ stroke: { seed }, cost: {} });
  edit.advance([entry(1)]);
  edit.advance([entry(1), entry(2)]);
  edit.move(-1);
  const again = new Edit();
  again.begin(structuredClone(edit.history));
  assert.deepEqual(again.strokes, [{ seed: 1 }]);
  assert.deepEqual([again.canUndo, again.canRedo, again.isUnsaved], [true, true, true]);
  again.begin();
  assert.deepEqual([again.strokes, again.canUndo, again.canRedo], [[], false, false]);
});

test('settings of another model are taken as far as this one has them', () => {
  const values = { strength: 0.5, level: 'coarse', inpainter: 'transformer', family: 'brass' };
  assert.deepEqual(fitting(values, model), { strength: 0.5 });
  const fits = { level: 'timbre', inpainter: 'lstm', family: 'flute', pitch: 60 };
  assert.deepEqual(fitting(fits, model), fits);
  assert.deepEqual(fitting({ strength: '1', pitch: 'C', magic: 1, family: null }, model), {
    family: null,
  });
  const settings = new Settings(model);
  settings.recall({ values: { seed: 7, strength: 0.25 }, isLocked: false });
  assert.equal(settings.values.strength, 0.25);
  settings.recall({ values: { seed: 7 }, isLocked: true });
  assert.deepEqual(settings.remembered.values.seed, 7); // a locked seed stays
});

test('a file of strokes names the models that have a say', () => {
  const strokes = [
    { inpainter: 'uniform' },
    { zone: [{ shape: 'surprise', inpainter: 'lstm' }] },
  ];
  const saved = JSON.parse(dump(strokes, model));
  assert.deepEqual(saved, {
    format: 'timbrush strokes',
    version: 2,
    model: 'm1',
    inpainters: { lstm: 'l', 'naive-bayes': 'nb' },
    strokes,
  });
  assert.deepEqual(JSON.parse(dump([{ inpainter: 'uniform' }], model)).inpainters, {});
  assert.deepEqual(read(dump(strokes, model), 'a.json', model), { strokes, isOther: false });
});

test('strokes of the first version kept nothing, and those of other models are told', () => {
  const file = (changes) =>
    JSON.stringify({
      format: 'timbrush strokes',
      version: 2,
      model: 'm1',
      strokes: [{}],
      ...changes,
    });
  assert.deepEqual(read(file({ version: 1 }), 'a', model).strokes, [{ keep_level: 0 }]);
  assert.equal(read(file({ model: 'm2' }), 'a', model).isOther, true);
  assert.equal(read(file({ inpainters: { lstm: 'x' } }), 'a', model).isOther, true);
  assert.throws(() => read('{', 'a.json', model), /a\.json is no JSON/);
  assert.throws(() => read('[]', 'a.json', model), /holds no strokes/);
  assert.throws(() => read('null', 'a.json', model), /holds no strokes/);
});

test('times past are told in the largest unit', () => {
  const times = [0, 59_999, 60_000, 3_599_999, 7_200_000, 90_000_000];
  assert.deepEqual(times.map(ago), [
    'just now',
    'just now',
    '1 minute ago',
    '59 minutes ago',
    '2 hours ago',
    '1 day ago',
  ]);
});

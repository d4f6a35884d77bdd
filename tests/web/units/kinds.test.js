import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  ACTIONS,
  gainWords,
  kindOf,
  titleOfAction,
} from '../../../code/timbrush/web/static/js/panel/kinds.js';

test('each kind makes an action that is read as that kind', () => {
  for (const { name, of } of ACTIONS) {
    assert.equal(kindOf(of({ decibels: -6, seconds: 1.5 })), name);
  }
});

test('the softest gain is silence', () => {
  const gain = ACTIONS.find(({ name }) => name === 'gain');
  assert.deepEqual(gain?.of({ decibels: -61, seconds: 0 }), { action: 'gain', decibels: -120 });
  assert.deepEqual(gain?.of({ decibels: -60, seconds: 0 }), { action: 'gain', decibels: -60 });
  assert.equal(gainWords(-120), 'silence');
  assert.equal(gainWords(-6), '−6 dB');
  assert.equal(gainWords(3), '+3 dB');
  assert.equal(gainWords(0), '0 dB');
});

test('a row of the list says what a stroke did', () => {
  assert.equal(titleOfAction({ action: 'gain', decibels: -12 }), '−12 dB');
  assert.equal(titleOfAction({ action: 'fade', direction: 'out' }), 'Fade out');
  assert.equal(titleOfAction({ action: 'copy', seconds: 1 }), 'Copy from another time');
  assert.equal(titleOfAction({ action: 'process' }), 'Program');
});

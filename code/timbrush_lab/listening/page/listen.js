// @ts-check
// A listening test after ITU-R BS.1534-3 (MUSHRA). A plain script, since a browser that opens a
// page from a file loads no modules; the test comes as window.TEST from test.js.
'use strict';

/**
 * @typedef {{id: string, name: string, reference: string, stimuli: Record<string, string>}} Trial
 * @typedef {{testname: string, testId: string, pages: Trial[]}} Test
 * @typedef {{trial: string, token: string, score: number, seconds: number}} Rating
 */

(() => {
  const WORDS = ['bad', 'poor', 'fair', 'good', 'excellent'];
  const START = 0;
  const test = /** @type {{TEST: Test}} */ (/** @type {unknown} */ (window)).TEST;

  /** @param {string} id @returns {HTMLElement} */
  const byId = (id) => {
    const found = document.getElementById(id);
    if (!found) throw new Error(`the page has no ${id}`);
    return found;
  };
  /** @param {string} id */
  const input = (id) => /** @type {HTMLInputElement} */ (byId(id));

  /** @template T @param {T[]} items @returns {T[]} */
  const shuffled = (items) => {
    const mixed = [...items];
    for (let last = mixed.length - 1; last > 0; last--) {
      const other = crypto.getRandomValues(new Uint32Array(1))[0] % (last + 1);
      [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
    }
    return mixed;
  };

  const listener = [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  /** @type {Rating[]} */
  const ratings = [];
  const trials = shuffled(test.pages);
  let number = 0;
  let since = 0;
  /** @type {string[]} Tokens of the trial, in the order in which they are shown. */
  let tokens = [];
  /** @type {Map<string, HTMLAudioElement>} By token; the open reference by ''. */
  let sounds = new Map();
  let chosen = '';
  let playing = false;
  /** @type {Set<string>} */
  let heard = new Set();

  /** @param {string} token */
  const sound = (token) => {
    const found = sounds.get(token);
    if (!found) throw new Error(`no sound ${token}`);
    return found;
  };

  const loop = () => {
    const length = sound(chosen).duration || 0;
    const [from, to] = [Number(input('from').value), Number(input('to').value)];
    return { start: Math.min(from, to) * length, stop: Math.max(from, to) * length };
  };

  /** @param {boolean} wanted */
  const play = (wanted) => {
    const own = sound(chosen);
    playing = wanted;
    byId('play').textContent = playing ? 'Stop' : 'Play';
    if (!playing) return own.pause();
    heard.add(chosen);
    own.play().catch(() => {
      byId('note').textContent = 'This sound could not be played.';
    });
  };

  /** Goes over to another sound at the same moment of it. @param {string} token */
  const choose = (token) => {
    const moment = sound(chosen).currentTime;
    sound(chosen).pause();
    chosen = token;
    sound(chosen).currentTime = moment;
    for (const button of document.querySelectorAll('[data-token]')) {
      const own = /** @type {HTMLElement} */ (button).dataset.token;
      button.setAttribute('aria-pressed', String(own === token));
    }
    play(true);
  };

  const watch = () => {
    if (playing && sounds.size) {
      const { start, stop } = loop();
      const own = sound(chosen);
      if (own.ended || own.currentTime >= stop || own.currentTime < start - 0.05) {
        own.currentTime = start;
        if (own.paused) play(true);
      }
    }
    requestAnimationFrame(watch);
  };

  /** @param {string} token @param {number} index */
  const makeCopy = (token, index) => {
    const row = document.createElement('div');
    row.className = 'copy';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = String(index + 1);
    button.dataset.token = token;
    button.setAttribute('aria-label', `Hear copy ${index + 1}`);
    button.addEventListener('click', () => choose(token));
    const slider = document.createElement('input');
    slider.type = 'range';
    slider.max = '100';
    slider.value = String(START);
    slider.dataset.score = token;
    slider.setAttribute('aria-label', `Score of copy ${index + 1}`);
    const score = document.createElement('output');
    const word = document.createElement('span');
    const show = () => {
      score.textContent = slider.value;
      word.textContent = WORDS[Math.min(Math.floor(Number(slider.value) / 20), 4)];
    };
    slider.addEventListener('input', show);
    show();
    row.append(button, slider, score, word);
    return row;
  };

  const showTrial = () => {
    const trial = trials[number];
    byId('place').textContent = `Page ${number + 1} of ${trials.length}`;
    byId('note').textContent = '';
    tokens = shuffled(Object.keys(trial.stimuli));
    sounds = new Map([['', new Audio(trial.reference)]]);
    for (const token of tokens) sounds.set(token, new Audio(trial.stimuli[token]));
    for (const own of sounds.values()) own.preload = 'auto';
    byId('copies').replaceChildren(...tokens.map(makeCopy));
    input('from').value = '0';
    input('to').value = '1';
    chosen = '';
    heard = new Set();
    byId('reference').dataset.token = '';
    byId('reference').setAttribute('aria-pressed', 'true');
    byId('play').textContent = 'Play';
    playing = false;
    since = performance.now();
  };

  /** Returns what a page still lacks, in a sentence; nothing if it is whole. */
  const lacking = () => {
    const unheard = tokens.findIndex((token) => !heard.has(token));
    if (unheard >= 0) return `Please hear copy ${unheard + 1} before you go on.`;
    const scores = tokens.map(scoreOf);
    if (!scores.includes(100)) return 'One copy is the reference: please give it 100.';
    return '';
  };

  /** @param {string} token */
  const scoreOf = (token) => {
    const slider = document.querySelector(`[data-score='${token}']`);
    return Number(/** @type {HTMLInputElement} */ (slider).value);
  };

  /** @param {string} shown */
  const show = (shown) => {
    for (const id of ['welcome', 'trial', 'end']) byId(id).hidden = id !== shown;
  };

  const next = () => {
    const note = lacking();
    byId('note').textContent = note;
    if (note) return;
    play(false);
    const seconds = (performance.now() - since) / 1000;
    for (const token of tokens) {
      ratings.push({ trial: trials[number].id, token, score: scoreOf(token), seconds });
    }
    number += 1;
    if (number < trials.length) showTrial();
    else show('end');
  };

  const asText = () => {
    const head =
      'session_test_id,session_uuid,trial_id,rating_stimulus,rating_score,rating_time,rating_comment';
    const lines = ratings.map(({ trial, token, score, seconds }) =>
      [test.testId, listener, trial, token, score, seconds.toFixed(1), ''].join(','),
    );
    return [head, ...lines, ''].join('\n');
  };

  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([asText()], { type: 'text/csv' }));
    link.download = `answers-${test.testId}-${listener}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  byId('title').textContent = test.testname;
  document.title = test.testname;
  byId('begin').addEventListener('click', () => {
    show('trial');
    showTrial();
  });
  byId('play').addEventListener('click', () => play(!playing));
  byId('reference').addEventListener('click', () => choose(''));
  byId('next').addEventListener('click', next);
  byId('save').addEventListener('click', save);
  window.addEventListener('beforeunload', (event) => {
    if (ratings.length && number < trials.length) event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if (byId('trial').hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const digit = Number(event.key);
    if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) play(!playing);
    else if (event.key.toLowerCase() === 'r') choose('');
    else if (digit >= 1 && digit <= tokens.length) choose(tokens[digit - 1]);
    else return;
    event.preventDefault();
  });
  requestAnimationFrame(watch);
})();

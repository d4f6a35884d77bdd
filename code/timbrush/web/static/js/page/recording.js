/** Records a sound with the microphone, and opens it. */

import { button, part } from './dom.js';
import { say } from './message.js';
import { mayLose } from './unsaved.js';
import { clock } from '../sound/clock.js';

const BUTTONS = ['record', 'record-first'];

/** @param {Date} now @returns {string} A name that tells recordings apart. */
export function recordingName(now) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('.');
  return `recording ${day} ${time}.wav`;
}

/**
 * @param {import('../edit/studio.js').Studio} studio
 * @param {import('../sound/recorder.js').Recorder} recorder
 */
export function connectRecording(studio, recorder) {
  let isTurning = false; // the browser may ask for long whether a page may listen
  const turn = async () => {
    if (isTurning) return;
    isTurning = true;
    try {
      if (!recorder.isOn) {
        if (mayLose(studio)) await recorder.start();
        return;
      }
      const name = recordingName(new Date());
      await studio.open(await recorder.stop(), name);
    } catch (error) {
      say(/** @type {Error} */ (error).message, { problem: true });
    } finally {
      isTurning = false;
    }
  };
  for (const id of BUTTONS) button(id).addEventListener('click', turn);
  recorder.addEventListener('full', turn);
  recorder.addEventListener('change', () => show(recorder));
}

/** @param {import('../sound/recorder.js').Recorder} recorder */
function show({ isOn, seconds }) {
  const time = isOn ? clock(seconds, 1) : '';
  part('recorded').textContent = time;
  part('record-words').textContent = isOn ? `Stop at ${time}` : 'Record';
  for (const id of BUTTONS) button(id).setAttribute('aria-pressed', String(isOn));
}

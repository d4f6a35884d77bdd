/** A short tone of a pitch, so that a key is heard before a stroke takes it. */

import { hertzOf } from './pitch.js';

const SECONDS = 0.5;
const LOUDNESS = 0.2;

/** @type {AudioContext | null} */
let context = null;

/** @param {number} midi */
export async function sound(midi) {
  context ??= new AudioContext();
  await context.resume();
  const now = context.currentTime;
  const tone = new OscillatorNode(context, { type: 'triangle', frequency: hertzOf(midi) });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setTargetAtTime(LOUDNESS, now, 0.005);
  gain.gain.setTargetAtTime(0, now + 0.05, SECONDS / 4);
  tone.connect(gain).connect(context.destination);
  tone.start(now);
  tone.stop(now + SECONDS);
}

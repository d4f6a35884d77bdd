/**
 * The audio graph's source: plays a sound while it is being repainted, without clicks.
 *
 * Every jump (start, stop, seek, the seam of a loop) fades from one voice to the next. A
 * repainted span fades from its old samples to its new ones, wherever the voices are: what is
 * heard is `current - Σ (1 - progress) · (new - old)`. Outside the span nothing moves.
 */

const VOICE_FADE_SECONDS = 0.006;
const PATCH_FADE_SECONDS = 0.08;
const COMPARE_FADE_SECONDS = 0.02;
const REPORT_FRAMES = 1024;
const EDGE_FRAMES = VOICE_FADE_SECONDS * sampleRate;

class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    /** @type {Float32Array[]} */
    this.original = [];
    /** @type {Float32Array[]} */
    this.current = [];
    /** @type {{first: number, last: number, deltas: Float32Array[], progress: number}[]} */
    this.patches = [];
    /** @type {{place: number, gain: number, target: number}[]} */
    this.voices = [];
    this.place = 0;
    this.playing = false;
    this.first = 0;
    this.last = 0;
    this.loop = true;
    /** What is heard in place of the edited sound, and where each fades to. */
    this.mix = { original: 0, added: 0 };
    this.mixTarget = { original: 0, added: 0 };
    this.originalGain = 1;
    /** @type {{first: number, samples: Float32Array[]}} What strokes added. */
    this.difference = { first: 0, samples: [] };
    this.frames = 0;
    this.commands = 0;
    this.port.onmessage = ({ data }) => {
      this.commands = data.commands ?? this.commands;
      this[/** @type {'load'} */ (data.type)](data);
    };
  }

  /** @param {{nChannels: number, length: number}} message */
  load({ nChannels, length }) {
    const silence = () => Array.from({ length: nChannels }, () => new Float32Array(length));
    Object.assign(this, {
      original: silence(),
      current: silence(),
      patches: [],
      voices: [],
      playing: false,
      place: 0,
    });
    Object.assign(this, { first: 0, last: length });
    this.mix = { original: 0, added: 0 };
    this.mixTarget = { original: 0, added: 0 };
    this.difference = { first: 0, samples: [] };
  }

  /**
   * @param {{first: number, samples: Float32Array[], gaps: [number, number][]}} message The next
   *   part of the sound, and the spans of it that no stroke has changed.
   */
  fill({ first, samples, gaps }) {
    samples.forEach((channel, c) => {
      this.original[c].set(channel, first);
      for (const [start, stop] of gaps) {
        this.current[c].set(channel.subarray(start - first, stop - first), start);
      }
    });
  }

  /** @param {{id: number, first: number, samples: Float32Array[]}} message */
  patch({ id, first, samples }) {
    const last = first + samples[0].length;
    const deltas = samples.map((channel, c) => {
      const old = this.current[c].subarray(first, last);
      const delta = channel.map((value, i) => value - old[i]);
      old.set(channel);
      return delta;
    });
    if (this.playing && last > first) this.patches.push({ first, last, deltas, progress: 0 });
    this.port.postMessage({ type: 'patched', id, time: currentTime });
  }

  /** @param {{place?: number}} message */
  play({ place = this.place }) {
    this.playing = true;
    this.jump(place >= this.last || place < this.first ? this.first : place);
  }

  stop() {
    this.playing = false;
    this.silence();
    this.report();
  }

  /** @param {{place: number}} message */
  seek({ place }) {
    this.place = place;
    if (this.playing) this.jump(place);
    this.report();
  }

  /** @param {{first: number, last: number, loop: boolean}} message */
  range({ first, last, loop }) {
    Object.assign(this, { first, last, loop });
    if (this.playing && (this.place < first || this.place >= last)) this.jump(first);
  }

  /** @param {{side: string, gain: number}} message */
  hear({ side, gain }) {
    this.mixTarget = { original: Number(side === 'original'), added: Number(side === 'added') };
    this.originalGain = gain;
  }

  /** @param {{first: number, samples: Float32Array[]}} message */
  added({ first, samples }) {
    this.difference = { first, samples };
  }

  /** @param {{id: number, first: number, last: number, side: string}} message */
  peek({ id, first, last, side }) {
    const samples = this.current.map((channel, c) => {
      if (side === 'edited') return channel.slice(first, last);
      if (side === 'original') return this.original[c].slice(first, last);
      const end = Math.min(last, channel.length);
      return Float32Array.from({ length: end - first }, (_, i) => this.addedAt(c, first + i));
    });
    this.port.postMessage({ type: 'peeked', id, samples });
  }

  /** @param {number} place */
  jump(place) {
    this.silence();
    this.place = place;
    // An attack at the very beginning stays sharp, if nothing else sounds.
    const alone = this.voices.every((voice) => voice.place >= this.current[0].length);
    this.voices.push({ place, gain: place === 0 && alone ? 1 : 0, target: 1 });
  }

  silence() {
    for (const voice of this.voices) voice.target = 0;
  }

  report() {
    const { place, playing, commands } = this;
    this.port.postMessage({ type: 'place', place, playing, commands, time: currentTime });
  }

  /**
   * @param {number} channel
   * @param {number} place
   */
  heard(channel, place) {
    const left = this.current[channel].length - place;
    if (left <= 0) return 0;
    let value = this.current[channel][place];
    for (const { first, last, deltas, progress } of this.patches) {
      if (place >= first && place < last)
        value -= (1 - progress) * deltas[channel][place - first];
    }
    const { original, added } = this.mix;
    if (original > 0 || added > 0) {
      value *= Math.max(0, 1 - original - added);
      value += original * this.original[channel][place] * this.originalGain;
      value += added * this.addedAt(channel, place);
    }
    return left < EDGE_FRAMES ? (value * left) / EDGE_FRAMES : value;
  }

  /**
   * @param {number} channel
   * @param {number} place
   */
  addedAt(channel, place) {
    return this.difference.samples[channel]?.[place - this.difference.first] ?? 0;
  }

  /** Whether anything but the edited sound is heard, or fades. */
  get isMixed() {
    const { mix, mixTarget } = this;
    return mix.original + mix.added + mixTarget.original + mixTarget.added > 0;
  }

  /**
   * One voice, nothing fading, no seam near: most of the time samples are only copied.
   *
   * @param {Float32Array[]} output
   * @returns {number} Frames that were written: all or none.
   */
  copyPlain(output) {
    const [voice] = this.voices;
    const n = output[0].length;
    const fading = this.voices.length > 1 || voice.gain < 1 || voice.target < 1;
    const end = Math.min(this.last, this.current[0].length - EDGE_FRAMES);
    if (!this.playing || fading || this.isMixed || this.patches.length || this.place + n >= end)
      return 0;
    output.forEach((channel, c) => {
      const source = this.current[Math.min(c, this.current.length - 1)];
      channel.set(source.subarray(voice.place, voice.place + n));
    });
    voice.place += n;
    this.place += n;
    return n;
  }

  step() {
    for (const patch of this.patches) patch.progress += 1 / (PATCH_FADE_SECONDS * sampleRate);
    if (this.patches.length && this.patches[0].progress >= 1) this.patches.shift();
    const most = 1 / (COMPARE_FADE_SECONDS * sampleRate);
    for (const side of /** @type {const} */ (['original', 'added'])) {
      const change = this.mixTarget[side] - this.mix[side];
      this.mix[side] += Math.max(-most, Math.min(most, change));
    }
    const fade = 1 / (VOICE_FADE_SECONDS * sampleRate);
    let silent = false;
    for (const voice of this.voices) {
      voice.place += 1;
      voice.gain += Math.max(-fade, Math.min(fade, voice.target - voice.gain));
      silent ||= voice.gain <= 0 && voice.target <= 0;
    }
    if (silent) this.voices = this.voices.filter((voice) => voice.gain > 0 || voice.target > 0);
  }

  advance() {
    this.place += 1;
    if (this.place < this.last) return;
    if (this.loop) this.jump(this.first);
    else {
      this.playing = false;
      this.silence();
      this.place = this.first;
      this.report();
    }
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const output = outputs[0];
    if (!this.voices.length) {
      this.patches = [];
      this.mix = { ...this.mixTarget };
      return true;
    }
    const copied = this.copyPlain(output);
    for (let i = copied; i < output[0].length; i++) {
      for (let c = 0; c < output.length; c++) {
        const channel = Math.min(c, this.current.length - 1);
        let sum = 0;
        for (const voice of this.voices) sum += voice.gain * this.heard(channel, voice.place);
        output[c][i] = sum;
      }
      this.step();
      if (this.playing) this.advance();
    }
    this.frames += output[0].length;
    if (this.frames >= REPORT_FRAMES) {
      this.frames = 0;
      this.report();
    }
    return true;
  }
}

registerProcessor('player', Player);

/** Plays a sound while it changes; everything that is heard comes from one audio worklet. */

const BAND_FADE_SECONDS = 0.02;
const QUIET = 1e-9;

/**
 * @param {Float32Array[]} samples
 * @param {number} first
 * @param {number} last
 */
function level(samples, first, last) {
  let sum = 0;
  for (const channel of samples) {
    for (let i = first; i < last; i++) sum += channel[i] * channel[i];
  }
  return Math.sqrt(sum / Math.max(1, (last - first) * samples.length));
}

/** @param {Float32Array[]} samples */
function peak(samples) {
  let most = 0;
  for (const channel of samples) {
    for (let i = 0; i < channel.length; i++) most = Math.max(most, Math.abs(channel[i]));
  }
  return most;
}

/**
 * @param {Float32Array[]} samples
 * @param {number} first Where they belong.
 * @param {Float32Array[]} original Takes all of them.
 * @param {Float32Array[]} current Takes those of the gaps.
 * @param {[number, number][]} gaps
 */
function put(samples, first, original, current, gaps) {
  samples.forEach((channel, c) => {
    original[c].set(channel, first);
    for (const [start, stop] of gaps) {
      current[c].set(channel.subarray(start - first, stop - first), start);
    }
  });
}

/**
 * @param {number} sampleRate
 * @returns {AudioContext}
 */
function audioContext(sampleRate) {
  try {
    return new AudioContext({ sampleRate, latencyHint: 'interactive' });
  } catch {
    throw new Error(
      `This browser cannot play ${sampleRate} Hz: open a sound of 8,000 to 192,000 Hz, ` +
        'or use the command line.',
    );
  }
}

/** Fires `place` (playing, moved), `stopped`. */
export class Player extends EventTarget {
  /** @type {Map<number, (answer: any) => void>} */
  #questions = new Map();
  #questionId = 0;
  /** Commands given so far; the audio graph reports how many it has heard. */
  #commands = 0;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {AudioWorkletNode | null} */
  #node = null;
  /** @type {{dry: GainNode, wet: GainNode, filters: BiquadFilterNode[]} | null} */
  #band = null;
  #place = 0;
  #placeTime = 0;

  constructor() {
    super();
    this.playing = false;
    this.loop = true;
    this.sampleRate = 1;
    /** @type {Float32Array[]} */
    this.original = [];
    /** @type {Float32Array[]} */
    this.current = [];
    /** @type {[number, number]} */
    this.range = [0, 0];
    /** @type {import('./comparison.js').Side} What is heard. */
    this.side = 'edited';
    this.isMatched = true;
    /** What the original is played with. */
    this.originalGain = 1;
  }

  /**
   * Begins a sound whose samples are to come; until then it is silent.
   *
   * @param {number} nChannels
   * @param {number} length
   * @param {number} sampleRate The audio graph runs at the sound's own rate.
   */
  async load(nChannels, length, sampleRate) {
    const context = audioContext(sampleRate); // what is loaded stays, unless all goes well
    await context.audioWorklet.addModule(new URL('./player-worklet.js', import.meta.url));
    this.#node?.port.close();
    await this.#context?.close();
    this.#context = context;
    this.#node = new AudioWorkletNode(context, 'player', {
      numberOfInputs: 0,
      outputChannelCount: [Math.min(2, nChannels)],
    });
    const silence = () => Array.from({ length: nChannels }, () => new Float32Array(length));
    [this.original, this.current] = [silence(), silence()];
    Object.assign(this, { sampleRate, playing: false, side: 'edited' });
    this.range = [0, length];
    this.#place = 0;
    this.#node.port.onmessage = ({ data }) => this.#hear(data);
    this.#connect(this.#context, this.#node);
    this.#command('load', { nChannels, length });
  }

  /**
   * Takes the next part of the sound as it was opened.
   *
   * @param {number} first
   * @param {Float32Array[]} samples
   * @param {[number, number][]} gaps Spans of it that no stroke has changed already.
   */
  fill(first, samples, gaps) {
    put(samples, first, this.original, this.current, gaps);
    this.#tell('fill', { first, samples, gaps });
  }

  get length() {
    return this.original[0]?.length ?? 0;
  }

  /** @returns {number} Sample that is heard now. */
  get place() {
    if (!this.playing || !this.#context) return this.#place;
    const [first, last] = this.range;
    const place = this.#place + (this.#context.currentTime - this.#placeTime) * this.sampleRate;
    if (place < last) return place;
    return this.loop ? first + ((place - first) % Math.max(1, last - first)) : last;
  }

  /**
   * Changes samples while they play; what is heard fades to them.
   *
   * @param {number} first
   * @param {Float32Array[]} samples
   * @returns {Promise<void>} Fulfilled once the audio graph holds them.
   */
  async patch(first, samples) {
    samples.forEach((channel, c) => this.current[c].set(channel, first));
    await this.#question('patch', { first, samples });
    if (this.side === 'original') this.hear('original', this.isMatched);
  }

  /** @param {number} [place] */
  async play(place) {
    await this.#context?.resume();
    this.playing = true;
    this.#place = place ?? this.#place;
    this.#placeTime = this.#context?.currentTime ?? 0;
    this.#command('play', { place });
    this.dispatchEvent(new Event('place'));
  }

  stop() {
    this.#place = this.place;
    this.playing = false;
    this.#command('stop', {});
    this.dispatchEvent(new Event('place'));
  }

  /** @param {number} place */
  seek(place) {
    this.#place = Math.max(0, Math.min(this.length - 1, Math.round(place)));
    this.#placeTime = this.#context?.currentTime ?? 0;
    this.#command('seek', { place: this.#place });
    this.dispatchEvent(new Event('place'));
  }

  /**
   * @param {[number, number] | null} range Samples to play, or null for all.
   * @param {boolean} loop
   */
  setRange(range, loop) {
    this.range = range ?? [0, this.length];
    this.loop = loop;
    this.#tell('range', { first: this.range[0], last: this.range[1], loop });
  }

  /**
   * @param {import('./comparison.js').Side} side
   * @param {boolean} isMatched Whether the original is as loud as the edited sound.
   */
  hear(side, isMatched) {
    Object.assign(this, { side, isMatched });
    if (side === 'original') this.originalGain = isMatched ? this.#fairGain() : 1;
    this.#tell('hear', { side, gain: this.originalGain });
  }

  /**
   * @param {number} first
   * @param {Float32Array[]} samples What strokes added there; elsewhere they added nothing.
   */
  setAdded(first, samples) {
    this.#tell('added', { first, samples });
  }

  #fairGain() {
    const [first, last] = this.range;
    const fair =
      level(this.current, first, last) / Math.max(QUIET, level(this.original, first, last));
    const most = 1 / Math.max(QUIET, peak(this.original));
    return Math.max(QUIET, Math.min(fair, Math.max(1, most)));
  }

  /** @param {[number, number] | null} hertz The only band to hear, or null for all. */
  setBand(hertz) {
    if (!this.#band || !this.#context) return;
    const now = this.#context.currentTime;
    const half = this.sampleRate / 2;
    if (hertz) {
      this.#band.filters.forEach((filter, i) =>
        filter.frequency.setValueAtTime(Math.min(half, Math.max(1, hertz[i < 2 ? 0 : 1])), now),
      );
    }
    this.#band.dry.gain.setTargetAtTime(hertz ? 0 : 1, now, BAND_FADE_SECONDS);
    this.#band.wet.gain.setTargetAtTime(hertz ? 1 : 0, now, BAND_FADE_SECONDS);
  }

  /**
   * For tests: what the audio graph holds.
   *
   * @param {number} first
   * @param {number} last
   * @param {import('./comparison.js').Side} [side]
   * @returns {Promise<Float32Array[]>}
   */
  async peek(first, last, side = 'edited') {
    return (await this.#question('peek', { first, last, side })).samples;
  }

  /**
   * @param {AudioContext} context
   * @param {AudioNode} source
   */
  #connect(context, source) {
    const dry = new GainNode(context, { gain: 1 });
    const wet = new GainNode(context, { gain: 0 });
    const filters = ['highpass', 'highpass', 'lowpass', 'lowpass'].map(
      (type) =>
        new BiquadFilterNode(context, { type: /** @type {BiquadFilterType} */ (type), Q: 0.7 }),
    );
    source.connect(dry).connect(context.destination);
    filters.reduce((node, filter) => node.connect(filter), source).connect(wet);
    wet.connect(context.destination);
    this.#band = { dry, wet, filters };
  }

  /**
   * Says what moves the place; until the audio graph has heard it, its reports are out of date.
   *
   * @param {string} type
   * @param {Record<string, any>} message
   */
  #command(type, message) {
    this.#tell(type, { commands: ++this.#commands, ...message });
  }

  /**
   * @param {string} type
   * @param {Record<string, any>} message
   */
  #tell(type, message) {
    this.#node?.port.postMessage({ type, ...message });
  }

  /**
   * @param {string} type
   * @param {Record<string, any>} message
   * @returns {Promise<any>}
   */
  #question(type, message) {
    const id = ++this.#questionId;
    return new Promise((resolve) => {
      this.#questions.set(id, resolve);
      this.#tell(type, { id, ...message });
    });
  }

  /** @param {any} data */
  #hear(data) {
    if (data.id !== undefined) {
      this.#questions.get(data.id)?.(data);
      this.#questions.delete(data.id);
      return;
    }
    if (data.commands !== this.#commands) return;
    const ended = this.playing && !data.playing;
    Object.assign(this, { playing: data.playing });
    this.#place = data.place;
    this.#placeTime = data.time;
    if (ended) this.dispatchEvent(new Event('place'));
  }
}

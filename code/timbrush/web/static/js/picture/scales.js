/** The scales on which frequencies can lie, as `look.py` draws them. */

/** @typedef {{title: string, up: (hertz: number) => number, down: (place: number) => number}} Scale */

const LEAST_HERTZ = 1e-3;

/** @type {Record<string, Scale>} */
export const SCALES = {
  log: {
    title: 'Octaves',
    up: (hertz) => Math.log2(Math.max(hertz, LEAST_HERTZ)),
    down: (place) => 2 ** place,
  },
  mel: {
    title: 'Mel',
    up: (hertz) => 2595 * Math.log10(1 + Math.max(hertz, 0) / 700),
    down: (place) => 700 * (10 ** (place / 2595) - 1),
  },
  linear: { title: 'Hertz', up: (hertz) => hertz, down: (place) => place },
};

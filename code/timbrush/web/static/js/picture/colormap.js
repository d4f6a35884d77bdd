/**
 * Levels to colours.
 *
 * Magma, inferno, plasma and viridis are by Nathaniel Smith and Stéfan van der Walt (CC0);
 * cividis, which colour-blind people read like others, is by Jamie Nuñez, Christopher Anderton
 * and Ryan Renslow (CC0). All are here as 33 stops.
 */

/** @type {Record<string, string>} Stops as runs of six hex digits, dark first. */
const STOPS = {
  magma:
    '0000040303120a0822130d341d114729115a36106b440f7651127c5d177f6a1c81762181832681902a81' +
    '9c2e7faa337db73779c43c75d0416fdc4869e75263ef5d5ef56b5cf9795dfc8961fd9869fea772feb67c' +
    'fec488fed395fde2a3fcf0b2fcfdbf',
  viridis:
    '440154470d6048186a482374472d7b4537814240863e49893b528b375b8d33638d2f6b8e2c728e297a8e' +
    '26828e23898e21918c1f988b1fa08822a78528ae8032b67a3fbc734ec36b5ec96270cf5784d44b98d83e' +
    'addc30c2df23d8e219ece51bfde725',
  inferno:
    '0000040403120b0724150b37210c4a2f0a5b3d09654a0c6b57106e64156e71196e7d1e6d8a226a972766' +
    'a32c61b0315bbc3754c63d4dd04545da4e3ce35933eb6429f1711ff67e14f98c0afb9b06fcaa0ffbba1f' +
    'f9c932f5d949f2e865f3f586fcffa4',
  plasma:
    '0d08872206903105973f049c4c02a15901a56600a77201a87e03a88a09a59511a1a01a9caa2395b32c8e' +
    'bc3587c43e7fcc4778d24f71d9586adf6263e56b5deb7556f07f4ff48948f89441fb9f3afdab33feb72d' +
    'fdc328fcd025f9dd25f5eb27f0f921',
  cividis:
    '00224e00285b002e6a0533711a386f273e6e32436d3b496c434e6c4b546c535a6d5a5f6e61656f686a71' +
    '6f70737676767d7c788381798b8778928d789a9376a29975aaa073b3a670bbad6dc3b369ccba64d4c15f' +
    'ddc858e6d051efd748f8df3cfee838',
  grey: '0b0c0efafafa',
};

export const COLORMAPS = Object.keys(STOPS);

/**
 * Returns 256 packed colours (ABGR, as ImageData holds them on little-endian machines).
 *
 * @param {string} name One of COLORMAPS.
 * @param {number} gain Decibels below full scale at which the brightest colour is reached.
 * @param {number} range Decibels from the darkest to the brightest colour.
 * @returns {Uint32Array} Indexed by level byte: 255 is 0 dB, each step half a decibel.
 */
export function colours(name, gain, range) {
  const stops = (STOPS[name].match(/.{6}/g) ?? []).map((hex) => parseInt(hex, 16));
  return Uint32Array.from({ length: 256 }, (_, level) => {
    const share = Math.min(1, Math.max(0, (decibels(level) + gain + range) / range));
    return pack(stops, share * (stops.length - 1));
  });
}

/**
 * @param {number} level Level byte.
 * @returns {number} Decibels relative to a full-scale sine.
 */
export function decibels(level) {
  return (level - 255) / 2;
}

/**
 * @param {number[]} stops
 * @param {number} place
 */
function pack(stops, place) {
  const low = Math.min(stops.length - 2, Math.floor(place));
  const share = place - low;
  /** @param {number} shift */
  const part = (shift) =>
    Math.round(
      ((stops[low] >> shift) & 255) * (1 - share) + ((stops[low + 1] >> shift) & 255) * share,
    );
  return ((255 << 24) | (part(0) << 16) | (part(8) << 8) | part(16)) >>> 0;
}

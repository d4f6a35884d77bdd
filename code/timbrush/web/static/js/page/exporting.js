/** A box that saves the sound, or the zone's time of it, as another kind of file. */

import { button, input, part, placeUnder, select } from './dom.js';
import { save, stem } from './files.js';

/** @typedef {import('../zone/shapes.js').Span} Span */

/** Kinds that store samples as they are asked for; others compress them in their own way. */
const EXACT = ['wav', 'flac'];

/**
 * @param {string} kind Such as `wav`.
 * @param {string} subtype As libsndfile calls it.
 * @param {Span | null} seconds The part that is saved; null for all.
 * @returns {string} The path of the file on the server.
 */
export function exportPath(kind, subtype, seconds) {
  const query = new URLSearchParams(EXACT.includes(kind) ? { subtype } : {});
  if (seconds) {
    query.set('start', String(seconds[0]));
    query.set('stop', String(seconds[1]));
  }
  return `export.${kind}?${query}`;
}

/**
 * @param {import('../edit/studio.js').Studio} studio
 * @param {import('../zone/zone.js').Zone} zone
 */
export function connectExport(studio, zone) {
  placeUnder('export', 'export-box');
  const [kind, subtype, only] = [
    select('export-kind'),
    select('export-subtype'),
    input('export-zone'),
  ];
  const show = () => {
    subtype.disabled = !EXACT.includes(kind.value);
    only.disabled = zone.isEmpty;
  };
  kind.addEventListener('change', show);
  zone.addEventListener('change', show);
  studio.addEventListener('opened', () => (button('export').disabled = false));
  button('export-save').addEventListener('click', async () => {
    const seconds = only.checked && !only.disabled ? (zone.bounds?.seconds ?? null) : null;
    part('export-box').hidePopover();
    const file = await studio.file(exportPath(kind.value, subtype.value, seconds), {
      isWhole: !seconds,
    });
    save(file, `${stem(studio.name)}-timbrush.${kind.value}`);
  });
  show();
}

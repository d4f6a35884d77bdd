/** The overlay that names every key. */

import { byId } from './controls.js';

const KEYS = [
  ['Play or stop', 'Space'],
  ['Loop', 'L'],
  ['Only the selection', 'P'],
  ['Only the painted band', 'O'],
  ['Original or edited', 'B'],
  ['Undo', 'Ctrl Z'],
  ['Redo', 'Ctrl Y', 'Ctrl ⇧ Z'],
  ['Rectangle … eraser', '1', '…', '5'],
  ['Brush size', '[', ']'],
  ['Add to the zone', '⇧ drag'],
  ['Take from the zone', 'Alt drag'],
  ['Select everything', 'Ctrl A'],
  ['Paint the zone', 'Enter'],
  ['Cancel, or forget the zone', 'Esc'],
  ['New seed', 'D'],
  ['Variations', 'V'],
  ['Grid, surprise', 'G', 'S'],
  ['Zoom', '+', '−', 'wheel'],
  ['Zoom frequency', '⇧ ↑', '⇧ ↓', 'Alt wheel'],
  ['Show everything', '0'],
  ['Scroll', 'arrows', '⇧ wheel'],
  ['Save strokes', 'Ctrl S'],
];

export function connectHelp() {
  byId('help-columns').replaceChildren(
    ...KEYS.map(([what, ...keys]) => {
      const row = document.createElement('div');
      const group = document.createElement('span');
      keys.forEach((key) => group.append(Object.assign(document.createElement('kbd'), { textContent: key }), ' '));
      row.append(what, group);
      return row;
    }),
  );
  byId('help').addEventListener('click', () => byId('help-box').showModal());
}

/** What each action of the table of keys does. */

import { documentKey } from './document.js';
import { button } from './dom.js';

const SCROLL_PIXELS = 60;
const ZOOM = 1.4;

/**
 * @param {{
 *   studio: import('../edit/studio.js').Studio,
 *   transport: import('../sound/transport.js').Transport,
 *   comparison: import('../sound/comparison.js').Comparison,
 *   tools: import('../zone/tools.js').Tools,
 *   view: import('../picture/view.js').View,
 *   display: import('../picture/display.js').Display,
 *   settings: import('../panel/settings.js').Settings,
 *   painting: import('../zone/painting.js').Painting,
 *   chosen: import('../panel/chosen.js').Chosen,
 *   clipboard: import('../zone/clipboard.js').Clipboard,
 *   zone: import('../zone/zone.js').Zone,
 * }} parts
 * @returns {Record<string, () => unknown>}
 */
export function actions(parts) {
  const {
    studio,
    transport,
    comparison,
    tools,
    view,
    display,
    settings,
    painting,
    chosen,
    clipboard,
    zone,
  } = parts;
  const tool = (/** @type {string} */ name) => () => tools.set({ tool: name });
  const press = (/** @type {string} */ id) => () => button(id).click();
  return {
    play: () => transport.toggle(),
    loop: () => transport.toggleLoop(),
    hearSelection: () => transport.hear('selection'),
    hearBand: () => transport.hear('band'),
    compare: () => comparison.toggle('original'),
    hearAdded: () => comparison.toggle('added'),
    undo: () => studio.undo(),
    redo: () => studio.redo(),
    open: press('open'),
    saveStrokes: () => button(documentKey() ? 'save-back' : 'save-strokes').click(),
    rectangle: tool('rectangle'),
    brush: tool('brush'),
    lasso: tool('lasso'),
    harmonics: tool('harmonics'),
    eraser: tool('eraser'),
    smallerBrush: () => tools.resizeBrush(-1),
    largerBrush: () => tools.resizeBrush(1),
    selectAll: () => painting.selectAll(),
    paint: () => painting.paint(),
    cancel: () => painting.cancel(),
    delete: () => chosen.delete() || zone.set([]),
    duplicate: () => chosen.duplicate(),
    cut: () => clipboard.cut(),
    copy: () => clipboard.copy(),
    paste: () => clipboard.paste(),
    mute: () => chosen.toggleChosen(),
    newSeed: () => settings.roll(),
    vary: press('vary'),
    grid: () => display.set({ grid: !display.grid }),
    surprise: () => display.set({ surprise: !display.surprise }),
    zoomIn: () => view.zoomTime(ZOOM),
    zoomOut: () => view.zoomTime(1 / ZOOM),
    showAll: () => view.fit(),
    narrow: () => view.zoomFrequency(ZOOM),
    widen: () => view.zoomFrequency(1 / ZOOM),
    zoomZone: () => view.zoomTo(zone.bounds),
    toBeginning: () => transport.seek(0),
    toEnd: () => transport.seek(view.seconds),
    left: () => chosen.nudge(-1, 0) || view.scroll(-SCROLL_PIXELS, 0),
    right: () => chosen.nudge(1, 0) || view.scroll(SCROLL_PIXELS, 0),
    up: () => chosen.nudge(0, 1) || view.scroll(0, -SCROLL_PIXELS),
    down: () => chosen.nudge(0, -1) || view.scroll(0, SCROLL_PIXELS),
    help: press('help'),
  };
}

/** In a small window the panel is a drawer. */

import { button, part, showPressed } from './dom.js';

export function connectDrawer() {
  let open = false;
  button('show-panel').addEventListener('click', () => {
    open = !open;
    part('panel').classList.toggle('open', open);
    showPressed('show-panel', open);
  });
}

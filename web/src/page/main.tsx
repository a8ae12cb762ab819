// Entry of the hosted page: shows the start screen, then the report of what was opened, and keeps the
// page's own files for the next time.

import { render } from 'preact';
import { chooseLanguage, firstLanguage } from './language';
import { followServer, isServed, packedDevice, takeLinkedDevice } from './served';
import { PageState } from './state';
import { makeLive } from './views/live';
import { Page } from './views/page';

function keepOffline(): void {
  if (!('serviceWorker' in navigator) || !window.isSecureContext) return;
  // The server of this machine may be another version the next time, and is there or is not.
  if (isServed()) return;
  // Without it the page works all the same, only not offline.
  navigator.serviceWorker.register('serviceworker.js').catch(() => undefined);
}

/** What the address asks for, the device before the model that is to be shown on it. */
async function start(page: PageState): Promise<void> {
  const packed = packedDevice(location.hash);
  const address = new URLSearchParams(location.search).get('model');
  if (packed) await takeLinkedDevice(page, packed);
  followServer(page);
  if (address) await page.openUrl(address);
}

const app = document.getElementById('app');
if (app) {
  chooseLanguage(firstLanguage());
  const page = new PageState(makeLive);
  render(<Page page={page} />, app);
  document.documentElement.dataset['state'] = 'ready';
  void page.warm();
  void start(page);
  window.addEventListener('load', keepOffline);
  window.addEventListener('hashchange', () => page.readFragment());
}

// Entry of the hosted page: shows the start screen, then the report of what was opened, and keeps the
// page's own files for the next time.

import { render } from 'preact';
import { chooseLanguage, firstLanguage } from './language';
import { PageState } from './state';
import { makeLive } from './views/live';
import { Page } from './views/page';

function keepOffline(): void {
  if (!('serviceWorker' in navigator) || !window.isSecureContext) return;
  // Without it the page works all the same, only not offline.
  navigator.serviceWorker.register('serviceworker.js').catch(() => undefined);
}

const app = document.getElementById('app');
if (app) {
  chooseLanguage(firstLanguage());
  const page = new PageState(makeLive);
  render(<Page page={page} />, app);
  document.documentElement.dataset['state'] = 'ready';
  const address = new URLSearchParams(location.search).get('model');
  if (address) void page.openUrl(address);
  window.addEventListener('load', keepOffline);
}

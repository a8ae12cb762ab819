// Entry of report.html: unpacks the embedded document and mounts the report over the plain summary,
// which stays where anything fails.

import { render } from 'preact';
import { DocumentError, unpackDocument } from './document';
import { ReportModel } from './model';
import './shared';
import { type MessageKey, t } from './text';
import { keepState, readState, type StatePart } from './urlstate';
import { Report } from './views/app';

declare global {
  /** What a live report's second script defines: makes the report recompute. */
  var trtreportLive: ((model: ReportModel) => StatePart[]) | undefined;
}

/** Until every script of the file has run. */
function parsed(): Promise<unknown> | undefined {
  if (document.readyState !== 'loading') return undefined;
  return new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve));
}

async function start(): Promise<void> {
  const app = document.getElementById('app');
  const packed = document.getElementById('document');
  if (!app || !packed) return;
  try {
    const model = new ReportModel(await unpackDocument(packed.textContent ?? ''));
    packed.remove();
    await parsed();
    const parts = globalThis.trtreportLive?.(model) ?? [];
    readState(model, location.hash);
    render(<Report model={model} />, app);
    keepState(model, parts);
    document.getElementById('summary')?.remove();
    document.documentElement.dataset['state'] = 'ready';
  } catch (error) {
    const key: MessageKey =
      error instanceof DocumentError ? (`failed_${error.message}` as MessageKey) : 'failed_other';
    const note = document.createElement('p');
    note.className = 'failure';
    note.setAttribute('role', 'alert');
    note.textContent = t(key, { message: error instanceof Error ? error.message : String(error) });
    app.replaceChildren(note);
    document.documentElement.dataset['state'] = 'failed';
  }
}

void start();

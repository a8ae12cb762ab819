// The menu of what can be saved, each made in the browser from what is on the screen.

import { useSignal } from '@preact/signals';
import { type ExportKind, kExports, save } from '../exports';
import type { Opened, PageState } from '../state';
import { type PageKey, say } from '../text';

const kTips: Partial<Record<ExportKind, PageKey>> = {
  html: 'export_html_hint',
  static: 'export_static_hint',
  netron: 'export_netron_hint',
};

export function ExportMenu({ page, opened }: { page: PageState; opened: Opened }) {
  const busy = useSignal(false);
  const run = async (kind: (typeof kExports)[number]) => {
    busy.value = true;
    try {
      await save(kind, opened);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      page.fail(new Error(say('export_failed', { message })), opened.model.name);
    } finally {
      busy.value = false;
    }
  };
  return (
    <details class="menu">
      <summary>{say('export_menu')}</summary>
      <div class="menu-body">
        {kExports.map((kind) => (
          <button
            type="button"
            class="menu-item"
            disabled={busy.value}
            data-export={kind}
            data-tip={kTips[kind] && say(kTips[kind])}
            onClick={() => void run(kind)}
          >
            {say(`export_${kind}`)}
          </button>
        ))}
      </div>
    </details>
  );
}

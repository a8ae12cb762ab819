// The list of sections at the side (a strip of tabs on a phone). Moving does not touch the URL's
// fragment, which holds the viewer's choices.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReportModel } from '../model';
import { type MessageKey, t } from '../text';
import { useModel } from './ui';

export const kSections: { id: string; title: MessageKey }[] = [
  { id: 'overview', title: 'section_overview' },
  { id: 'roofline', title: 'section_roofline' },
  { id: 'time', title: 'section_time' },
  { id: 'operators', title: 'section_operators' },
  { id: 'modules', title: 'section_modules' },
  { id: 'layers', title: 'section_layers' },
  { id: 'memory', title: 'section_memory' },
  { id: 'quantization', title: 'section_quantization' },
  { id: 'pruning', title: 'section_pruning' },
  { id: 'diagnostics', title: 'section_diagnostics' },
  { id: 'method', title: 'section_method' },
];

const current = signal('overview');

interface Entry {
  id: string;
  title: string;
}

/** The report's own sections with the page's before the warnings. */
function entries({ live, prune }: ReportModel): Entry[] {
  const prunes = prune.data.value !== null || prune.live.value !== null;
  const own = kSections
    .filter(({ id }) => id !== 'pruning' || prunes)
    .map(({ id, title }) => ({ id, title: t(title) }));
  const more = (live?.sections ?? []).map(({ id, title }) => ({ id, title: title() }));
  return [...own.slice(0, -2), ...more, ...own.slice(-2)];
}

export function goTo(id: string): void {
  document.getElementById(id)?.scrollIntoView({ block: 'start' });
}

function follow(model: ReportModel): () => void {
  let scheduled = 0;
  const read = () => {
    scheduled = 0;
    const limit = window.innerHeight * 0.35;
    let found = kSections[0]!.id;
    for (const { id } of entries(model)) {
      const top = document.getElementById(id)?.getBoundingClientRect().top;
      if (top !== undefined && top < limit) found = id;
    }
    current.value = found;
  };
  const schedule = () => {
    scheduled ||= requestAnimationFrame(read);
  };
  window.addEventListener('scroll', schedule, { passive: true });
  return () => window.removeEventListener('scroll', schedule);
}

export function Navigation() {
  const model = useModel();
  useEffect(() => follow(model), [model]);
  useEffect(() => {
    // On a phone the strip scrolls sideways: keep the current tab in sight without moving the page.
    const strip = document.querySelector<HTMLElement>('nav.sections');
    const tab = strip?.querySelector<HTMLElement>('[aria-current]');
    if (strip && tab && strip.scrollWidth > strip.clientWidth)
      strip.scrollLeft = tab.offsetLeft - 16;
  }, [current.value]);
  return (
    <nav class="sections screen-only" aria-label={t('sections')}>
      {entries(model).map(({ id, title }) => (
        <a
          href={`#${id}`}
          aria-current={current.value === id ? 'true' : undefined}
          onClick={(event) => {
            event.preventDefault();
            goTo(id);
          }}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}

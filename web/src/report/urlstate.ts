// The viewer's choices in the URL's fragment, so that a link or a reload shows the same view. Works
// on file:// as well; where a browser refuses replaceState the page just forgets.

import { effect } from '@preact/signals';
import { defaultSort, type Metric, type ReportModel } from './model';

/** Choices that a page keeps beside the report's. */
export interface StatePart {
  readState(state: URLSearchParams): void;
  writeState(state: URLSearchParams): void;
}

const kMetrics: Metric[] = ['seconds', 'macs', 'bytes', 'params'];

export function writeState(model: ReportModel, parts: StatePart[] = []): string {
  const state = new URLSearchParams();
  const roofline = model.roofline.value;
  if (roofline && model.rooflineIndex.value !== 0) {
    state.set('device', roofline.device);
    state.set('source', roofline.source);
    state.set('precision', roofline.precision);
  }
  if (
    model.convention.value !== model.document.value.options['convention'] &&
    (model.convention.value === 'course' || model.document.value.options['convention'])
  ) {
    state.set('convention', model.convention.value);
  }
  if (model.selected.value !== null) state.set('layer', String(model.selected.value));
  if (model.filterText.value) state.set('filter', model.filterText.value);
  if (model.treemapPath.value) state.set('module', model.treemapPath.value);
  if (model.treemapMetric.value !== 'seconds') state.set('metric', model.treemapMetric.value);
  const { column, descending } = model.sort.value;
  const usual = defaultSort(model.document.value);
  if (column !== usual.column || descending !== usual.descending)
    state.set('sort', `${descending ? '-' : ''}${column}`);
  for (const part of parts) part.writeState(state);
  return state.toString();
}

export function readState(model: ReportModel, fragment: string, parts: StatePart[] = []): void {
  const state = new URLSearchParams(fragment.replace(/^#/, ''));
  const index = model.rooflines.value.findIndex(
    (roofline) =>
      roofline.device === state.get('device') &&
      roofline.source === state.get('source') &&
      roofline.precision === state.get('precision'),
  );
  if (index >= 0) model.rooflineIndex.value = index;
  const convention = state.get('convention');
  if (convention === 'course' || convention === 'hardware') model.convention.value = convention;
  const layer = Number(state.get('layer') ?? Number.NaN);
  const hasLayer = Number.isInteger(layer) && layer >= 0 && layer < model.structure.value.length;
  model.select(hasLayer ? layer : null);
  model.filterText.value = state.get('filter') ?? '';
  model.treemapPath.value = state.get('module') ?? '';
  const metric = kMetrics.find((name) => name === state.get('metric'));
  model.treemapMetric.value = metric ?? 'seconds';
  const sort = state.get('sort');
  model.sort.value =
    sort && /^-?[a-z]+$/.test(sort)
      ? { column: sort.replace('-', ''), descending: sort.startsWith('-') }
      : defaultSort(model.document.value);
  for (const part of parts) part.readState(state);
}

/** Until the returned function is called. */
export function keepState(model: ReportModel, parts: StatePart[] = []): () => void {
  let scheduled = 0;
  return effect(() => {
    const fragment = writeState(model, parts);
    clearTimeout(scheduled);
    scheduled = window.setTimeout(() => {
      const wanted = fragment ? `#${fragment}` : '';
      if (wanted === location.hash) return;
      try {
        history.replaceState(null, '', wanted || location.pathname + location.search);
      } catch {
        /* a sandboxed frame: nothing to keep */
      }
    }, 150);
  });
}

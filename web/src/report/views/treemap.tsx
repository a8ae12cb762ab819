// The module hierarchy as nested rectangles, as deep as they can be told apart; a click goes deeper.

import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { DocumentNode } from '../document';
import { bytes, percent, seconds, si, kDash } from '../format';
import type { Metric } from '../model';
import { classColor } from '../palette';
import { findModule, type Valued, valueTree } from '../scope';
import { layersText, t } from '../text';
import { type Rectangle, squarify } from '../treemap';
import {
  Figure,
  metricMessage,
  nodeName,
  Section,
  Segments,
  shareText,
  type TableData,
  useModel,
  useNear,
  useWidth,
} from './ui';

const kMetrics: Metric[] = ['seconds', 'macs', 'bytes', 'params'];
const kBoxesPerModule = 150;
const kBoxes = 600;
const kLabelHeight = 20;

export const metricText = (metric: Metric, value: number) =>
  metric === 'seconds'
    ? seconds(value)
    : metric === 'bytes'
      ? bytes(value)
      : si(value, metric === 'macs' ? 'MAC' : '');

export function TreemapSection() {
  const model = useModel();
  const metric = useComputed<Metric>(() =>
    model.treemapMetric.value === 'seconds' && !model.roofline.value
      ? 'bytes'
      : model.treemapMetric.value,
  );
  const tree = useComputed(() => {
    const column = model.figures.value[metric.value];
    const included = model.visibleSet.value;
    return valueTree(
      findModule(model.modules.value, model.treemapPath.value),
      (id) => column[id]!,
      (id) => included[id] === 1,
    );
  });
  const { nodes, totals } = model.document.value;
  const isOpen = metric.value !== 'params' && (totals.unbound ?? []).length > 0;
  const total = isOpen ? kDash : metricText(metric.value, tree.value.value);
  const nameOf = (item: Valued) => (item.id === null ? item.name : nodeName(nodes[item.id]!.name));
  const open = (item: Valued) => {
    if (item.id !== null) model.select(item.id);
    else model.treemapPath.value = item.path;
  };
  const table = (): TableData => ({
    header: [t('module'), t('count'), metricMessage(metric.value), t('share')],
    numeric: [false, true, true, true],
    rows: tree.value.children.map((child) => [
      { text: nameOf(child), onClick: () => open(child) },
      child.layers,
      { text: metricText(metric.value, child.value), exact: child.value },
      shareText(child.value, tree.value.value),
    ]),
  });
  const options = kMetrics
    .filter((name) => name !== 'seconds' || model.roofline.value)
    .map((name) => ({ value: name, text: metricMessage(name) }));
  return (
    <Section id="modules" title={t('section_modules')}>
      <Figure
        title={t('treemap_title')}
        hideTitle
        table={table}
        controls={
          <Segments
            label={t('treemap_size')}
            value={metric.value}
            options={options}
            onChange={(value) => {
              model.treemapMetric.value = value;
            }}
          />
        }
      >
        <Breadcrumb total={total} />
        {model.modules.value.children.size === 0 && <p class="quiet">{t('treemap_flat')}</p>}
        {isOpen ? (
          <p class="empty">{t('treemap_open')}</p>
        ) : tree.value.value > 0 ? (
          <Boxes tree={tree.value} metric={metric.value} open={open} nameOf={nameOf} />
        ) : (
          <p class="empty">{t('treemap_empty', { metric: metricMessage(metric.value) })}</p>
        )}
      </Figure>
    </Section>
  );
}

function Breadcrumb({ total }: { total: string }) {
  const model = useModel();
  const parts = model.treemapPath.value.split('/').filter((part) => part !== '');
  const go = (depth: number) => {
    model.treemapPath.value = parts.slice(0, depth).join('/');
  };
  return (
    <p class="breadcrumb">
      {parts.length === 0 ? (
        <span>{t('treemap_all')}</span>
      ) : (
        <button type="button" class="link" onClick={() => go(0)}>
          {t('treemap_all')}
        </button>
      )}
      {parts.map((part, index) => (
        <>
          {' '}
          <span aria-hidden="true">/</span>{' '}
          {index === parts.length - 1 ? (
            <bdi>{part}</bdi>
          ) : (
            <button type="button" class="link" onClick={() => go(index + 1)}>
              <bdi>{part}</bdi>
            </button>
          )}
        </>
      ))}
      <span class="quiet"> {total}</span>
    </p>
  );
}

interface Box {
  item: Valued | null;
  rest: number;
  area: Rectangle;
  children: Box[];
  color: string;
}

/** Lays a module's children into its area, and theirs into theirs while there is room to see them. */
function layOut(
  items: Valued[],
  area: Rectangle,
  nodes: DocumentNode[],
  budget: { left: number },
): Box[] {
  const shown = items
    .filter((item) => item.value > 0)
    .slice(0, Math.min(kBoxesPerModule, budget.left));
  const rest = items.slice(shown.length);
  const restValue = rest.reduce((sum, item) => sum + item.value, 0);
  const places = squarify(
    [...shown.map((item) => item.value), ...(restValue > 0 ? [restValue] : [])],
    area,
  );
  budget.left -= shown.length;
  const boxes = shown.map((item, index): Box => {
    const place = places[index]!;
    const labelled = item.id === null && place.width > 44 && place.height > 46;
    const inner = {
      x: 3,
      y: kLabelHeight,
      width: place.width - 9,
      height: place.height - kLabelHeight - 6,
    };
    const children = labelled ? layOut(item.children, inner, nodes, budget) : [];
    return {
      item,
      rest: 0,
      area: place,
      color: children.length > 0 ? '' : mainClass(item, nodes),
      children,
    };
  });
  if (restValue > 0)
    boxes.push({
      item: null,
      rest: rest.length,
      area: places[shown.length]!,
      color: '',
      children: [],
    });
  return boxes.filter((box) => box.area.width >= 2 && box.area.height >= 2);
}

/** The class with the largest share of a module colours its box. */
function mainClass(item: Valued, nodes: DocumentNode[]): string {
  const sums = new Map<string, number>();
  const add = (part: Valued) => {
    if (part.id === null) part.children.forEach(add);
    else sums.set(nodes[part.id]!.class, (sums.get(nodes[part.id]!.class) ?? 0) + part.value);
  };
  add(item);
  return [...sums].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'unknown';
}

function Boxes({
  tree,
  metric,
  open,
  nameOf,
}: {
  tree: Valued;
  metric: Metric;
  open: (item: Valued) => void;
  nameOf: (item: Valued) => string;
}) {
  const model = useModel();
  const [ref, width] = useWidth();
  const near = useNear(ref);
  const height = width < 600 ? 380 : 460;
  const { nodes } = model.document.value;
  const boxes = useMemo(
    () =>
      near && width > 0
        ? layOut(tree.children, { x: 0, y: 0, width, height }, nodes, { left: kBoxes })
        : [],
    [tree, width, near, nodes],
  );
  const tip = (item: Valued) =>
    `${nameOf(item)}\n${metricText(metric, item.value)}, ${shareText(item.value, tree.value)}\n${item.id === null ? layersText(item.layers) : nodes[item.id]!.op}`;
  // Of the outermost boxes one is reached by Tab, the others from there by arrows.
  const draw = (box: Box, depth: number, isFirst: boolean) => {
    const { item, area } = box;
    const style = { ...placed(area), '--class': classColor(box.color) };
    if (!item)
      return (
        <div class="rest" style={style} data-tip={t('treemap_more', { n: box.rest })}>
          {area.width > 60 && t('treemap_more', { n: box.rest })}
        </div>
      );
    const name = area.width > 30 && area.height > 17 && (
      <bdi>{item.id !== null && area.width < 90 ? nodes[item.id]!.op : nameOf(item)}</bdi>
    );
    const text = tip(item);
    const common = {
      type: 'button' as const,
      'data-tip': text,
      'aria-label': text.replace(/\n/g, ', '),
      'data-outer': depth === 0 ? '' : undefined,
      tabIndex: isFirst ? 0 : -1,
      onClick: () => open(item),
    };
    if (box.children.length === 0) {
      const look = `${item.id === null ? 'submodule' : 'leaf'} ${box.color === 'unknown' ? 'hatched' : ''}`;
      return (
        <button {...common} class={look} style={style}>
          {name}
        </button>
      );
    }
    return (
      <div class="module" style={style}>
        <button {...common} class="module-head">
          {name}
          {area.width > 110 && <span> {percent(item.value / tree.value)}</span>}
        </button>
        {box.children.map((child) => draw(child, depth + 1, false))}
      </div>
    );
  };
  const content = useMemo(
    () => boxes.map((box, index) => draw(box, 0, index === 0)),
    [boxes, metric],
  );
  return (
    <div
      class="treemap"
      ref={ref}
      role="group"
      aria-label={t('treemap_keys', { n: boxes.length })}
      style={{ height: `${height}px` }}
      onKeyDown={moveFocus}
    >
      {content}
      <Chosen boxes={boxes} />
    </div>
  );
}

const kSteps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function moveFocus(event: KeyboardEvent): void {
  const step = kSteps[event.key];
  const all = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[data-outer]');
  const at = [...all].indexOf(event.target as HTMLElement);
  if (step === undefined || at < 0) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
}

const placed = (area: Rectangle) => ({
  left: `${area.x}px`,
  top: `${area.y}px`,
  width: `${Math.max(1, area.width - 1)}px`,
  height: `${Math.max(1, area.height - 1)}px`,
});

/** A frame around the selected layer, apart from the boxes, so that selecting redraws none of them. */
function Chosen({ boxes }: { boxes: Box[] }) {
  const id = useModel().selected.value;
  const area = id === null ? null : findArea(boxes, id);
  return area && <div class="chosen-box" style={placed(area)} />;
}

function findArea(boxes: Box[], id: number): Rectangle | null {
  for (const box of boxes) {
    if (box.item?.id === id) return box.area;
    const inner = findArea(box.children, id);
    // Children are placed inside their module's border.
    if (inner) return { ...inner, x: inner.x + box.area.x + 1, y: inner.y + box.area.y + 1 };
  }
  return null;
}

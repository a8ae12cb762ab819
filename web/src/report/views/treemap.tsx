// The module hierarchy as nested rectangles: two levels at a time, a click goes one deeper.

import { useComputed } from '@preact/signals';
import type { Figures } from '../figures';
import { bytes, percent, seconds, si } from '../format';
import type { Metric } from '../model';
import { findModule, type Valued, valueTree } from '../scope';
import { classColor } from '../palette';
import { layersText, t } from '../text';
import { type Rectangle, squarify } from '../treemap';
import { Figure, metricMessage, nodeName, Section, Segments, shareText, type TableData, useModel, useWidth } from './ui';

const kMetrics: Metric[] = ['seconds', 'macs', 'bytes', 'params'];
const kBoxes = 60;

export const metricText = (metric: Metric, value: number) =>
  (metric === 'seconds' ? seconds(value) : metric === 'bytes' ? bytes(value) : si(value, metric === 'macs' ? 'MAC' : ''));

const columnOf = (figures: Figures, metric: Metric) => figures[metric];

export function TreemapSection() {
  const model = useModel();
  const metric = model.treemapMetric.value === 'seconds' && !model.roofline.value ? 'bytes' : model.treemapMetric.value;
  const tree = useComputed(() => {
    const chosen = model.treemapMetric.value === 'seconds' && !model.roofline.value ? 'bytes' : model.treemapMetric.value;
    const column = columnOf(model.figures.value, chosen);
    const included = model.visibleSet.value;
    return valueTree(findModule(model.modules.value, model.treemapPath.value), (id) => column[id]!, (id) => included[id] === 1);
  });
  const flat = model.modules.value.children.size === 0;
  const nameOf = (item: Valued) => (item.id === null ? item.name : nodeName(model.document.value.nodes[item.id]!.name));
  const table = (): TableData => ({
    header: [t('module'), t('count'), metricMessage(metric), t('share')], numeric: [false, true, true, true],
    rows: tree.value.children.map((child) => [
      { text: nameOf(child), onClick: () => open(child) }, child.layers, { text: metricText(metric, child.value), exact: child.value }, shareText(child.value, tree.value.value),
    ]),
  });
  const open = (item: Valued) => {
    if (item.id !== null) model.select(item.id);
    else model.treemapPath.value = item.path;
  };
  const controls = <Segments label={t('treemap_size')} value={metric} options={kMetrics.filter((name) => name !== 'seconds' || model.roofline.value).map((name) => ({ value: name, text: metricMessage(name) }))} onChange={(value) => { model.treemapMetric.value = value; }} />;
  return (
    <Section id="modules" title={t('section_modules')}>
      <Figure title={t('treemap_title')} hideTitle table={table} controls={controls}>
        <Breadcrumb total={metricText(metric, tree.value.value)} />
        {flat && <p class="quiet">{t('treemap_flat')}</p>}
        {tree.value.value > 0
          ? <Boxes tree={tree.value} metric={metric} open={open} nameOf={nameOf} />
          : <p class="empty">{t('treemap_empty', { metric: metricMessage(metric) })}</p>}
      </Figure>
    </Section>
  );
}

function Breadcrumb({ total }: { total: string }) {
  const model = useModel();
  const parts = model.treemapPath.value.split('/').filter((part) => part !== '');
  const go = (depth: number) => { model.treemapPath.value = parts.slice(0, depth).join('/'); };
  return (
    <p class="breadcrumb">
      {parts.length === 0 ? <span>{t('treemap_all')}</span> : <button type="button" class="link" onClick={() => go(0)}>{t('treemap_all')}</button>}
      {parts.map((part, index) => (
        <> <span aria-hidden="true">/</span> {index === parts.length - 1 ? <bdi>{part}</bdi> : <button type="button" class="link" onClick={() => go(index + 1)}><bdi>{part}</bdi></button>}</>
      ))}
      <span class="quiet"> {total}</span>
    </p>
  );
}

const kLabelHeight = 20;

function Boxes({ tree, metric, open, nameOf }: { tree: Valued; metric: Metric; open: (item: Valued) => void; nameOf: (item: Valued) => string }) {
  const model = useModel();
  const [ref, width] = useWidth();
  const height = width < 600 ? 360 : 420;
  const { nodes } = model.document.value;
  const place = (items: Valued[], area: Rectangle) => {
    const shown = items.filter((item) => item.value > 0).slice(0, kBoxes);
    const rest = items.slice(shown.length);
    const restValue = rest.reduce((sum, item) => sum + item.value, 0);
    const rectangles = squarify([...shown.map((item) => item.value), ...(restValue > 0 ? [restValue] : [])], area);
    return { shown, rectangles, rest };
  };
  const style = (box: Rectangle) => ({ left: `${box.x}px`, top: `${box.y}px`, width: `${Math.max(0, box.width - 1)}px`, height: `${Math.max(0, box.height - 1)}px` });
  const tip = (item: Valued) => `${nameOf(item)}\n${metricText(metric, item.value)}, ${shareText(item.value, tree.value)}\n${item.id === null ? layersText(item.layers) : nodes[item.id]!.op}`;
  const leaf = (item: Valued, box: Rectangle) => (
    <button type="button" class={`leaf ${nodes[item.id!]!.class === 'unknown' ? 'hatched' : ''} ${model.selected.value === item.id ? 'chosen' : ''}`} style={{ ...style(box), '--class': classColor(nodes[item.id!]!.class) }} data-tip={tip(item)} aria-label={tip(item).replace(/\n/g, ', ')} onClick={() => open(item)}>
      {box.width > 40 && box.height > 18 && <bdi>{item.id !== null && box.width < 90 ? nodes[item.id]!.op : nameOf(item)}</bdi>}
    </button>
  );
  const top = width > 0 ? place(tree.children, { x: 0, y: 0, width, height }) : { shown: [], rectangles: [], rest: [] };
  return (
    <div class="treemap" ref={ref} style={{ height: `${height}px` }}>
      {top.shown.map((item, index) => {
        const box = top.rectangles[index]!;
        if (item.id !== null) return leaf(item, box);
        const labelled = box.height > 44 && box.width > 36;
        const inner = labelled ? { x: 3, y: kLabelHeight, width: box.width - 7, height: box.height - kLabelHeight - 4 } : null;
        const nested = inner ? place(item.children, inner) : null;
        return (
          <div class="module" style={style(box)}>
            <button type="button" class="module-head" style={{ height: labelled ? `${kLabelHeight}px` : '100%' }} data-tip={tip(item)} aria-label={tip(item).replace(/\n/g, ', ')} onClick={() => open(item)}>
              {box.width > 36 && box.height > 16 && <><bdi>{nameOf(item)}</bdi>{box.width > 110 && <span> {percent(item.value / tree.value)}</span>}</>}
            </button>
            {nested?.shown.map((child, childIndex) => {
              const childBox = nested.rectangles[childIndex]!;
              if (childBox.width < 2 || childBox.height < 2) return null;
              if (child.id !== null) return leaf(child, childBox);
              return (
                <button type="button" class="submodule" style={style(childBox)} data-tip={tip(child)} aria-label={tip(child).replace(/\n/g, ', ')} onClick={() => open(child)}>
                  {childBox.width > 34 && childBox.height > 16 && <bdi>{nameOf(child)}</bdi>}
                </button>
              );
            })}
          </div>
        );
      })}
      {top.rest.length > 0 && top.rectangles.length > top.shown.length && <div class="rest" style={style(top.rectangles[top.shown.length]!)}>{t('treemap_more', { n: top.rest.length })}</div>}
    </div>
  );
}

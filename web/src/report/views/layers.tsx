// The layers table: sorted, filtered and virtually scrolled, so that 14,000 rows cost what twenty do.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Column, makeColumns, sortIds, type Source } from '../columns';
import { csv, saveFile } from '../csv';
import { kDash } from '../format';
import type { ReportModel } from '../model';
import { kBoundColor } from '../palette';
import { layersText, t } from '../text';
import { FilterBar } from './filterbar';
import { reasonOf } from './overview';
import { Section, ShareBar, Swatch, useModel, useWidth, Value } from './ui';

const kRow = 32;
const kHead = 46;
const kRowsInSight = 16;
const kSpare = 4;

/** A phone shows what matters most without scrolling sideways; the rest is a tick away. */
function firstColumns(columns: Column[]): string[] {
  const narrow = window.innerWidth < 700;
  return columns
    .filter((column) => column.standard && !(narrow && ['id', 'output'].includes(column.key)))
    .map((column) => column.key);
}

export function LayersSection() {
  const model = useModel();
  const columns = useMemo(makeColumns, []);
  const shownKeys = useSignal<string[]>(firstColumns(columns));
  const shown = columns.filter(
    (column) =>
      shownKeys.value.includes(column.key) &&
      (model.roofline.value || !['time', 'share', 'bound', 'performance'].includes(column.key)),
  );
  const source: Source = { document: model.document.value, figures: model.figures.value };
  const sorted = useComputed(() => {
    const { column: key, descending } = model.sort.value;
    const column = columns.find((candidate) => candidate.key === key) ?? columns[0]!;
    if (key === 'id' && !descending) return model.visible.value;
    return sortIds(model.visible.value, column, descending, {
      document: model.document.value,
      figures: model.figures.value,
    });
  });
  const exportCsv = () => {
    const header = columns.map((column) =>
      [column.key, column.unit(source)].filter((part) => part !== '').join(', '),
    );
    const rows = Array.from(sorted.value, (id) =>
      columns.map((column) => column.raw(source.document.nodes[id]!, source)),
    );
    saveFile(
      `${source.document.model.file.replace(/\.onnx$/, '').slice(0, 80)}-layers.csv`,
      'text/csv',
      csv(header, rows),
    );
  };
  return (
    <Section
      id="layers"
      title={t('section_layers')}
      aside={
        <span class="quiet" aria-live="polite">
          {layersText(sorted.value.length)}
        </span>
      }
    >
      <FilterBar columns={columns} shownKeys={shownKeys} exportCsv={exportCsv} />
      <Grid columns={shown} ids={sorted.value} source={source} />
    </Section>
  );
}

interface GridProps {
  columns: Column[];
  ids: Uint32Array;
  source: Source;
}

function Grid(props: GridProps) {
  const model = useModel();
  if (props.ids.length > 0) return <Rows {...props} />;
  return (
    <p class="empty">
      {t('layers_none')}{' '}
      <button type="button" class="link" onClick={() => model.clearNarrowing()}>
        {t('clear_choice')}
      </button>
    </p>
  );
}

function Rows({ columns, ids, source }: GridProps) {
  const model = useModel();
  const [measure, width] = useWidth();
  const scrolled = useSignal(0);
  const inSight = Math.min(kRowsInSight, Math.max(3, ids.length));
  const selected = model.selected.value;
  const box = useReveal(ids, selected);
  const { template, total } = widths(columns, width);
  const reason = reasonOf(source.document, model.roofline.value);
  const move = (event: KeyboardEvent) => {
    if (event.target === box.current) moveByKey(event, model, ids, inSight);
  };
  // As many rows as are ever drawn at once: those that leave on one side come back on the other.
  const slots = inSight + 2 * kSpare + 1;
  return (
    <div ref={measure} class="screen-only">
      <div
        class="layers-grid"
        ref={box}
        tabIndex={0}
        role="grid"
        aria-label={t('layers_grid')}
        aria-rowcount={ids.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={selected === null ? undefined : `layer-${selected}`}
        style={{ height: `${inSight * kRow + kHead + 2}px` }}
        onKeyDown={move}
        onScroll={(event) => {
          scrolled.value = event.currentTarget.scrollTop;
        }}
      >
        <div
          class="layers-head"
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template, width: `${total}px` }}
        >
          {columns.map((column) => (
            <HeadCell column={column} source={source} model={model} />
          ))}
        </div>
        <div
          class="layers-body"
          role="rowgroup"
          style={{ height: `${ids.length * kRow}px`, width: `${total}px` }}
        >
          {rowsAt(scrolled.value, ids.length, inSight).map((index) => (
            <Row
              key={index % slots}
              index={index}
              id={ids[index]!}
              columns={columns}
              source={source}
              template={template}
              chosen={ids[index] === selected}
              reason={reason}
              model={model}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The rows to draw: those in sight and some to spare on either side. */
function rowsAt(scrolled: number, count: number, inSight: number): number[] {
  // A filter may leave fewer rows than were scrolled past; the browser then scrolls back by itself.
  const top = Math.min(scrolled, Math.max(0, (count - inSight) * kRow));
  const first = Math.max(0, Math.floor(top / kRow) - kSpare);
  const last = Math.min(count, Math.floor(top / kRow) + inSight + 1 + kSpare);
  return Array.from({ length: last - first }, (_, at) => first + at);
}

/** Selecting a mark elsewhere brings its row into sight, without moving the page. */
function useReveal(ids: Uint32Array, selected: number | null) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    const index = selected === null ? -1 : ids.indexOf(selected);
    if (!element || index < 0) return;
    const top = index * kRow;
    const height = element.clientHeight - kHead;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + kRow > element.scrollTop + height) element.scrollTop = top + kRow - height;
  }, [selected, ids]);
  return box;
}

function moveByKey(event: KeyboardEvent, model: ReportModel, ids: Uint32Array, rows: number): void {
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: rows - 1,
    PageUp: 1 - rows,
    Home: -ids.length,
    End: ids.length,
  };
  const selected = model.selected.value;
  const at = selected === null ? -1 : ids.indexOf(selected);
  if (event.key === 'Enter' && at >= 0) model.select(selected);
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = Math.max(0, Math.min(ids.length - 1, at + step));
  model.select(ids[next]!, false);
}

const kBar = 18;
const kNarrow = 600;

/** The name takes what whole columns leave of the width; beyond them the table scrolls sideways. */
function widths(columns: Column[], available: number): { template: string; total: number } {
  const narrow = available < kNarrow;
  const others = columns.filter((column) => column.key !== 'name');
  const least = narrow ? 130 : 170;
  let left = narrow ? available : available - kBar;
  for (const { width } of others) {
    if (left - width < least) break;
    left -= width;
  }
  const widthOf = (column: Column) =>
    column.key === 'name' ? Math.max(least, left) : column.width;
  return {
    template: columns.map((column) => `${widthOf(column)}px`).join(' '),
    total: columns.reduce((sum, column) => sum + widthOf(column), 0),
  };
}

function HeadCell({
  column,
  source,
  model,
}: {
  column: Column;
  source: Source;
  model: ReportModel;
}) {
  const { column: key, descending } = model.sort.value;
  const active = key === column.key;
  const sort = () => {
    model.sort.value = {
      column: column.key,
      descending: active ? !descending : column.numeric && column.key !== 'id',
    };
  };
  return (
    <div
      role="columnheader"
      class={`${column.numeric ? 'number' : ''} col-${column.key}`}
      aria-sort={active ? (descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" onClick={sort} aria-label={t('sort_by', { name: column.title })}>
        <span>
          {column.title}
          {active && <span aria-hidden="true"> {descending ? '\u2193' : '\u2191'}</span>}
        </span>
        <small>{column.unit(source)}</small>
      </button>
    </div>
  );
}

interface RowProps {
  index: number;
  id: number;
  columns: Column[];
  source: Source;
  template: string;
  chosen: boolean;
  reason: string;
  model: ReportModel;
}

function Row(props: RowProps) {
  const { index, id, columns, model } = props;
  return (
    <div
      role="row"
      id={`layer-${id}`}
      aria-rowindex={index + 2}
      aria-selected={props.chosen}
      class={props.chosen ? 'chosen' : undefined}
      style={{ gridTemplateColumns: props.template, top: `${index * kRow}px` }}
      onClick={() => model.select(id)}
    >
      {columns.map((column) => cell(column, props))}
    </div>
  );
}

/** Few elements each, as a change of figures touches hundreds of them at once. */
function cell(column: Column, { id, source, reason }: RowProps) {
  const node = source.document.nodes[id]!;
  const text = column.text(node, source);
  const look = `${column.numeric ? 'number ' : ''}col-${column.key}`;
  if (column.key === 'name')
    return (
      <div
        role="gridcell"
        class={`${look} cut-front`}
        data-tip={text.length > 20 ? text : undefined}
      >
        <bdi>{text}</bdi>
      </div>
    );
  if (column.numeric && text === kDash) {
    const noBytes = column.key === 'intensity' && source.figures.bytes[id] === 0;
    return (
      <div role="gridcell" class={look}>
        <Value text={text} reason={noBytes ? t('unknown_no_bytes') : reason} />
      </div>
    );
  }
  const color = () => kBoundColor[source.figures.bound(id)] ?? '#8c8c8c';
  if (column.bar)
    return (
      <div role="gridcell" class={look}>
        <ShareBar share={barShare(column.bar(node, source), source)} color={color()} />
        <span>{text}</span>
      </div>
    );
  const tip = tipOf(column, text, node.class, () => column.tip?.(node, source) ?? '');
  return (
    <div role="gridcell" class={look} data-tip={tip}>
      {(column.key === 'class' || column.key === 'op') && <Swatch name={node.class} />}
      {column.key === 'bound' && (
        <span class="swatch rect" style={{ background: color() }} aria-hidden="true" />
      )}
      {text}
    </div>
  );
}

// Bars are drawn against the costliest layer, so that a thousand small layers still show a profile.
const kLongest = new WeakMap<object, number>();
function barShare(share: number, source: Source): number {
  let longest = kLongest.get(source.figures);
  if (longest === undefined) {
    longest = 0;
    for (const value of source.figures.seconds) if (value > longest) longest = value;
    kLongest.set(source.figures, longest);
  }
  return (share * source.figures.total.seconds) / longest;
}

function tipOf(
  column: Column,
  text: string,
  layerClass: string,
  exactText: () => string,
): string | undefined {
  if (column.key === 'op') return `${text}, ${layerClass}`;
  if (!column.numeric) return text.length > 14 ? text : undefined;
  return exactText() || undefined;
}

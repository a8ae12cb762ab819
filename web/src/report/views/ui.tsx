// Small parts that every section shares: sections, the chart-or-table frame, plain tables, swatches.

import type { Signal } from '@preact/signals';
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { csv, saveFile } from '../csv';
import { cutMiddle, kDash, percent } from '../format';
import type { Count } from '../document';
import type { Follower } from '../follower';
import type { ReportModel } from '../model';
import { classColor, classSymbol } from '../palette';
import { type MessageKey, t } from '../text';

const ModelContext = createContext<ReportModel | null>(null);
export const ModelProvider = ModelContext.Provider;

export function useModel(): ReportModel {
  const model = useContext(ModelContext);
  if (!model) throw new Error('a view outside the report');
  return model;
}

const FollowerContext = createContext<Follower | null>(null);

/** Around a section that need not be redrawn with what is in sight. */
export function Later({ children }: { children: ComponentChildren }) {
  const { redraw } = useModel();
  const follower = useMemo(() => redraw.add(), [redraw]);
  useEffect(() => () => redraw.remove(follower), [follower]);
  return (
    <FollowerContext.Provider value={follower}>
      <ModelProvider value={follower.model}>{children}</ModelProvider>
    </FollowerContext.Provider>
  );
}

/** Neither what the bar covers nor a section's empty edge. */
const kSight = '-64px 0px -32px 0px';

/** Tells the section's follower whether anybody sees it. */
function useSight(): { current: HTMLElement | null } {
  const ref = useRef<HTMLElement>(null);
  const { redraw } = useModel();
  const follower = useContext(FollowerContext);
  useEffect(() => {
    const element = ref.current;
    if (!element || !follower) return undefined;
    const observer = new IntersectionObserver(
      (entries) => redraw.see(follower, entries.at(-1)!.isIntersecting),
      { rootMargin: kSight },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [follower]);
  return ref;
}

export function Section(props: {
  id: string;
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
  quietTitle?: boolean;
}) {
  const ref = useSight();
  return (
    <section ref={ref} id={props.id} aria-labelledby={`${props.id}-title`}>
      <div class="section-head">
        <h2 id={`${props.id}-title`} class={props.quietTitle ? 'unseen' : undefined}>
          {props.title}
        </h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}

export type Cell =
  | string
  | number
  | null
  | {
      text: string;
      exact?: string | number | null;
      tip?: string;
      /** The model's own words: cut where long, broken at their separators. */
      isName?: boolean;
      onClick?: () => void;
    };
export interface TableData {
  header: string[];
  numeric?: boolean[];
  rows: Cell[][];
}

const kTableRows = 200;

/** The same data as its chart, for reading aloud and for copying. */
export function DataTable({ data, name }: { data: TableData; name: string }) {
  const shown = data.rows.slice(0, kTableRows);
  const raw = (cell: Cell) =>
    cell !== null && typeof cell === 'object' ? (cell.exact ?? cell.text) : cell;
  return (
    <div class="data-table">
      <div class="table-scroll" tabIndex={0} role="region" aria-label={name}>
        <table>
          <thead>
            <tr>
              {data.header.map((title, index) => (
                <th scope="col" class={data.numeric?.[index] ? 'number' : undefined}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr>
                {row.map((cell, index) => (
                  <td class={data.numeric?.[index] ? 'number' : undefined}>
                    <CellText cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        {shown.length < data.rows.length && (
          <span>{t('rows_shown', { shown: shown.length, all: data.rows.length })} </span>
        )}
        <button
          type="button"
          class="plain screen-only"
          onClick={() =>
            saveFile(
              `${name}.csv`,
              'text/csv',
              csv(
                data.header,
                data.rows.map((row) => row.map(raw)),
              ),
            )
          }
        >
          {t('download_csv')}
        </button>
      </p>
    </div>
  );
}

function CellText({ cell }: { cell: Cell }) {
  if (cell === null) return <>{kDash}</>;
  if (typeof cell !== 'object') return <bdi>{String(cell)}</bdi>;
  const tip = cell.tip ?? undefined;
  const text = cell.isName ? <Name text={cell.text} /> : <bdi>{cell.text}</bdi>;
  if (cell.onClick)
    return (
      <button type="button" class="link" onClick={cell.onClick} data-tip={tip}>
        {text}
      </button>
    );
  return <span data-tip={tip}>{text}</span>;
}

/** A chart with a button that swaps it for its table. */
export function Figure(props: {
  title: string;
  table: () => TableData;
  controls?: ComponentChildren;
  children: ComponentChildren;
  level?: 3 | 2;
  hideTitle?: boolean;
}) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return (
    <figure class="figure" aria-labelledby={id}>
      <div class={`figure-head ${props.hideTitle ? 'lifted' : ''}`}>
        <h3 id={id} class={props.hideTitle ? 'unseen' : undefined}>
          {props.title}
        </h3>
        <div class="controls screen-only">
          {!asTable && props.controls}
          <button
            type="button"
            aria-pressed={asTable}
            aria-label={t(asTable ? 'chart_of' : 'table_of', { title: props.title })}
            onClick={() => setAsTable(!asTable)}
          >
            {t(asTable ? 'chart' : 'table')}
          </button>
        </div>
      </div>
      {asTable ? <DataTable data={props.table()} name={props.title} /> : props.children}
    </figure>
  );
}

export function Swatch({ name }: { name: string }) {
  return (
    <span
      class={`swatch ${classSymbol(name).startsWith('path:') ? 'hexagon' : classSymbol(name)} ${name === 'unknown' ? 'hatched' : ''}`}
      style={name === 'unknown' ? undefined : { background: classColor(name) }}
      aria-hidden="true"
    />
  );
}

export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: { value: T; text: string; disabled?: boolean }[];
  onChange: (value: T) => void;
  hideLabel?: boolean;
  tip?: string;
}) {
  return (
    <label class="choice" data-tip={props.tip}>
      <span class={props.hideLabel ? 'unseen' : undefined}>{props.label}</span>
      <select
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value as T)}
      >
        {props.options.map((option) => (
          <option
            value={option.value}
            disabled={option.disabled}
            selected={option.value === props.value}
          >
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** One of a few, all in sight. */
export function Segments<T extends string>(props: {
  label: string;
  value: T;
  options: { value: T; text: string; tip?: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <div class="segments" role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button
          type="button"
          aria-pressed={option.value === props.value}
          data-tip={option.tip}
          onClick={() => props.onChange(option.value)}
        >
          {option.text}
        </button>
      ))}
    </div>
  );
}

export function ShareBar({ share, color, label }: { share: number; color: string; label?: Count }) {
  const width = Number.isFinite(share) ? Math.max(0, Math.min(1, share)) * 100 : 0;
  return (
    <span class="share-bar" aria-hidden="true" data-label={label ?? undefined}>
      <span style={{ width: `${width}%`, background: color }} />
    </span>
  );
}

/** A figure that may be unknown: then a dash, with the reason as its tooltip. */
export function Value({ text, tip, reason }: { text: string; tip?: string; reason?: string }) {
  if (text !== kDash) return <span data-tip={tip}>{text}</span>;
  return (
    <span
      class="unknown"
      tabIndex={0}
      data-tip={t('unknown_why', { reason: reason ?? t('unknown_default') })}
      aria-label={t('unknown')}
    >
      {kDash}
    </span>
  );
}

export const shareText = (part: number, whole: number) => percent(whole > 0 ? part / whole : null);

/** Width of an element, followed through every change of layout. */
export function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const read = () => setWidth(Math.floor(element.clientWidth));
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

/** True from the moment the element first comes near the screen: charts wait for that. */
export function useNear(ref: { current: HTMLElement | null }): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element || near) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true);
      },
      { rootMargin: '300px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [near]);
  return near;
}

export const metricMessage = (metric: string) => t(`metric_${metric}` as MessageKey);
export const className = (name: string) => name;
export const nodeName = (name: string) => name || t('unnamed');

const kLongestName = 40;

/** A name of the model in a table: lines end behind its separators, never within a word, and a long
 * one is cut in the middle, whole as its title. */
export function Name({ text, most = kLongestName }: { text: string; most?: number }) {
  const shown = cutMiddle(text, most);
  return (
    <bdi class="name" title={shown === text ? undefined : text}>
      {shown.split(/(?<=[./:_\-\s\u2026])(?=[^./:_\-\s])/).map((word, index) => (
        <>
          {index > 0 && <wbr />}
          {word}
        </>
      ))}
    </bdi>
  );
}

/** The end of a layer's path tells more than its beginning, so a long one is cut at the front. */
export function CutFront({ text }: { text: string }) {
  return (
    <span class="cut-front" data-tip={text.length > 20 ? text : undefined}>
      <bdi>{text}</bdi>
    </span>
  );
}

const kMoreRows = 200;

/** Under a table of which the first `limit` rows are shown; nothing once all are. */
export function MoreRows({ limit, all }: { limit: Signal<number>; all: number }) {
  const left = all - limit.value;
  if (left <= 0) return null;
  return (
    <button
      type="button"
      onClick={() => {
        limit.value += kMoreRows;
      }}
    >
      {t('more_rows', { n: Math.min(kMoreRows, left) })}
    </button>
  );
}

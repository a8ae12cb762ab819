// The main picture and its handling: hover, selection by click and by rectangle, zoom, keyboard.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { fromPixelX, fromPixelY, type Window } from '../charts/axes';
import { type Canvas, makeCanvas } from '../charts/echarts';
import { forget, later } from '../charts/later';
import { hit, inside, type Marks, makeMarks, placeOf, type View } from '../charts/marks';
import { fullWindow, layout, rooflineOption, type RooflineScene, shortName } from '../charts/roofline';
import type { Roofline } from '../document';
import { known } from '../figures';
import { bytes, percent, rate, ratio, seconds, si } from '../format';
import type { ReportModel, Zoom } from '../model';
import { kClassOrder, kDark, kLight } from '../palette';
import { t } from '../text';
import { precisionName } from './header';
import { PrintChart, printRoofline } from './print';
import { layerTip } from './layertip';
import { hideTip, showTip } from './tooltip';
import { Figure, nodeName, Section, Segments, Swatch, type TableData, useModel, useNear, useWidth } from './ui';

type Mode = 'select' | 'pan';

export function RooflineSection() {
  const model = useModel();
  const mode = useSignal<Mode>('select');
  const roofline = model.roofline.value;
  const marks = useComputed(() => makeMarks(model.document.value.nodes, model.figures.value));
  if (!roofline) return <Section id="roofline" title={t('section_roofline')}><p class="empty">{t('roofline_none')}</p></Section>;
  const empty = marks.value.main.length === 0 && marks.value.strip.length === 0;
  return (
    <Section id="roofline" title={t('section_roofline')}>
      <Figure title={t('roofline_title')} hideTitle table={() => rooflineTable(model, marks.value)} controls={<Controls mode={mode} marks={marks.value} />}>
        {empty && <p class="empty">{t('roofline_empty')}</p>}
        <Chart roofline={roofline} marks={marks.value} mode={mode.value} />
        <PrintChart draw={printRoofline} />
        <Legend marks={marks.value} />
      </Figure>
      <p class="quiet">
        {t('roofline_help')} {model.convention.value === 'course' && t('roofline_course')}{' '}
        {marks.value.leftOut > 0 && t('roofline_left_out', { n: marks.value.leftOut })}
      </p>
    </Section>
  );
}

function Controls({ mode, marks }: { mode: { value: Mode }; marks: Marks }) {
  const model = useModel();
  return (
    <>
      <Overlays />
      <Segments label={t('drag_does')} value={mode.value} options={[{ value: 'select', text: t('mode_select') }, { value: 'pan', text: t('mode_pan') }]} onChange={(value) => { mode.value = value; }} />
      <div class="segments" role="group" aria-label={t('zoom_in')}>
        <button type="button" aria-label={t('zoom_in')} data-tip={`${t('zoom_in')}\n${t('wheel_hint')}`} onClick={() => zoomBy(model, marks, 1 / 1.5)}>+</button>
        <button type="button" aria-label={t('zoom_out')} data-tip={t('zoom_out')} onClick={() => zoomBy(model, marks, 1.5)}>−</button>
        <button type="button" disabled={!model.zoom.value} aria-label={t('zoom_reset')} onClick={() => { model.zoom.value = null; }}>{t('reset')}</button>
      </div>
    </>
  );
}

function Overlays() {
  const model = useModel();
  if (model.rooflines.value.length < 2) return null;
  const toggle = (index: number) => {
    const list = model.overlays.value;
    model.overlays.value = list.includes(index) ? list.filter((other) => other !== index) : [...list, index];
  };
  return (
    <details class="menu">
      <summary>{t('overlay')}</summary>
      <div class="menu-body">
        {model.rooflines.value.map((roofline, index) => index !== model.rooflineIndex.value && (
          <label><input type="checkbox" checked={model.overlays.value.includes(index)} onChange={() => toggle(index)} />
            {shortName(roofline.device)} {precisionName(roofline.precision, roofline.evaluated_as)}, {t(roofline.source)}</label>
        ))}
      </div>
    </details>
  );
}

function Legend({ marks }: { marks: Marks }) {
  const { nodes } = useModel().document.value;
  const present = useMemo(() => {
    const drawn = new Set([...marks.main, ...marks.strip].map((id) => nodes[id]!.class));
    return kClassOrder.filter((name) => drawn.has(name));
  }, [marks, nodes]);
  return <p class="legend">{present.map((name) => <span><Swatch name={name} />{name}</span>)}</p>;
}

function windowOf(model: ReportModel, marks: Marks): Zoom {
  return model.zoom.value ?? fullWindow(marks, rooflinesInSight(model));
}

/** All precisions of the chosen device, so that switching among them does not move the axes. */
function rooflinesInSight(model: ReportModel): Roofline[] {
  const chosen = model.roofline.value;
  return model.rooflines.value.filter((roofline, index) => (roofline.device === chosen?.device && roofline.source === chosen.source) || model.overlays.value.includes(index));
}

const scaled = ([low, high]: Window, factor: number, center = (low + high) / 2): Window => [center + (low - center) * factor, center + (high - center) * factor];

function zoomBy(model: ReportModel, marks: Marks, factor: number, center?: { x: number; y: number }): void {
  const { x, y } = windowOf(model, marks);
  if (factor < 1 && x[1] - x[0] < 0.2) return;
  if (factor > 1 && x[1] - x[0] > 14) return;
  model.zoom.value = { x: scaled(x, factor, center?.x), y: scaled(y, factor, center?.y) };
}

function Chart({ roofline, marks, mode }: { roofline: Roofline; marks: Marks; mode: Mode }) {
  const model = useModel();
  const [box, width] = useWidth();
  const near = useNear(box);
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<Canvas | null>(null);
  const hovered = useSignal<number | null>(null);
  const height = width < 600 ? 420 : 500;
  const window = windowOf(model, marks);
  const scene: RooflineScene = {
    nodes: model.document.value.nodes, marks, roofline, overlays: model.overlays.value.filter((index) => index !== model.rooflineIndex.value).flatMap((index) => model.rooflines.value[index] ?? []),
    included: model.visibleSet.value, selected: model.selected.value, theme: model.dark.value ? kDark : kLight, width, height, window,
  };
  const view = layout(width, height, marks, window);

  useLayoutEffect(() => {
    if (!near || width === 0 || !element.current) return;
    const target = element.current;
    later(canvas, () => {
      if (!canvas.current) canvas.current = makeCanvas(target);
      canvas.current.resize();
      canvas.current.draw(rooflineOption(scene));
    });
  });
  useEffect(() => () => {
    forget(canvas);
    canvas.current?.dispose();
  }, []);

  const frame = useRef<{ view: View; scene: RooflineScene; mode: Mode }>({ view, scene, mode });
  frame.current = { view, scene, mode };
  const rectangle = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (element.current && rectangle.current) listen(element.current, rectangle.current, model, frame, (id) => { hovered.value = id; });
  }, []);

  return (
    <div class="chart" ref={box} style={{ height: `${height}px` }}>
      <div class={`chart-canvas ${mode}`} ref={element} tabIndex={0} role="application" aria-label={t('roofline_keys', { n: marks.main.length + marks.strip.length })} style={{ height: `${height}px` }} />
      <div class="rubber" ref={rectangle} hidden />
      <HoverRing hovered={hovered} view={view} marks={marks} />
      <span class="unseen" aria-live="polite">{model.selected.value === null ? '' : layerTip(model, model.selected.value).join(', ')}</span>
    </div>
  );
}

/** Apart from the canvas, so that following the pointer does not redraw 14,000 marks. */
function HoverRing({ hovered, view, marks }: { hovered: { value: number | null }; view: View; marks: Marks }) {
  const id = hovered.value;
  if (id === null) return null;
  const place = placeOf(marks, view, id);
  if (!place) return null;
  const size = marks.radius[id]! * 2 + 8;
  return <div class="ring" style={{ left: `${place.x - size / 2}px`, top: `${place.y - size / 2}px`, width: `${size}px`, height: `${size}px` }} />;
}

type Frame = { current: { view: View; scene: RooflineScene; mode: Mode } };

function listen(element: HTMLElement, rubber: HTMLElement, model: ReportModel, frame: Frame, hover: (id: number | null) => void): void {
  let start: { x: number; y: number; zoom: Zoom; pan: boolean; moved: boolean } | null = null;
  const position = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const under = (event: MouseEvent) => {
    const { x, y } = position(event);
    const { scene, view } = frame.current;
    return hit(scene.marks, view, scene.included, x, y);
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const pan = frame.current.mode === 'pan' || event.shiftKey;
    // A finger scrolls the page unless panning was asked for.
    if (event.pointerType !== 'mouse' && !pan) return;
    start = { ...position(event), zoom: frame.current.scene.window, pan, moved: false };
    element.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const { x, y } = position(event);
    if (!start) {
      const id = under(event);
      hover(id);
      element.classList.toggle('over', id !== null);
      if (id === null) hideTip();
      else showTip(layerTip(model, id), event.clientX + 14, event.clientY + 14);
      return;
    }
    start.moved ||= Math.hypot(x - start.x, y - start.y) > 4;
    if (!start.moved) return;
    hideTip();
    if (start.pan) pan(model, frame.current.view, start, x, y);
    else drawRubber(rubber, start, { x, y });
  };
  const up = (event: PointerEvent) => {
    const begun = start;
    start = null;
    rubber.hidden = true;
    if (begun?.moved && !begun.pan) {
      const { x, y } = position(event);
      const { scene, view } = frame.current;
      const ids = inside(scene.marks, view, [begun.x, begun.y], [x, y]);
      model.brushed.value = ids.size > 0 ? ids : null;
    }
    if (begun?.moved) return;
    const id = under(event);
    if (id !== null) model.select(id);
  };
  const leave = () => {
    hover(null);
    hideTip();
  };
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = position(event);
    const { view, scene } = frame.current;
    zoomBy(model, scene.marks, event.deltaY > 0 ? 1.15 : 1 / 1.15, { x: fromPixelX(view.plot, view.x, x), y: fromPixelY(view.plot, view.y, y) });
  };
  const key = (event: KeyboardEvent) => pressed(event, model, frame.current.scene);
  const twice = () => { model.zoom.value = null; };
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointerleave', leave);
  element.addEventListener('wheel', wheel, { passive: false });
  element.addEventListener('keydown', key);
  element.addEventListener('dblclick', twice);
}

function drawRubber(rubber: HTMLElement, from: { x: number; y: number }, to: { x: number; y: number }): void {
  rubber.hidden = false;
  rubber.style.left = `${Math.min(from.x, to.x)}px`;
  rubber.style.top = `${Math.min(from.y, to.y)}px`;
  rubber.style.width = `${Math.abs(from.x - to.x)}px`;
  rubber.style.height = `${Math.abs(from.y - to.y)}px`;
}

function pan(model: ReportModel, view: View, start: { x: number; y: number; zoom: Zoom }, x: number, y: number): void {
  const { zoom } = start;
  const dx = ((x - start.x) / view.plot.width) * (zoom.x[1] - zoom.x[0]);
  const dy = ((y - start.y) / view.plot.height) * (zoom.y[1] - zoom.y[0]);
  model.zoom.value = { x: [zoom.x[0] - dx, zoom.x[1] - dx], y: [zoom.y[0] + dy, zoom.y[1] + dy] };
}

function pressed(event: KeyboardEvent, model: ReportModel, scene: RooflineScene): void {
  const walk = (step: number) => {
    const order = [...scene.marks.main, ...scene.marks.strip].filter((id) => scene.included[id]);
    if (order.length === 0) return;
    const at = model.selected.value === null ? -1 : order.indexOf(model.selected.value);
    const next = at < 0 ? 0 : (at + step + order.length) % order.length;
    model.select(order[next]!, false);
  };
  const actions: Record<string, () => void> = {
    ArrowRight: () => walk(1), ArrowLeft: () => walk(-1), '+': () => zoomBy(model, scene.marks, 1 / 1.5), '-': () => zoomBy(model, scene.marks, 1.5),
    '0': () => { model.zoom.value = null; }, Enter: () => { if (model.selected.value !== null) model.select(model.selected.value); },
    Escape: () => { model.brushed.value = null; },
  };
  const action = actions[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
}

function rooflineTable(model: ReportModel, marks: Marks): TableData {
  const figures = model.figures.value;
  const { nodes } = model.document.value;
  const shown = model.visibleSet.value;
  const ids = [...marks.main, ...marks.strip].filter((id) => shown[id]);
  return {
    header: [t('layer'), t('operator'), t('class'), t('flops'), t('bytes'), `${t('intensity')}, ${t('unit_intensity')}`, 'FLOP/s', t('bound'), `${t('time')}, ${t('predicted')}`, t('share')],
    numeric: [false, false, false, true, true, true, true, false, true, true],
    rows: ids.map((id) => {
      const value = (column: Float64Array, text: (number: number | null) => string) => ({ text: text(known(column[id]!)), exact: known(column[id]!) });
      return [
        { text: nodeName(nodes[id]!.name), onClick: () => model.select(id) }, nodes[id]!.op, nodes[id]!.class,
        value(figures.flops, (number) => si(number, '')), value(figures.bytes, bytes), value(figures.intensity, ratio), value(figures.performance, rate),
        t(boundKey(figures.bound(id))), value(figures.seconds, seconds), percent(figures.seconds[id]! / figures.total.seconds),
      ];
    }),
  };
}

export const boundKey = (letter: string) => (`bound_${'cml'.includes(letter) ? letter : 'n'}` as 'bound_c' | 'bound_m' | 'bound_l' | 'bound_n');

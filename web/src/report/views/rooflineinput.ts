// How the roofline answers to pointer, wheel and keyboard: hover, selection, rectangle, pan, zoom.

import { fromPixelX, fromPixelY, type Window } from '../charts/axes';
import { hit, inside, type Marks, type View } from '../charts/marks';
import { fullWindow, type RooflineScene } from '../charts/roofline';
import type { Roofline } from '../document';
import type { ReportModel, Zoom } from '../model';
import { layerTip } from './layertip';
import { hideTip, showTip } from './tooltip';

export type Mode = 'select' | 'pan';

export function windowOf(model: ReportModel, marks: Marks): Zoom {
  return model.zoom.value ?? fullWindow(marks, rooflinesInSight(model));
}

/** All precisions of the chosen device, so that switching among them does not move the axes. */
function rooflinesInSight(model: ReportModel): Roofline[] {
  const chosen = model.roofline.value;
  return model.rooflines.value.filter(
    (roofline, index) =>
      (roofline.device === chosen?.device && roofline.source === chosen.source) ||
      model.overlays.value.includes(index),
  );
}

const scaled = ([low, high]: Window, factor: number, center = (low + high) / 2): Window => [
  center + (low - center) * factor,
  center + (high - center) * factor,
];

export function zoomBy(
  model: ReportModel,
  marks: Marks,
  factor: number,
  center?: { x: number; y: number },
): void {
  const { x, y } = windowOf(model, marks);
  if (factor < 1 && x[1] - x[0] < 0.2) return;
  if (factor > 1 && x[1] - x[0] > 14) return;
  model.zoom.value = { x: scaled(x, factor, center?.x), y: scaled(y, factor, center?.y) };
}

export type Frame = { current: { view: View; scene: RooflineScene; mode: Mode } };

export function listen(
  element: HTMLElement,
  rubber: HTMLElement,
  model: ReportModel,
  frame: Frame,
  hover: (id: number | null) => void,
): void {
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
    zoomBy(model, scene.marks, event.deltaY > 0 ? 1.15 : 1 / 1.15, {
      x: fromPixelX(view.plot, view.x, x),
      y: fromPixelY(view.plot, view.y, y),
    });
  };
  const key = (event: KeyboardEvent) => pressed(event, model, frame.current.scene);
  const twice = () => {
    model.zoom.value = null;
  };
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointerleave', leave);
  element.addEventListener('wheel', wheel, { passive: false });
  element.addEventListener('keydown', key);
  element.addEventListener('dblclick', twice);
}

function drawRubber(
  rubber: HTMLElement,
  from: { x: number; y: number },
  to: { x: number; y: number },
): void {
  rubber.hidden = false;
  rubber.style.left = `${Math.min(from.x, to.x)}px`;
  rubber.style.top = `${Math.min(from.y, to.y)}px`;
  rubber.style.width = `${Math.abs(from.x - to.x)}px`;
  rubber.style.height = `${Math.abs(from.y - to.y)}px`;
}

function pan(
  model: ReportModel,
  view: View,
  start: { x: number; y: number; zoom: Zoom },
  x: number,
  y: number,
): void {
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
    ArrowRight: () => walk(1),
    ArrowLeft: () => walk(-1),
    '+': () => zoomBy(model, scene.marks, 1 / 1.5),
    '-': () => zoomBy(model, scene.marks, 1.5),
    '0': () => {
      model.zoom.value = null;
    },
    Enter: () => {
      if (model.selected.value !== null) model.select(model.selected.value);
    },
    Escape: () => {
      model.brushed.value = null;
    },
  };
  const action = actions[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
}

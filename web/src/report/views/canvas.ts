// A chart's canvas: made once it comes near the view, drawn anew after each render of its view.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Canvas, type ChartOption, makeCanvas } from '../charts/echarts';
import { forget, later } from '../charts/later';
import { useNear } from './ui';

/** The element to draw in; `option` gives what to draw, or null where there is nothing yet. */
export function useCanvas(
  box: { current: HTMLElement | null },
  width: number,
  option: () => ChartOption | null,
): { current: HTMLDivElement | null } {
  const near = useNear(box);
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<Canvas | null>(null);
  useLayoutEffect(() => {
    const target = element.current;
    if (!near || width === 0 || !target) return;
    later(canvas, () => {
      const drawn = option();
      if (!drawn) return;
      canvas.current ??= makeCanvas(target);
      canvas.current.resize();
      canvas.current.draw(drawn);
    });
  });
  useEffect(
    () => () => {
      forget(canvas);
      canvas.current?.dispose();
    },
    [],
  );
  return element;
}

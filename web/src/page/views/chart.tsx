// A chart without pointer handling of its own: made once it comes near the view, drawn anew whenever
// what it shows, its width or the theme changes.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Canvas, type ChartOption, makeCanvas } from '../../report/charts/echarts';
import { kDark, kLight, type ChartTheme } from '../../report/palette';
import { useNear, useWidth } from '../../report/views/ui';

/** `option` gives what to draw at a width, or null where there is nothing yet. */
export function Chart(props: {
  height: number;
  label: string;
  dark: boolean;
  option: (width: number, theme: ChartTheme) => ChartOption | null;
}) {
  const [box, width] = useWidth();
  const near = useNear(box);
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<Canvas | null>(null);
  useLayoutEffect(() => {
    if (!near || width === 0 || !element.current) return;
    const option = props.option(width, props.dark ? kDark : kLight);
    if (!option) return;
    canvas.current ??= makeCanvas(element.current);
    canvas.current.resize();
    canvas.current.draw(option);
  });
  useEffect(() => () => canvas.current?.dispose(), []);
  const style = { height: `${props.height}px` };
  return (
    <div ref={box} style={style}>
      <div ref={element} role="img" aria-label={props.label} style={style} />
    </div>
  );
}

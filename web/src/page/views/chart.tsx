// A chart without pointer handling of its own: drawn anew whenever what it shows, its width or the
// theme changes.

import type { ChartOption } from '../../report/charts/echarts';
import { kDark, kLight, type ChartTheme } from '../../report/palette';
import { useCanvas } from '../../report/views/canvas';
import { useWidth } from '../../report/views/ui';

/** `option` gives what to draw at a width, or null where there is nothing yet. */
export function Chart(props: {
  height: number;
  label: string;
  dark: boolean;
  option: (width: number, theme: ChartTheme) => ChartOption | null;
}) {
  const [box, width] = useWidth();
  const element = useCanvas(box, width, () => props.option(width, props.dark ? kDark : kLight));
  const style = { height: `${props.height}px` };
  return (
    <div ref={box} style={style}>
      <div ref={element} role="img" aria-label={props.label} style={style} />
    </div>
  );
}

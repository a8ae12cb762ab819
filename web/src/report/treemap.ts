// Squarified treemap layout (Bruls, Huizing, van Wijk 2000): rows of rectangles as square as the
// values allow.

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Lays `values` (positive, descending) into `area`; one rectangle per value, in order. */
export function squarify(values: number[], area: Rectangle): Rectangle[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  const result: Rectangle[] = [];
  if (total <= 0 || area.width <= 0 || area.height <= 0) {
    return values.map(() => ({ x: area.x, y: area.y, width: 0, height: 0 }));
  }
  const scale = (area.width * area.height) / total;
  let rest = { ...area };
  let start = 0;
  while (start < values.length) {
    const side = Math.min(rest.width, rest.height);
    const end = rowEnd(values, start, side, scale);
    rest = layRow(
      values.slice(start, end).map((value) => value * scale),
      rest,
      result,
    );
    start = end;
  }
  return result;
}

/** Takes values into the row as long as its worst aspect ratio does not get worse. */
function rowEnd(values: number[], start: number, side: number, scale: number): number {
  let sum = 0;
  let smallest = Infinity;
  let largest = 0;
  let worst = Infinity;
  for (let index = start; index < values.length; index += 1) {
    const surface = values[index]! * scale;
    sum += surface;
    smallest = Math.min(smallest, surface);
    largest = Math.max(largest, surface);
    const square = sum * sum;
    const ratio = Math.max((side * side * largest) / square, square / (side * side * smallest));
    if (ratio > worst) return index;
    worst = ratio;
  }
  return values.length;
}

function layRow(surfaces: number[], area: Rectangle, into: Rectangle[]): Rectangle {
  const sum = surfaces.reduce((total, surface) => total + surface, 0);
  if (area.width >= area.height) {
    const width = area.height > 0 ? sum / area.height : 0;
    let y = area.y;
    for (const surface of surfaces) {
      const height = width > 0 ? surface / width : 0;
      into.push({ x: area.x, y, width, height });
      y += height;
    }
    return {
      x: area.x + width,
      y: area.y,
      width: Math.max(0, area.width - width),
      height: area.height,
    };
  }
  const height = area.width > 0 ? sum / area.width : 0;
  let x = area.x;
  for (const surface of surfaces) {
    const width = height > 0 ? surface / height : 0;
    into.push({ x, y: area.y, width, height });
    x += width;
  }
  return {
    x: area.x,
    y: area.y + height,
    width: area.width,
    height: Math.max(0, area.height - height),
  };
}

// The product's fixed colours: Okabe-Ito for classes, and one shape each so that colour is never
// alone. `unknown` is hatched in the page's style sheet.

export interface ClassLook {
  color: string;
  symbol: string;
  label: string;
}

export const kClassOrder = [
  'contraction',
  'elementwise',
  'reduction',
  'normalization',
  'copy',
  'quantize',
  'control',
  'view',
  'shape',
  'constant',
  'unknown',
] as const;

export const kClassColor: Record<string, string> = {
  contraction: '#0072b2',
  elementwise: '#e69f00',
  reduction: '#009e73',
  normalization: '#f0e442',
  copy: '#d55e00',
  quantize: '#cc79a7',
  control: '#56b4e9',
  view: '#8c8c8c',
  shape: '#8c8c8c',
  constant: '#8c8c8c',
  unknown: '#1a1a1a',
};

export const kBoundColor: Record<string, string> = {
  c: '#0072b2',
  m: '#e69f00',
  l: '#8c8c8c',
  n: '#bdbdbd',
};

const kHexagon = 'path://M0 5L3 0L9 0L12 5L9 10L3 10Z';

export const kClassSymbol: Record<string, string> = {
  contraction: 'circle',
  elementwise: 'rect',
  reduction: 'triangle',
  normalization: 'diamond',
  copy: kHexagon,
  quantize: 'roundRect',
  control: 'diamond',
  view: 'circle',
  shape: 'circle',
  constant: 'circle',
  unknown: 'circle',
};

export const classColor = (name: string) => kClassColor[name] ?? '#1a1a1a';
export const classSymbol = (name: string) => kClassSymbol[name] ?? 'circle';

/** Colours of charts that cannot read the style sheet's variables. */
export interface ChartTheme {
  text: string;
  muted: string;
  grid: string;
  axis: string;
  background: string;
  accent: string;
  outline: string;
}

export const kLight: ChartTheme = {
  text: '#1b1b1b',
  muted: '#5c5c5c',
  grid: '#e4e4e4',
  axis: '#8a8a8a',
  background: '#ffffff',
  accent: '#0a5fb4',
  outline: '#ffffff',
};

export const kDark: ChartTheme = {
  text: '#ececec',
  muted: '#a8a8a8',
  grid: '#343434',
  axis: '#7d7d7d',
  background: '#161616',
  accent: '#6cb2f5',
  outline: '#161616',
};

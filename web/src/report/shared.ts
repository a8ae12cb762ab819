// The report's modules as a page beside it finds them: its own bundle then holds neither a second
// report nor a second ECharts. build.mjs sends the page's imports here.

import * as signals from '@preact/signals';
import * as preact from 'preact';
import * as hooks from 'preact/hooks';
import * as jsx from 'preact/jsx-runtime';
import * as axes from './charts/axes';
import * as echarts from './charts/echarts';
import * as marks from './charts/marks';
import * as roofline from './charts/roofline';
import * as roofs from './charts/roofs';
import * as columns from './columns';
import * as csv from './csv';
import * as documents from './document';
import * as figures from './figures';
import * as format from './format';
import * as model from './model';
import * as palette from './palette';
import * as text from './text';
import * as urlstate from './urlstate';
import * as app from './views/app';
import * as canvas from './views/canvas';
import * as header from './views/header';
import * as print from './views/print';
import * as tooltip from './views/tooltip';
import * as ui from './views/ui';

export const kShared: Record<string, unknown> = {
  '@preact/signals': signals,
  preact,
  'preact/hooks': hooks,
  'preact/jsx-runtime': jsx,
  'charts/axes': axes,
  'charts/echarts': echarts,
  'charts/marks': marks,
  'charts/roofline': roofline,
  'charts/roofs': roofs,
  columns,
  csv,
  document: documents,
  figures,
  format,
  model,
  palette,
  text,
  urlstate,
  'views/app': app,
  'views/canvas': canvas,
  'views/header': header,
  'views/print': print,
  'views/tooltip': tooltip,
  'views/ui': ui,
};

declare global {
  var trtreportShared: Record<string, unknown> | undefined;
}

globalThis.trtreportShared = kShared;

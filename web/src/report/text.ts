// Every sentence of the report, in one table, so that another language is one more table of the same
// keys. {name} is replaced by an argument.

import { signal } from '@preact/signals';
import { kQuantizationText } from './quantizationtext';
import { kPruningEnglish } from './pruningtext';

export const kEnglish = {
  ...kQuantizationText,
  // Header and sections
  device: 'Device',
  precision: 'Precision',
  convention: 'Convention',
  theme: 'Theme',
  hardware: 'Hardware',
  course: 'Course',
  theme_auto: 'Auto',
  theme_light: 'Light',
  theme_dark: 'Dark',
  datasheet: 'datasheet',
  measured: 'measured',
  predicted: 'predicted',
  device_option: '{name}, {source}',
  convention_hint:
    'Hardware: 1 MAC = 2 FLOP; bytes = weights + inputs + outputs. Course: 1 MAC = 1 FLOP; bytes = weights + outputs.',
  hardware_short: '1 MAC = 2 FLOP',
  course_short: '1 MAC = 1 FLOP',
  no_device: 'no device in this report',
  inputs_label: 'Input {shapes}',
  sections: 'Sections',
  skip: 'Skip to the content',
  section_overview: 'Overview',
  section_roofline: 'Roofline',
  section_time: 'Where the time goes',
  section_operators: 'Operators',
  section_modules: 'Modules',
  section_layers: 'Layers',
  section_memory: 'Memory',
  section_diagnostics: 'Warnings and coverage',
  section_method: 'Method',
  // Common
  unknown: 'Unknown',
  unknown_why: 'Unknown: {reason}',
  unknown_default: 'a size it depends on is not known',
  unknown_no_rule: 'no cost rule covers this operator',
  unknown_no_device: 'no device was named',
  unknown_no_bytes: 'it moves no bytes',
  unknown_data: 'a size depends on the data',
  unknown_unbound: 'a symbolic size is not bound',
  table: 'Table',
  chart: 'Chart',
  close: 'Close',
  reset: 'Reset',
  clear: 'Clear',
  download_csv: 'CSV',
  table_of: 'Show {title} as a table',
  chart_of: 'Show {title} as a chart',
  rows_shown: '{shown} of {all} rows shown; CSV has all.',
  copied: 'Copied',
  layers_one: '1 layer',
  layers_many: '{n} layers',
  share: 'Share',
  layer: 'Layer',
  module: 'Module',
  operator: 'Operator',
  class: 'Class',
  time: 'Time',
  bytes: 'Bytes',
  macs: 'MACs',
  flops: 'FLOPs',
  params: 'Parameters',
  intensity: 'Intensity',
  bound: 'Bound',
  count: 'Layers',
  // Narrowing
  narrowed: '{n} of {all} layers chosen: {share} of the time, {bytes}.',
  narrowed_plain: '{n} of {all} layers chosen.',
  clear_choice: 'Show all layers',
  // Overview
  verdict_none: 'No device was named, so there is no predicted time. Run again with --device NAME.',
  alert_assumed: 'Assumed: {list}. Bind other values with --batch or --dim.',
  alert_unbound:
    'Sizes are missing for {inputs}: run again with {options}. Until then figures that need them are unknown.',
  alert_unmodelled:
    'No cost rule for {ops}: {n} of {all} layers, {share} of the bytes, are left out of the sums.',
  alert_unmodelled_plain: 'No cost rule for {ops}: {n} of {all} layers are left out of the sums.',
  alert_data: '{layers} with a size that depends on the data: figures unknown.',
  alert_external: 'External data is missing: {files}. What needs weight values is skipped.',
  alert_memory:
    'It does not fit: {need} of weights and activations against {have} of device memory.',
  more_warnings: '{n} more under Warnings and coverage',
  no_warnings: 'No warnings.',
  tile_macs: 'MACs',
  tile_flops: 'FLOPs',
  tile_params: 'Parameters',
  tile_weights: 'Weights',
  tile_traffic: 'Traffic',
  tile_intensity: 'Intensity',
  tile_peak: 'Peak activations',
  tile_time: 'Time, {precision}',
  tip_macs:
    'Multiply-accumulates of contractions, counted exactly.\nConv: N·K·(C/g)·R·S·P·Q; MatMul: M·N·K.',
  tip_flops_hardware: '2 × MACs + the per-element work of all other layers.',
  tip_flops_course: 'Course convention: 1 FLOP per MAC.',
  tip_params:
    'Elements of weight tensors, each counted once;\nwithout BatchNorm statistics and shape operands.',
  tip_weights: 'Storage of the weights, each counted once.\nAs stored: {stored}.',
  tip_traffic_hardware:
    'Sum over layers of weights + inputs read + outputs written,\nat the chosen precision. As stored: {stored}.',
  tip_traffic_course: 'Course convention: weights + outputs, as stored.',
  tip_intensity:
    'FLOPs ÷ bytes moved.\nRidge of this device: {ridge} FLOP/B; below it memory bounds, above it arithmetic.',
  tip_peak:
    'Largest sum of activations alive at once, in execution order;\nviews share storage. As stored: {stored}.',
  tip_time:
    'Predicted: sum over layers of max(FLOPs ÷ peak, bytes ÷ bandwidth) + launch; one kernel per layer, nothing fused.\nFloor: {floor}, which no engine can beat.',
  sub_stored: 'stored {value}',
  sub_at: 'at {precision}',
  sub_floor: 'floor {value}',
  sub_ridge: 'ridge {value}',
  sub_macs: 'multiply-accumulates',
  sub_unfused: 'predicted, unfused',
  sub_elements: 'elements',
  sub_at_layer: 'at {name}',
  bullet: 'Intensity {value}, ridge {ridge} FLOP per byte',
  unit_intensity: 'FLOP/B',
  // Roofline
  roofline_title: 'Roofline',
  roofline_x: 'Intensity, FLOP per byte',
  roofline_y: 'FLOP/s, predicted',
  strip_title: 'No arithmetic, by bytes moved',
  roof_tensor: '{precision} tensor {value}',
  roof_vector: '{precision} vector {value}',
  roof_memory: '{value}',
  roof_of: '{device} {label}',
  ridge_label: 'ridge {value}',
  roofline_empty:
    'No layer has both arithmetic and a known size, so there is nothing to place under the roof.',
  roofline_none: 'A roofline needs a device. Run again with --device NAME.',
  roofline_help:
    'Each mark is a layer; its area is its predicted time. Solid roofs are measured, dashed ones come from a datasheet.',
  roofline_course: 'Course convention: marks stand on the roof above their course intensity.',
  roofline_left_out: '{n} layers are not drawn: their figures are unknown.',
  roofline_keys:
    'Roofline of {n} layers. Left and right arrows walk through the layers by time, Enter opens one, plus and minus zoom, 0 resets, Escape clears the selection.',
  mode_select: 'Select',
  mode_pan: 'Pan',
  zoom_in: 'Zoom in',
  zoom_out: 'Zoom out',
  zoom_reset: 'Reset zoom',
  drag_does: 'Dragging',
  overlay: 'Compare roofs',
  overlay_none: 'no other roofs in this report',
  wheel_hint: 'Ctrl + wheel zooms',
  hidden_by_zoom: 'Zoomed',
  // Time
  by_class: 'By class',
  by_module: 'By module',
  by_bound: 'By bound',
  costliest: 'Ten costliest layers',
  costliest_twenty: 'Twenty costliest layers',
  time_open: 'The time is unknown until the open sizes are set.',
  time_empty: 'No layer has a predicted time.',
  other: 'other',
  outside: '(outside modules)',
  rest_groups: '{n} smaller ones',
  bound_c: 'compute',
  bound_m: 'memory',
  bound_l: 'launch',
  bound_n: 'none',
  // Operators, treemap
  operators_title: 'Breakdown by operator',
  operators_filter: 'Show only {op} in the other views',
  treemap_title: 'Modules',
  treemap_all: 'All modules',
  treemap_size: 'Area',
  treemap_open: 'Nothing to lay out until the open sizes are set.',
  treemap_empty: 'Nothing to lay out: the chosen layers have no {metric}.',
  treemap_flat: 'This model names no modules; each box is a layer.',
  treemap_more: '{n} smaller',
  treemap_up: 'Up one level',
  metric_seconds: 'Time',
  metric_macs: 'MACs',
  metric_bytes: 'Bytes',
  metric_params: 'Parameters',
  // Layers
  filter_label: 'Filter layers',
  filter_placeholder: 'conv  op:Conv  time>1%  bytes>1MB  name:/regex/  -class:view',
  filter_help: 'How to filter',
  filter_help_text:
    'Words match name, operator and module. {fields} take a text or /regex/; {numbers} compare with > >= < <= =, in units (1MB, 20us) or percent of the total. A minus in front negates; commas give alternatives.',
  filter_bad_key: '“{token}” has no such field.',
  filter_bad_number: '“{token}” has no number that can be compared.',
  filter_bad_regex: '“{token}” is no valid regular expression.',
  columns: 'Columns',
  layers_none: 'No layer matches.',
  layers_grid: 'Layers; arrows move, Enter opens the details',
  sort_by: 'Sort by {name}',
  all_classes: 'All classes',
  col_id: '#',
  col_name: 'Name',
  col_op: 'Operator',
  col_class: 'Class',
  col_output: 'Output shape',
  col_input: 'Input shape',
  col_macs: 'MACs',
  col_flops: 'FLOPs',
  col_bytes: 'Bytes',
  col_intensity: 'Intensity',
  col_time: 'Time',
  col_share: 'Share',
  col_bound: 'Bound',
  col_scope: 'Module',
  col_params: 'Parameters',
  col_weights: 'Weights',
  col_precision: 'Type',
  col_notes: 'Notes',
  col_performance: 'FLOP/s',
  unit_exact: 'exact',
  unit_predicted: 'predicted',
  unit_stored: 'as stored',
  unit_hardware: 'hardware',
  unit_course: 'course',
  unit_of_time: 'of time',
  unit_at: 'at {precision}',
  unnamed: '(no name)',
  // Inspector
  details: 'Layer details',
  shapes: 'Shape',
  inputs: 'Inputs',
  outputs: 'Outputs',
  attributes: 'Attributes',
  notes: 'Notes',
  figures: 'Figures',
  neighbours: 'Neighbours',
  before: 'Reads from',
  after: 'Read by',
  graph_input: 'graph input',
  graph_output: 'graph output',
  weight: 'weight',
  constant: 'constant',
  activation: 'activation',
  empty_input: '(left out)',
  no_neighbours: 'none',
  more_neighbours: 'and {n} more',
  show_in_table: 'Show in table',
  previous_layer: 'Previous',
  next_layer: 'Next',
  repeats: 'Repeats {n} times; figures are multiplied.',
  figure: 'Figure',
  operator_cost: 'FLOPs: {formula}',
  share_of_time: '{share} of the time',
  bound_by: '{bound}-bound',
  stored_type: 'Computes in {type} as stored.',
  bytes_split: 'Bytes, as stored',
  bytes_weights: 'weights',
  bytes_inputs: 'inputs',
  bytes_outputs: 'outputs',
  // Memory
  memory_title: 'Activations alive while each layer runs',
  memory_x: 'layer, in execution order',
  memory_y: 'as stored',
  memory_share: 'Views share storage',
  memory_copy: 'Every view its own buffer',
  memory_peak: 'Peak {value} at {name}',
  memory_verdict: 'Peak {value} of activations at {name} (layer {id}), as stored.',
  memory_verdict_copy: 'Were every view given its own buffer: {value}.',
  memory_tensors: 'Alive at the peak',
  memory_empty: 'The memory timeline is unknown: {reason}.',
  memory_keys: 'Memory timeline of {n} layers; arrows move, Enter opens a layer.',
  tensor: 'Tensor',
  size: 'Size',
  // Diagnostics
  coverage: '{modelled} of {all} layers are covered by a cost rule.',
  coverage_title: 'Coverage',
  diagnostics_title: 'Diagnostics',
  diagnostics_none: 'The analysis had nothing to remark.',
  severity_error: 'Error',
  severity_warning: 'Warning',
  severity_note: 'Note',
  hint: 'Try: {hint}',
  at_layer: 'layer {id}',
  more_rows: 'Show {n} more',
  unmodelled_title: 'Operators without a rule',
  // Method
  method_counting: 'What is counted',
  method_device: 'Device: {name}',
  method_model: 'Model and versions',
  method_not: 'What is not modelled',
  method_peaks: 'Peaks used',
  method_derivation: 'Derivation',
  method_sources: 'Sources',
  confidence: 'confidence: {text}',
  method_macs:
    'MACs: multiply-accumulates of contractions (convolution, matrix product, recurrent and attention layers), exact integers.',
  method_flops:
    'FLOPs (hardware convention): 2 × MACs plus documented per-element costs of the other layers.',
  method_bytes:
    'Bytes: weights, inputs read and outputs written, each at its type’s true size; views move nothing; a tensor read twice by one layer counts once.',
  method_course:
    'Course convention: 1 FLOP per MAC; bytes are weights and outputs only; views count their output.',
  method_precision:
    'Each roofline re-sizes float32 weights and activations to its precision. Contractions use the tensor peak, all other layers and depthwise convolutions the vector peak.',
  method_seconds:
    'Time, predicted = Σ max(FLOPs ÷ peak, bytes ÷ bandwidth) + launch: one kernel per layer, nothing fused.',
  method_floor:
    'Floor = max(total FLOPs ÷ peak, (weights + graph inputs and outputs) ÷ bandwidth): no engine can be faster.',
  method_units: 'Prefixes are powers of ten: 1 GB = 1,000,000,000 bytes.',
  not_l2: 'Activations that stay in the L2 cache are faster than DRAM allows here.',
  not_fusion: 'An engine fuses layers; the sum over layers does not.',
  not_latency:
    'Starting and waiting: on an H200, layers predicted below 2 µs took 1.7 to 4.3 times as long, those above 20 µs 1.2 to 2.7 times (medians, PyTorch).',
  not_skipped:
    'Input that need not be read (a strided 1 × 1 convolution), and algorithms with fewer products (Winograd).',
  not_clock: 'Clocks that drop under load, and other work on the device.',
  not_overlap: 'Kernels that overlap, and the host’s own time.',
  evaluated_as: '{precision} is evaluated as {evaluated}, as TensorRT does.',
  launch: 'Launch per layer',
  memory_size: 'Memory',
  peak_tensor: 'Tensor peak',
  peak_vector: 'Vector peak',
  bandwidth: 'Bandwidth',
  ridge: 'Ridge',
  accumulate: 'accumulates in {type}',
  file: 'File',
  producer: 'Producer',
  opset: 'Opset',
  structure: 'Structure',
  tool: 'Tool',
  file_size: 'File size',
  external: 'External data',
  present: 'present',
  missing: 'missing',
  value: 'Value',
  formula: 'Formula',
  options: 'Options',
  weight_types: 'Weight types',
  // Failures
  failed_no_decompression:
    'This browser cannot unpack the report’s data (DecompressionStream is missing). The summary below is complete; for the charts use Chromium 80, Firefox 113, Safari 16.4 or newer.',
  failed_damaged:
    'The data inside this report is damaged. The summary below was written separately and can be read.',
  failed_schema: 'The data inside this report has a format that this page does not know.',
  failed_other: 'The charts could not be drawn: {message}. The summary below can be read.',
  // Pruning
  ...kPruningEnglish,
};

export type MessageKey = keyof typeof kEnglish;

/** Sentences of the core by code. The first whose arguments are all there is taken. */
export type Sentences = Record<string, string | string[]>;

/** Another language, or another place to say it: what is lacking is said as the core says it. */
export interface Language {
  code: string;
  messages: Partial<Record<MessageKey, string>>;
  verdicts: Sentences;
  diagnostics: Sentences;
  hints: Sentences;
  /** Findings about weights and quantization. */
  lints: Sentences;
  /** Why values could not be read, by cause_code. */
  causes: Record<string, string>;
  /** Limits of a screening, and guidance on plans of precisions. */
  plans: Sentences;
  /** Notes of layers. */
  notes: Record<string, string>;
  /** Arguments that are words: name of the argument -> English -> this language. */
  words: Record<string, Record<string, string>>;
  /** Whether hints may speak of the command line's options. */
  options: boolean;
}

/** null: English, as the command line says it. A signal, so that whatever says something follows. */
export const language = signal<Language | null>(null);

type Values = Record<string, unknown>;

/** {name} is the value, {name^} the same in capitals. */
export function fill(template: string, values: Values): string {
  return template.replace(kPlaceholder, (whole, name: string, capitals: string) => {
    if (!(name in values)) return whole;
    const text = String(values[name]);
    return capitals ? text.toUpperCase() : text;
  });
}

const kPlaceholder = /\{([a-z0-9_]+)(\^?)\}/g;

export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  return fill(language.value?.messages[key] ?? kEnglish[key], values);
}

interface Said {
  code: string;
  args?: Values;
}

/** A sentence of the core in the chosen language, where its code and arguments suffice for that. */
export function sentence(
  kind: 'verdicts' | 'diagnostics' | 'hints' | 'lints' | 'plans',
  of: Said,
  english: string,
): string {
  const now = language.value;
  const args = of.args ?? {};
  const template = [now?.[kind][of.code] ?? []].flat().find((each) => isFilled(each, args));
  if (!now || template === undefined) return english;
  const word = (name: string) => now.words[name]?.[String(args[name])] ?? args[name];
  const words = Object.fromEntries(Object.keys(args).map((name) => [name, word(name)]));
  if ('cause' in words) words['cause'] = cause(args, String(args['cause']));
  const reason = kind === 'diagnostics' && 'reason' in words ? String(words['reason']) : '';
  return fill(template, words) + reason;
}

/** Why values could not be read, in the chosen language where its code and arguments suffice. */
export function cause(args: Values, english: string): string {
  const template = language.value?.causes[String(args['cause_code'])];
  return template !== undefined && isFilled(template, args) ? fill(template, args) : english;
}

/** What to do about a remark: on a page with controls no option of the command line is named. */
export function hint(of: Said & { hint?: string }): string {
  if (!of.hint) return '';
  const isOption = of.hint.startsWith('--') && language.value?.options === false;
  return sentence('hints', of, isOption ? '' : of.hint);
}

const isFilled = (template: string, args: Values) =>
  [...template.matchAll(kPlaceholder)].every((match) => match[1]! in args);

export const layersText = (n: number) =>
  n === 1 ? t('layers_one') : t('layers_many', { n: n.toLocaleString('en') });

/** What a layer's note code means; codes that a newer tool adds are shown as they are. */
const kNotes: Record<string, string> = {
  foldable: 'Depends only on constants: an engine computes it once while building.',
  foldable_macs: 'Its MACs are counted apart, as an engine computes it while building.',
  assumed_batch: 'Uses an assumed batch of 1.',
  loop_per_iteration: 'The number of repeats is unknown: figures are for one iteration.',
  if_costlier_branch: 'Figures are those of the costlier branch.',
  depthwise:
    'Depthwise convolution: evaluated against the vector peak, as tensor cores do not help it.',
  data_dependent: 'A size depends on the data.',
};

export const noteText = (code: string) => language.value?.notes[code] ?? kNotes[code] ?? null;

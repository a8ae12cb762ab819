// The page's own sentences, beside the report's: one table a language, same keys.

import { fill, language } from '../report/text';
import { kFaults, kKinds } from './chinese/faults';
import { kChinesePage } from './chinese/page';
import type { CoreFault } from '../live/core';

export const kEnglishPage = {
  tagline: 'See where an ONNX model will spend its time on your GPU, before you build the engine.',
  drop_here: 'Drop an .onnx file anywhere on this page',
  drop_more:
    'Add its external data, a device file of trtprobe (.json), or a second model to compare, at once or later.',
  privacy: 'The analysis runs in this browser. Nothing is sent anywhere.',
  promise_roofline: 'What bounds each layer',
  promise_roofline_text:
    'Predicted time, roofline, memory over the run, and where all of it goes: by layer, operator and module.',
  promise_whatif: 'What if',
  promise_whatif_text:
    'Another GPU, precision or batch, for the whole model or for chosen layers: figures follow at once.',
  promise_share: 'To show around',
  promise_share_text:
    'Compare two models layer by layer, save the report as one HTML file, or a summary for a pull request.',
  about: 'Not affiliated with NVIDIA. NVIDIA and TensorRT are trademarks of NVIDIA Corporation.',
  notices: 'Third-party notices',
  open_file: 'Open files',
  open_sample: 'Try ResNet-50',
  open_other: 'Compare with a file',
  brand_hint: 'Roofline reports of ONNX models',
  drop_open: 'Drop to open',
  drop_compare: 'Drop to compare with {name}',
  files_menu: 'Files',
  export_menu: 'Export',
  language: 'Language',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  stage_loading: 'Loading',
  stage_reading: 'Reading {file}',
  stage_analysing: 'Analysing {file}',
  stage_writing: 'Writing the report of {file}',
  bytes_read: '{value} read',
  bytes_written: '{value} written',
  bytes_loaded: '{value} loaded',
  external_wanted: 'Weights are in other files. Drop {names} here too, or choose them:',
  external_meanwhile: 'The report below shows everything that needs no weight values.',
  choose_files: 'Choose files',
  left_alone: 'Left alone, as it is neither a model, nor its data, nor a device file: {names}.',
  too_many: 'Two models at most are open at once. Left alone: {names}.',
  device_added: 'Device added: {names}.',
  external_added: 'External data added: {names}.',
  trouble: '{file} could not be analysed.',
  trouble_at: 'At byte {offset}.',
  fault_worker: 'The analysis could not be started: {message}',
  fault_fetch: 'The file could not be fetched: {message}.',
  fault_other_origin: 'Only files of this site can be opened by their address, not of {message}.',
  fault_crashed: 'The analysis broke down ({message}). Please report the model’s structure.',
  fault_no_batch: 'No input of this model has a size that could be the batch.',
  fault_out_of_memory: 'The browser gave too little memory for this model.',
  whatif_batch: 'Batch',
  whatif_batch_hint: 'Empty: as the model says.\nChanges recompute at once.',
  whatif_dim_hint: 'Size of the symbol {name} of the inputs.',
  whatif_open: 'not set',
  whatif_more: 'Options',
  whatif_sparse: '2:4 sparse weights',
  whatif_tf32: 'FP32 runs as TF32',
  whatif_own: 'Precision of the chosen layers',
  whatif_own_none: 'Choose layers by a filter, by a rectangle in the roofline, or one by a click.',
  whatif_own_count: '{layers} chosen',
  whatif_own_clear: 'All layers alike',
  whatif_own_active: 'Mixed precision: {layers} not in {base}.',
  whatif_latency: 'Recomputed in {value}.',
  whatif_reset: 'As the model says',
  sweep: 'Sweep',
  sweep_intro: 'How the figures grow with one size, on the devices you choose, in {precision}.',
  sweep_over: 'Size',
  sweep_to: 'From 1 to',
  sweep_devices: 'Devices',
  sweep_run: 'Draw',
  sweep_progress: '{done} of {all}',
  sweep_latency: 'Time, predicted',
  sweep_throughput: 'Runs × {name} per second, predicted',
  sweep_intensity: 'Intensity, FLOP per byte',
  sweep_memory: 'Weights and peak activations',
  sweep_unknown:
    'Other sizes are open, so that no figure is known: set them above, then draw again.',
  sweep_empty: 'Choose a size and a device, then draw.',
  compare: 'Compare',
  compare_intro: '{a} against {b}, on {device} in {precision}.',
  compare_empty:
    'Drop a second model, or set other options and compare the model with itself as it is now.',
  compare_self: 'Keep the present figures to compare',
  compare_kept: '{name}, as kept',
  compare_close: 'End the comparison',
  compare_figure: 'Figure',
  compare_difference: 'Difference',
  compare_layers: 'Layers that differ',
  compare_same: 'Every layer is the same.',
  compare_counts:
    '{same} {same|layer|layers} alike, {changed} changed, {added} added, {removed} removed.',
  compare_added: 'added',
  compare_removed: 'removed',
  compare_changed: 'changed',
  compare_change: 'Change',
  compare_chart: 'Both models under one roof',
  compare_mixed: 'The two were evaluated on different devices or precisions.',
  editor: 'Device',
  editor_intro:
    'Change what a device is made of and see the roof move: every figure here follows from these numbers. Save the file to keep the device.',
  editor_start: 'Edit a device',
  editor_base: 'Begin with',
  editor_save: 'Save the device file',
  editor_reset: 'As in the library',
  editor_rates: 'Multiply-accumulates per clock and SM',
  editor_tensor_rate: 'Tensor cores, {precision}',
  editor_vector_rate: 'CUDA cores, {precision}',
  editor_sms: 'SMs',
  editor_cores: 'Cores',
  editor_clock_mhz: 'Clock',
  editor_tensor_clock_mhz: 'Tensor-core clock',
  editor_fma_units: 'FMA units a core',
  editor_simd_bits: 'SIMD width, bits',
  editor_memory_clock_mhz: 'Memory clock, MHz',
  editor_memory_transfers_per_clock: 'Transfers per clock',
  editor_memory_bus_bits: 'Bus width, bits',
  editor_memory_channels: 'Channels',
  editor_figure: 'Figure',
  editor_before: 'Library, derived',
  editor_after: 'Edited',
  editor_formula: 'Derivation',
  export_html: 'Report, live (HTML)',
  export_html_hint:
    'One file that recomputes offline for another device, batch or precision.\nIt publishes the architecture: names, shapes, wiring and small constants, but no weights.',
  export_static: 'Report, static (HTML)',
  export_static_hint: 'The figures as they are now, without the analysis core and the model.',
  export_markdown: 'Summary for a pull request (Markdown)',
  export_json: 'Analysis (JSON)',
  export_csv: 'Layers (CSV)',
  export_svg: 'Roofline (SVG)',
  export_png: 'Roofline (PNG)',
  export_netron: 'Metrics for Netron (JSON)',
  export_netron_hint:
    'Netron shows the figures on its graph: open the model there, then attach this.',
  export_failed: 'The file could not be made: {message}',
};

export type PageKey = keyof typeof kEnglishPage;
export type PageMessages = Record<PageKey, string>;

export function say(key: PageKey, values: Record<string, string | number> = {}): string {
  const table: PageMessages = language.value?.code === 'zh-CN' ? kChinesePage : kEnglishPage;
  return fill(table[key], values);
}

const kOwnFaults = ['worker', 'fetch', 'other_origin', 'crashed', 'out_of_memory', 'no_batch'];
const kKind = ': this is ';

/** Why a file was not analysed. */
export function faultText({ code, message }: CoreFault, file: string): string {
  if (kOwnFaults.includes(code)) return say(`fault_${code}` as PageKey, { message });
  // The core begins with the file's name, which the sentence before has said.
  const rest = message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message;
  const english = rest.charAt(0).toUpperCase() + rest.slice(1);
  if (language.value?.code !== 'zh-CN') return english;
  if (code === 'not_onnx') {
    const kind = message.slice(message.lastIndexOf(kKind) + kKind.length);
    const known = kKinds.find(([start]) => kind.startsWith(start));
    return known ? `这是${known[1]}。` : english;
  }
  const template = kFaults[code];
  return template ? fill(template, { detail: english }) : english;
}

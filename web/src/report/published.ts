// What others measured: accuracy of known architectures before and after quantization, each row with
// its source, and by which figures an architecture is told. Weights are not compared: a model may
// look like one of these and be trained for something else.

import type { ReportDocument } from './document';

/** Top-1 accuracy on ImageNet, percent. */
export interface PublishedRow {
  source: 'tensorflow_toolkit' | 'sparsebit' | 'pytorch_quantization';
  /** What was done: a calibrator's name, "ptq" or "qat". */
  method: string;
  float: number;
  quantized: number;
}

export interface Architecture {
  name: string;
  convolutions: number;
  /** With 1000 classes; BatchNormalization folded in or not. */
  parameters: number;
  rows: PublishedRow[];
}

const toolkit = (float: number, ptq: number, qat: number): PublishedRow[] => [
  { source: 'tensorflow_toolkit', method: 'ptq', float, quantized: ptq },
  { source: 'tensorflow_toolkit', method: 'qat', float, quantized: qat },
];
const sparsebit = (float: number, max: number, mse: number, percentile: number, entropy: number) =>
  (
    [
      ['max', max],
      ['mse', mse],
      ['percentile-99.9', percentile],
      ['entropy', entropy],
    ] as const
  ).map(([method, quantized]): PublishedRow => ({ source: 'sparsebit', method, float, quantized }));

/** INT8 weights and activations throughout. Sources: NVIDIA's TensorFlow Quantization Toolkit, model
 * zoo (TensorRT 8.4, A100); Megvii's Sparsebit, post-training benchmark (8-bit symmetric, TensorRT
 * backend, 256 calibration images); NVIDIA's pytorch-quantization, ResNet-50 example. */
export const kArchitectures: Architecture[] = [
  {
    name: 'ResNet-18',
    convolutions: 20,
    parameters: 11_689_512,
    rows: sparsebit(69.76, 69.54, 69.59, 68.42, 69.35),
  },
  {
    name: 'ResNet-50',
    convolutions: 53,
    parameters: 25_557_032,
    rows: [
      ...toolkit(75.05, 74.96, 75.12),
      ...sparsebit(76.15, 75.89, 76.04, 75.34, 75.63),
      { source: 'pytorch_quantization', method: 'ptq', float: 76.2, quantized: 76.1 },
    ],
  },
  {
    name: 'ResNet-101',
    convolutions: 104,
    parameters: 44_549_160,
    rows: toolkit(76.47, 76.32, 76.26),
  },
  {
    name: 'MobileNetV2',
    convolutions: 52,
    parameters: 3_504_872,
    rows: [...toolkit(71.77, 70.87, 71.62), ...sparsebit(70.49, 68.47, 69.5, 69.24, 68.58)],
  },
  {
    name: 'EfficientNet-B0',
    convolutions: 81,
    parameters: 5_288_548,
    rows: toolkit(76.97, 71.71, 75.82),
  },
  {
    name: 'Inception-v3',
    convolutions: 94,
    parameters: 23_834_568,
    rows: toolkit(77.86, 77.73, 78.08),
  },
];

/** Folding BatchNormalization away leaves a few parameters out. */
const kTolerance = 0.015;

/** The architecture that a model's counts are those of. */
export function architectureOf(document: ReportDocument): Architecture | null {
  const { params } = document.totals;
  if (params === null) return null;
  const kConvolutions = ['Conv', 'QLinearConv', 'ConvInteger'];
  const convolutions = document.nodes.filter(({ op }) => kConvolutions.includes(op)).length;
  const alike = kArchitectures.filter(
    (each) =>
      each.convolutions === convolutions &&
      Math.abs(params - each.parameters) <= kTolerance * each.parameters,
  );
  return alike[0] ?? null;
}

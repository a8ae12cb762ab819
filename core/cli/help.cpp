// The help text, laid out by hand so that it reads well at 100 columns. A test holds it to the
// options that exist.
#include "cli/options.hpp"

namespace trtreport::cli {

std::string_view help_text() {
  return R"(trtreport shows where an ONNX model's time goes on a GPU, before an engine is built.
It reads the model's structure and the device's peaks: no GPU, no Python, no network.

Usage: trtreport MODEL [options]
       trtreport device list | show | validate | link | derive …   (trtreport device --help)
       trtreport serve [options]                                   (trtreport serve --help)

Outputs; FILE, or - for standard output; without any, a summary on the terminal:
  -o, --output FILE          the report, one HTML file that opens anywhere. It is live: it carries
                             the analysis and the model's structure without its weights, so that
                             a reader can switch device, sizes and precision offline. Whoever gets
                             it gets the model's architecture
      --static               only draw the figures; leave the structure out
      --json FILE            the analysis document
      --markdown FILE        a summary for a pull request
      --csv FILE             one row a layer

Hardware:
      --device NAME|FILE     what to predict for: a name or alias (trtreport device list), with
                             :MODE after it for a power mode, and @datasheet or @measured where
                             the peaks of that source are wanted (else measured, where there are
                             any); or a device file; repeatable; NVIDIA H100 SXM unless given
      --precision P          fp32, tf32, fp16, bf16, fp8, int8, fp4, int4, or model (each tensor
                             as it is stored); repeatable; all that the device has unless given
      --sparse               count on 2:4 sparse weights where the device gains from them
      --no-tf32              leave fp32 as it is where tensor cores could run it as tf32

Sizes of the inputs:
      --batch N              their first dimension
      --dim NAME=N           a symbolic dimension; repeatable
      --shape INPUT=SHAPE    1x3x224x224 or 1,3,224,224; repeatable
      --shapes LIST          as trtexec writes them: INPUT:1x3x224x224,OTHER:1x16
      --minShapes LIST       these three: the totals of each side by side in the summaries;
      --optShapes LIST       everything else is of --optShapes
      --maxShapes LIST

Quantization; on by itself where a report is written and the weights are below 200 MB:
      --quantize             read the weights and say what each number format does to them
      --no-quantize          leave their values alone
      --formats LIST         all, default, or of int8, int4, fp8_e4m3, fp8_e5m2, fp16, bf16, nvfp4,
                             mxfp8, mxfp6, mxfp4; or exactly FORMAT/GRANULARITY/CALIBRATOR with
                             /asymmetric behind it, as in int8/channel/mse, int4/block128/max,
                             mxfp8/block32/nvidia (else ocp); repeatable
      --calibrator NAME      try int8 by tensor with max, mse, entropy, entropy-onnxruntime or
                             percentile-99.9, -99.99, -99.999, -99.9999 too; repeatable
      --activations PATH     samples of activations by tensor name, a .npz or a folder of .npy:
                             every calibrator's scale, and what the order of batches does to it
      --calibration FILE     a TensorRT calibration cache, audited; a second one is compared with it
      --plan LIST            choose every layer's precision: latency=2ms, sqnr=35 (dB), fastest,
                             keep-first-last; base=fp16 (bf16, fp32), format=int8 (fp8, int4, or
                             int8+int4); repeatable. A screening by rounding errors, no accuracy
      --emit-qdq FILE        the model with QuantizeLinear, DequantizeLinear and Cast nodes where
                             TensorRT wants them: layers as --plan chose them, else all INT8;
                             activations where --activations or --calibration says their range.
                             Weights in other files stay there: name a file beside the model

Pruning: what removing channels would really save (reads the weights):
      --prune [RATIOS]       shares of every group's channels that go; 0.25,0.5,0.75 unless told
      --prune-criterion NAME l2 (the default), l1, bn, random, or uniform, which reads no weights
      --prune-global         one ranking of all groups' channels instead of one each
      --prune-groups FILE    {"groups": {"layer1.0.conv1.weight": 0.5}}: shares of single groups
      --prune-protect WHICH  both (the default), first, last or none: outputs of the first layers,
                             outputs of the model
      --round-to N           keep a multiple of N channels
      --emit-mask FILE       the cut as a plan: tensors, axes, indices, sizes that change

Other:
      --convention NAME      hardware: 2 FLOPs a MAC and every byte moved (the default);
                             course: 1 FLOP a MAC, weights and outputs
      --verbose              print notes too, and every warning
  -h, --help                 print this text
      --version              print the version

Examples:
  trtreport model.onnx
  trtreport model.onnx -o report.html
  trtreport model.onnx -o report.html --device a100-sxm-80gb --precision fp16 --precision int8
  trtreport model.onnx --shape input_ids=1x128 --shape attention_mask=1x128
  trtreport model.onnx --minShapes=x:1x3x224x224 --optShapes=x:8x3x224x224 --maxShapes=x:32x3x224x224
  trtreport model.onnx --markdown - --csv layers.csv
  trtreport model.onnx --json analysis.json --quantize --calibrator entropy
  trtreport model.onnx --plan sqnr=30,keep-first-last --device a100-sxm-80gb
  trtreport model.onnx --emit-qdq model-int8.onnx --calibration calibration.cache
  trtreport model.onnx --json - | python3 -m json.tool
  trtreport model.onnx --device jetson-agx-orin-64gb:30W --precision int8
  trtreport model.onnx --prune 0.5 --round-to 16 --emit-mask plan.json
  trtreport device show h100-sxm

Exit status: 0 fine, 2 bad usage, 3 the model cannot be read, 4 an output cannot be written.
)";
}

std::string_view device_help_text() {
  return R"(The devices that trtreport knows, and the arithmetic behind their figures.

Usage: trtreport device list
       trtreport device show NAME|FILE
       trtreport device validate FILE
       trtreport device link FILE
       trtreport device derive gpu --sms N --clock MHZ --rate N
       trtreport device derive cpu --cores N --clock MHZ --units N --simd BITS
       trtreport device derive memory --clock MHZ --transfers N --bus BITS [--channels N]
       trtreport device derive ridge --peak FLOPS --bandwidth BYTES

list prints names, aliases and power modes. A name matches exactly or by an alias, whatever the
case, never by a part of it. show prints every figure with its derivation, source and confidence.
validate checks a file against the schema (hardware/devices/SCHEMA.md). link prints what goes behind
the page's address to open it with that device.

derive prints a peak's derivation:
  gpu       SMs x clock x FMA per clock and SM x 2; --rate is of the unit and precision meant
  cpu       cores x clock x FMA units a core x (SIMD bits / type's bits) x 2
  memory    clock x transfers per clock x bus bits / 8 x channels; DDR and HBM make 2 transfers a
            clock, GDDR6 8 and GDDR6X 16 of the clock that is usually stated
  ridge     peak / bandwidth: the intensity above which arithmetic bounds

Examples:
  trtreport device list
  trtreport device show jetson-agx-orin-64gb:30W
  trtreport device validate hardware/devices/h100-sxm.json
  trtreport device derive gpu --sms 108 --clock 1410 --rate 1024
  trtreport device derive cpu --cores 8 --clock 3000 --units 2 --simd 256
  trtreport device derive memory --clock 1333 --transfers 2 --bus 64 --channels 6
  trtreport device derive ridge --peak 29.8e12 --bandwidth 760.32e9

Exit status: 0 fine, 2 bad usage, an unknown device or a bad device file, 4 standard output cannot
be written.
)";
}

std::string_view serve_help_text() {
  return R"(Hosts the page on this machine and takes device files that trtprobe uploads; the open page
shows a new device at once. Models are analysed in the browser: none is ever uploaded.

Usage: trtreport serve [options]

      --port N               8765 unless given; 0: a free one
      --bind ADDRESS         127.0.0.1 unless given, which only this machine reaches; any other
                             address needs a token
      --token TEXT           what an upload must bring as "Authorization: Bearer TEXT"; taken from
                             TRTREPORT_TOKEN as well, where other users of the machine do not see it
      --devices FOLDER       where uploads are kept, one file a device; devices unless given, made
                             where there is none
      --page FOLDER          the built page, where it lies elsewhere than ./dev web --build puts it
  -h, --help                 print this text

An upload is a POST of a device file (hardware/devices/SCHEMA.md) of 256 KB at most to /devices.

Examples:
  trtreport serve
  TRTREPORT_TOKEN=secret trtreport serve --bind 0.0.0.0 --port 8080 --devices measured
  curl --data-binary @device.json http://127.0.0.1:8765/devices
  trtprobe --upload http://127.0.0.1:8765/

Exit status: 0 after Ctrl+C, 2 bad usage, 4 the address or the folder cannot be used.
)";
}

}  // namespace trtreport::cli

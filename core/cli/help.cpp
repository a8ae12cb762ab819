// The help text, laid out by hand so that it reads well at 100 columns. A test holds it to the
// options that exist.
#include "cli/options.hpp"

namespace trtreport::cli {

std::string_view help_text() {
  return R"(trtreport shows where an ONNX model's time goes on a GPU, before an engine is built.
It reads the model's structure and the device's peaks: no GPU, no Python, no network.

Usage: trtreport MODEL [options]
       trtreport device list | show NAME | validate FILE

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
                             @datasheet or @measured after it where the peaks of that source are
                             wanted, or a device file; repeatable; NVIDIA H100 SXM unless given
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
  trtreport model.onnx --json - | python3 -m json.tool
  trtreport device show h100-sxm

Exit status: 0 fine, 2 bad usage, 3 the model cannot be read, 4 an output cannot be written.
)";
}

}  // namespace trtreport::cli

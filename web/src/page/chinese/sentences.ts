// What the core says, by its codes, in Simplified Chinese. Where a sentence has several forms, the
// first whose arguments are all there is taken; without any it stays English.

import type { Language } from '../../report/text';

const bound = (what: string, stop = '：') => [
  `其中 {share} ${what}${stop}{contractions} 个乘加类算子中有 {below} 个低于 {ridge} FLOP/B 的拐点。`,
  `其中 {share} ${what}。`,
];

export const kVerdicts: Language['verdicts'] = {
  time: '在 {device} 上以 {precision^} 运行一次需 {time}（每秒 {rate} 次），按{source}和每个算子一个内核预测；任何引擎都不会少于 {floor}。',
  no_work: '在 {device} 上以 {precision^} 运行时，这个模型没有可计时的内容。',
  memory_bound: bound('受内存带宽限制'),
  compute_bound: bound('受算力限制'),
  launch_bound: bound('花在内核启动上', '；'),
  short_kernels:
    '其中 {share} 花在短于 2 µs 的内核上（{kernels} 个中有 {short} 个）：启动与等待不在屋顶线模型之内，这样的内核在 H200 上实测要两到四倍的时间；实际会慢于预测。',
  hottest: '{op} 占 {op_share} 的时间；最耗时的节点是“{node}”，占 {node_share}。',
  memory: '权重占 {weights}，激活峰值 {activations}。',
  fits_memory: '权重占 {weights}，激活峰值 {activations}，设备的 {memory} 容得下。',
  exceeds_memory: '权重占 {weights}，激活峰值 {activations}，设备的 {memory} 容不下。',
  fallback: '{device} 没有 {wanted^} 单元：按 {taken^} 评估。',
  unbound_symbol: '{inputs} 的尺寸“{symbol}”未定：在上方设定后才有数字。',
  unknown_time: '时间未知：有计数超出 64 位。',
  assumed_batch: '尺寸“{symbol}”未定，取为 {value}；可在上方设定批大小。',
  loop_per_iteration: '有循环的次数未知：其数字为一次迭代。',
  if_costlier_branch: '运行时才选择的分支，按代价较大者计。',
  coverage:
    '{nodes} 个节点中有 {unmodelled} 个（{operators}）没有代价规则：未计其运算量，它们占数据量的 {share}。',
  data_dependent: '有 {nodes} 个节点的尺寸取决于数据：未计入。',
};

export const kDiagnostics: Language['diagnostics'] = {
  assumed_batch: '符号“{symbol}”取为 {value}。',
  baked_batch_rewritten: '{op}“{name}”：固定的尺寸 {from} 改为 {to}，以适应新的批大小。',
  bad_node: '{op}“{name}”与其输入不符（{cause}）。',
  batch_overridden: '批大小设为 {batch}，即 {inputs} 的第 0 维，模型本身将其固定。',
  batch_set: '批大小设为 {batch}，即 {inputs} 的第 0 维。',
  count_overflow: '节点“{name}”：有计数超出 64 位，因此未知。',
  duplicate_tensor: '张量“{tensor}”产生了不止一次；这里将后一个称为“{renamed}”。',
  external_data_missing:
    '外部数据“{location}”（{tensors} 个张量，{bytes} 字节）未读取：{cause}；凡需要权重数值的分析都已跳过。',
  external_data_refused:
    '外部数据“{location}”（{tensors} 个张量，{bytes} 字节）未读取：{cause}；凡需要权重数值的分析都已跳过。',
  external_data_short:
    '外部数据“{location}”只有 {size} 字节，而模型需要其中 {tensors} 个张量的 {bytes} 字节：下载可能不完整。',
  if_costlier_branch: '节点“{name}”：条件未知，按代价较大的分支计。',
  left_out: '还有 {count} 条“{code}”未列出。',
  loop_per_iteration: '节点“{name}”：循环次数未知，数字为一次迭代。',
  negative_size: '输入“{input}”声明的尺寸为 {size}，按未定处理。',
  no_opset_import: '模型没有写明算子集（opset_import），按版本 1 处理。',
  no_shape_rule: '算子 {op}（{nodes} 个节点）只知其名：其输出取文件所声明的形状（若有）。',
  stale_value_info: '文件声明“{tensor}”为 {declared}，实际为 {found}；已忽略该声明。',
  unbound_symbol: '输入 {inputs} 的尺寸“{symbol}”未定：没有它就没有数字。',
  unknown_dtype: '张量“{tensor}”的数据类型为 {dtype}，ONNX 没有定义；其大小未知。',
  unknown_operator: '算子 {op}（{nodes} 个节点）未知：其输出取文件所声明的形状（若有）。',
  unknown_tensor: '节点“{name}”读取“{tensor}”，但没有节点产生它；其形状未知。',
  unmade_output: '输出“{tensor}”没有节点产生；其形状未知。',
  zero_batch: '输入“{input}”声明的第 0 维为 0，按未定处理。',
};

export const kHints: Language['hints'] = {
  assumed_batch: '在上方设定批大小',
  external_data_missing: '把该文件也拖到本页',
  unbound_symbol: '在上方设定该尺寸',
};

/** Notes of layers. */
export const kNotes: Language['notes'] = {
  foldable: '只依赖常量：引擎在构建时计算一次。',
  foldable_macs: '其 MAC 单独计数，因为引擎在构建时计算它。',
  assumed_batch: '按批大小 1 的假设计算。',
  loop_per_iteration: '循环次数未知：数字为一次迭代。',
  if_costlier_branch: '数字取代价较大的分支。',
  depthwise: '逐通道卷积：按向量峰值评估，张量核心帮不上忙。',
  data_dependent: '有尺寸取决于数据。',
};

/** Arguments that are words instead of names and numbers. */
export const kWords: Language['words'] = {
  source: { measured: '实测峰值', datasheet: '规格书峰值' },
  reason: { ' (in a branch that is not counted)': '（在未计入的分支中）' },
  cause: {
    'there is no such file beside the model': '没有给出该文件',
    'the model names no file': '模型没有写明文件',
    'absolute paths are refused': '拒绝绝对路径',
    "paths with '..' are refused": '拒绝含“..”的路径',
    'the path holds a zero byte': '路径含零字节',
  },
};

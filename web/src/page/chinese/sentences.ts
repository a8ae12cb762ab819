// What the core says, by its codes: verdicts, diagnostics, and notes of layers (note_CODE). A sentence
// whose arguments are not all there stays English.

export const kSentences: Record<string, string> = {
  // Verdicts
  time: '在 {device} 上以 {precision} 运行一次需 {time}（每秒 {rate} 次），按每个算子一个内核预测；任何引擎都不会少于 {floor}。',
  no_work: '在 {device} 上，这个模型没有可运行的内容。',
  memory_bound:
    '其中 {share} 受显存带宽限制：{contractions} 个乘加类算子中有 {below} 个低于 {ridge} FLOP/B 的拐点。',
  compute_bound:
    '其中 {share} 受计算能力限制：{contractions} 个乘加类算子中有 {below} 个低于 {ridge} FLOP/B 的拐点。',
  launch_bound:
    '其中 {share} 花在内核启动上：{contractions} 个乘加类算子中有 {below} 个低于 {ridge} FLOP/B 的拐点。',
  hottest: '{op} 占 {op_share} 的时间；最耗时的节点是“{node}”，占 {node_share}。',
  memory: '权重占 {weights}，激活峰值 {activations}。',
  fits_memory: '权重占 {weights}，激活峰值 {activations}，设备的 {memory} 容得下。',
  exceeds_memory: '权重占 {weights}，激活峰值 {activations}，设备的 {memory} 容不下。',
  unbound_symbol: '{inputs} 的尺寸“{symbol}”未定：设定它（{option}）才能得到数字。',
  unknown_time: '时间未知：有计数超出 64 位。',
  assumed_batch: '尺寸“{symbol}”未定，取为 {value}；可用批大小设定。',
  loop_per_iteration: '循环次数未知：其数字为一次迭代。',
  if_costlier_branch: '运行时才选择的分支，按代价较大者计。',
  // Diagnostics
  external_data_missing: '缺少外部数据“{location}”：凡需要权重数值的分析都已跳过。',
  // Notes of layers
  note_foldable: '只依赖常量：引擎在构建时计算一次。',
  note_foldable_macs: '其 MAC 单独计数，因为引擎在构建时计算它。',
  note_assumed_batch: '按批大小 1 的假设计算。',
  note_loop_per_iteration: '循环次数未知：数字为一次迭代。',
  note_if_costlier_branch: '数字取代价较大的分支。',
  note_depthwise: '逐通道卷积：按向量峰值评估，张量核心帮不上忙。',
  note_data_dependent: '有尺寸取决于数据。',
};

// tasks/foreign_graph.hpp: an ONNX or OpenVINO file that someone else exported, with the inputs and
// the output that TaskGraph has.
#pragma once

#include "plugins/tasks/task_graph.hpp"

namespace lectern::tasks {

// Inputs are taken by the names input_ids, attention_mask and token_type_ids; a file with one input
// may call it anything. Batch first, then tokens. The output is the one called "logits", else the
// first that fits; for spans also "start_logits" and "end_logits". Throws Failure.
[[nodiscard]] TaskGraph read_foreign_graph(ov::Core& core, const bert::ModelFolder& folder,
                                           Task task);

}  // namespace lectern::tasks

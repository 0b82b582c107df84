// tasks/reader_states.hpp: from rows of questions and passages to what the last layer of a reader
// is fitted to; that layer out of a reader's folder, and into another one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "plugins/tasks/last_layer.hpp"
#include "plugins/tasks/reader_calibration.hpp"
#include "plugins/tasks/task_model.hpp"

namespace lectern::tasks {

// Whether the folder's own model.safetensors has the layer, so that it can be written.
[[nodiscard]] bool has_output_layer(const std::filesystem::path& folder);

// Throws Failure where there is none.
[[nodiscard]] OutputLayer read_output_layer(const std::filesystem::path& folder);

// Writes the folder's model.safetensors anew, with this layer as F32 and all else as it was. Throws
// Failure; the file is then as it was.
void write_output_layer(const std::filesystem::path& folder, const OutputLayer& layer);

// Of the rows that `chosen` names (its indices are the examples' questions). Windows of a passage
// that answers are examples of it where a marked answer lies in them, or where there is but one.
// The states of whole passages are kept for at most 128 Ki tokens (of those that answer; 192 MiB
// with a width of 384), of the first token always.
[[nodiscard]] LayerExamples layer_examples(const TaskOptions& options,
                                           const std::filesystem::path& tokenizer,
                                           std::size_t stride, const std::vector<ReadingRow>& rows,
                                           const std::vector<std::size_t>& chosen,
                                           const std::function<void()>& check);

// Which rows judge and which are fitted to: documents apart, a quarter of them; where that leaves
// either part short of questions of either kind, questions.
struct RowsApart {
    std::vector<std::size_t> fitted;
    std::vector<std::size_t> kept;
    bool by_document = false;
};
[[nodiscard]] RowsApart rows_apart(const std::vector<ReadingRow>& rows);

}  // namespace lectern::tasks

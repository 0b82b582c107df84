// tasks/task_graph.hpp: an encoder with the head of a task as one OpenVINO graph, from token ids to
// logits.
//
// A reader's folder may hold only what its training changed: `reader.base` of its config.json names
// the folder, beside it or in the models folder, that has the rest, and `reader.base_xxh64` what
// that folder's model.safetensors must be.
//
// Heads are those of Devlin et al., "BERT" (2019), section 4, as Hugging Face folders keep them:
// pooler and classifier (BERT), two layers over the first token (RoBERTa, DistilBERT), one linear
// layer over every token (named entities; start and end of an answer). An ONNX or OpenVINO file may
// hold any network, an LSTM as well, that takes token ids.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <openvino/core/model.hpp>
#include <openvino/runtime/core.hpp>
#include <string>
#include <vector>

#include "plugins/bert/model_folder.hpp"

namespace lectern::tasks {

enum class Task {
    sequence,  // one class a sequence
    spans,     // start and end of an answer; with a third label, whether the passage answers
    states,    // the last hidden states of each token, for who fits the layer behind them
    either     // one class a sequence, or one a token: as the model has it
};

struct Places {
    std::filesystem::path models = {};  // where a model's base is looked for; "": beside it only
    std::filesystem::path cache = {};   // where hashes of large files are remembered; "": nowhere
};

// How what a reader says of a passage becomes the probability that the passage answers:
// 1 / (1 + exp(-(bias + sum of weight x value))). `reader.calibration` of the folder's config.json.
struct Calibration {
    double weight = 1;             // of the logit that the passage answers
    double span_weight = 0;        // of the best span's log probability
    double similarity_weight = 0;  // of the passage's search score (a cosine, -1 to 1)
    double overlap_weight = 0;     // of the share of the question's words in the passage, 0 to 1
    double sentence_weight = 0;    // of the same in the sentence around the span
    double missing_weight = 0;  // of the names and numbers of the question that the passage lacks
    double bias = 0;
};

struct TaskGraph {
    // Inputs i32 [batch, tokens]: ids, then the mask and the token types where it has them. One
    // output, f32: [batch, labels], or [batch, tokens, labels].
    std::shared_ptr<ov::Model> model;
    bool mask = false;  // 1 for a token, 0 for padding. Without it nothing may be padded
    bool types = false;
    bool per_token = false;
    std::uint32_t labels = 0;
    std::vector<std::string> names;  // of the labels: from config.json, else "LABEL_0" and so on
    std::filesystem::path base;      // the folder that the rest came from, or ""
    Calibration calibration;
    std::uint64_t vocabulary = 0;    // ids are below; 0: not known
    std::uint64_t max_tokens = 0;    // of the position table; 0: not known
    bool one_by_one = false;         // the file computes one sequence at a time only
    std::uint64_t exact_tokens = 0;  // the file takes sequences of this length only; 0: of any
};

// Throws Failure when the model has no head for the task.
[[nodiscard]] TaskGraph build_task_graph(ov::Core& core, const bert::ModelFolder& folder, Task task,
                                         const Places& places);

}  // namespace lectern::tasks

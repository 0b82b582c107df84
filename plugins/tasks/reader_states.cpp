#include "plugins/tasks/reader_states.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>

#include "plugins/bert/weights.hpp"
#include "plugins/shared/failure.hpp"
#include "plugins/shared/read_file.hpp"
#include "plugins/shared/safetensors.hpp"

namespace lectern::tasks {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_tokens = std::size_t{1} << 17U;  // whose states are kept
constexpr std::size_t judging = 4;                          // each fourth document or question
constexpr std::size_t fewest_judging = 15;                  // questions of either kind

constexpr std::array<const char*, 4> layer_tensors{"answerable.weight", "answerable.bias",
                                                   "qa_outputs.weight", "qa_outputs.bias"};

// Little endian, as the machines are that Lectern runs on.
std::string bytes_of(const std::vector<float>& values) {
    std::string out(values.size() * sizeof(float), '\0');
    std::memcpy(out.data(), values.data(), out.size());
    return out;
}

struct WrittenTensor {
    std::string name;
    std::string dtype;
    std::vector<std::uint64_t> shape;
    std::string bytes;
};

// F32 first, so that it is read in place: the header's length is a multiple of 8.
std::string safetensors_of(const std::vector<WrittenTensor>& tensors) {
    boost::json::object header{{"__metadata__", {{"format", "pt"}}}};
    std::string data;
    for (const WrittenTensor& one : tensors) {
        const std::size_t begin = data.size();
        data += one.bytes;
        header[one.name] =
            boost::json::object{{"dtype", one.dtype},
                                {"shape", boost::json::value_from(one.shape)},
                                {"data_offsets", boost::json::array{begin, data.size()}}};
    }
    std::string text = boost::json::serialize(header);
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::string out;
    for (unsigned i = 0; i < 8; ++i)
        out.push_back(static_cast<char>((std::uint64_t{text.size()} >> (8 * i)) & 0xFFU));
    return out + text + data;
}

// The rows of a row-major matrix [rows, width] and their biases, from `layer`.
WrittenTensor weights_tensor(const char* name, const OutputLayer& layer, std::size_t first,
                             std::size_t count) {
    std::vector<float> values;
    for (std::size_t k = first; k < first + count; ++k)
        for (std::size_t i = 0; i < layer.width; ++i)
            values.push_back(static_cast<float>(layer.of(k)[i]));
    return {name, "F32", {count, layer.width}, bytes_of(values)};
}
WrittenTensor bias_tensor(const char* name, const OutputLayer& layer, std::size_t first,
                          std::size_t count) {
    std::vector<float> values;
    for (std::size_t k = first; k < first + count; ++k)
        values.push_back(static_cast<float>(layer.of(k)[layer.width]));
    return {name, "F32", {count}, bytes_of(values)};
}

// The window's part of the passage's tokens that a marking touches: first and last, by window.
struct MarkedTokens {
    std::vector<std::size_t> begins;
    std::vector<std::size_t> ends;
};
MarkedTokens marked_in(const ReadWindow& window, const Tokens& tokens, std::size_t before,
                       const std::vector<Marking>& spans) {
    MarkedTokens out;
    for (const Marking& span : spans) {
        const std::size_t begin = span.begin + before;
        const std::size_t end = span.end + before;
        std::size_t first = window.pair.taken;
        std::size_t last = 0;
        for (std::size_t i = 0; i < window.pair.taken; ++i) {
            const auto& range = tokens.ranges[window.from + i];
            if (range.begin >= end || range.end <= begin) continue;
            first = std::min(first, i);
            last = i;
        }
        // Cut by the window's end, it is no answer here.
        const bool whole = first < window.pair.taken &&
                           tokens.ranges[window.from + first].begin <= begin &&
                           tokens.ranges[window.from + last].end >= end;
        if (!whole) continue;
        if (std::find(out.begins.begin(), out.begins.end(), first) == out.begins.end())
            out.begins.push_back(first);
        if (std::find(out.ends.begin(), out.ends.end(), last) == out.ends.end())
            out.ends.push_back(last);
    }
    return out;
}

struct Wanted {
    std::size_t second = 0;  // where the passage begins in the sequence
    std::size_t taken = 0;
    bool answers = false;
    MarkedTokens marked;
};

bool row_answers(const ReadingRow& row) {
    return std::any_of(row.passages.begin(), row.passages.end(),
                       [](const ReadingRow::Passage& one) { return one.answers; });
}

// What a row is about: the document that answers, else the likeliest one.
std::string document_of(const ReadingRow& row) {
    for (const ReadingRow::Passage& one : row.passages)
        if (one.answers) return one.document;
    return row.passages.empty() ? std::string() : row.passages.front().document;
}

bool enough_of_either(const std::vector<ReadingRow>& rows, const std::vector<std::size_t>& part) {
    const auto yes = static_cast<std::size_t>(std::count_if(
        part.begin(), part.end(), [&](std::size_t one) { return row_answers(rows[one]); }));
    return yes >= fewest_judging && part.size() - yes >= fewest_judging;
}

}  // namespace

bool has_output_layer(const fs::path& folder) {
    const fs::path file = folder / "model.safetensors";
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return false;
    const bert::Weights weights = bert::Weights::open_layer(folder);
    return std::all_of(layer_tensors.begin(), layer_tensors.end(),
                       [&](const char* name) { return weights.contains(name); });
}

OutputLayer read_output_layer(const fs::path& folder) {
    const bert::Weights weights = bert::Weights::open_layer(folder);
    const auto& shape = weights.shape_of("answerable.weight");
    if (shape.size() != 2)
        shared::fail(LECTERN_CORRUPT, folder.string() + ": 'answerable.weight' is no matrix");
    const auto width = static_cast<std::size_t>(shape[1]);
    OutputLayer out{width, {}};
    const auto add = [&](const std::string& name, std::size_t rows) {
        const auto matrix = weights.constant(name + ".weight", {rows, width});
        const auto bias = weights.constant(name + ".bias", {rows});
        const auto* const values = matrix->get_data_ptr<float>();
        for (std::size_t k = 0; k < rows; ++k) {
            out.values.insert(out.values.end(), values + k * width, values + (k + 1) * width);
            out.values.push_back(bias->get_data_ptr<float>()[k]);
        }
    };
    add("answerable", 1);
    add("qa_outputs", 2);
    return out;
}

void write_output_layer(const fs::path& folder, const OutputLayer& layer) {
    const fs::path file = folder / "model.safetensors";
    const fs::path part = folder / "model.safetensors.part";
    std::vector<WrittenTensor> tensors{
        weights_tensor("answerable.weight", layer, OutputLayer::answers, 1),
        weights_tensor("qa_outputs.weight", layer, OutputLayer::begins, 2),
        bias_tensor("answerable.bias", layer, OutputLayer::answers, 1),
        bias_tensor("qa_outputs.bias", layer, OutputLayer::begins, 2)};
    {
        const auto mapping = shared::map_file(file);
        const auto bytes = mapping.bytes();
        for (const shared::TensorEntry& one : shared::parse_safetensors(bytes, file.string())) {
            if (std::find(layer_tensors.begin(), layer_tensors.end(), one.name) !=
                layer_tensors.end())
                continue;
            std::string data(static_cast<std::size_t>(one.end - one.begin), '\0');
            std::memcpy(data.data(), bytes.data() + one.begin, data.size());
            tensors.push_back({one.name, one.dtype, one.shape, std::move(data)});
        }
    }
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out << safetensors_of(tensors);
    out.close();
    std::error_code error;
    if (out) fs::rename(part, file, error);
    if (!out || error) {
        std::error_code ignored;
        fs::remove(part, ignored);
        shared::fail(LECTERN_RESOURCE_EXHAUSTED, "cannot write '" + file.string() + "'");
    }
}

LayerExamples layer_examples(const TaskOptions& options, const fs::path& tokenizer_folder,
                             std::size_t stride, const std::vector<ReadingRow>& rows,
                             const std::vector<std::size_t>& chosen,
                             const std::function<void()>& check) {
    const TaskModel model(options, Task::states);
    const PairTokenizer tokenizer(model, tokenizer_folder);
    LayerExamples out{model.labels(), {}, {}};
    std::size_t held = 0;
    for (std::size_t number = 0; number < chosen.size(); ++number) {
        const ReadingRow& row = rows[chosen[number]];
        const Tokens asked = tokenizer.tokens(row.question);
        std::vector<Sequence> sequences;
        std::vector<Wanted> wanted;
        for (const ReadingRow::Passage& passage : row.passages) {
            const TitledText read = titled({passage.title, passage.text, passage.score});
            const Tokens tokens = tokenizer.tokens(read.text);
            if (tokens.ids.empty()) continue;
            std::vector<ReadWindow> windows = read_windows(tokenizer, asked, tokens, stride);
            const bool only = windows.size() == 1;
            for (ReadWindow& window : windows) {
                Wanted one{window.pair.second, window.pair.taken, passage.answers, {}};
                if (passage.answers) {
                    one.marked = marked_in(window, tokens, read.before, passage.spans);
                    // Which of several windows answers is not known without a marking.
                    if (one.marked.begins.empty() && !only) {
                        if (passage.spans.empty()) continue;
                        one.answers = false;
                    }
                }
                wanted.push_back(std::move(one));
                sequences.push_back(std::move(window.pair.sequence));
            }
        }
        std::vector<LayerExamples::Judged> judged(sequences.size());
        std::vector<LayerExamples::Marked> marked(sequences.size());
        model.run(
            sequences,
            [&](std::size_t item, std::span<const float> states) {
                if (!std::all_of(states.begin(), states.end(),
                                 [](float x) { return std::isfinite(x); }))
                    shared::fail(LECTERN_INTERNAL,
                                 "the model gave a value that is not finite; try the precision "
                                 "f32");
                const Wanted& one = wanted[item];
                const auto first = states.first(out.width);
                judged[item] = {number, {first.begin(), first.end()}, one.answers};
                if (one.marked.begins.empty() || held + one.taken > most_tokens) return;
                held += one.taken;
                const auto passage = states.subspan(one.second * out.width, one.taken * out.width);
                marked[item] = {
                    number, {passage.begin(), passage.end()}, one.marked.begins, one.marked.ends};
            },
            check);
        std::move(judged.begin(), judged.end(), std::back_inserter(out.judged));
        for (LayerExamples::Marked& one : marked)
            if (!one.begins.empty()) out.marked.push_back(std::move(one));
    }
    return out;
}

RowsApart rows_apart(const std::vector<ReadingRow>& rows) {
    RowsApart out{{}, {}, true};
    std::map<std::string, std::size_t> documents;  // in the order in which they come
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t number =
            documents.emplace(document_of(rows[i]), documents.size()).first->second;
        (number % judging == 0 ? out.kept : out.fitted).push_back(i);
    }
    if (enough_of_either(rows, out.kept) && enough_of_either(rows, out.fitted) &&
        out.kept.size() <= rows.size() / 2)
        return out;
    out = {};
    std::array<std::size_t, 2> dealt{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t number = dealt[row_answers(rows[i]) ? 1 : 0]++;
        (number % judging == 0 ? out.kept : out.fitted).push_back(i);
    }
    return out;
}

}  // namespace lectern::tasks

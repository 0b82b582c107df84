#include "model_folder.hpp"

#include <array>
#include <boost/json.hpp>

#include "json_fields.hpp"
#include "mapped_file.hpp"

namespace lectern::bert {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// The last part of "sentence_transformers.models.Pooling".
std::string_view class_name(std::string_view type) {
    return type.substr(type.rfind('.') + 1);  // npos + 1 is 0
}

void read_pooling(const fs::path& file, SentenceSettings& settings) {
    if (!fs::exists(file)) return;
    const JsonFields fields(read_text_file(file), file.string());
    static constexpr std::array<std::pair<const char*, Pooling>, 3> known{
        {{"pooling_mode_mean_tokens", Pooling::mean},
         {"pooling_mode_cls_token", Pooling::cls},
         {"pooling_mode_max_tokens", Pooling::max}}};
    for (const auto& [key, pooling] : known) {
        if (!fields.boolean(key).value_or(false)) continue;
        if (settings.pooling) settings.pooling_problem = file.string() + " joins several poolings";
        settings.pooling = pooling;
    }
    for (const char* key : {"pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens",
                            "pooling_mode_lasttoken"})
        if (fields.boolean(key).value_or(false))
            settings.pooling_problem = file.string() + " asks for '" + key + "'";
}

// The steps of a sentence-transformers model after the encoder itself.
void read_modules(const fs::path& folder, SentenceSettings& settings) {
    const fs::path file = folder / "modules.json";
    if (!fs::exists(file)) {
        read_pooling(folder / "1_Pooling" / "config.json", settings);
        return;
    }
    boost::system::error_code error;
    const json::value value = json::parse(read_text_file(file), error);
    const json::array* const modules = error ? nullptr : value.if_array();
    if (modules == nullptr) fail(LECTERN_CORRUPT, file.string() + " is not a JSON array");
    for (const json::value& module : *modules) {
        const json::object* const fields = module.if_object();
        const json::value* const type = fields == nullptr ? nullptr : fields->if_contains("type");
        const json::value* const path = fields == nullptr ? nullptr : fields->if_contains("path");
        if (type == nullptr || !type->is_string() || path == nullptr || !path->is_string())
            fail(LECTERN_CORRUPT, file.string() + ": a module has no 'type' or no 'path'");
        const std::string_view name = class_name(std::string_view(type->get_string()));
        if (name == "Pooling")
            read_pooling(folder / std::string(path->get_string()) / "config.json", settings);
        else if (name != "Transformer" && name != "Normalize")
            fail(LECTERN_UNSUPPORTED, file.string() + ": the module '" + std::string(name) +
                                          "' is not computed by this plugin (only Transformer, "
                                          "Pooling and Normalize are)");
    }
}

void read_prompts(const fs::path& folder, SentenceSettings& settings) {
    const fs::path file = folder / "config_sentence_transformers.json";
    if (!fs::exists(file)) return;
    const JsonFields fields(read_text_file(file), file.string());
    const json::object* const prompts = fields.object("prompts");
    if (prompts == nullptr) return;
    const auto prompt = [prompts](std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (const json::value* const value = prompts->if_contains(name))
                if (value->is_string()) return std::optional(std::string(value->get_string()));
        return std::optional<std::string>{};
    };
    settings.query_prefix = prompt({"query"});
    settings.passage_prefix = prompt({"passage", "document", "corpus"});
}

bool has_tokenizer(const fs::path& folder) {
    return fs::exists(folder / "tokenizer.json") || fs::exists(folder / "vocab.txt");
}

}  // namespace

SentenceSettings read_sentence_settings(const fs::path& folder) {
    SentenceSettings settings;
    read_modules(folder, settings);
    const fs::path file = folder / "sentence_bert_config.json";
    if (fs::exists(file))
        settings.max_tokens = JsonFields(read_text_file(file), file.string())
                                  .natural("max_seq_length", std::uint64_t{1} << 20U);
    if (settings.max_tokens == 0) settings.max_tokens.reset();
    read_prompts(folder, settings);
    return settings;
}

ModelFolder open_model_folder(const fs::path& path) {
    if (!fs::exists(path))
        fail(LECTERN_NOT_FOUND, "the model " + path.string() +
                                    " does not exist; the option 'model' names a Hugging Face "
                                    "folder, an .onnx or an .xml file");
    ModelFolder out;
    if (fs::is_directory(path)) {
        out.folder = path;
        const bool weights = fs::exists(path / "model.safetensors") ||
                             fs::exists(path / "model.safetensors.index.json");
        for (const char* name :
             {"openvino_model.xml", "model.onnx", "openvino/openvino_model.xml", "onnx/model.onnx"})
            if (!weights && out.graph_file.empty() && fs::exists(path / name))
                out.graph_file = path / name;
    } else {
        const std::string extension = path.extension().string();
        if (extension != ".onnx" && extension != ".xml")
            fail(LECTERN_UNSUPPORTED, path.string() +
                                          " is neither a folder nor an .onnx or .xml file; for "
                                          "safetensors name the folder");
        out.folder = path.parent_path();
        out.graph_file = path;
        const fs::path parent = out.folder.parent_path();
        if ((out.folder.filename() == "onnx" || out.folder.filename() == "openvino") &&
            fs::exists(parent / "config.json"))
            out.folder = parent;
    }
    out.kind = out.graph_file.empty() ? ModelKind::safetensors : ModelKind::graph;
    out.settings = read_sentence_settings(out.folder);
    if (has_tokenizer(out.folder)) out.tokenizer = out.folder;
    return out;
}

}  // namespace lectern::bert

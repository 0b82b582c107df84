#include "model_folder.hpp"

#include "failure.hpp"

namespace lectern::bert {
namespace {

namespace fs = std::filesystem;

bool has_tokenizer(const fs::path& folder) {
    return fs::exists(folder / "tokenizer.json") || fs::exists(folder / "vocab.txt");
}

}  // namespace

ModelFolder find_model(const fs::path& path) {
    if (!fs::exists(path))
        fail(LECTERN_NOT_FOUND, "the model " + path.string() +
                                    " does not exist; the option 'model' names a Hugging Face "
                                    "folder, an .onnx or an .xml file");
    ModelFolder out;
    if (fs::is_directory(path)) {
        out.root = path;
        out.folder = encoder_folder(path);
        const bool weights = fs::exists(out.folder / "model.safetensors") ||
                             fs::exists(out.folder / "model.safetensors.index.json");
        for (const char* name :
             {"openvino_model.xml", "model.onnx", "openvino/openvino_model.xml", "onnx/model.onnx"})
            if (!weights && out.graph_file.empty() && fs::exists(out.folder / name))
                out.graph_file = out.folder / name;
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
        out.root = out.folder;
    }
    out.kind = out.graph_file.empty() ? ModelKind::safetensors : ModelKind::graph;
    if (has_tokenizer(out.folder)) out.tokenizer = out.folder;
    return out;
}

ModelFolder open_model_folder(const fs::path& path) {
    ModelFolder out = find_model(path);
    out.settings = read_sentence_settings(out.root, out.folder);
    return out;
}

}  // namespace lectern::bert

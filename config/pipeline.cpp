#include "config/pipeline.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "config/pipeline_reader.hpp"
#include "config/yaml_tree.hpp"
#include "text/suggest.hpp"

namespace lectern::config {
namespace {

constexpr std::size_t most_errors = 20;

Status to_status(std::string_view file, const std::vector<YamlError>& errors) {
    std::string message;
    for (std::size_t i = 0; i < errors.size() && i < most_errors; ++i) {
        if (i > 0) message += '\n';
        const YamlMark mark = errors[i].mark;
        message +=
            Place{std::string(file), mark.line, mark.column}.text() + ": " + errors[i].message;
    }
    if (errors.size() > most_errors)
        message += "\n" + std::string(file) + ": and " +
                   std::to_string(errors.size() - most_errors) + " more errors";
    return {Code::invalid_argument, std::move(message)};
}

bool is_file(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

}  // namespace

std::string Place::text() const {
    if (line == 0) return {};
    return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Place StageConfig::option_place(std::string_view path) const {
    while (!path.empty()) {
        if (const auto found = option_places.find(path); found != option_places.end())
            return found->second;
        const std::size_t slash = path.rfind('/');
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
    }
    return place;
}

const StageConfig* PipelineConfig::find(std::string_view stage) const noexcept {
    const auto found = std::find_if(stages.begin(), stages.end(),
                                    [&](const StageConfig& one) { return one.name == stage; });
    return found == stages.end() ? nullptr : &*found;
}

// Branches have no branches.
// NOLINTNEXTLINE(misc-no-recursion)
std::vector<const Step*> all_steps(const std::vector<Step>& steps) {
    std::vector<const Step*> out;
    for (const Step& step : steps) {
        if (step.kind != StepKind::branches) out.push_back(&step);
        for (const std::vector<Step>& branch : step.branches)
            for (const Step* inner : all_steps(branch)) out.push_back(inner);
    }
    return out;
}

std::string_view name(StepKind kind) noexcept {
    switch (kind) {
        case StepKind::stage: return "stage";
        case StepKind::choice: return "choice";
        case StepKind::branches: return "branches";
        case StepKind::source: return "source";
        case StepKind::commit: return "commit";
        case StepKind::query: return "query";
        case StepKind::search: return "search";
        case StepKind::fuse: return "fuse";
        case StepKind::quote: return "quote";
        case StepKind::verify: return "verify";
    }
    return "unknown";
}

Result<PipelineConfig> parse_pipeline(std::string_view text, std::string_view file,
                                      const std::filesystem::path& base_folder) {
    const YamlTree tree = parse_yaml(text, max_pipeline_bytes, max_pipeline_depth);
    if (!tree.errors.empty()) return to_status(file, tree.errors);

    PipelineReader reader(file);
    PipelineConfig config = reader.read(tree.root);
    if (const auto errors = reader.take_errors(); !errors.empty()) return to_status(file, errors);
    config.text = text;
    config.file = file;
    std::error_code ignored;
    config.base_folder =
        base_folder.empty() ? base_folder : std::filesystem::absolute(base_folder, ignored);
    return config;
}

Result<PipelineConfig> load_pipeline(const std::filesystem::path& file) {
    if (std::error_code error; std::filesystem::is_directory(file, error))
        return {Code::invalid_argument,
                file.string() + ": is a folder; name the pipeline file in it"};
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        const std::error_code error(errno, std::generic_category());
        return {Code::not_found, file.string() + ": cannot be read: " + error.message() +
                                     "; check the path of the pipeline file"};
    }
    // One byte more than allowed, so that a larger file is noticed and a huge one is not read.
    std::string text(max_pipeline_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad())
        return {Code::unavailable, file.string() + ": reading failed; check the disk"};
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_pipeline_bytes)
        return {Code::invalid_argument, file.string() + ": the file has more than " +
                                            std::to_string(max_pipeline_bytes) +
                                            " bytes; it is not a pipeline file"};
    std::error_code ignored;
    return parse_pipeline(text, file.string(),
                          std::filesystem::absolute(file, ignored).parent_path());
}

Result<std::filesystem::path> find_pipeline(std::string_view name,
                                            std::span<const std::filesystem::path> folders) {
    if (is_file(name)) return std::filesystem::path(name);
    std::vector<std::string> known;
    if (name.find('/') == std::string_view::npos) {
        for (const auto& folder : folders)
            for (const std::string_view ending : {"", ".yaml"})
                if (const auto path = folder / (std::string(name) + std::string(ending));
                    is_file(path))
                    return path;
    }
    for (const auto& folder : folders) {
        std::error_code error;
        for (auto at = std::filesystem::directory_iterator(folder, error);
             !error && at != std::filesystem::directory_iterator(); at.increment(error))
            if (at->path().extension() == ".yaml") known.push_back(at->path().stem().string());
    }
    std::sort(known.begin(), known.end());
    const std::vector<std::string_view> names(known.begin(), known.end());
    return {Code::not_found, "no pipeline file '" + std::string(name) + "'" +
                                 text::did_you_mean(name, names,
                                                    names.empty() ? "; give the path of one"
                                                                  : "; give a path, or one of " +
                                                                        text::list(names))};
}

}  // namespace lectern::config

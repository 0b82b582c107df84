#include "plugins/translate/model_folder.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>
#include <vector>

#include "plugins/translate/bytes.hpp"
#include "plugins/translate/settings.hpp"

namespace lectern::translate {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_settings = 1U << 20U;

std::vector<fs::path> files_of(const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder, error))
        shared::fail(LECTERN_NOT_FOUND,
                     "there is no model '" + folder.string() +
                         "'; give the folder with its model.*.bin, vocab.*.spm and lex.*.bin");
    if (!fs::is_directory(folder, error))
        shared::fail(LECTERN_INVALID_ARGUMENT,
                     "'" + folder.string() +
                         "' is no folder; give the folder with the model's files, not one of them");
    std::vector<fs::path> out;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
        if (entry.is_regular_file(error)) out.push_back(entry.path());
    if (error)
        shared::fail(LECTERN_UNAVAILABLE, folder.string() + ": cannot be read: " + error.message());
    std::sort(out.begin(), out.end());
    return out;
}

// The one file whose name begins and ends so; empty where there is none.
fs::path one_of(const fs::path& folder, const std::vector<fs::path>& files, std::string_view begin,
                std::string_view end) {
    fs::path out;
    for (const fs::path& file : files) {
        const std::string name = file.filename().string();
        if (!name.starts_with(begin) || !name.ends_with(end)) continue;
        if (!out.empty())
            shared::fail(LECTERN_INVALID_ARGUMENT, folder.string() + ": has " +
                                                       out.filename().string() + " and " + name +
                                                       "; a folder holds one model");
        out = file;
    }
    return out;
}

[[noreturn]] void missing(const fs::path& folder, const std::vector<fs::path>& files,
                          const std::string& what) {
    std::string advice;
    for (const fs::path& file : files)
        if (file.extension() == ".gz" || file.extension() == ".zst")
            advice = "; unpack " + file.filename().string() + " first";
    for (const fs::path& file : files)
        if (file.extension() == ".npz")
            advice = "; convert " + file.filename().string() +
                     " to a .bin of int8 or float32 with Marian's marian-conv";
    shared::fail(LECTERN_NOT_FOUND, folder.string() + ": has no " + what + advice);
}

// A file that the settings name: in the folder itself, wherever it was when they were written.
fs::path named(const fs::path& folder, const std::string& file) {
    const fs::path out = folder / fs::path(file).filename();
    std::error_code error;
    if (!fs::is_regular_file(out, error))
        shared::fail(LECTERN_NOT_FOUND, folder.string() + ": its settings name the file '" +
                                            out.filename().string() + "', which is not there");
    return out;
}

float number(const Settings& settings, std::string_view key, float otherwise, float least,
             float most, const std::string& name) {
    const std::string text = setting(settings, key);
    if (text.empty()) return otherwise;
    float out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() || !(out >= least && out <= most))
        shared::fail(LECTERN_CORRUPT, name + ": '" + std::string(key) + "' is '" + text +
                                          "'; it must be a number from " + std::to_string(least) +
                                          " to " + std::to_string(most));
    return out;
}

// The languages in "model.enpt.intgemm.alphas.bin" or "model.pt-en.bin".
void read_languages(ModelFolder& out) {
    const std::string name = out.model.filename().string();
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return;
    std::string pair = name.substr(dot + 1, name.find('.', dot + 1) - dot - 1);
    if (pair.size() == 5 && (pair[2] == '-' || pair[2] == '_')) pair.erase(2, 1);
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (pair.size() != 4 || !std::all_of(pair.begin(), pair.end(), letter)) return;
    out.from = pair.substr(0, 2);
    out.to = pair.substr(2);
}

void read_settings(const fs::path& folder, const fs::path& file, const Settings& settings,
                   ModelFolder& out) {
    const auto& models = settings.at("models");
    if (models.size() != 1)
        shared::fail(LECTERN_UNSUPPORTED, file.string() + ": names " +
                                              std::to_string(models.size()) +
                                              " models; one is read, and no ensemble");
    out.model = named(folder, models.front());
    if (const auto found = settings.find("vocabs"); found != settings.end()) {
        if (found->second.size() != 2)
            shared::fail(LECTERN_CORRUPT,
                         file.string() + ": 'vocabs' names " +
                             std::to_string(found->second.size()) +
                             " files; it must be two, of the source and of the target");
        out.source_vocabulary = named(folder, found->second[0]);
        out.target_vocabulary = named(folder, found->second[1]);
    }
    if (const auto found = settings.find("shortlist");
        found != settings.end() && !found->second.empty() && found->second.front() != "[]")
        out.shortlist = named(folder, found->second.front());
    const std::string name = file.string();
    out.beam = static_cast<std::uint32_t>(number(settings, "beam-size", 1, 1, 64, name));
    out.normalise = number(settings, "normalize", 1, 0, 10, name);
    out.length_factor = number(settings, "max-length-factor", 2.5F, 0.5F, 20, name);
}

}  // namespace

ModelFolder find_model(const fs::path& folder) {
    const std::vector<fs::path> files = files_of(folder);
    ModelFolder out;
    for (const fs::path& file : files) {
        if (file.extension() != ".yml" && file.extension() != ".yaml") continue;
        const auto bytes = read_file(file, most_settings);
        const Settings settings =
            parse_settings({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        if (!settings.contains("models")) continue;
        read_settings(folder, file, settings, out);
        break;
    }
    if (out.model.empty()) {
        out.model = one_of(folder, files, "model", ".bin");
        out.shortlist = one_of(folder, files, "lex", ".bin");
    }
    if (out.model.empty()) missing(folder, files, "model*.bin");
    if (out.source_vocabulary.empty()) {
        out.source_vocabulary = one_of(folder, files, "srcvocab", ".spm");
        out.target_vocabulary = one_of(folder, files, "trgvocab", ".spm");
    }
    if (out.source_vocabulary.empty() || out.target_vocabulary.empty())
        out.source_vocabulary = out.target_vocabulary = one_of(folder, files, "vocab", ".spm");
    if (out.source_vocabulary.empty())
        missing(folder, files, "vocab*.spm, nor srcvocab*.spm and trgvocab*.spm");
    read_languages(out);
    return out;
}

}  // namespace lectern::translate

#include "apps/crash/source_folder.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace lectern::crash {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 80;

// Below folders, some of them two deep.
std::string file_name(std::uint64_t number) {
    const std::string name = "file-" + std::to_string(number) + ".txt";
    if (number % 3 == 0) return name;
    if (number % 3 == 1) return "a/" + name;
    return "a/b/" + name;
}

}  // namespace

std::string SourceFolder::any_name() {
    if (files_.empty()) return {};
    return std::next(files_.begin(), static_cast<long>(random_() % files_.size()))->first;
}

Status SourceFolder::write(const std::string& name, Version version) {
    const fs::path path = folder_ / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << script_.document(version.first, version.second).text;
    out.close();
    if (!out) return {Code::internal, "cannot write '" + path.string() + "'"};
    files_[name] = version;
    return {};
}

Status SourceFolder::remove(const std::string& name) {
    std::error_code error;
    if (!fs::remove(folder_ / name, error))
        return {Code::internal, "cannot remove '" + (folder_ / name).string() + "'"};
    files_.erase(name);
    return {};
}

Status SourceFolder::change() {
    const Files before = files_;
    ++step_;
    for (std::uint64_t i = 0, count = 4 + random_() % 12; i < count; ++i) {
        const std::uint64_t number = random_() % most_files;
        LECTERN_TRY(write(file_name(number), {static_cast<unsigned>(number), step_}));
    }
    for (int i = 0; i < 2 && files_.size() > 4; ++i) {
        const std::string from = any_name();
        const std::string to = file_name(most_files + random_() % most_files);
        const Version version = files_.at(from);
        if (from == to) continue;
        LECTERN_TRY(write(to, version));
        // Renamed, or a copy.
        if (random_() % 3 != 0) LECTERN_TRY(remove(from));
    }
    for (std::uint64_t i = 0, count = 1 + random_() % 4; i < count && files_.size() > 4; ++i)
        LECTERN_TRY(remove(any_name()));
    for (const auto& [name, version] : before) gone_.insert(version);
    for (const auto& [name, version] : files_) gone_.erase(version);
    return {};
}

std::vector<Version> SourceFolder::versions() const {
    std::set<Version> out(gone_.begin(), gone_.end());
    for (const auto& [name, version] : files_) out.insert(version);
    return {out.begin(), out.end()};
}

std::vector<std::string> SourceFolder::check(const Seen& seen,
                                             const std::set<std::string>& others) const {
    std::vector<std::string> out;
    const auto name_of = [this](const std::string& id) {
        const std::string begin = folder_.string() + "/";
        return id.starts_with(begin) ? id.substr(begin.size()) : id;
    };
    std::set<std::string> found;
    std::size_t chunks = 0;
    for (const Document& document : seen.documents) {
        chunks += document.chunks.size();
        const std::string name = name_of(document.id);
        found.insert(name);
        if (others.contains(document.id)) continue;
        const auto file = files_.find(name);
        if (file == files_.end())
            out.push_back("returned: " + document.id + " is of no file");
        else if (document.text != script_.document(file->second.first, file->second.second).text)
            out.push_back("wrong: " + document.id + " has other bytes than its file");
        else if (document.chunks.empty())
            out.push_back("partial: " + document.id + " has no chunks");
    }
    for (const auto& [name, version] : files_)
        if (!found.contains(name)) out.push_back("lost: " + name + " is not in the collection");
    for (const std::string& id : others)
        if (!found.contains(id)) out.push_back("lost: " + id + ", which came another way");
    if (seen.documents_count != seen.documents.size() || seen.chunks_count != chunks)
        out.push_back("counted: " + std::to_string(seen.documents_count) + " documents and " +
                      std::to_string(seen.chunks_count) + " chunks, there are " +
                      std::to_string(seen.documents.size()) + " and " + std::to_string(chunks));
    if (seen.hits.size() != chunks)
        out.push_back("vectors: a search finds " + std::to_string(seen.hits.size()) + " of " +
                      std::to_string(chunks) + " chunks");
    // The word of a text finds the files that have it, and no others.
    for (const auto& [version, documents] : seen.by_word) {
        std::set<std::string> wanted;
        for (const auto& [name, has] : files_)
            if (has == version) wanted.insert(name);
        std::set<std::string> by_word;
        for (const std::string& id : documents) by_word.insert(name_of(id));
        if (by_word != wanted)
            out.push_back("words: " + Script::own_word(version.first, version.second) + " finds " +
                          std::to_string(by_word.size()) + " documents, it is in " +
                          std::to_string(wanted.size()) + " files");
    }
    return out;
}

}  // namespace lectern::crash

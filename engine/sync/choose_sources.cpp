#include "engine/sync/choose_sources.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "corpus/values.hpp"
#include "engine/ingest/document_id.hpp"
#include "engine/ingest/sources.hpp"
#include "engine/sync/walk.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

std::string said(const storage::SourceFolder& source) {
    return "'" + source.path + "'";
}

// What ids begin with: the path as given, as far as it does not depend on where one stands.
std::string source_name(const fs::path& given, const std::string& absolute) {
    if (std::find(given.begin(), given.end(), "..") != given.end()) {
        std::error_code error;
        const fs::path canonical = fs::canonical(given, error);
        return error ? absolute : canonical.string();
    }
    std::string name = given.lexically_normal().string();
    while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    return name == "." || name == "/" ? std::string() : name;
}

Status check_source(const storage::SourceFolder& source) {
    std::error_code error;
    if (!fs::exists(source.path, error))
        return {Code::not_found, said(source) + ": no such file or folder"};
    if (is_collection(source.path))
        return {Code::invalid_argument,
                said(source) + " is a collection, not a folder of documents"};
    return {};
}

Status check_beside(const storage::SourceFolder& source, const storage::SourceFolder& other) {
    if (source.path == other.path) return {};
    if (lies_in(source.path, other.path))
        return {Code::invalid_argument, said(source) + " lies in the source " + said(other) +
                                            ", which is kept in step as a whole"};
    if (lies_in(other.path, source.path))
        return {Code::invalid_argument, "the source " + said(other) + " lies in " + said(source) +
                                            "; remove it first: 'lectern sources --remove " +
                                            other.path + "'"};
    if (source.name == other.name)
        return {Code::invalid_argument,
                said(source) + " and the source " + said(other) +
                    " would give their documents the same ids; name one by its whole path"};
    return {};
}

}  // namespace

Result<ChosenSources> choose_sources(std::span<const storage::SourceFolder> known,
                                     const std::vector<fs::path>& paths,
                                     const std::vector<std::string>& include,
                                     const std::vector<std::string>& exclude,
                                     const std::vector<std::string>& names) {
    if (!names.empty() && names.size() != paths.size())
        return Status{Code::invalid_argument, "give a name for each path, or none"};
    for (const std::string& name : names) LECTERN_TRY(check_document_id(name));
    const bool patterns = !include.empty() || !exclude.empty();
    ChosenSources out;
    if (paths.empty()) {
        if (patterns)
            return Status{Code::invalid_argument,
                          "patterns belong to a source: name its folder, too"};
        out.sources.assign(known.begin(), known.end());
        return out;
    }
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const fs::path& path = paths[i];
        storage::SourceFolder source;
        source.path = absolute_path(path);
        const auto same = [&](const storage::SourceFolder& other) {
            return other.path == source.path;
        };
        const auto before = std::find_if(known.begin(), known.end(), same);
        const bool fresh = before == known.end();
        if (fresh) {
            source.name = names.empty() ? source_name(path, source.path) : names[i];
            source.added_at = storage::now_milliseconds();
            LECTERN_TRY(check_source(source));
        } else {
            source = *before;
        }
        if (patterns) {
            source.include = include;
            source.exclude = exclude;
        }
        if (std::any_of(out.sources.begin(), out.sources.end(), same)) continue;
        if (fresh) {
            for (const auto& other : known) LECTERN_TRY(check_beside(source, other));
            for (const auto& other : out.sources) LECTERN_TRY(check_beside(source, other));
        }
        if (fresh || source != *before) out.remember.push_back(source);
        out.sources.push_back(std::move(source));
    }
    std::sort(out.sources.begin(), out.sources.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
}

}  // namespace lectern

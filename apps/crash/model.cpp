#include "apps/crash/model.hpp"

#include <set>
#include <tuple>

namespace lectern::crash {
namespace {

std::string version_name(std::optional<Step> step) {
    return step ? "the version of step " + std::to_string(*step) : "no version";
}

// Chunks are ranges of the text, in order; the last ones reach its end.
std::string wrong_chunks(const Document& document) {
    if (document.chunks.empty()) return "it has no chunks";
    std::uint64_t begin = 0;
    for (const ChunkRange& chunk : document.chunks) {
        if (chunk.begin >= chunk.end || chunk.end > document.text.size() || chunk.begin < begin)
            return "chunk " + std::to_string(chunk.chunk) + " is no range of its text";
        begin = chunk.begin;
    }
    return {};
}

// Two views of the same collection: by id, and by vectors.
void compare_views(const Seen& seen, std::vector<std::string>& problems) {
    using Place = std::tuple<std::string, std::uint64_t, std::uint64_t, std::uint64_t>;
    std::map<Place, const std::string*> expected;  // and the document's text
    for (const Document& document : seen.documents)
        for (const ChunkRange& chunk : document.chunks)
            expected[{document.id, chunk.chunk, chunk.begin, chunk.end}] = &document.text;
    if (seen.documents_count != seen.documents.size())
        problems.push_back("the collection counts " + std::to_string(seen.documents_count) +
                           " documents and lists " + std::to_string(seen.documents.size()));
    if (seen.chunks_count != expected.size())
        problems.push_back("the collection counts " + std::to_string(seen.chunks_count) +
                           " chunks and its documents have " + std::to_string(expected.size()));
    for (const Hit& hit : seen.hits) {
        const auto found = expected.find({hit.document, hit.chunk, hit.begin, hit.end});
        const std::string chunk = "chunk " + std::to_string(hit.chunk) + " of " + hit.document;
        if (found == expected.end()) {
            problems.push_back("search finds " + chunk +
                               ", which the store has not (or finds it twice)");
            continue;
        }
        if (found->second->compare(hit.begin, hit.end - hit.begin, hit.text) != 0)
            problems.push_back("search shows other bytes than the store for " + chunk);
        expected.erase(found);
    }
    if (!seen.all_hits) return;
    for (const auto& [place, text] : expected)
        problems.push_back("search does not find chunk " + std::to_string(std::get<1>(place)) +
                           " of " + std::get<0>(place));
}

}  // namespace

void Model::begin(Step step) {
    in_doubt_.clear();
    const Operation operation = script_.operation(step);
    for (const unsigned name : operation.documents)
        in_doubt_[name] = operation.kind == Kind::ingest ? std::optional<Step>(step) : std::nullopt;
}

void Model::acknowledge() {
    for (const auto& [name, step] : in_doubt_) settle(name, step);
    in_doubt_.clear();
}

// `step` has written the present version; nothing: there is none.
void Model::settle(unsigned name, std::optional<Step> step) {
    const std::optional<Step> before = version(name);
    if (before && before != step) gone_[name] = *before;
    if (step)
        versions_[name] = *step;
    else
        versions_.erase(name);
}

std::vector<Version> Model::versions() const {
    std::vector<Version> out(versions_.begin(), versions_.end());
    out.insert(out.end(), gone_.begin(), gone_.end());
    for (const auto& [name, step] : in_doubt_)
        if (step) out.emplace_back(name, *step);
    return out;
}

// Another view: by words. A version that is there is found by its own word, any other is not.
void Model::check_words(const Seen& seen, std::vector<std::string>& problems) const {
    for (const Version version : versions_)
        if (!seen.by_word.contains(version))
            problems.push_back("nobody searched for the word " +
                               Script::own_word(version.first, version.second));
    for (const auto& [version, found] : seen.by_word) {
        const auto& [name, step] = version;
        std::vector<std::string> expected;
        if (this->version(name) == step) expected.push_back(Script::id(name));
        if (found == expected) continue;
        const std::string word = "the word " + Script::own_word(name, step);
        if (found.empty())
            problems.push_back(word + " does not find " + expected.front() + ", which has it");
        else
            problems.push_back(word + " finds " + std::to_string(found.size()) +
                               " chunks, the first one of " + found.front() + ", and should find " +
                               (expected.empty() ? "none" : "one of " + expected.front()));
    }
}

std::optional<Step> Model::version(unsigned name) const {
    const auto found = versions_.find(name);
    return found == versions_.end() ? std::nullopt : std::optional<Step>(found->second);
}

std::string Model::difference(const Document& document, unsigned name, Step step) const {
    const DocumentInput expected = script_.document(name, step);
    if (document.title != expected.title) return "its title is '" + document.title + "'";
    if (document.metadata != expected.metadata) return "its metadata is " + document.metadata;
    if (document.text != expected.text)
        return "its text has other bytes (" + std::to_string(document.text.size()) + " of them, " +
               std::to_string(expected.text.size()) + " were written)";
    return wrong_chunks(document);
}

std::vector<std::string> Model::check(const Seen& seen) {
    std::vector<std::string> problems;
    std::map<std::string, const Document*> there;
    for (const Document& document : seen.documents)
        if (!there.emplace(document.id, &document).second)
            problems.push_back(document.id + " is listed twice");
    for (unsigned name = 0; name < names; ++name) {
        if (!script_.writes(name)) continue;
        const auto found = there.find(Script::id(name));
        const Document* document = found == there.end() ? nullptr : found->second;
        if (document != nullptr) there.erase(found);
        const std::optional<Step> before = version(name);
        const auto doubt = in_doubt_.find(name);
        const bool in_doubt = doubt != in_doubt_.end();
        const std::optional<Step> after = in_doubt ? doubt->second : before;
        if (document == nullptr) {
            if (before && after)
                problems.push_back("lost: " + Script::id(name) + ", " + version_name(before) +
                                   " was acknowledged");
            if (!before || !after) settle(name, std::nullopt);
            continue;
        }
        if (!before && !after) {
            problems.push_back("returned: " + Script::id(name) + " (" + document->title +
                               "), its removal was acknowledged");
            continue;
        }
        const std::string is_old = before ? difference(*document, name, *before) : "not old";
        const std::string is_new = after ? difference(*document, name, *after) : "not new";
        if (is_old.empty()) continue;
        if (is_new.empty()) {
            settle(name, after);
            continue;
        }
        problems.push_back("wrong: " + Script::id(name) + " is not " +
                           version_name(before ? before : after) + ": " +
                           (before ? is_old : is_new));
    }
    for (const auto& [id, document] : there)
        if (script_.writes(id)) problems.push_back("foreign: " + id + " was never written");
    compare_views(seen, problems);
    check_words(seen, problems);
    in_doubt_.clear();
    return problems;
}

}  // namespace lectern::crash

#include "apps/crash/inspection.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>

#include "lectern/cluster.hpp"

namespace lectern::crash {
namespace {

// Chunks that are searched for by their own text.
constexpr std::size_t self_searches = 10;

// Says when an index was not there as it was left. Indexes follow every commit, so the end of a
// process is no reason to build one again. Any thread.
class Rebuilds {
 public:
    void note(std::string_view source, std::string_view message) {
        if (source != "lexical index" || !message.starts_with("building ")) return;
        const std::lock_guard lock(mutex_);
        messages_.push_back(std::string(source) + ": " + std::string(message));
    }
    [[nodiscard]] std::vector<std::string> messages() const {
        const std::lock_guard lock(mutex_);
        return messages_;
    }

 private:
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
};

}  // namespace

Result<Collection> open(const std::filesystem::path& collection,
                        const std::filesystem::path& pipeline, Log log) {
    OpenOptions options;
    options.pipeline = pipeline.string();
    // Half-written caches are expected; failures show in what is found.
    options.log = [log = std::move(log)](LogLevel level, std::string_view source,
                                         std::string_view message) {
        if (log) log(level, source, message);
        if (level == LogLevel::error)
            std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(source.size()), source.data(),
                         static_cast<int>(message.size()), message.data());
    };
    return Collection::open(collection, options);
}

Result<Seen> look(const Collection& collection, std::span<const Version> versions, bool all_hits) {
    Seen seen;
    seen.all_hits = all_hits;
    LECTERN_TRY(collection.each_document([&](const Document& document) {
        seen.documents.push_back(document);
        return true;
    }));
    LECTERN_ASSIGN(const Stats stats, collection.stats());
    seen.documents_count = stats.documents;
    seen.chunks_count = stats.chunks;
    if (stats.chunks > every_chunk)
        return Status{Code::internal, "more chunks than one search gives"};
    LECTERN_ASSIGN(SearchResult all,
                   collection.search(
                       "bako lame", {.k = every_chunk, .chunks = true, .mode = SearchMode::dense}));
    seen.hits = std::move(all.hits);
    for (const Version& version : versions) {
        LECTERN_ASSIGN(const SearchResult result,
                       collection.search(Script::own_word(version.first, version.second),
                                         {.k = 10, .chunks = true, .mode = SearchMode::lexical}));
        std::vector<std::string>& found = seen.by_word[version];
        for (const Hit& hit : result.hits) found.push_back(hit.document);
    }
    return seen;
}

Result<std::size_t> find_themselves(const Collection& collection, const Seen& seen,
                                    std::size_t count, std::uint64_t draw) {
    std::mt19937_64 random(draw);
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Hit& wanted = seen.hits[random() % seen.hits.size()];
        LECTERN_ASSIGN(
            const SearchResult result,
            collection.search(wanted.text, {.k = 10, .chunks = true, .mode = SearchMode::dense}));
        found += std::any_of(result.hits.begin(), result.hits.end(),
                             [&](const Hit& hit) { return hit.chunk == wanted.chunk; });
    }
    return found;
}

Result<std::vector<std::string>> verify(const std::filesystem::path& collection) {
    LECTERN_ASSIGN(const VerifyReport report, Collection::verify(collection));
    std::vector<std::string> problems;
    for (const Finding& finding : report.findings)
        problems.push_back("verify: " + finding.where + ": " + finding.what);
    if (!report.readable && problems.empty())
        problems.emplace_back("verify: the collection cannot be read");
    return problems;
}

Result<Inspection> inspect(const std::filesystem::path& collection,
                           const std::filesystem::path& pipeline, Model& model,
                           std::uint64_t draw) {
    Inspection out;
    LECTERN_ASSIGN(out.problems, verify(collection));
    const auto rebuilds = std::make_shared<Rebuilds>();
    LECTERN_ASSIGN(const Collection opened,
                   open(collection, pipeline,
                        [rebuilds](LogLevel, std::string_view source, std::string_view message) {
                            rebuilds->note(source, message);
                        }));
    for (std::string& message : rebuilds->messages()) out.problems.push_back(std::move(message));
    LECTERN_ASSIGN(const Seen seen,
                   look(opened, model.versions(), !is_in_cluster(collection.string())));
    for (std::string& problem : model.check(seen)) out.problems.push_back(std::move(problem));
    out.documents = seen.documents.size();
    if (seen.hits.empty() || !out.problems.empty()) return out;
    LECTERN_ASSIGN(out.self_found, find_themselves(opened, seen, self_searches, draw));
    out.self_asked = self_searches;
    return out;
}

}  // namespace lectern::crash

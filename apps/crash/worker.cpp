#include "apps/crash/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <random>
#include <thread>

namespace lectern::crash {
namespace {

// The most that a search gives, and more than the script ever stores.
constexpr std::size_t every_chunk = 10'000;

int fail(const std::string& what) {
    std::fprintf(stderr, "worker: %s\n", what.c_str());
    return 3;
}

bool tell(int descriptor, Event event, Step step) {
    const Message message{event, static_cast<std::uint32_t>(step)};
    return ::write(descriptor, &message, sizeof message) == sizeof message;
}

class Worker {
 public:
    Worker(const Work& work, Collection& collection)
        : work_(work), script_(work.seed), collection_(collection) {}

    Status run(Step step) {
        const Operation operation = script_.operation(step);
        switch (operation.kind) {
            case Kind::ingest: return ingest(operation, step);
            case Kind::remove: return remove(operation, step);
            case Kind::search: return collection_.search(operation.query).status();
            case Kind::flush: return collection_.flush();
        }
        return {};
    }

 private:
    [[nodiscard]] bool sabotaged(Sabotage how, Step step) const {
        return work_.sabotage == how && step % 5 == 0;
    }

    Status ingest(const Operation& operation, Step step) {
        if (sabotaged(Sabotage::lost_write, step)) return {};
        std::vector<DocumentInput> documents;
        for (const unsigned name : operation.documents)
            documents.push_back(script_.document(name, step));
        if (sabotaged(Sabotage::changed_byte, step)) documents.front().text.back() = '!';
        LECTERN_ASSIGN(const IngestReport report, collection_.ingest_documents(documents));
        if (!report.failed.empty()) return report.failed.front().error;
        // What was written is in the next search, whichever index answers.
        for (const DocumentInput& document : documents) {
            LECTERN_ASSIGN(const bool found, finds(document.id));
            if (!found) return {Code::internal, document.id + " is not found after its ingest"};
            if (step % 4 != 0) break;
        }
        return {};
    }

    Status remove(const Operation& operation, Step step) {
        if (sabotaged(Sabotage::lost_removal, step)) return {};
        std::vector<std::string> ids;
        for (const unsigned name : operation.documents) ids.push_back(Script::id(name));
        LECTERN_TRY(collection_.remove(ids).status());
        LECTERN_ASSIGN(const bool found, finds(ids.front()));
        if (found) return {Code::internal, ids.front() + " is found after its removal"};
        return {};
    }

    Result<bool> finds(const std::string& id) {
        LECTERN_ASSIGN(const SearchResult all,
                       collection_.search("bako " + script_.words(0, 3), {.k = every_chunk}));
        return std::any_of(all.hits.begin(), all.hits.end(),
                           [&](const Hit& hit) { return hit.document == id; });
    }

    const Work& work_;
    const Script script_;
    Collection& collection_;
};

}  // namespace

Result<Collection> open(const std::filesystem::path& collection,
                        const std::filesystem::path& pipeline) {
    OpenOptions options;
    options.pipeline = pipeline.string();
    // Half-written caches are expected; failures show in what is found.
    options.log = [](LogLevel level, std::string_view source, std::string_view message) {
        if (level == LogLevel::error)
            std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(source.size()), source.data(),
                         static_cast<int>(message.size()), message.data());
    };
    return Collection::open(collection, options);
}

int work(const Work& work) {
    auto collection = open(work.collection, work.pipeline);
    if (!collection) return fail("opening: " + collection.status().message());
    if (!tell(work.acknowledge, Event::opened, 0)) return fail("nobody listens");
    std::atomic<bool> stop = false;
    std::atomic<bool> search_failed = false;
    std::thread searcher([&, script = Script(work.seed)] {
        for (std::uint64_t i = work.first; !stop; ++i) {
            const auto found = collection->search(script.words(i, 8));
            if (found) continue;
            (void)fail("searching: " + found.status().message());
            search_failed = true;
            return;
        }
    });
    Worker worker(work, *collection);
    int code = 0;
    for (Step step = work.first; code == 0; ++step) {
        if (search_failed) code = 3;
        if (!tell(work.acknowledge, Event::begun, step)) break;
        const Status status = worker.run(step);
        if (!status.ok())
            code = fail("step " + std::to_string(step) + ": " + status.message());
        else if (!tell(work.acknowledge, Event::done, step))
            break;
    }
    stop = true;
    searcher.join();
    return code == 0 ? 4 : code;
}

Result<Seen> look(const Collection& collection) {
    Seen seen;
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
                   collection.search("bako lame", {.k = every_chunk, .chunks = true}));
    seen.hits = std::move(all.hits);
    return seen;
}

Result<std::size_t> find_themselves(const Collection& collection, const Seen& seen,
                                    std::size_t count, std::uint64_t draw) {
    std::mt19937_64 random(draw);
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Hit& wanted = seen.hits[random() % seen.hits.size()];
        LECTERN_ASSIGN(const SearchResult result,
                       collection.search(wanted.text, {.k = 10, .chunks = true}));
        found += std::any_of(result.hits.begin(), result.hits.end(),
                             [&](const Hit& hit) { return hit.chunk == wanted.chunk; });
    }
    return found;
}

}  // namespace lectern::crash

#include "apps/crash/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <thread>

#include "apps/crash/backups.hpp"
#include "apps/crash/inspection.hpp"
#include "lectern/cluster.hpp"

namespace lectern::crash {
namespace {

int fail(const std::string& what) {
    std::fprintf(stderr, "worker: %s\n", what.c_str());
    return 3;
}

int code_of(const Work& work, const Status& status, const std::string& doing) {
    (void)fail(doing + ": " + status.message());
    const bool away = status.code() == Code::unavailable && is_in_cluster(work.collection.string());
    return away ? no_cluster : 3;
}

bool tell(int descriptor, Event event, Step step) {
    const Message message{event, static_cast<std::uint32_t>(step)};
    return ::write(descriptor, &message, sizeof message) == sizeof message;
}

class Worker {
 public:
    Worker(const Work& work, Collection& collection)
        : work_(work), script_(work.seed, work.lane), collection_(collection) {}

    Status run(Step step) {
        const Operation operation = script_.operation(step);
        switch (operation.kind) {
            case Kind::ingest: return ingest(operation, step);
            case Kind::remove: return remove(operation, step);
            case Kind::search: return collection_.search(operation.query).status();
            case Kind::flush: return collection_.flush();
            case Kind::backup: return backup();
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
        for (const unsigned name : operation.documents) written_[name] = step;
        for (const unsigned name : operation.documents) {
            LECTERN_ASSIGN(const Found found, find(name));
            if (!found.by_vector)
                return {Code::internal, Script::id(name) + " is not found after its ingest"};
            if (!found.by_word)
                return {Code::internal,
                        Script::id(name) + " is not found by its word after its ingest"};
            if (step % 4 != 0) break;
        }
        return {};
    }

    Status remove(const Operation& operation, Step step) {
        if (sabotaged(Sabotage::lost_removal, step)) return {};
        std::vector<std::string> ids;
        for (const unsigned name : operation.documents) ids.push_back(Script::id(name));
        LECTERN_TRY(collection_.remove(ids).status());
        LECTERN_ASSIGN(const Found found, find(operation.documents.front()));
        if (found.by_vector || found.by_word)
            return {Code::internal, ids.front() + " is found after its removal"};
        return {};
    }

    Status backup() {
        if (work_.sabotage == Sabotage::lost_backup) return {};
        return collection_.backup(backups_of(work_.collection)).status();
    }

    struct Found {
        bool by_vector = false;
        bool by_word = false;  // of the version that this worker has written, if it has
    };
    Result<Found> find(unsigned name) const {
        const auto search = [&](const std::string& text, SearchMode mode) -> Result<bool> {
            SearchOptions options{.k = every_chunk, .mode = mode};
            // There a search for all is approximate, and one within a document is not.
            if (is_in_cluster(work_.collection.string())) {
                options.k = 1;
                options.filter = "id = \"" + Script::id(name) + "\"";
            }
            LECTERN_ASSIGN(const SearchResult all, collection_.search(text, options));
            return std::any_of(all.hits.begin(), all.hits.end(),
                               [&](const Hit& hit) { return hit.document == Script::id(name); });
        };
        Found found;
        LECTERN_ASSIGN(found.by_vector, search("bako " + script_.words(0, 3), SearchMode::dense));
        if (const auto own = written_.find(name); own != written_.end()) {
            LECTERN_ASSIGN(found.by_word,
                           search(Script::own_word(name, own->second), SearchMode::lexical));
        }
        return found;
    }

    const Work& work_;
    const Script script_;
    Collection& collection_;
    std::map<unsigned, Step> written_;
};

}  // namespace

int work(const Work& work) {
    auto collection = open(work.collection, work.pipeline);
    if (!collection) return fail("opening: " + collection.status().message());
    if (!tell(work.acknowledge, Event::opened, 0)) return fail("nobody listens");
    std::atomic<bool> stop = false;
    std::atomic<int> search_code = 0;
    std::thread searcher([&, script = Script(work.seed)] {
        for (std::uint64_t i = work.first; !stop; ++i) {
            const auto found = collection->search(script.words(i, 8));
            if (found) continue;
            search_code = code_of(work, found.status(), "searching");
            return;
        }
    });
    Worker worker(work, *collection);
    int code = 0;
    for (Step step = work.first; code == 0; ++step) {
        if (search_code != 0) {
            code = search_code;
            break;
        }
        if (!tell(work.acknowledge, Event::begun, step)) break;
        const Status status = worker.run(step);
        if (!status.ok())
            code = code_of(work, status, "step " + std::to_string(step));
        else if (!tell(work.acknowledge, Event::done, step))
            break;
    }
    stop = true;
    searcher.join();
    return code == 0 ? 4 : code;
}

}  // namespace lectern::crash

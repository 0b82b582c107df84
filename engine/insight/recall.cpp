#include "engine/insight/recall.hpp"

#include <chrono>
#include <string_view>
#include <vector>

#include "engine/search/request.hpp"
#include "index/vector/exact.hpp"

namespace lectern {

Result<RecallSample> run_recall(const QueryContext& context, std::string_view text,
                                const RecallOptions& options) {
    LECTERN_TRY(check_query(text));
    const auto begin = std::chrono::steady_clock::now();
    const index::VectorIndex& index = context.index;
    const std::vector<std::string_view> texts{text};
    LECTERN_ASSIGN(const std::vector<float> query,
                   context.pipeline.embed_texts(texts, Purpose::query, {.stop = options.stop}));
    const storage::Reader reader = context.store.reader();
    LECTERN_ASSIGN(const auto found, index.search(query, options.k));
    LECTERN_ASSIGN(const auto exact,
                   index::exact_search(reader, index.generation(), query, options.k,
                                       [&options] { return options.stop.stop_requested(); }));
    RecallSample out;
    out.wanted = exact.size();
    out.found = index::count_found(found, exact);
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return out;
}

}  // namespace lectern

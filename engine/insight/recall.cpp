#include "engine/insight/insight.hpp"

#include <chrono>
#include <string_view>
#include <vector>

#include "engine/search/request.hpp"

namespace lectern {

Result<RecallSample> run_recall(const QueryContext& context, std::string_view text,
                                const RecallOptions& options) {
    LECTERN_TRY(check_query(text));
    LECTERN_TRY(context.pipeline.needs_vectors("the recall of vectors"));
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<std::string_view> texts{text};
    LECTERN_ASSIGN(const std::vector<float> query,
                   context.pipeline.embed_texts(texts, Purpose::query, {.stop = options.stop}));
    LECTERN_ASSIGN(RecallSample out, context.vectors.recall(query, options.k, [&options] {
        return options.stop.stop_requested();
    }));
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return out;
}

}  // namespace lectern

#include "engine/search/similar.hpp"

#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace lectern {
namespace {

constexpr std::size_t most_words = 25;

// Of length 1; empty when there are no rows, or they cancel each other out.
std::vector<float> middle_of(std::span<const float> rows, std::size_t dimension) {
    std::vector<double> sum(dimension);
    for (std::size_t i = 0; i < rows.size(); ++i) sum[i % dimension] += rows[i];
    const double length = std::sqrt(std::inner_product(sum.begin(), sum.end(), sum.begin(), 0.0));
    if (!(length > 0)) return {};
    std::vector<float> out;
    out.reserve(dimension);
    for (const double number : sum) out.push_back(static_cast<float>(number / length));
    return out;
}

Status read_conditions(Request& request) {
    if (request.text.empty()) return {};
    LECTERN_ASSIGN(std::shared_ptr<const corpus::Words> words,
                   request.context.corpus.read(request.text, request.reading));
    if (!words->has_conditions())
        return {Code::invalid_argument,
                "beside 'similar' a text is for conditions alone: \"a phrase\", a pref* or "
                "-without"};
    request.conditions = std::move(words);
    request.text.clear();
    return {};
}

}  // namespace

Status look_like(Request& request, std::string_view document) {
    const corpus::Corpus& corpus = request.context.corpus;
    const auto reader = corpus.reader();
    LECTERN_ASSIGN(const corpus::StoredDocument found, reader->document(document));
    if (found.chunks.empty())
        return {Code::invalid_argument,
                "the document '" + std::string(document) + "' has no text, so nothing is like it"};
    LECTERN_TRY(read_conditions(request));
    LECTERN_ASSIGN(request.words, corpus.read_like(found.header.title, found.text,
                                                   found.chunks.size(), most_words));
    std::vector<storage::ChunkId> ids;
    for (const storage::Chunk& chunk : found.chunks) ids.push_back(chunk.id);
    LECTERN_ASSIGN(const corpus::VectorRows rows,
                   reader->vectors(request.context.vectors.generation(), ids));
    const std::size_t dimension = request.context.vectors.dimension();
    if (!rows.found.empty() && rows.values.size() == rows.found.size() * dimension)
        request.vector = middle_of(rows.values, dimension);
    if (request.vector.empty()) request.ranking.mode = SearchMode::lexical;
    request.left_out = found.chunks.front().document;
    request.left_out_chunks = found.chunks.size();
    return {};
}

}  // namespace lectern

#include "plugins/tasks/text_pairs.hpp"

#include <algorithm>
#include <iterator>

namespace lectern::tasks {
namespace {

using shared::fail;

constexpr std::uint32_t fewest_tokens = 8;  // three special ones and something to say

wordpiece::WordPiece load(const TaskModel& model, const std::filesystem::path& folder) {
    const auto& from = folder.empty() ? model.tokenizer() : folder;
    if (from.empty())
        fail(LECTERN_NOT_FOUND,
             "there is no tokenizer.json or vocab.txt beside the model; name its folder with the "
             "option 'tokenizer'");
    auto out = wordpiece::WordPiece::load(from.string());
    if (model.vocabulary() > 0 && out.vocabulary_size() > model.vocabulary())
        fail(LECTERN_INVALID_ARGUMENT,
             "the tokenizer in " + from.string() + " has " + std::to_string(out.vocabulary_size()) +
                 " tokens, the model's embedding table " + std::to_string(model.vocabulary()) +
                 "; they do not belong together");
    return out;
}

void append(std::vector<std::int32_t>& to, const Tokens& from, std::size_t begin,
            std::size_t count) {
    const auto first = from.ids.begin() + static_cast<std::ptrdiff_t>(begin);
    to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

PairTokenizer::PairTokenizer(const TaskModel& model, const std::filesystem::path& folder)
    : tokenizer_(load(model, folder)), max_tokens_(model.max_tokens()) {
    wordpiece::Encoding special;
    tokenizer_.encode("", true, 0, special);
    if (special.ids.size() != 2)
        fail(LECTERN_UNSUPPORTED, "the tokenizer puts " + std::to_string(special.ids.size()) +
                                      " special tokens around a text; pairs need [CLS] and [SEP]");
    begin_ = special.ids.front();
    separator_ = special.ids.back();
    if (max_tokens_ < fewest_tokens)
        fail(LECTERN_INVALID_ARGUMENT, "the model takes " + std::to_string(max_tokens_) +
                                           " tokens; a pair of texts needs at least " +
                                           std::to_string(fewest_tokens));
}

Tokens PairTokenizer::tokens(std::string_view text) const {
    Tokens out;
    tokenizer_.encode(text, false, 0, out);
    return out;
}

Pair PairTokenizer::join(const Tokens& first, const Tokens& second, std::size_t from) const {
    const std::size_t room = max_tokens_ - 3;
    const std::size_t left = second.ids.size() - std::min(from, second.ids.size());
    const std::size_t kept =
        std::min(first.ids.size(), std::max(room - std::min(left, room), room / 2));
    Pair out;
    std::vector<std::int32_t>& ids = out.sequence.ids;
    ids.push_back(begin_);
    append(ids, first, 0, kept);
    ids.push_back(separator_);
    out.second = ids.size();
    out.taken = std::min(left, room - kept);
    append(ids, second, from, out.taken);
    ids.push_back(separator_);
    out.sequence.types.assign(out.second, 0);
    out.sequence.types.resize(ids.size(), 1);
    return out;
}

Sequence PairTokenizer::single(const Tokens& text, std::size_t from) const {
    Sequence out;
    out.ids.push_back(begin_);
    append(out.ids, text, from, std::min(text.ids.size() - from, room()));
    out.ids.push_back(separator_);
    return out;
}

}  // namespace lectern::tasks

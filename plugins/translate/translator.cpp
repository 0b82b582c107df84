#include "plugins/translate/translator.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "plugins/translate/bytes.hpp"
#include "plugins/translate/pieces.hpp"
#include "text/one_line.hpp"

namespace lectern::translate {
namespace {

constexpr std::uint64_t most_model_bytes = std::uint64_t{4} << 30U;
constexpr std::uint64_t most_vocabulary_bytes = std::uint64_t{64} << 20U;
constexpr std::uint64_t most_shortlist_bytes = std::uint64_t{1} << 30U;

// Of one batch: enough for the products to be worth it, little enough to stay in the cache.
constexpr std::size_t batch_parts = 32;
constexpr std::size_t batch_tokens = 640;

Network network_of(const ModelFolder& folder) {
    const auto bytes = read_file(folder.model, most_model_bytes);
    const std::string name = folder.model.string();
    const std::vector<Item> items = parse_model_file(bytes, name);
    const auto found = std::find_if(items.begin(), items.end(), [](const Item& item) {
        return item.name == "special:model.yml";
    });
    if (found == items.end() || found->type != ItemType::bytes)
        shared::fail(LECTERN_CORRUPT, name + ": it has no settings ('special:model.yml')");
    const Settings settings =
        parse_settings({reinterpret_cast<const char*>(found->data.data()), found->data.size()});
    return {items, shape_of(settings, name), name};
}

Vocabulary vocabulary_of(const std::filesystem::path& file, std::size_t words) {
    Vocabulary out(read_file(file, most_vocabulary_bytes), file.string());
    if (out.size() > words)
        shared::fail(LECTERN_CORRUPT, file.string() + ": has " + std::to_string(out.size()) +
                                          " words, and the model " + std::to_string(words) +
                                          "; it belongs to another model");
    return out;
}

}  // namespace

// What is translated at once: a sentence, or a part of a long one.
struct Translator::Part {
    std::size_t piece = 0;
    std::vector<std::uint32_t> tokens;  // with the end of the sentence
    std::string translation;
};

Translator::Translator(const TranslatorOptions& options)
    : options_(options),
      folder_(find_model(options.model)),
      idle_(static_cast<int>(std::max(1U, options.threads))) {
    network_.emplace(network_of(folder_));
    source_.emplace(vocabulary_of(folder_.source_vocabulary, network_->source_words()));
    target_.emplace(vocabulary_of(folder_.target_vocabulary, network_->target_words()));
    if (options_.shortlist && !folder_.shortlist.empty())
        shortlist_.emplace(read_file(folder_.shortlist, most_shortlist_bytes),
                           network_->source_words(), network_->target_words(),
                           folder_.shortlist.string());
    decoding_.beam = options_.beam == 0 ? folder_.beam : options_.beam;
    decoding_.normalise = folder_.normalise;
    decoding_.length_factor = folder_.length_factor;
    decoding_.end = target_->end_of_sentence();
    decoding_.unknown = target_->unknown();
}

Translated Translator::translate(std::string_view text, const Check& check) const {
    const std::vector<text::Range> ranges = pieces(text);
    std::vector<Part> parts;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        if (i % 256 == 0) check();
        add_parts(text.substr(ranges[i].begin, ranges[i].end - ranges[i].begin), i, parts);
    }
    std::vector<Part*> order;
    for (Part& part : parts) order.push_back(&part);
    // Those of a length together: the lines of a batch end at about the same time.
    std::stable_sort(order.begin(), order.end(), [](const Part* a, const Part* b) {
        return a->tokens.size() > b->tokens.size();
    });
    translate_parts(order, check);

    Translated out;
    std::size_t copied = 0;
    auto part = parts.begin();
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        out.text.append(text, copied, ranges[i].begin - copied);
        const std::size_t begin = out.text.size();
        for (; part != parts.end() && part->piece == i; ++part) {
            if (out.text.size() > begin && !part->translation.empty()) out.text += ' ';
            out.text += part->translation;
        }
        // Nothing is lost where the model says nothing.
        if (out.text.size() == begin)
            out.text.append(text, ranges[i].begin, ranges[i].end - ranges[i].begin);
        out.sentences.push_back({ranges[i], {begin, out.text.size()}});
        copied = ranges[i].end;
    }
    out.text.append(text, copied);
    return out;
}

void Translator::add_parts(std::string_view sentence, std::size_t piece,
                           std::vector<Part>& out) const {
    const std::vector<std::uint32_t> tokens = source_->encode(text::one_line(sentence));
    for (std::size_t begin = 0; begin < tokens.size();) {
        std::size_t end = tokens.size();
        if (end - begin > options_.max_tokens) {
            // Behind the last comma or the like of the second half, or before its last word.
            end = begin + options_.max_tokens;
            std::size_t word = 0;
            std::size_t comma = 0;
            for (std::size_t i = begin + options_.max_tokens / 2; i < end; ++i) {
                if (!source_->begins_word(tokens[i])) continue;
                word = i;
                if (source_->ends_with(tokens[i - 1], ",;:)")) comma = i;
            }
            if (word > begin) end = comma > begin ? comma : word;
        }
        Part& part = out.emplace_back();
        part.piece = piece;
        part.tokens.assign(tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                           tokens.begin() + static_cast<std::ptrdiff_t>(end));
        part.tokens.push_back(source_->end_of_sentence());
        begin = end;
    }
}

void Translator::translate_parts(std::vector<Part*>& parts, const Check& check) const {
    if (parts.empty()) return;
    // The call's own thread works whatever else is busy.
    int helpers = 0;
    --idle_;
    const auto wanted = static_cast<int>((parts.size() + 3) / 4) - 1;
    for (int idle = idle_; helpers < wanted && idle > 0;)
        if (idle_.compare_exchange_weak(idle, idle - 1)) {
            ++helpers;
            --idle;
        }
    const std::size_t most =
        std::clamp<std::size_t>((parts.size() + static_cast<std::size_t>(helpers)) /
                                    (static_cast<std::size_t>(helpers) + 1),
                                1, batch_parts);

    std::mutex mutex;  // next, failure
    std::size_t next = 0;
    std::exception_ptr failure;
    const auto take = [&]() -> std::span<Part* const> {
        const std::lock_guard lock(mutex);
        if (failure) return {};
        const std::size_t begin = next;
        std::size_t tokens = 0;
        while (next < parts.size() && next - begin < most &&
               (next == begin || tokens + parts[next]->tokens.size() <= batch_tokens))
            tokens += parts[next++]->tokens.size();
        return std::span<Part* const>(parts).subspan(begin, next - begin);
    };
    const auto work = [&] {
        try {
            for (auto batch = take(); !batch.empty(); batch = take()) translate_batch(batch, check);
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!failure) failure = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> threads;
        try {
            for (int i = 0; i < helpers; ++i) threads.emplace_back(work);
        } catch (const std::system_error&) {
            // The system gives no more threads: those that are there do it.
        }
        work();
    }
    idle_ += helpers + 1;
    if (failure) std::rethrow_exception(failure);
}

void Translator::translate_batch(std::span<Part* const> batch, const Check& check) const {
    std::vector<std::vector<std::uint32_t>> sentences;
    std::vector<std::vector<std::uint32_t>> words;
    for (const Part* part : batch) {
        sentences.push_back(part->tokens);
        words.push_back(shortlist_ ? shortlist_->of(part->tokens) : all_words());
        // However short the list is, a translation may end.
        std::vector<std::uint32_t>& list = words.back();
        const auto at = std::lower_bound(list.begin(), list.end(), decoding_.end);
        if (at == list.end() || *at != decoding_.end) list.insert(at, decoding_.end);
    }
    const auto translations = decode(*network_, sentences, words, decoding_, check);
    for (std::size_t i = 0; i < batch.size(); ++i)
        batch[i]->translation = target_->decode(translations[i]);
}

std::vector<std::uint32_t> Translator::all_words() const {
    std::vector<std::uint32_t> out(target_->size());
    std::iota(out.begin(), out.end(), 0U);
    return out;
}

}  // namespace lectern::translate

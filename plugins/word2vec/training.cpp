#include "plugins/word2vec/training.hpp"

#include <fasttext/fasttext.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <system_error>
#include <vector>

#include "plugins/word2vec/common_component.hpp"
#include "plugins/word2vec/failure.hpp"
#include "plugins/word2vec/model_hash.hpp"
#include "plugins/word2vec/passages.hpp"
#include "plugins/word2vec/word_vectors.hpp"
#include "system/descriptor.hpp"

namespace lectern::word2vec {
namespace {

using Clock = std::chrono::steady_clock;

// The library's trainer, with its loss to be seen.
class Trainer : public fasttext::FastText {
 public:
    [[nodiscard]] double loss() const { return static_cast<double>(loss_); }
};

fasttext::Args arguments(const TrainingText& text, const TrainingOptions& options,
                         const ChosenOptions& chosen) {
    fasttext::Args out;
    out.input = text.path();
    out.model = options.mode == Mode::cbow ? fasttext::model_name::cbow : fasttext::model_name::sg;
    out.loss = fasttext::loss_name::ns;
    out.dim = options.dimension;
    out.ws = options.window;
    out.epoch = chosen.epochs;
    out.minCount = chosen.min_count;
    out.neg = options.negatives;
    out.lr = options.learning_rate;
    out.t = chosen.subsample;
    out.minn = options.ngrams.shortest;
    out.maxn = options.ngrams.longest;
    out.bucket = chosen.buckets;
    out.thread = options.threads;
    out.seed = options.seed;
    out.verbose = 0;   // nothing on the host's standard error
    out.label = "\n";  // a word that begins so would be a label; none does
    return out;
}

void check(const TrainingText& text, int min_count) {
    constexpr std::uint64_t fewest_words = 50;
    const std::uint64_t vocabulary =
        text.distinct_words_from(static_cast<std::uint64_t>(min_count));
    const std::string counted = std::to_string(text.words()) + " words in " +
                                std::to_string(text.documents()) + " documents";
    if (text.words() == 0)
        invalid("there is no word to train on (" + counted + "): give documents with text");
    if (text.words() < fewest_words)
        invalid("too little text to train on: " + counted + "; at least " +
                std::to_string(fewest_words) + " words are needed, and millions are better");
    if (vocabulary < 2)
        invalid("too few words occur " + std::to_string(min_count) + " times or more (" +
                std::to_string(vocabulary) + " of " + std::to_string(text.distinct_words()) +
                "): give more text or a lower 'min_count'");
}

// Runs the library's trainer. Its callback comes from each training thread every 64 lines.
void run(Trainer& trainer, const fasttext::Args& arguments, const TrainingHooks& hooks) {
    constexpr auto interval = std::chrono::milliseconds(100);
    std::mutex mutex;
    auto last = Clock::now() - interval;
    std::atomic<bool> aborted{false};
    const auto callback = [&](float fraction, float, double words_a_second, double, std::int64_t) {
        const std::unique_lock lock(mutex, std::try_to_lock);
        if (!lock || aborted) return;
        const auto now = Clock::now();
        if (now - last < interval) return;
        last = now;
        if (hooks.cancelled && hooks.cancelled()) {
            aborted = true;
            trainer.abort();
            return;
        }
        if (!hooks.progress) return;
        char detail[64];
        std::snprintf(detail, sizeof detail, "%.0f k words/s",
                      words_a_second * arguments.thread / 1000);
        hooks.progress(std::clamp(static_cast<double>(fraction), 0.0, 1.0), "training", detail);
    };
    try {
        trainer.train(arguments, callback);
    } catch (const fasttext::FastText::AbortError&) {
        throw Failure(LECTERN_CANCELLED, "training was cancelled; no model was written");
    } catch (const fasttext::DenseMatrix::EncounteredNaNError&) {
        invalid("training diverged (a value is no number); lower 'learning_rate', which is " +
                std::to_string(arguments.lr));
    } catch (const std::invalid_argument& error) {
        invalid(std::string("fastText: ") + error.what());
    }
    if (aborted) throw Failure(LECTERN_CANCELLED, "training was cancelled; no model was written");
}

void flush_to_disk(const std::string& path) {
    const sys::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open() || ::fsync(file.get()) != 0)
        throw Failure(LECTERN_RESOURCE_EXHAUSTED, "cannot write '" + path + "' to disk");
}

void rename(const std::string& from, const std::string& to) {
    std::error_code error;
    std::filesystem::rename(from, to, error);
    if (error) invalid("cannot rename '" + from + "' to '" + to + "': " + error.message());
}

WordVectors saved(Trainer& trainer, const std::string& path) {
    trainer.saveModel(path);
    try {
        return WordVectors::open(path);  // the library does not look at write errors
    } catch (const Failure& failure) {
        if (failure.code() != LECTERN_CORRUPT) throw;
        throw Failure(LECTERN_RESOURCE_EXHAUSTED,
                      "cannot write the whole model '" + path + "': the disk may be full");
    }
}

// From at most 20,000 lines of the training text, chosen at random (selection sampling, Knuth
// volume 2, algorithm 3.4.2 S).
std::optional<CommonComponent> common_component(const WordVectors& model, const TrainingText& text,
                                                const TrainingOptions& options,
                                                const TrainingHooks& hooks) {
    constexpr std::uint64_t most_lines = 20000;
    constexpr std::uint64_t fewest_lines = 20;
    if (text.lines() < fewest_lines) return std::nullopt;
    const PassageVectors passages(model, Weighting::sif, options.sif_a);
    PrincipalDirection principal(model.dimension());
    std::mt19937_64 random(static_cast<std::uint64_t>(options.seed));
    const std::uint64_t wanted = std::min(most_lines, text.lines());
    std::vector<std::string_view> words;
    std::vector<float> vector(model.dimension());
    std::ifstream in(text.path(), std::ios::binary);
    std::string line;
    for (std::uint64_t row = 0; std::getline(in, line); ++row) {
        if (row % 1000 == 0) {
            if (hooks.cancelled && hooks.cancelled())
                throw Failure(LECTERN_CANCELLED, "training was cancelled; no model was written");
            if (hooks.progress)
                hooks.progress(static_cast<double>(row) / static_cast<double>(text.lines()),
                               "common component", std::to_string(row) + " passages");
        }
        const std::uint64_t left = text.lines() - row;
        if (random() % left >= wanted - principal.passages()) continue;
        words.clear();
        for (std::size_t at = 0; at < line.size();) {
            const std::size_t end = std::min(line.find(' ', at), line.size());
            words.push_back(std::string_view(line).substr(at, end - at));
            at = end + 1;
        }
        passages.sum(words, vector);
        principal.add(vector);
        if (principal.passages() == wanted) break;
    }
    auto out = principal.direction();
    if (out) out->sif_a = options.sif_a;
    return out;
}

void write_component(const CommonComponent& component, const std::string& path) {
    const std::string bytes = encode(component);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out)
        throw Failure(LECTERN_RESOURCE_EXHAUSTED,
                      "cannot write '" + path + "': the disk may be full");
    flush_to_disk(path);
}

}  // namespace

NgramRange parse_ngrams(std::string_view text) {
    if (text == "0") return {};
    constexpr int longest = 20;
    NgramRange out;
    const char* const end = text.data() + text.size();
    const auto [dash, error] = std::from_chars(text.data(), end, out.shortest);
    if (error == std::errc{} && dash != end && *dash == '-') {
        const auto [stop, second] = std::from_chars(dash + 1, end, out.longest);
        if (second == std::errc{} && stop == end && out.shortest >= 1 &&
            out.shortest <= out.longest && out.longest <= longest)
            return out;
    }
    invalid("the option 'ngrams' is '" + std::string(text) +
            "'; it is 0 (none) or MIN-MAX characters, such as 3-6, up to 20");
}

ChosenOptions chosen(const TrainingOptions& options, const TrainingText& text) {
    constexpr std::uint64_t much = 1000000;
    constexpr std::uint64_t little = 5000;
    constexpr std::uint64_t words_to_see = 5000000;
    const std::uint64_t words = std::max<std::uint64_t>(text.words(), 1);
    ChosenOptions out;
    out.epochs = options.epochs.value_or(
        static_cast<int>(std::clamp<std::uint64_t>(words_to_see / words, 5, 100)));
    out.min_count = options.min_count.value_or(words >= much ? 5 : words >= little ? 2 : 1);
    out.subsample = options.subsample.value_or(words >= much ? 1e-4 : 1e-3);
    if (options.ngrams.longest == 0) return out;
    const std::uint64_t vocabulary =
        text.distinct_words_from(static_cast<std::uint64_t>(out.min_count));
    out.buckets = options.buckets.value_or(
        static_cast<int>(std::clamp<std::uint64_t>(vocabulary * 20, 10000, 2000000)));
    return out;
}

TrainingReport train(const TrainingText& text, const TrainingOptions& options,
                     const std::string& model, const TrainingHooks& hooks) {
    TrainingReport report;
    report.chosen = chosen(options, text);
    check(text, report.chosen.min_count);
    report.words = text.words();

    const TemporaryPath model_file(model + ".tmp");
    const TemporaryPath component_file(component_path(model) + ".tmp");
    std::optional<WordVectors> vectors;
    {
        Trainer trainer;
        const auto start = Clock::now();
        run(trainer, arguments(text, options, report.chosen), hooks);
        report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        report.words_per_second = static_cast<double>(text.words()) * report.chosen.epochs /
                                  std::max(report.seconds, 1e-9);
        report.loss = trainer.loss();
        vectors = saved(trainer, model_file.get());
    }  // the trainer's matrices are freed before the passages are summed
    flush_to_disk(model_file.get());
    const Vocabulary& vocabulary = vectors->vocabulary();
    report.vocabulary =
        vocabulary.size() - (vocabulary.find(Vocabulary::end_of_line).has_value() ? 1 : 0);

    auto component = common_component(*vectors, text, options, hooks);
    if (component) {
        component->model_hash = hash_file(model_file.get());
        write_component(*component, component_file.get());
        report.common_component = true;
        report.common_share = component->share;
    }
    // In this order a crash leaves the old model without or the new one without its component,
    // never one model with the component of another.
    std::error_code ignored;
    std::filesystem::remove(component_path(model), ignored);
    rename(model_file.get(), model);
    if (component) rename(component_file.get(), component_path(model));
    if (hooks.progress) {
        char detail[96];
        std::snprintf(detail, sizeof detail, "%.0f k words/s, loss %.3f",
                      report.words_per_second / 1000, report.loss);
        hooks.progress(1, "training", detail);
    }
    return report;
}

}  // namespace lectern::word2vec

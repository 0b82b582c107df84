// The network against the reference that testdata/marian_reference.py computes in NumPy.
#include "plugins/translate/network.hpp"

#include "plugins/translate/decode.hpp"
#include "plugins/translate/model_folder.hpp"
#include "plugins/translate/shortlist.hpp"
#include "plugins/translate/test_support.hpp"

namespace lectern::translate {
namespace {

const Check never = [] {};

struct Loaded {
    std::vector<std::byte> bytes;
    Network network;
    std::optional<Shortlist> shortlist;
};

Loaded load(const std::filesystem::path& folder) {
    const ModelFolder files = find_model(folder);
    auto bytes = read_file(files.model, 1U << 30U);
    const auto items = parse_model_file(bytes, "model");
    std::string yaml;
    for (const Item& item : items)
        if (item.name == "special:model.yml")
            yaml.assign(reinterpret_cast<const char*>(item.data.data()), item.data.size());
    Network network(items, shape_of(parse_settings(yaml), "model"), "model");
    std::optional<Shortlist> shortlist;
    if (!files.shortlist.empty())
        shortlist.emplace(read_file(files.shortlist, 1U << 30U), network.source_words(),
                          network.target_words(), "shortlist");
    return {std::move(bytes), std::move(network), std::move(shortlist)};
}

Tokens words_of(const Loaded& model, const Tokens& sentence) {
    if (model.shortlist) return model.shortlist->of(sentence);
    Tokens out;
    for (std::uint32_t word = 0; word < model.network.target_words(); ++word) out.push_back(word);
    return out;
}

// Five digits are kept of numbers of up to ten; sums of 256 are a little less exact.
void expect_near(const float* found, const boost::json::value& wanted, const char* what) {
    const auto numbers = boost::json::value_to<std::vector<double>>(wanted);
    ASSERT_FALSE(numbers.empty());
    for (std::size_t i = 0; i < numbers.size(); ++i)
        EXPECT_NEAR(found[i], numbers[i], 2e-3) << what << " " << i;
}

float sum(const float* row, std::size_t count) {
    float out = 0;
    for (std::size_t i = 0; i < count; ++i) out += row[i];
    return out;
}

class Fetched : public testing::TestWithParam<const char*> {
 protected:
    void SetUp() override {
        if (!std::filesystem::exists(fetched(GetParam()))) GTEST_SKIP() << how_to_fetch;
    }
};

TEST_P(Fetched, EncoderAndDecoderAgreeWithTheReference) {
    const Loaded model = load(fetched(GetParam()));
    const boost::json::object all = golden();
    const auto& wanted = all.at(GetParam()).at("numbers");
    const std::vector<Tokens> sentences{tokens_of(wanted.at("tokens"))};
    const Rows encoded = model.network.encode(sentences, never);
    ASSERT_EQ(encoded.rows(), sentences[0].size());
    for (std::size_t i = 0; i < encoded.rows(); ++i) {
        expect_near(encoded.row(i), wanted.at("encoder").as_array()[i], "encoder");
        EXPECT_NEAR(sum(encoded.row(i), encoded.columns()),
                    wanted.at("encoder_sums").as_array()[i].to_number<double>(), 2e-2);
    }
    const Tokens words = words_of(model, sentences[0]);
    EXPECT_EQ(words.size(), wanted.at("word_count").to_number<std::size_t>());
    const Tokens shown = tokens_of(wanted.at("words"));
    EXPECT_EQ(Tokens(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(shown.size())),
              shown);

    const Memory memory = model.network.memory(encoded, starts_of(sentences));
    States states = model.network.start(1);
    const Tokens forced = tokens_of(wanted.at("forced"));
    Line line{0, std::nullopt};
    Rows out;
    for (std::size_t position = 0; position <= forced.size(); ++position) {
        if (position > 0) line.last = forced[position - 1];
        model.network.step(memory, {&line, 1}, position, states, out);
        const auto& step = wanted.at("steps").as_array()[position];
        expect_near(out.row(0), step.at("output"), "decoder");
        EXPECT_NEAR(sum(out.row(0), out.columns()), step.at("sum").to_number<double>(), 2e-2);
        expect_near(states.back().row(0), step.at("state"), "state");
        std::vector<float> logits(shown.size());
        model.network.logits(out.row(0), shown, logits.data());
        expect_near(logits.data(), step.at("logits"), "logits");
    }
}

TEST_P(Fetched, GreedyTranslationsAgreeWithTheReference) {
    const Loaded model = load(fetched(GetParam()));
    const boost::json::object all = golden();
    std::vector<Tokens> sentences;
    std::vector<Tokens> words;
    std::vector<Tokens> wanted;
    for (const auto& one : all.at(GetParam()).at("sentences").as_array()) {
        sentences.push_back(tokens_of(one.at("tokens")));
        words.push_back(words_of(model, sentences.back()));
        wanted.push_back(tokens_of(one.at("translation")));
    }
    // All at once, and each alone: neighbours change nothing.
    EXPECT_EQ(decode(model.network, sentences, words, {}, never), wanted);
    for (std::size_t i = 0; i < sentences.size(); ++i)
        EXPECT_EQ(decode(model.network, {&sentences[i], 1}, {&words[i], 1}, {}, never)[0],
                  wanted[i]);
}

INSTANTIATE_TEST_SUITE_P(Models, Fetched, testing::Values("en-pt-tiny", "pt-en-tiny"),
                         [](const auto& info) {
                             return std::string(info.param).substr(0, 2) + "_tiny";
                         });

class Random : public testing::TestWithParam<const char*> {};

TEST_P(Random, GreedyAndBeamAgreeWithTheReference) {
    const Loaded model = load(testdata() / GetParam());
    const boost::json::object all = golden();
    for (const auto& one : all.at(GetParam()).as_array()) {
        const std::vector<Tokens> sentence{tokens_of(one.at("tokens"))};
        const std::vector<Tokens> words{words_of(model, sentence[0])};
        EXPECT_EQ(decode(model.network, sentence, words, {}, never)[0],
                  tokens_of(one.at("greedy")));
        EXPECT_EQ(decode(model.network, sentence, words, {.beam = 4}, never)[0],
                  tokens_of(one.at("beam4")));
    }
}

INSTANTIATE_TEST_SUITE_P(Models, Random, testing::Values("tiny-shared", "tiny-two"),
                         [](const auto& info) {
                             return std::string(info.param) == "tiny-two" ? "two" : "shared";
                         });

TEST(Decode, EndsWhenItIsNoLongerWanted) {
    const Loaded model = load(testdata() / "tiny-shared");
    const std::vector<Tokens> sentence{{5, 6, 7, 0}};
    const std::vector<Tokens> words{words_of(model, sentence[0])};
    int calls = 0;
    const Check third = [&calls] {
        if (++calls == 3) shared::fail(LECTERN_CANCELLED, "cancelled");
    };
    EXPECT_EQ(failure_of([&] { (void)decode(model.network, sentence, words, {}, third); }),
              "cancelled");
    EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace lectern::translate

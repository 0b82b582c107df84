// The plugin through its C face, as the host sees it: train, embed, evaluate.
#include <boost/json.hpp>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <variant>

#include "lectern/plugin.h"
#include "plugins/word2vec/test_files.hpp"

extern "C" const lectern_plugin lectern_plugin_entry;

namespace lectern::word2vec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Option = std::variant<std::string, double, std::int64_t, bool>;

// A host of the smallest kind: no capabilities, options from a map.
class FakeHost {
 public:
    explicit FakeHost(std::map<std::string, Option> options) : options_(std::move(options)) {
        host.struct_size = sizeof host;
        host.get_capability = [](const lectern_host*, const char*) -> const void* {
            return nullptr;
        };
        config.struct_size = sizeof config;
        config.host_data = this;
        config.host = &host;
        config.stage = "test";
        config.get_string = [](const lectern_stage_config* c, const char* path, lectern_text* out) {
            const auto* found = self(c).find<std::string>(path);
            if (found == nullptr) return lectern_code{LECTERN_NOT_FOUND};
            *out = {found->data(), found->size()};
            return lectern_code{LECTERN_OK};
        };
        config.get_number = [](const lectern_stage_config* c, const char* path, double* out) {
            const auto* found = self(c).find<double>(path);
            if (found == nullptr) return lectern_code{LECTERN_NOT_FOUND};
            *out = *found;
            return lectern_code{LECTERN_OK};
        };
        config.get_integer = [](const lectern_stage_config* c, const char* path,
                                std::int64_t* out) {
            const auto* found = self(c).find<std::int64_t>(path);
            if (found == nullptr) return lectern_code{LECTERN_NOT_FOUND};
            *out = *found;
            return lectern_code{LECTERN_OK};
        };
        config.get_boolean = [](const lectern_stage_config* c, const char* path,
                                std::int32_t* out) {
            const auto* found = self(c).find<bool>(path);
            if (found == nullptr) return lectern_code{LECTERN_NOT_FOUND};
            *out = *found ? 1 : 0;
            return lectern_code{LECTERN_OK};
        };
        config.resolve_path = [](const lectern_stage_config* c, lectern_text path) {
            auto& resolved = self(c).resolved_;
            resolved.assign(path.data, path.size);
            return resolved.c_str();
        };
        call.struct_size = sizeof call;
        call.host_data = this;
        call.set_error = [](const lectern_call* c, lectern_text message) {
            self(c).error = plugin::view(message);
        };
        call.item_error = [](const lectern_call* c, std::uint64_t index, lectern_code code,
                             lectern_text message) {
            self(c).item_errors[index] =
                std::to_string(code) + " " + std::string(plugin::view(message));
        };
        call.is_cancelled = [](const lectern_call* c) -> std::int32_t {
            return self(c).cancelled ? 1 : 0;
        };
    }

    lectern_host host{};
    lectern_stage_config config{};
    lectern_call call{};
    std::string error;
    std::map<std::uint64_t, std::string> item_errors;
    bool cancelled = false;

 private:
    template <typename T>
    static FakeHost& self(const T* face) {
        return *static_cast<FakeHost*>(face->host_data);
    }
    template <typename T>
    const T* find(const char* path) const {
        const auto found = options_.find(path);
        return found == options_.end() ? nullptr : std::get_if<T>(&found->second);
    }
    std::map<std::string, Option> options_;
    std::string resolved_;
};

struct Destroy {
    void operator()(lectern_stage* stage) const { stage->destroy(stage); }
};
using Stage = std::unique_ptr<lectern_stage, Destroy>;

Stage make(FakeHost& host, std::string_view type) {
    for (std::uint32_t i = 0; i < lectern_plugin_entry.stage_type_count; ++i) {
        const lectern_stage_type& candidate = *lectern_plugin_entry.stage_types[i];
        if (candidate.name != type) continue;
        lectern_stage* out = nullptr;
        const lectern_code code = candidate.create(&host.call, &host.config, &out);
        EXPECT_EQ(code == LECTERN_OK, out != nullptr);
        return Stage(out);
    }
    ADD_FAILURE() << "no stage type " << type;
    return nullptr;
}

template <typename Table>
const Table& table(const Stage& stage, const char* id) {
    return *static_cast<const Table*>(stage->get_capability(stage.get(), id));
}

// Texts of a vector, one by one.
struct Texts {
    explicit Texts(std::vector<std::string> given) : documents(std::move(given)) {
        face.struct_size = sizeof face;
        face.host_data = this;
        face.next = [](const lectern_text_source* source, lectern_text* out) -> lectern_code {
            auto& self = *static_cast<Texts*>(source->host_data);
            if (self.at == self.documents.size()) return LECTERN_NOT_FOUND;
            *out = plugin::text(self.documents[self.at++]);
            return LECTERN_OK;
        };
    }
    std::vector<std::string> documents;
    std::size_t at = 0;
    lectern_text_source face{};
};

struct Report {
    Report() {
        sink.struct_size = sizeof sink;
        sink.host_data = this;
        sink.text = [](const lectern_text_sink* face, lectern_text piece) -> lectern_code {
            static_cast<Report*>(face->host_data)->text += plugin::view(piece);
            return LECTERN_OK;
        };
        progress.struct_size = sizeof progress;
        progress.host_data = this;
        progress.progress = [](const lectern_progress_sink* face, double, lectern_text step,
                               lectern_text) {
            static_cast<Report*>(face->host_data)->steps.emplace_back(plugin::view(step));
        };
    }
    [[nodiscard]] boost::json::object json() const { return boost::json::parse(text).as_object(); }
    lectern_text_sink sink{};
    lectern_progress_sink progress{};
    std::string text;
    std::vector<std::string> steps;
};

// Sequences of words, as a word tokenizer gives them.
struct Sequences {
    explicit Sequences(std::vector<std::vector<std::string>> given) : words(std::move(given)) {
        for (const auto& sequence : words) {
            auto& spans = texts.emplace_back();
            for (const auto& word : sequence) spans.push_back(plugin::text(word));
        }
        for (const auto& spans : texts)
            faces.push_back(
                {sizeof(lectern_tokens), 0, spans.size(), nullptr, nullptr, spans.data()});
    }
    std::vector<std::vector<std::string>> words;
    std::vector<std::vector<lectern_text>> texts;
    std::vector<lectern_tokens> faces;
};

TEST(Plugin, NamesItselfAndItsStages) {
    EXPECT_STREQ(lectern_plugin_entry.name, "word2vec");
    ASSERT_EQ(lectern_plugin_entry.stage_type_count, 2U);
    for (std::uint32_t i = 0; i < 2; ++i) {
        const lectern_stage_type& type = *lectern_plugin_entry.stage_types[i];
        const auto schema = boost::json::parse(type.options).as_object();
        for (const auto& [name, option] : schema.at("properties").as_object()) {
            EXPECT_TRUE(option.as_object().contains("type")) << name;
            EXPECT_TRUE(option.as_object().contains("description")) << name;
        }
    }
}

TEST(Plugin, TrainsEmbedsAndEvaluates) {
    const Scratch scratch;
    const std::string model = scratch.path("m.bin");
    FakeHost host({{"mode", std::string("skipgram")},
                   {"ngrams", std::string("3-5")},
                   {"dim", std::int64_t{16}},
                   {"epochs", std::int64_t{5}}});
    const Stage trainer = make(host, "trainer");
    ASSERT_TRUE(trainer) << host.error;
    const auto& training = table<lectern_trainer>(trainer, LECTERN_TRAINER_1);
    Texts texts(country_documents(300));
    Report trained;
    ASSERT_EQ(training.train(trainer.get(), &host.call, &texts.face, model.c_str(),
                             &trained.progress, &trained.sink),
              LECTERN_OK)
        << host.error;
    const auto report = trained.json();
    for (const char* key : {"words", "vocabulary", "dimension", "mode", "ngrams", "epochs",
                            "seconds", "words_per_second", "loss"})
        EXPECT_TRUE(report.contains(key)) << key;
    EXPECT_EQ(report.at("dimension").to_number<int>(), 16);
    EXPECT_EQ(report.at("mode").as_string(), "skipgram");
    EXPECT_THAT(trained.steps,
                AllOf(::testing::Contains("reading"), ::testing::Contains("training"),
                      ::testing::Contains("common component")));

    const std::string questions =
        scratch.write("q.txt", ": capitals\nParis France Berlin Germany\nParis France Ulm x\n");
    Report evaluated;
    ASSERT_EQ(training.evaluate(trainer.get(), &host.call, model.c_str(), questions.c_str(),
                                &evaluated.progress, &evaluated.sink),
              LECTERN_OK)
        << host.error;
    const auto result = evaluated.json();
    const auto& section = result.at("sections").as_array().at(0).as_object();
    EXPECT_EQ(section.at("name").as_string(), "capitals");
    EXPECT_EQ(section.at("questions").to_number<int>(), 2);
    EXPECT_EQ(section.at("answered").to_number<int>(), 1);
    EXPECT_TRUE(result.contains("total") && result.contains("semantic") &&
                result.contains("syntactic"));

    FakeHost reading({{"model", model}});
    const Stage stage = make(reading, "word2vec");
    ASSERT_TRUE(stage) << reading.error;
    const auto& embedder = table<lectern_embedder>(stage, LECTERN_EMBEDDER_1);
    lectern_embedder_info info{};
    info.struct_size = sizeof info;
    ASSERT_EQ(embedder.info(stage.get(), &info), LECTERN_OK);
    EXPECT_EQ(info.dimension, 16U);
    EXPECT_THAT(info.fingerprint, AllOf(StartsWith("word2vec:"), HasSubstr(":common")));
    const Sequences sequences({{"the", "government", "of", "france"},
                               {},
                               {"goverment", "of", "franse"},
                               {"japanese", "theatres", "in", "tokyo"}});
    std::vector<float> out(4 * 16);
    ASSERT_EQ(embedder.embed(stage.get(), &reading.call, sequences.faces.data(), 4, LECTERN_PASSAGE,
                             out.data()),
              LECTERN_OK);
    const auto vector = [&](std::size_t i) { return std::span(out).subspan(i * 16, 16); };
    EXPECT_NEAR(cosine(vector(0), vector(0)), 1, 1e-6);
    EXPECT_NEAR(std::inner_product(out.begin(), out.begin() + 16, out.begin(), 0.0), 1, 1e-5);
    EXPECT_GT(cosine(vector(0), vector(2)), cosine(vector(0), vector(3)));
    ASSERT_EQ(reading.item_errors.size(), 1U);
    EXPECT_THAT(reading.item_errors[1], HasSubstr("no word to embed"));

    // The settings are part of what the vectors are.
    FakeHost plain({{"model", model}, {"passages", std::string("mean")}});
    const Stage mean = make(plain, "word2vec");
    ASSERT_TRUE(mean) << plain.error;
    lectern_embedder_info other{};
    other.struct_size = sizeof other;
    ASSERT_EQ(table<lectern_embedder>(mean, LECTERN_EMBEDDER_1).info(mean.get(), &other),
              LECTERN_OK);
    EXPECT_STRNE(info.fingerprint, other.fingerprint);
}

TEST(Plugin, SaysWhichWordsTheModelDoesNotKnow) {
    const Scratch scratch;
    FakeHost host({{"model", scratch.write("m.vec", word2vec_text({{"cat", {1, 0}}}))}});
    const Stage stage = make(host, "word2vec");
    ASSERT_TRUE(stage) << host.error;
    const auto& embedder = table<lectern_embedder>(stage, LECTERN_EMBEDDER_1);
    const Sequences sequences({{"xyzzy", "plugh"}, {"cat"}});
    std::vector<float> out(4, 9);
    ASSERT_EQ(embedder.embed(stage.get(), &host.call, sequences.faces.data(), 2, LECTERN_QUERY,
                             out.data()),
              LECTERN_OK);
    EXPECT_EQ(out, (std::vector<float>{0, 0, 1, 0}));
    EXPECT_THAT(host.item_errors[0], AllOf(HasSubstr("none of the 2 words"), HasSubstr("xyzzy")));

    lectern_tokens ids_only{sizeof(lectern_tokens), 0, 1, nullptr, nullptr, nullptr};
    EXPECT_EQ(embedder.embed(stage.get(), &host.call, &ids_only, 1, LECTERN_QUERY, out.data()),
              LECTERN_INVALID_ARGUMENT);
    EXPECT_THAT(host.error, HasSubstr("'words'"));

    host.cancelled = true;
    EXPECT_EQ(embedder.embed(stage.get(), &host.call, sequences.faces.data(), 2, LECTERN_QUERY,
                             out.data()),
              LECTERN_CANCELLED);
}

TEST(Plugin, RefusesWhatItCannotUse) {
    const Scratch scratch;
    const std::string model = scratch.write("m.vec", word2vec_text({{"cat", {1, 0}}}));
    const auto error = [](std::string_view type, std::map<std::string, Option> options) {
        FakeHost host(std::move(options));
        EXPECT_FALSE(make(host, type));
        return host.error;
    };
    EXPECT_THAT(error("word2vec", {}), HasSubstr("'model'"));
    EXPECT_THAT(error("word2vec", {{"model", scratch.path("none.bin")}}), HasSubstr("none.bin"));
    EXPECT_THAT(error("word2vec", {{"model", model}, {"remove_common", true}}),
                HasSubstr("m.vec.sif"));
    EXPECT_THAT(
        error("word2vec",
              {{"model", model}, {"remove_common", true}, {"passages", std::string("mean")}}),
        HasSubstr("passages: sif"));
    EXPECT_THAT(error("trainer", {{"ngrams", std::string("many")}}), HasSubstr("'ngrams'"));
    (void)scratch.write("m.vec.sif", "garbage");
    EXPECT_THAT(error("word2vec", {{"model", model}}), HasSubstr("m.vec.sif"));
    FakeHost host({{"model", model}, {"remove_common", false}});
    EXPECT_TRUE(make(host, "word2vec")) << host.error;
}

}  // namespace
}  // namespace lectern::word2vec

// Translation where it serves: at ingest, of questions, of answers, and by itself.
#include "lectern/translation.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;
using lectern::DocumentInput;

const fs::path random_model =
    fs::path(LECTERN_SOURCE_DIR) / "plugins/translate/testdata/tiny-shared";

bool models_are_there() {
    return fs::exists(fs::path(LECTERN_MODELS_DIR) / "en-pt-tiny") &&
           fs::exists(fs::path(LECTERN_MODELS_DIR) / "pt-en-tiny");
}

const std::vector<DocumentInput> english{
    {"bridge", "", "The bridge of stone by the river was built in 1876.", ""},
    {"bread", "", "Bread is made of flour, water and salt.", ""}};
const std::string portuguese =
    "# A ponte\n\nA ponte de pedra fica perto do rio. A ponte foi construída em 1876 por uma "
    "empresa da cidade.\n\nO pão é feito de farinha, água e sal.";

class TranslationTest : public testing::Test {
 protected:
    lectern::Result<Collection> open(const std::string& name, const std::string& stages,
                                     const std::string& ingest, const std::string& query,
                                     const std::string& more) const {
        const fs::path file = folder / (name + ".yaml");
        std::ofstream(file) << "version: 1\npipeline: " << name
                            << "\nstages:\n"
                               "  text: {plugin: documents, stage: text}\n"
                               "  chunks: {plugin: passages, stage: splitter}\n"
                               "  tokens: {plugin: wordpiece, options: {model: all-MiniLM-L6-v2}}\n"
                               "  vectors: {plugin: bert, options: {model: all-MiniLM-L6-v2}}\n"
                               "  evidence: {plugin: passages, stage: reader}\n"
                            << stages << "ingest: " << ingest << "\nquery: " << query << "\n"
                            << more;
        lectern::OpenOptions options;
        options.pipeline = file.string();
        options.folders.plugins = {LECTERN_BINARY_DIR "/tests/scripted"};
        return Collection::open(folder / name, std::move(options));
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

constexpr const char* plain_ingest = "[source, text, chunks, tokens, vectors, commit]";
constexpr const char* plain_query = "[query, tokens, vectors, search, evidence]";
const std::string to_pt = "  to_pt: {plugin: translate, options: {model: en-pt-tiny}}\n";
const std::string to_en = "  to_en: {plugin: translate, options: {model: pt-en-tiny}}\n";

TEST_F(TranslationTest, AnswersAreTranslatedAndKeepTheirMarks) {
    if (!models_are_there()) GTEST_SKIP() << "run setup/third-party.sh translate";
    auto collection =
        open("answers", to_pt, plain_ingest, plain_query, "answer: {languages: {pt: to_pt}}\n");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ASSERT_EQ(collection->ingest_documents(english)->documents, 2U);
    lectern::AskOptions options;
    options.language = "pt";
    std::string streamed;
    options.on_text = [&streamed](std::string_view piece) { streamed += piece; };
    const auto answer = collection->ask("When was the bridge built?", options);
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->original, "The bridge of stone by the river was built in 1876 [1].");
    EXPECT_EQ(answer->text, "A ponte de pedra junto ao rio foi construída em 1876 [1].");
    EXPECT_EQ(answer->language, "pt");
    EXPECT_EQ(streamed, answer->text);
    ASSERT_EQ(answer->citations.size(), 1U);
    EXPECT_EQ(answer->citations[0].quote, english[0].text);

    options.language = "fr";
    const auto unknown = collection->ask("When was the bridge built?", options);
    EXPECT_EQ(unknown.status().message(),
              "the pipeline 'answers' translates no answers into 'fr'; it knows: pt");
    options.language = "";
    const auto plain = collection->ask("When was the bridge built?", options);
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(plain->text, answer->original);
    EXPECT_EQ(plain->original + plain->language, "");
}

TEST_F(TranslationTest, QuestionsAreTranslatedIntoTheCollectionsLanguage) {
    if (!models_are_there()) GTEST_SKIP() << "run setup/third-party.sh translate";
    auto collection = open("questions", to_en, plain_ingest,
                           "[query, to_en, tokens, vectors, search, evidence]", "");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ASSERT_EQ(collection->ingest_documents(english)->documents, 2U);
    const auto answer = collection->ask("Quando foi construída a ponte?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->text, "The bridge of stone by the river was built in 1876 [1].");
    // One in the collection's language stays as it is.
    const auto same = collection->ask("When was the bridge of stone by the river built?");
    ASSERT_TRUE(same.ok()) << same.status().message();
    EXPECT_EQ(same->text, answer->text);
}

TEST_F(TranslationTest, ATranslationIsKeptBesideItsDocumentWhichIsCited) {
    if (!models_are_there()) GTEST_SKIP() << "run setup/third-party.sh translate";
    auto collection = open(
        "beside", to_en, "[source, text, to_en, chunks, tokens, vectors, commit]", plain_query, "");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const std::vector<DocumentInput> documents{
        {"ponte", "A ponte", portuguese, R"({"year": 2020})"},
        {"english", "", "This document is in English already, so that it stays as it is.", ""}};
    ASSERT_EQ(collection->ingest_documents(documents)->documents, 3U);
    EXPECT_EQ(collection->get("ponte")->text, portuguese);
    const auto translated = collection->get("ponte#en");
    ASSERT_TRUE(translated.ok()) << translated.status().message();
    EXPECT_NE(translated->text.find("was built in 1876"), std::string::npos) << translated->text;
    const auto metadata = boost::json::parse(translated->metadata);
    EXPECT_EQ(metadata.at("year"), 2020);
    EXPECT_EQ(metadata.at("translation").at("of"), "ponte");
    EXPECT_EQ(collection->get("english#en").status().code(), lectern::Code::not_found);

    std::vector<lectern::Citation> shown;
    lectern::AskOptions options;
    options.on_evidence = [&shown](std::span<const lectern::Citation> all) {
        shown.assign(all.begin(), all.end());
    };
    const auto answer = collection->ask("When was the bridge built?", options);
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_NE(answer->text.find("1876"), std::string::npos) << answer->text;
    ASSERT_FALSE(answer->citations.empty());
    const lectern::Citation& citation = answer->citations[0];
    EXPECT_EQ(citation.document, "ponte");
    EXPECT_EQ(citation.quote, "A ponte foi construída em 1876 por uma empresa da cidade.");
    EXPECT_EQ(portuguese.substr(citation.begin, citation.end - citation.begin), citation.quote);
    EXPECT_NE(citation.translation.find("1876"), std::string::npos);
    EXPECT_EQ(shown.at(0).quote, citation.quote);
    // A hit is the translation, and does not carry the map.
    const auto found = collection->search("When was the bridge built?");
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->hits.at(0).document, "ponte#en");
    const auto carried = boost::json::parse(found->hits[0].metadata);
    EXPECT_EQ(carried.at("translation").at("of"), "ponte");
    EXPECT_FALSE(carried.at("translation").as_object().contains("sentences"));
    EXPECT_EQ(carried.at("year"), 2020);
    // What answers by itself in the original cites it directly; where the document is another one
    // by now, what is left is cited.
    const std::vector<DocumentInput> another{
        {"ponte", "", "This is another document, which is in English from the beginning.", ""}};
    ASSERT_EQ(collection->ingest_documents(another)->documents, 1U);
    const auto without = collection->ask("When was the bridge built?");
    ASSERT_TRUE(without.ok());
    ASSERT_FALSE(without->citations.empty());
    EXPECT_EQ(without->citations[0].document, "ponte#en");
    EXPECT_EQ(without->citations[0].translation, "");
}

// How often the stage was asked.
std::uint64_t calls_of(const lectern::IngestReport& report, std::string_view stage) {
    for (const lectern::StageTiming& one : report.stages)
        if (one.stage == stage) return one.calls;
    return 0;
}

TEST_F(TranslationTest, AnUnchangedDocumentIsNotTranslatedAgain) {
    const std::string stage =
        "  says: {plugin: scripted, options: {text: \"Sim, em 1876.\"}, prompt: \"Translate: "
        "{text}\"}\n";
    constexpr const char* ingest = "[source, text, says, chunks, tokens, vectors, commit]";
    {
        auto collection = open("again", stage, ingest, plain_query, "");
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        const auto first = collection->ingest_documents(english);
        ASSERT_TRUE(first.ok()) << first.status().message();
        EXPECT_EQ(first->documents, 4U);
        EXPECT_EQ(calls_of(*first, "says"), 2U);
        const std::string stored = collection->get("bread#says")->metadata;
        EXPECT_NE(stored.find("\"by\""), std::string::npos) << stored;

        const auto second = collection->ingest_documents(english);
        ASSERT_TRUE(second.ok()) << second.status().message();
        EXPECT_EQ(second->documents, 0U);
        EXPECT_EQ(second->skipped, 4U);
        EXPECT_EQ(calls_of(*second, "says"), 0U);

        // One that changed is, and so is one whose translation is gone.
        std::vector<DocumentInput> changed = english;
        changed[0].text += " It was made of stone.";
        const std::vector<std::string> translation{"bread#says"};
        ASSERT_EQ(collection->remove(translation).value(), 1U);
        const auto third = collection->ingest_documents(changed);
        ASSERT_TRUE(third.ok()) << third.status().message();
        EXPECT_EQ(third->documents, 3U);
        EXPECT_EQ(third->skipped, 1U);
        EXPECT_EQ(calls_of(*third, "says"), 2U);
        EXPECT_EQ(collection->get("bread#says")->metadata, stored);
    }
    // With other options of the stage, all are.
    std::string other = stage;
    other.replace(other.find("Sim"), 3, "Talvez");
    auto collection = open("again", other, ingest, plain_query, "");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const auto fourth = collection->ingest_documents(english);
    ASSERT_TRUE(fourth.ok()) << fourth.status().message();
    EXPECT_EQ(calls_of(*fourth, "says"), 2U);
    EXPECT_EQ(collection->get("bread#says")->text, "Talvez, em 1876.");
}

// The document is through its stage before the next one has it, however long its translation takes
// to be checked there: it is not taken for two of one id, of which the later has to be stored.
TEST_F(TranslationTest, AnUnchangedDocumentIsAloneWhileItsTranslationIsChecked) {
    const std::string stage =
        "  says: {plugin: scripted, options: {text: Yes.}, prompt: \"Translate: {text}\"}\n";
    auto collection = open("alone", stage, "[source, text, says, chunks, tokens, vectors, commit]",
                           plain_query, "");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    // The translation takes the metadata over, and to parse so many numbers takes a while.
    std::string metadata = R"({"deep": [[1)";
    for (int i = 0; i < 200'000; ++i) metadata += ",1";
    metadata += "]]}";
    const std::vector<DocumentInput> documents{{"bread", "", english[1].text, metadata}};
    ASSERT_EQ(collection->ingest_documents(documents)->documents, 2U);
    for (int time = 0; time < 3; ++time) {
        const auto again = collection->ingest_documents(documents);
        ASSERT_TRUE(again.ok()) << again.status().message();
        EXPECT_EQ(again->documents, 0U) << time;
        EXPECT_EQ(again->skipped, 2U) << time;
    }
}

TEST_F(TranslationTest, ADocumentTakesItsTranslationsAlong) {
    const std::string stage =
        "  says: {plugin: scripted, options: {text: Yes.}, prompt: \"Translate: {text}\"}\n";
    auto collection = open("along", stage, "[source, text, says, chunks, tokens, vectors, commit]",
                           plain_query, "");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    std::vector<DocumentInput> documents = english;
    // Ids that only look like those of translations.
    documents.push_back({"bridge#notes", "", "Notes on the bridge.", ""});
    documents.push_back({"bridge !", "", "Another document.", ""});
    ASSERT_EQ(collection->ingest_documents(documents)->documents, 8U);
    const std::vector<std::string> gone{"bridge", "bridge#says", "nothing"};
    EXPECT_EQ(collection->remove(gone).value(), 2U);
    for (const char* id : {"bridge", "bridge#says"})
        EXPECT_EQ(collection->get(id).status().code(), lectern::Code::not_found) << id;
    for (const char* id :
         {"bread", "bread#says", "bridge#notes", "bridge#notes#says", "bridge !", "bridge !#says"})
        EXPECT_TRUE(collection->get(id).ok()) << id;
    // A translation alone may go.
    const std::vector<std::string> translation{"bread#says"};
    EXPECT_EQ(collection->remove(translation).value(), 1U);
    EXPECT_TRUE(collection->get("bread").ok());
}

TEST_F(TranslationTest, AGeneratorTranslatesByItsPrompt) {
    const std::string stage =
        "  says: {plugin: scripted, options: {text: \"Sim, em 1876.\"}, prompt: \"Translate: "
        "{text}\"}\n";
    auto collection =
        open("prompt", stage, plain_ingest, plain_query, "answer: {languages: {pt: says}}\n");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ASSERT_EQ(collection->ingest_documents(english)->documents, 2U);
    lectern::AskOptions options;
    options.language = "pt";
    const auto answer = collection->ask("When was the bridge built?", options);
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->text, "Sim, em 1876 [1].");

    // And at ingest, beside the document.
    auto beside = open("prompt-ingest", stage,
                       "[source, text, says, chunks, tokens, vectors, commit]", plain_query, "");
    ASSERT_TRUE(beside.ok()) << beside.status().message();
    ASSERT_EQ(beside->ingest_documents(english)->documents, 4U);
    EXPECT_EQ(beside->get("bridge#says")->text, "Sim, em 1876.");
    const auto cited = beside->ask("Quando? Sim, em 1876.");
    ASSERT_TRUE(cited.ok()) << cited.status().message();
    ASSERT_FALSE(cited->citations.empty());
    EXPECT_EQ(cited->citations[0].translation, "Sim, em 1876.");
    const std::string& document = cited->citations[0].document;
    EXPECT_TRUE(document == "bridge" || document == "bread") << document;
}

TEST_F(TranslationTest, WrongPlacesAreRefused) {
    const std::string plain =
        "  says: {plugin: scripted, options: {text: Yes.}}\n" +
        std::string("  shown: {plugin: documents, stage: html, prompt: \"Say {text}\"}\n");
    const auto no_prompt =
        open("no-prompt", plain, plain_ingest, plain_query, "answer: {languages: {pt: says}}\n");
    EXPECT_NE(no_prompt.status().message().find(
                  "'says' is to translate answers into 'pt' (answer.languages) and is a generator"),
              std::string::npos)
        << no_prompt.status().message();
    const auto no_generator = open(
        "no-generator", plain, "[source, shown, chunks, tokens, vectors, commit]", plain_query, "");
    EXPECT_NE(no_generator.status().message().find("a prompt is for a generator"),
              std::string::npos)
        << no_generator.status().message();
}

TEST(Translator, TranslatesTexts) {
    const auto translator = lectern::Translator::open({.model = random_model});
    ASSERT_TRUE(translator.ok()) << translator.status().message();
    const std::string text = "The bridge is old.\n\nWater boils.";
    const auto made = translator->translate(text);
    ASSERT_TRUE(made.ok()) << made.status().message();
    ASSERT_EQ(made->sentences.size(), 2U);
    EXPECT_EQ(made->sentences[1].original_begin, 20U);
    EXPECT_EQ(made->sentences[1].end, made->text.size());
    EXPECT_EQ(made->text.substr(made->sentences[0].end, 2), "\n\n");
    EXPECT_EQ(translator->translate("").value().text, "");

    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(translator->translate(text, {.stop = stop.get_token()}).status().code(),
              lectern::Code::cancelled);
    EXPECT_EQ(translator->translate("\xff").status().message(),
              "the text is not valid UTF-8 at byte 0");
}

TEST(Translator, SaysWhatIsWrongWithAModel) {
    const auto missing = lectern::Translator::open({.model = "no-such-model"});
    EXPECT_NE(missing.status().message().find("there is no model"), std::string::npos)
        << missing.status().message();
    const auto reader =
        lectern::Translator::open({.options = "{}", .plugin = "documents", .stage = "text"});
    EXPECT_NE(reader.status().message().find("is not a custom stage"), std::string::npos)
        << reader.status().message();
    const auto options = lectern::Translator::open({.model = random_model, .options = "[]"});
    EXPECT_EQ(options.status().code(), lectern::Code::invalid_argument);
}

}  // namespace

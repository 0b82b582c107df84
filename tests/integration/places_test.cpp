// Where text comes from, what a chunk within a table knows, and files within files: from the
// extractors to hits and citations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lectern/lectern.hpp"
#include "lectern/patch.hpp"
#include "test_folders.hpp"
#include "tests/small_models.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;
using lectern::Hit;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class PlacesTest : public testing::Test {
 protected:
    void SetUp() override {
        lectern::test::write_word_vectors(
            folder / "words.vec", 16, 8, 7,
            {"ada", "boat", "bottom", "dough", "hall", "häher", "kg", "moon", "part", "see",
             "table", "tides", "weight", "what", "yeast", "мир"});
        std::ofstream(folder / "small.yaml")
            << "version: 1\npipeline: small\nstages:\n"
               "  text: {plugin: documents, stage: text}\n"
               "  jsonl: {plugin: documents, stage: jsonl}\n"
               "  mail: {plugin: mail}\n  archive: {plugin: archive}\n  data: {plugin: data}\n"
               "  chunks: {plugin: passages, stage: splitter, options: {max_tokens: 60}}\n"
               "  tokens: {plugin: words}\n"
               "  vectors: {plugin: word2vec, options: {model: "
            << (folder / "words.vec").string()
            << "}}\n"
               "  evidence: {plugin: passages, stage: reader}\n"
               "ingest: [source, [text, jsonl, mail, archive, data], chunks, tokens, vectors, "
               "commit]\n"
               "query: [query, tokens, vectors, search, evidence]\n"
               "search: {mode: lexical, candidates: 50}\n"
               "answer: {abstain_below: 0}\n";
    }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name, std::ios::binary) << text;
    }
    [[nodiscard]] Collection open() const {
        lectern::OpenOptions options;
        options.pipeline = (folder / "small.yaml").string();
        options.folders.cache = folder / "cache";
        auto collection = Collection::open(folder / "collection", std::move(options));
        EXPECT_TRUE(collection.ok()) << collection.status().message();
        return std::move(*collection);
    }
    lectern::IngestReport ingest(Collection& collection, const std::string& name) const {
        auto report = collection.ingest({folder / name});
        EXPECT_TRUE(report.ok()) << report.status().message();
        return report.ok() ? std::move(*report) : lectern::IngestReport{};
    }
    // The best hit. Its text is that of the document at its offsets, always.
    static Hit best(const Collection& collection, const std::string& query) {
        const auto found = collection.search(query, {.k = 1, .chunks = true});
        EXPECT_TRUE(found.ok()) << found.status().message();
        if (!found.ok() || found->hits.empty()) return {};
        const Hit& hit = found->hits.front();
        EXPECT_EQ(bytes(collection, hit.document, hit.begin, hit.end), hit.text);
        return hit;
    }
    static std::string bytes(const Collection& collection, const std::string& id,
                             std::uint64_t begin, std::uint64_t end) {
        const auto document = collection.get(id);
        EXPECT_TRUE(document.ok()) << document.status().message();
        return document.ok() ? document->text.substr(begin, end - begin) : std::string{};
    }
    static std::vector<std::string> ids(const Collection& collection, const fs::path& below) {
        std::vector<std::string> out;
        const auto visited = collection.each_document([&](const lectern::Document& document) {
            out.push_back(document.id.substr(below.string().size() + 1));
            return true;
        });
        EXPECT_TRUE(visited.ok());
        return out;
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

std::string table_of_parts(const std::string& ruler) {
    std::string out = "# Parts\n\n| Part | Weight | Hall |\n" + ruler;
    for (int i = 0; i < 120; ++i)
        out += "| Part-" + std::to_string(1000 + i) + " | " + std::to_string(i * 7) +
               " kg | Hall " + static_cast<char>('A' + i % 5) + " |\n";
    return out;
}

TEST_F(PlacesTest, AChunkWithinATableKnowsItsHeader) {
    auto collection = open();
    write("parts.md", table_of_parts("|---|---|---|\n"));
    ingest(collection, "parts.md");
    const Hit hit = best(collection, "Part-1097");
    EXPECT_THAT(hit.text, HasSubstr("| Part-1097 | 679 kg | Hall C |"));
    EXPECT_EQ(hit.context, "| Part | Weight | Hall |");
    EXPECT_THAT(hit.text, testing::Not(HasSubstr("Weight"))) << "offsets are those of the text";
    // Its words are found with it, and its chunks keep to the limit.
    EXPECT_GT(best(collection, "weight Part-1097").lexical_score.value_or(0),
              hit.lexical_score.value_or(0));
    const auto document = collection.get((folder / "parts.md").string());
    ASSERT_TRUE(document.ok());
    for (const lectern::ChunkRange& chunk : document->chunks) EXPECT_LE(chunk.tokens, 60U);
}

TEST_F(PlacesTest, RowsOfATable) {
    std::string table = "Part,Weight\n";
    for (int i = 0; i < 120; ++i)
        table += "Part-" + std::to_string(1000 + i) + "," + std::to_string(i * 7) + " kg\n";
    write("parts.csv", table);
    {
        auto collection = open();
        ingest(collection, "parts.csv");
    }
    // As stored.
    auto collection = open();
    const Hit hit = best(collection, "Part-1097");
    EXPECT_EQ(hit.place.kind, "cells");
    EXPECT_LE(hit.place.first, 99U);
    EXPECT_GE(hit.place.last, 99U);
    EXPECT_THAT(hit.place.text, StartsWith("rows "));
    const auto answer = collection.ask("What is the weight of Part-1097?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    ASSERT_FALSE(answer->citations.empty());
    EXPECT_EQ(answer->citations.front().place.text, "row 99");
    for (const lectern::Citation& citation : answer->citations)
        EXPECT_EQ(bytes(collection, citation.document, citation.begin, citation.end),
                  citation.quote);
    const auto document = collection.get((folder / "parts.csv").string());
    ASSERT_TRUE(document.ok());
    EXPECT_THAT(document->chunks.front().place.text, StartsWith("rows 2 to "));
    // And changed ones: what is known of a place makes another document of it.
    const auto again = ingest(collection, "parts.csv");
    EXPECT_EQ(again.skipped, 1U);
    const auto verified = collection.verify();
    ASSERT_TRUE(verified.ok());
    EXPECT_TRUE(verified->findings.empty()) << verified->findings.front().what;
}

TEST_F(PlacesTest, FilesWithinArchives) {
    write("in/manuals/tides.srt", "1\n00:12:31,000 --> 00:12:35,000\nThe moon raises tides.\n");
    write("in/manuals/.hidden.md", "secret");
    write("in/noise.bin", std::string("\x00\x01\x02\x03", 4));
    write("in/rows.jsonl", "{\"_id\": \"r1\", \"text\": \"Yeast makes dough rise.\"}\n");
    write("deep/crew.csv", "Name,Age\nAda,36\n");
    const std::string at = folder.string();
    ASSERT_EQ(std::system(("tar -C " + at + "/deep -czf " + at + "/in/deep.tgz . && tar -C " + at +
                           "/in -cf " + at + "/all.tar manuals noise.bin rows.jsonl deep.tgz")
                              .c_str()),  // NOLINT
              0);
    auto collection = open();
    const auto report = ingest(collection, "all.tar");
    EXPECT_EQ(report.documents, 3U);
    ASSERT_EQ(report.failed.size(), 1U);
    EXPECT_THAT(report.failed[0].path, HasSubstr("noise.bin"));
    EXPECT_THAT(report.failed[0].error.message(), HasSubstr("looks like a binary file"));

    const std::string archive = (folder / "all.tar").string();
    std::map<std::string, std::string> metadata;
    const auto visited = collection.each_document([&](const lectern::Document& document) {
        metadata[document.id] = document.metadata;
        return true;
    });
    ASSERT_TRUE(visited.ok());
    ASSERT_EQ(metadata.size(), 3U);
    EXPECT_THAT(metadata[archive + "#manuals/tides.srt"], HasSubstr("\"archive\":"));
    EXPECT_THAT(metadata[archive + "#deep.tgz#crew.csv"], HasSubstr("all.tar#deep.tgz\""));
    EXPECT_EQ(metadata.count("r1"), 1U) << "rows keep their own ids";

    EXPECT_EQ(best(collection, "moon tides").place.text, "manuals/tides.srt, 00:12:31");
    EXPECT_EQ(best(collection, "moon tides").place.part, "manuals/tides.srt");
    EXPECT_EQ(best(collection, "Ada").place.text, "deep.tgz#crew.csv, row 2");
}

// The model knows a word of each sentence, or of its title.
TEST_F(PlacesTest, Headings) {
    write("setup.md",
          "# Boat\n\nEach boat has a crew.\n\n## Bottom\n\nThe bottom is of oak.\n\n### Part\n\n"
          "Ada made that part. It was the last.\n\n## Hall\n\nThe moon stood over the hall.\n");
    // Comments are no headings.
    write("setup.py", "# Yeast\n\n# Dough\n\nprint('weight')\n");
    {
        auto collection = open();
        ingest(collection, "setup.md");
        ingest(collection, "setup.py");
        const std::vector<lectern::DocumentInput> given{
            {"given", "", "# Tides\nThe tides come by two.", ""}};
        ASSERT_TRUE(collection.ingest_documents(given).ok());
    }
    // As stored.
    auto collection = open();
    const auto answer = collection.ask("Who made that part?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    ASSERT_FALSE(answer->citations.empty());
    EXPECT_THAT(answer->citations.front().quote, HasSubstr("Ada"));
    EXPECT_EQ(answer->citations.front().place.text, "section Bottom > Part");
    EXPECT_EQ(answer->citations.front().place.section, "Bottom > Part");
    EXPECT_EQ(answer->citations.front().place.kind, "section");
    EXPECT_THAT(best(collection, "Ada").place.section, StartsWith("Bottom"));
    EXPECT_TRUE(best(collection, "weight").place.empty());
    EXPECT_EQ(best(collection, "tides").place.text, "section Tides");
}

TEST_F(PlacesTest, CellsOfANotebook) {
    write("tides.ipynb",
          R"({"cells": [{"cell_type": "markdown", "source": ["# Table\n", "About the sea."]},)"
          R"({"cell_type": "markdown", "source": "## Tides\nThe moon raises the tides."},)"
          R"({"cell_type": "code", "source": "weight = 7", "outputs": []}]})");
    auto collection = open();
    ingest(collection, "tides.ipynb");
    const auto answer = collection.ask("What raises the tides?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    ASSERT_FALSE(answer->citations.empty());
    EXPECT_EQ(answer->citations.front().quote, "The moon raises the tides.");
    EXPECT_EQ(answer->citations.front().place.text, "cell 2, section Tides");
    EXPECT_EQ(answer->citations.front().place.kind, "notebook_cell");
    EXPECT_EQ(answer->citations.front().place.first, 2U);
}

TEST_F(PlacesTest, APictureWithoutOcrSaysHowToTurnItOn) {
    write("scan.png", "\x89PNG\r\n\x1A\n and so on");
    const auto refused = [&] {
        auto collection = open();
        const auto report = ingest(collection, "scan.png");
        return report.failed.empty() ? std::string() : report.failed.front().error.message();
    };
    EXPECT_THAT(refused(), HasSubstr("this pipeline has no OCR: add a stage of the plugin 'ocr'"));
    // The plugin that is there, turned off.
    std::ifstream in(folder / "small.yaml");
    std::string pipeline{std::istreambuf_iterator<char>(in), {}};
    const auto put = [&](const std::string& what, const std::string& with) {
        pipeline.replace(pipeline.find(what), what.size(), with);
    };
    put("  mail:", "  scans: {plugin: ocr, options: {enabled: false}}\n  mail:");
    put("[text, jsonl,", "[text, scans, jsonl,");
    std::ofstream(folder / "small.yaml") << pipeline;
    EXPECT_THAT(refused(), HasSubstr("OCR turned off: remove \"enabled: false\" from the options "
                                     "of its stage 'scans'"));
}

TEST_F(PlacesTest, TextThatNoExtractorTakesIsNotCalledBinary) {
    std::ifstream in(folder / "small.yaml");
    std::string pipeline{std::istreambuf_iterator<char>(in), {}};
    const std::size_t stage = pipeline.find("  jsonl:");
    pipeline.erase(stage, pipeline.find('\n', stage) + 1 - stage);
    pipeline.erase(pipeline.find(" jsonl,"), 7);
    std::ofstream(folder / "small.yaml") << pipeline;
    write("rows.jsonl", "{\"text\": \"The moon raises the tides.\"}\n");
    auto collection = open();
    const auto report = ingest(collection, "rows.jsonl");
    ASSERT_EQ(report.failed.size(), 1U);
    EXPECT_THAT(report.failed.front().error.message(),
                HasSubstr("takes this kind of text; add the one that does"));
}

TEST_F(PlacesTest, ArchivesWithinArchivesEnd) {
    write("a.md", "At the bottom.");
    const std::string at = folder.string();
    std::string last = "a.md";
    for (int i = 0; i < 8; ++i) {
        const std::string next = "n" + std::to_string(i) + ".tar";
        ASSERT_EQ(std::system(("tar -C " + at + " -cf " + at + "/" + next + " " + last).c_str()),
                  0);  // NOLINT
        last = next;
    }
    auto collection = open();
    const auto report = ingest(collection, last);
    EXPECT_EQ(report.documents, 0U);
    ASSERT_EQ(report.failed.size(), 1U);
    EXPECT_THAT(report.failed[0].error.message(), HasSubstr("deep in each other"));
    EXPECT_EQ(ingest(collection, "n4.tar").documents, 1U);
}

TEST_F(PlacesTest, AttachmentsAreReadAsFilesAre) {
    write("mail.eml",
          "From: ada@example.org\nSubject: Boats\nMIME-Version: 1.0\n"
          "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nSee the table.\n"
          "--x\nContent-Type: text/csv; charset=iso-8859-1; name=boats.csv\n"
          "Content-Disposition: attachment; filename=boats.csv\n\n"
          "Boat,Price\nH\xE4her,120\n"
          "--x\nContent-Type: application/octet-stream; name=key.bin\n"
          "Content-Disposition: attachment; filename=key.bin\n\n\x01\x02\x03\n"
          "--x\nContent-Type: application/pgp-signature; name=s.asc\n\nABCDEF\n--x--\n");
    auto collection = open();
    const auto report = ingest(collection, "mail.eml");
    EXPECT_TRUE(report.failed.empty()) << report.failed.front().error.message();
    EXPECT_THAT(ids(collection, folder), UnorderedElementsAre("mail.eml", "mail.eml#boats.csv"));
    const Hit hit = best(collection, "Häher");
    EXPECT_EQ(hit.text, "Boat: Häher | Price: 120");
    EXPECT_EQ(hit.place.text, "boats.csv, row 2");
    EXPECT_THAT(hit.metadata, HasSubstr("\"mail\":"));
}

TEST_F(PlacesTest, OtherMetadataLeavesPlacesAndVectors) {
    write("crew.csv", "Name,Weight\nAda,120\nYeast,7\n");
    auto collection = open();
    ingest(collection, "crew.csv");
    const std::string id = (folder / "crew.csv").string();
    const auto before = collection.get(id);
    ASSERT_TRUE(before.ok()) << before.status().message();
    const Hit hit = best(collection, "Ada");
    ASSERT_FALSE(hit.place.empty());

    const auto patch = [&](const char* with) {
        const auto done = lectern::patch_metadata(collection, id, with);
        EXPECT_TRUE(done.ok()) << done.status().message();
        return done.ok() && *done;
    };
    EXPECT_TRUE(patch(R"({"owner": {"name": "x", "team": 1}, "tags": ["a"]})"));
    EXPECT_FALSE(patch(R"({"owner": {"team": 1}, "none": null})"));
    EXPECT_TRUE(patch(R"({"owner": {"name": null, "since": 2020}, "tags": ["b"]})"));
    const auto after = collection.get(id);
    ASSERT_TRUE(after.ok());
    EXPECT_THAT(after->metadata, HasSubstr(R"("owner":{"team":1,"since":2020})"));
    EXPECT_THAT(after->metadata, HasSubstr(R"("tags":["b"])"));
    EXPECT_EQ(after->text, before->text);
    EXPECT_EQ(after->title, before->title);
    ASSERT_EQ(after->chunks.size(), before->chunks.size());
    for (std::size_t i = 0; i < after->chunks.size(); ++i) {
        EXPECT_EQ(after->chunks[i].begin, before->chunks[i].begin);
        EXPECT_EQ(after->chunks[i].tokens, before->chunks[i].tokens);
        EXPECT_EQ(after->chunks[i].place.text, before->chunks[i].place.text);
    }
    const Hit again = best(collection, "Ada");
    EXPECT_EQ(again.place.text, hit.place.text);
    EXPECT_EQ(again.dense_score, hit.dense_score);
    const auto found = collection.search("Ada", {.filter = "owner.since = 2020"});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->hits.size(), 1U);
    // By meaning too: its vectors are there.
    const auto dense = collection.search("Ada", {.mode = lectern::SearchMode::dense});
    ASSERT_TRUE(dense.ok());
    EXPECT_EQ(dense->hits.size(), 1U);

    EXPECT_EQ(lectern::patch_metadata(collection, "none", "{}").status().code(),
              lectern::Code::not_found);
    EXPECT_EQ(lectern::patch_metadata(collection, id, "[]").status().code(),
              lectern::Code::invalid_argument);
}

TEST_F(PlacesTest, TheCharsetOfARequest) {
    auto collection = open();
    lectern::IngestOptions options;
    options.media_type = "text/plain; charset=koi8-r";
    // "мир"
    ASSERT_TRUE(collection.ingest_bytes("a.txt", "\xCD\xC9\xD2", options).ok());
    EXPECT_EQ(collection.get("a.txt")->text, "мир");
}

}  // namespace

// The example documents of other tools (LECTERN_DATA/documents, whose README says what they are):
// all are stored but those that must be refused, and each refusal says why. They are not ours to
// keep here; without them the test is skipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;
using ::testing::HasSubstr;

constexpr const char* no_examples = "LECTERN_DATA names no folder with documents/README.md";

std::optional<fs::path> examples() {
    const char* const data = std::getenv("LECTERN_DATA");
    if (data == nullptr || !fs::exists(fs::path(data) / "documents/README.md")) return {};
    return fs::path(data) / "documents";
}

bool has_program(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::string rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        if (fs::exists(fs::path(rest.substr(0, end)) / name)) return true;
        rest.erase(0, std::min(end + 1, rest.size()));
    }
    return false;
}

// Empty, or protected by a password.
const std::map<std::string, std::string> must_be_refused{
    {"empty.eml", "not a mail"},
    {"empty.txt", "the file is empty"},
    {"empty.xlsx", "no text"},
    {"password.pdf", "encrypted with a password"},
    {"password_protected.xlsx", "encrypted with a password"}};

// What is a picture, also within a PDF, is read by OCR alone.
bool is_scan(const fs::path& file) {
    const std::string name = file.filename().string();
    const std::string kind = file.extension().string();
    return kind == ".jpg" || kind == ".png" || name == "single_table.pdf" ||
           name == "table-multi-row-column-cells.pdf";
}

class ExampleDocuments : public testing::Test {
 protected:
    // Which of the files were stored, and why others were not.
    void ingest(const std::vector<fs::path>& files, bool ocr) {
        const std::string reads = ocr ? "true" : "false";
        std::ofstream(folder / "examples.yaml")
            << "version: 1\npipeline: examples\nmax_document: 32 MiB\nstages:\n"
               "  text: {plugin: documents, stage: text}\n"
               "  html: {plugin: documents, stage: html}\n"
               "  pdf: {plugin: documents, stage: pdf, options: {ocr: "
            << reads
            << "}}\n"
               "  jsonl: {plugin: documents, stage: jsonl}\n"
               "  office: {plugin: office}\n  mail: {plugin: mail}\n  archive: {plugin: archive}\n"
               "  ocr: {plugin: ocr, options: {enabled: "
            << reads
            << "}}\n"
               "  data: {plugin: data}\n"
               "  chunks: {plugin: passages, stage: splitter, options: {max_tokens: 200}}\n"
               "  tokens: {plugin: words}\n"
               // Vectors that are all alike, and know every word.
               "  vectors: {plugin: meeting, stage: vectors}\n"
               "ingest: [source, [text, html, pdf, jsonl, office, mail, archive, ocr, data], "
               "chunks, "
               "tokens, vectors, commit]\n"
               "query: [query, tokens, vectors, search]\n";
        lectern::OpenOptions options;
        options.pipeline = (folder / "examples.yaml").string();
        options.folders.plugins = {LECTERN_BINARY_DIR "/tests/scripted"};
        options.folders.cache = folder / "cache";
        auto collection = Collection::open(folder / "collection", std::move(options));
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        const auto report = collection->ingest(files);
        ASSERT_TRUE(report.ok()) << report.status().message();
        for (const lectern::IngestFailure& failure : report->failed)
            refused[failure.path] = failure.error.message();
        std::vector<std::string> stored;
        ASSERT_TRUE(collection
                        ->each_document([&](const lectern::Document& document) {
                            stored.push_back(document.id);
                            return true;
                        })
                        .ok());
        for (const fs::path& file : files)
            if (of(file, stored))
                ++stored_files;
            else
                missing.insert(file.filename().string());
    }
    // Whether one of the names is the file's, or that of a part of it.
    static bool of(const fs::path& file, const std::vector<std::string>& names) {
        const std::string path = file.string();
        return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return name == path || name.starts_with(path + "#");
        });
    }
    [[nodiscard]] std::string why(const fs::path& file) const {
        for (const auto& [path, message] : refused)
            if (of(file, {path}) || path.starts_with(file.string() + ":")) return message;
        return {};
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
    std::map<std::string, std::string> refused;  // why, by path
    std::set<std::string> missing;               // names of files that gave no document
    std::size_t stored_files = 0;
};

TEST_F(ExampleDocuments, AllAreStoredButWhatIsEmptyOrProtected) {
    const auto from = examples();
    if (!from) GTEST_SKIP() << no_examples;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(*from))
        if (entry.is_regular_file() && !is_scan(entry.path())) files.push_back(entry.path());
    ASSERT_GT(files.size(), 80U);
    ingest(files, false);
    for (const fs::path& file : files) {
        const std::string name = file.filename().string();
        const auto refusal = must_be_refused.find(name);
        if (refusal == must_be_refused.end()) {
            EXPECT_FALSE(missing.contains(name)) << name << ": " << why(file);
            EXPECT_EQ(why(file), "") << name;
        } else {
            EXPECT_TRUE(missing.contains(name)) << name;
            EXPECT_THAT(why(file), HasSubstr(refusal->second)) << name;
        }
    }
    EXPECT_EQ(stored_files + must_be_refused.size(), files.size());
}

TEST_F(ExampleDocuments, PicturesAndScannedPagesAreRead) {
    const auto from = examples();
    if (!from) GTEST_SKIP() << no_examples;
    if (!has_program("tesseract")) GTEST_SKIP() << "tesseract is not installed";
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(*from))
        if (entry.is_regular_file() && is_scan(entry.path())) files.push_back(entry.path());
    ASSERT_GE(files.size(), 8U);
    ingest(files, true);
    for (const fs::path& file : files) {
        const bool is_photograph = file.filename() == "example.jpg";  // without a word in it
        EXPECT_EQ(missing.contains(file.filename().string()), is_photograph)
            << file << ": " << why(file);
        if (is_photograph) {
            EXPECT_THAT(why(file), HasSubstr("the picture shows none"));
        }
    }
}

}  // namespace

// What a query or a file may cost: deadlines, cancels, and hostile files.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/small_models.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Code;
using lectern::Collection;
using std::chrono::milliseconds;

class LimitsTest : public testing::Test {
 protected:
    void SetUp() override {
        lectern::test::write_word_vectors(folder / "words.vec", 100, 8, 1,
                                          {"moon", "sun", "sea", "tides", "raises", "wait", "one"});
    }
    // `query`: the steps after "query". `stages`: besides those that every pipeline here has.
    [[nodiscard]] lectern::Result<Collection> open(const std::string& stages,
                                                   const std::string& query) const {
        std::ofstream(folder / "pipeline.yaml")
            << "version: 1\npipeline: limits\nmax_document: 8 MiB\nstages:\n"
               "  text: {plugin: documents, stage: text}\n"
               "  html: {plugin: documents, stage: html, options: {timeout_seconds: 2}}\n"
               "  pdf: {plugin: documents, stage: pdf, options: {timeout_seconds: 2, output_mib: "
               "4}}\n"
               "  jsonl: {plugin: documents, stage: jsonl}\n"
               "  chunks: {plugin: passages, stage: splitter}\n"
               "  tokens: {plugin: words}\n"
               "  vectors: {plugin: word2vec, options: {model: words.vec}}\n"
               "  evidence: {plugin: passages, stage: reader}\n"
            << stages
            << "ingest: [source, [text, html, pdf, jsonl], chunks, tokens, vectors, commit]\n"
               "query: [query, " +
                   query +
                   "]\n"
                   "answer: {abstain_below: 0, writing: free}\n";
        lectern::OpenOptions options;
        options.pipeline = (folder / "pipeline.yaml").string();
        options.folders.plugins = {LECTERN_SLOW_PLUGIN};
        options.log = [](lectern::LogLevel, std::string_view, std::string_view) {};
        return Collection::open(folder / "collection", options);
    }
    static void ingest(Collection& into) {
        const std::vector<lectern::DocumentInput> documents{
            {.id = "tides", .title = "", .text = text, .metadata = ""}};
        const auto report = into.ingest_documents(documents);
        ASSERT_TRUE(report.ok() && report->documents == 1) << report.status().message();
    }
    // Requests a stop when the stage has begun.
    [[nodiscard]] std::jthread stop_when_begun(std::stop_source stop) const {
        return std::jthread([file = folder / "begun", stop](const std::stop_token& ended) mutable {
            while (!fs::exists(file) && !ended.stop_requested()) std::this_thread::yield();
            stop.request_stop();
        });
    }
    static constexpr const char* text =
        "The moon raises the tides of the sea every day of the year. "
        "The sun raises the tides of the sea too, but less than the moon does.";

    lectern::TestFolder home;
    fs::path folder = home.path();
};

TEST_F(LimitsTest, ADeadlineThatHasPassedAndAStopThatWasAskedForEndEveryKindOfQuery) {
    auto collection = open("", "tokens, vectors, search, evidence");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ingest(*collection);
    std::stop_source stop;
    stop.request_stop();
    const std::map<std::string, std::function<Code(bool late)>> queries{
        {"search",
         [&](bool late) {
             lectern::SearchOptions options;
             if (late) options.deadline = milliseconds(0);
             if (!late) options.stop = stop.get_token();
             return collection->search("tides", options).status().code();
         }},
        {"ask",
         [&](bool late) {
             lectern::AskOptions options;
             if (late) options.deadline = milliseconds(0);
             if (!late) options.stop = stop.get_token();
             return collection->ask("What raises the tides?", options).status().code();
         }},
        {"summarize",
         [&](bool late) {
             lectern::SummarizeOptions options;
             if (late) options.deadline = milliseconds(0);
             if (!late) options.stop = stop.get_token();
             return collection->summarize("tides", options).status().code();
         }},
    };
    for (const auto& [name, query] : queries) {
        EXPECT_EQ(query(true), Code::deadline_exceeded) << name;
        EXPECT_EQ(query(false), Code::cancelled) << name;
    }
    EXPECT_TRUE(collection->search("tides").ok());
}

TEST_F(LimitsTest, AStageThatNeverEndsIsLeftAtTheDeadlineOrTheStop) {
    auto collection = open("  slow: {plugin: slow, stage: wait, options: {begun: '" +
                               (folder / "begun").string() + "'}}\n",
                           "slow, tokens, vectors, search");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ingest(*collection);
    EXPECT_TRUE(collection->search("tides", {.deadline = std::chrono::hours(1)}).ok());

    const auto late = collection->search("wait for the tides", {.deadline = milliseconds(50)});
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.status().code(), Code::deadline_exceeded) << late.status().message();
    EXPECT_NE(late.status().message().find("slow"), std::string::npos) << late.status().message();

    fs::remove(folder / "begun");
    std::stop_source stop;
    const std::jthread stopper = stop_when_begun(stop);
    const auto stopped = collection->search("wait for the tides", {.stop = stop.get_token()});
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.status().code(), Code::cancelled) << stopped.status().message();
}

TEST_F(LimitsTest, AnAnswerAndASummaryEndBetweenTwoTokens) {
    auto collection = open("  answer: {plugin: slow, stage: endless, options: {begun: '" +
                               (folder / "begun").string() + "'}}\n",
                           "tokens, vectors, search, evidence, answer, verify");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ingest(*collection);
    const auto begun = [&] {
        const bool there = fs::exists(folder / "begun");
        fs::remove(folder / "begun");
        return there;
    };

    lectern::AskOptions ask;
    ask.deadline = milliseconds(300);
    EXPECT_EQ(collection->ask("What raises the tides?", ask).status().code(),
              Code::deadline_exceeded);
    (void)begun();
    {
        std::stop_source stop;
        const std::jthread stopper = stop_when_begun(stop);
        ask = {};
        ask.stop = stop.get_token();
        EXPECT_EQ(collection->ask("What raises the tides?", ask).status().code(), Code::cancelled);
    }
    EXPECT_TRUE(begun());

    lectern::SummarizeOptions summarize;
    summarize.deadline = milliseconds(300);
    EXPECT_EQ(collection->summarize("tides", summarize).status().code(), Code::deadline_exceeded);
    (void)begun();
    {
        std::stop_source stop;
        const std::jthread stopper = stop_when_begun(stop);
        summarize = {};
        summarize.stop = stop.get_token();
        EXPECT_EQ(collection->summarize("tides", summarize).status().code(), Code::cancelled);
    }
    EXPECT_TRUE(begun());
}

std::string repeated(std::string_view piece, int times) {
    std::string out;
    out.reserve(piece.size() * static_cast<std::size_t>(times));
    for (int i = 0; i < times; ++i) out += piece;
    return out;
}

std::string pdf(const std::vector<std::string>& objects) {
    std::string out = "%PDF-1.4\n";
    std::string table = "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n";
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const std::string offset = std::to_string(out.size());
        table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
        out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const std::string begin = std::to_string(out.size());
    return out + table + "trailer\n<< /Size " + std::to_string(objects.size() + 1) +
           " /Root 1 0 R >>\nstartxref\n" + begin + "\n%%EOF\n";
}

std::string stream(const std::string& dictionary, const std::string& bytes) {
    return "<< " + dictionary + " /Length " + std::to_string(bytes.size()) + " >>\nstream\n" +
           bytes + "\nendstream";
}

// A page that draws a form, which draws the next one ten times, and so on: 10^levels times a text.
std::string pdf_of_forms(int levels) {
    std::vector<std::string> objects{
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << "
        "/XObject << /F 6 0 R >> /Font << /H 5 0 R >> >> >>",
        stream("", "/F Do"), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
    for (int level = 0; level < levels; ++level) {
        const std::string next = std::to_string(static_cast<int>(objects.size()) + 2);
        const std::string common =
            "/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << /Font << /H 5 0 R >> ";
        if (level + 1 < levels)
            objects.push_back(
                stream(common + "/XObject << /F " + next + " 0 R >> >>", repeated("/F Do ", 10)));
        else
            objects.push_back(
                stream(common + ">>", "BT /H 12 Tf 10 10 Td (laughs laughs laughs) Tj ET"));
    }
    return pdf(objects);
}

TEST_F(LimitsTest, HostileFilesAreNamedFailuresAndTheOthersAreStored) {
    const std::string zip("PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xfe\x80\x00", 14);
    const std::string gzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xed\xc1\x01\x0d", 14);
    struct Hostile {
        std::string name;
        std::string bytes;
        std::string reason;  // what the failure says
    };
    const std::vector<Hostile> hostile{
        {"archive.zip", zip + repeated("\xff", 1000), "binary file"},
        {"archive.txt", zip + repeated("\xff", 1000), "binary file"},
        {"report.docx", zip, "binary file"},
        {"page.html.gz", gzip, "binary file"},
        {"noname", gzip + repeated(std::string(1, '\0'), 4096), "binary file"},
        {"picture.pdf", zip, "not a PDF"},
        {"deep.html", repeated("<div>", 1'000'000) + "x", "took longer than 2000 ms"},
        {"deep.jsonl", "{\"text\": " + repeated("[", 100'000) + repeated("]", 100'000) + "}",
         "too deep"},
        {"forms.pdf", pdf_of_forms(9), "took longer than 2000 ms"},
        {"loop.pdf",
         pdf({"<< /Type /Catalog /Pages 2 0 R >>",
              "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000000 >>"}),
         "pdftotext"},
        {"large.txt", repeated("one two three ", 1'000'000), "max_document"},
    };
    fs::create_directories(folder / "in");
    for (const Hostile& file : hostile)
        std::ofstream(folder / "in" / file.name, std::ios::binary) << file.bytes;
    std::ofstream(folder / "in/good.txt") << text;

    auto collection = open("", "tokens, vectors, search");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const auto report = collection->ingest({folder / "in"});
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->documents, 1U);
    for (const Hostile& file : hostile) {
        std::string said;
        for (const lectern::IngestFailure& failure : report->failed)
            if (failure.path.starts_with((folder / "in" / file.name).string()))
                said += failure.error.message();
        EXPECT_NE(said.find(file.reason), std::string::npos) << file.name << ": '" << said << "'";
    }
    EXPECT_TRUE(collection->get((folder / "in/good.txt").string()).ok());
}

}  // namespace

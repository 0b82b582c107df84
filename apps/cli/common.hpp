// apps/cli/common.hpp: what the commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "api/code_word.hpp"
#include "api/json_text.hpp"
#include "api/result_json.hpp"
#include "lectern/lectern.hpp"

namespace lectern::app {

// Exit codes of every command.
enum Exit : int { done = 0, failed = 1, part = 2 };

// The engine's limit.
constexpr unsigned max_threads = 1024;

// Options of every command that opens a collection.
struct Common {
    std::string collection;
    std::string pipeline;
    std::vector<std::string> plugins;
    std::string models;
    unsigned threads = 0;
    bool json = false;
    bool explain = false;
    bool verbose = false;
};

void add_collection(CLI::App& command, Common& common);
void add_folders(CLI::App& command, Common& common);
void add_json(CLI::App& command, Common& common);
void add_explain(CLI::App& command, Common& common);
void add_filter(CLI::App& command, std::string& filter);

[[nodiscard]] Folders folders(const Common& common);
[[nodiscard]] EngineOptions engine_options(const Common& common);
// Of the command's own engine.
[[nodiscard]] Result<Collection> open_collection(const Common& common, bool create,
                                                 bool load_models);

// Prints "lectern: message" to stderr; gives Exit::failed.
int fail(const Status& status);
// From now on fail() also prints {"error": message, "code": word} to stdout. Called once, by main.
void failures_are_json();
void print(const boost::json::object& object);
// The per-stage table; to stderr when stdout holds JSON.
void explain(const Common& common, const std::vector<StageTiming>& stages);

// "lectern: hint", to stderr.
void print_hints(const std::vector<std::string>& hints);

// For people to read: a terminal would obey the escape sequences of a document, so control
// characters other than line ends and tabs come as U+FFFD. JSON has escapes of its own.
[[nodiscard]] std::string shown(std::string_view text);
// "1 document", "2 documents".
[[nodiscard]] inline std::string counted(std::uint64_t count, const char* what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}
// One line of at most `bytes`, white space folded; shown.
[[nodiscard]] std::string snippet(std::string_view text, std::size_t bytes);
// The numbered sources under an answer, and how it came about.
void print_sources(const std::vector<Citation>& citations, AnswerStatus status);

// What "-" stands for as a query: standard input, without its last line end. Anything else: itself.
[[nodiscard]] Result<std::string> query_text(const std::string& given,
                                             const std::stop_token& stop = {});

// Standard input, output and errors are open from here on, on nothing when they were closed:
// otherwise the first files that are opened, the store's, would take their places.
void keep_standard_descriptors();

// Stops at the first Ctrl-C; the second ends the program.
[[nodiscard]] std::stop_token stop_on_interrupt();
[[nodiscard]] bool terminal(int descriptor);

// Each adds its command to the program and sets `run` when it is the one.
using Run = std::function<int()>;
void add_ingest(CLI::App& program, Run& run);
void add_sync(CLI::App& program, Run& run);
void add_sources(CLI::App& program, Run& run);
void add_search(CLI::App& program, Run& run);
void add_ask(CLI::App& program, Run& run);
void add_summarize(CLI::App& program, Run& run);
void add_pipeline(CLI::App& program, Run& run);
void add_plugins(CLI::App& program, Run& run);
void add_documents(CLI::App& program, Run& run);  // stats, get, delete
void add_reembed(CLI::App& program, Run& run);
void add_train(CLI::App& program, Run& run);
void add_train_classifier(CLI::App& train, Run& run);  // below `train`
void add_train_reader(CLI::App& train, Run& run);      // below `train`
void add_train_static(CLI::App& train, Run& run);      // below `train`
void add_translate(CLI::App& program, Run& run);
void add_bench(CLI::App& program, Run& run);
void add_verify(CLI::App& program, Run& run);  // verify, repair
void add_backup(CLI::App& program, Run& run);  // backup, backups, restore
void add_copy(CLI::App& program, Run& run);
void add_serve(CLI::App& program, Run& run);
void add_key(CLI::App& program, Run& run);
void add_mcp(CLI::App& program, Run& run);
void add_eval(CLI::App& program, Run& run);

}  // namespace lectern::app

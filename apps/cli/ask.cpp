#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <optional>
#include <utility>

#include "api/request_fields.hpp"
#include "apps/cli/common.hpp"
#include "apps/cli/described.hpp"
#include "apps/cli/standard_input.hpp"

namespace lectern::app {
namespace {

struct Ask {
    Common common;
    std::string question;
    bool follow = false;
    api::AskRequest request;
};

void print_result(const Answer& answer) {
    if (answer.status == AnswerStatus::abstained) {
        std::cout << "The collection does not say. The nearest passages:\n";
        for (const Hit& hit : answer.hits)
            std::cout << "  " << shown(hit.document) << ":" << hit.begin << "-" << hit.end << "  "
                      << snippet(hit.text, 120) << '\n';
        return;
    }
    print_sources(answer.citations, answer.status);
}

// Asks, and prints the answer.
Result<Answer> answer_to(const Ask& ask, const Collection& collection, std::string_view question,
                         std::vector<Turn> history, const std::stop_token& stop) {
    AskOptions options = ask.request.options;
    options.stop = stop;
    options.history = std::move(history);
    bool streamed = false;
    if (!ask.common.json) {
        options.on_text = [&streamed](std::string_view piece) {
            streamed = true;
            std::cout << shown(piece) << std::flush;
        };
        options.on_question = [](std::string_view asked) {
            std::cout << "(" << shown(asked) << ")\n" << std::flush;
        };
    }
    auto answer = collection.ask(question, options);
    if (!answer) {
        if (streamed) std::cout << std::endl;
        return answer;
    }
    if (ask.common.json) {
        print(api::json_of(*answer));
    } else {
        print_result(*answer);
    }
    print_hints(answer->hints);
    explain(ask.common, answer->timing.stages);
    return answer;
}

// Lines of standard input, each given once it is there; nothing at the end. A stop ends the
// waiting.
class Lines {
 public:
    explicit Lines(std::stop_token stop) : stop_(std::move(stop)) {}

    Result<std::optional<std::string>> next() {
        std::optional<std::string> line = taken();
        if (!line && !ended_) {
            ended_ = true;
            LECTERN_TRY(read_standard_input(stop_, [&](std::string_view piece) -> Result<bool> {
                buffer_ += piece;
                line = taken();
                ended_ = !line;
                return !line;
            }));
        }
        if (!line && !buffer_.empty()) line = std::exchange(buffer_, {});
        return line;
    }

 private:
    std::optional<std::string> taken() {
        const std::size_t end = buffer_.find('\n');
        if (end == std::string::npos) return {};
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        return line;
    }

    std::stop_token stop_;
    std::string buffer_;
    bool ended_ = false;
};

// A conversation: each line is a question, which may lean on the ones before it. An empty line or
// the end of the input ends it.
int converse(const Ask& ask, const Collection& collection, const std::stop_token& stop) {
    constexpr std::size_t most_turns = 8;  // that the engine reads
    std::vector<Turn> history;
    Lines lines(stop);
    const bool prompts = terminal(STDIN_FILENO) && !ask.common.json;
    std::optional<std::string> first;
    if (!ask.question.empty()) first = ask.question;
    while (true) {
        std::string question;
        if (first) {
            question = *std::exchange(first, std::nullopt);
        } else {
            if (prompts) std::cout << "\n> " << std::flush;
            auto line = lines.next();
            if (!line) return fail(line.status());
            if (!*line || (*line)->find_first_not_of(" \t") == std::string::npos) break;
            question = std::move(**line);
        }
        auto answer = answer_to(ask, collection, question, history, stop);
        if (!answer) {
            // The conversation goes on after a question that could not be asked.
            const int code = fail(answer.status());
            if (answer.status().code() != Code::invalid_argument) return code;
            continue;
        }
        std::cout << std::flush;
        if (!answer->question.empty()) question = answer->question;
        history.push_back({std::move(question), std::move(answer->text)});
        if (history.size() > most_turns) history.erase(history.begin());
    }
    return Exit::done;
}

int run(const Ask& ask) {
    const std::stop_token stop = stop_on_interrupt();
    if (ask.question.empty() && !ask.follow)
        return fail({Code::invalid_argument,
                     "give a question, or --follow to ask several in a conversation"});
    if (ask.follow && ask.question == "-")
        return fail({Code::invalid_argument,
                     "--follow reads its questions from standard input, so '-' is no question "
                     "here; leave it out"});
    auto collection = open_collection(ask.common, false, true);
    if (!collection) return fail(collection.status());
    if (ask.follow) return converse(ask, *collection, stop);
    const auto question = query_text(ask.question, stop);
    if (!question) return fail(question.status());
    const auto answer = answer_to(ask, *collection, *question, {}, stop);
    return answer ? Exit::done : fail(answer.status());
}

}  // namespace

void add_ask(CLI::App& program, Run& run_command) {
    auto ask = std::make_shared<Ask>();
    CLI::App& command =
        *program.add_subcommand("ask", "Answer a question from the collection, with citations");
    add_collection(command, ask->common);
    command.add_option("--pipeline", ask->common.pipeline,
                       "Another pipeline with the same vectors");
    command.add_option("QUESTION", ask->question, "The question; - reads standard input");
    command.add_flag(
        "--follow", ask->follow,
        "A conversation: questions line by line, which may lean on the ones before; an "
        "empty line ends it");
    add_described(command, api::ask_fields(), ask->request);
    add_json(command, ask->common);
    add_explain(command, ask->common);
    command.callback([ask, &run_command] { run_command = [ask] { return run(*ask); }; });
}

}  // namespace lectern::app

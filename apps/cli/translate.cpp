#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "apps/cli/common.hpp"
#include "apps/cli/standard_input.hpp"
#include "lectern/translation.hpp"

namespace lectern::app {
namespace {

struct Translate {
    Common common;
    std::string model;
    std::vector<std::string> files;
    std::string output;
    std::optional<unsigned> beam;
};

Result<std::string> text_of(const std::string& file, const std::stop_token& stop) {
    if (file == "-") {
        LECTERN_ASSIGN(const StandardInput input, StandardInput::read(stop));
        return std::string(input.bytes());
    }
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        return Status{Code::invalid_argument, "'" + file + "' is a folder; name text files"};
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return Status{Code::not_found, "cannot read '" + file + "'"};
    std::ostringstream out;
    out << stream.rdbuf();
    return std::move(out).str();
}

boost::json::object json_of(const std::string& file, const Translation& made) {
    boost::json::array sentences;
    for (const SentencePair& pair : made.sentences)
        sentences.push_back(boost::json::object{{"begin", pair.begin},
                                                {"end", pair.end},
                                                {"original_begin", pair.original_begin},
                                                {"original_end", pair.original_end}});
    return {{"file", api::clean(file)},
            {"text", api::clean(made.text)},
            {"sentences", std::move(sentences)}};
}

// No text has bytes of zero: programs and pictures have them, and UTF-16.
Status check_text(std::string_view text) {
    const std::size_t at = text.find('\0');
    if (at == std::string_view::npos) return {};
    return {Code::invalid_argument, "there is a byte of zero at byte " + std::to_string(at) +
                                        ", so this is no text in UTF-8; text in UTF-16 must be "
                                        "converted first: 'iconv -f UTF-16 -t UTF-8 FILE'"};
}

int run(const Translate& translate) {
    const std::stop_token stop = stop_on_interrupt();
    TranslatorOptions options;
    options.model = translate.model;
    options.threads = translate.common.threads;
    options.folders = folders(translate.common);
    if (translate.beam)
        options.options = boost::json::serialize(boost::json::object{{"beam", *translate.beam}});
    const auto translator = Translator::open(options);
    if (!translator) return fail(translator.status());
    std::string written;
    boost::json::array translations;
    for (const std::string& file : translate.files) {
        const auto text = text_of(file, stop);
        if (!text) return fail(text.status());
        const std::string where = file == "-" ? "standard input" : "'" + file + "'";
        if (const Status checked = check_text(*text); !checked.ok())
            return fail(checked.within(where));
        auto made = translator->translate(*text, {.stop = stop});
        if (!made) return fail(made.status().within(where));
        if (translate.common.json)
            translations.push_back(json_of(file, *made));
        else
            written += made->text;
    }
    if (!translate.output.empty()) {
        std::ofstream out(translate.output, std::ios::binary);
        out << written;
        out.close();
        if (!out) return fail({Code::unavailable, "cannot write '" + translate.output + "'"});
    } else if (!translate.common.json) {
        // As it is: what goes into a pipe or a file must be the text.
        std::cout << (terminal(1) ? shown(written) : written) << std::flush;
    }
    if (translate.common.json) print({{"translations", std::move(translations)}});
    return Exit::done;
}

}  // namespace

void add_translate(CLI::App& program, Run& run_command) {
    auto translate = std::make_shared<Translate>();
    CLI::App& command = *program.add_subcommand(
        "translate", "Translate text files, or standard input, with a Marian model");
    command
        .add_option("-m,--model", translate->model,
                    "The model's folder: a path, or a name in the models folder")
        ->required();
    command.add_option("FILE", translate->files, "Text files; - is standard input (the default)");
    auto* output = command.add_option("-o,--output", translate->output,
                                      "Write to this file instead of standard output");
    command
        .add_option("--beam", translate->beam,
                    "Translations of a sentence that are tried at once, 1 to 64")
        ->check(CLI::Range(1U, 64U));
    add_folders(command, translate->common);
    add_json(command, translate->common);
    command.get_option("--json")->excludes(output);
    command.callback([translate, &run_command] {
        if (translate->files.empty()) translate->files.emplace_back("-");
        run_command = [translate] { return run(*translate); };
    });
}

}  // namespace lectern::app

#include "apps/cli/usage.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "text/suggest.hpp"

namespace lectern::app {
namespace {

bool is_option(std::string_view word) {
    return word.size() > 1 && word.front() == '-' && word != "--";
}

std::string_view bare(std::string_view option) {
    option.remove_prefix(std::min(option.find_first_not_of('-'), option.size()));
    return option.substr(0, option.find('='));
}

// The nearest name, or the first that begins so: "extract" means "extractive".
std::string meant(std::string_view word, const std::vector<std::string>& names) {
    const std::vector<std::string_view> views(names.begin(), names.end());
    const std::string near = text::nearest(word, views);
    if (!near.empty() || word.size() < 2) return near;
    const auto longer = std::find_if(names.begin(), names.end(),
                                     [&](const auto& name) { return name.starts_with(word); });
    return longer == names.end() ? std::string{} : *longer;
}

std::string unknown_option(const CLI::App& command, const std::string& word) {
    if (command.get_option_no_throw(std::string(word, 0, word.find('='))) != nullptr)
        return "'" + word + "' stands behind '--', where options are words; put it before";
    std::string what = "there is no option '" + word + "'";
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options())
        names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
    if (const std::string name = meant(bare(word), names); !name.empty())
        return what + "; did you mean '--" + name + "'?";
    if (word.find(' ') != std::string::npos)  // "-x marks the spot"
        what += "; words that begin with '-' go to the end, behind '--'";
    return what;
}

std::string unknown_command(const CLI::App& parent, const std::string& path,
                            const std::string& word) {
    std::vector<std::string> names;
    for (const CLI::App* command : parent.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    const std::string name = meant(word, names);
    return "there is no command '" + path + word + "'" +
           (name.empty() ? "" : "; did you mean '" + path + name + "'?");
}

// What is wrong with the words that no option and no command took; "" when nothing is.
std::string left_over(const CLI::App& command, const std::string& path) {
    const std::vector<std::string> words = command.remaining();
    const auto option = std::find_if(words.begin(), words.end(), is_option);
    const auto word = std::find_if(words.begin(), words.end(),
                                   [](const auto& one) { return !is_option(one) && one != "--"; });
    const bool wants_command = command.get_require_subcommand_min() > 0;
    if (wants_command && word != words.end()) return unknown_command(command, path, *word);
    if (option != words.end()) return unknown_option(command, *option);
    if (word != words.end())
        return "'" + *word + "' is one word too many; put quotation marks around a text of several";
    return {};
}

}  // namespace

void refuse_negative_counts(CLI::App& command) {
    for (CLI::Option* option : command.get_options())
        if (option->get_type_name().starts_with("UINT"))
            option->check([](const std::string& value) {
                return value.starts_with('-') ? "'" + value + "' is negative" : std::string();
            });
    for (CLI::App* each : command.get_subcommands([](const CLI::App*) { return true; }))
        refuse_negative_counts(*each);
}

Status wrong_use(const CLI::App& program, const CLI::ParseError& error) {
    std::string path;
    const CLI::App* at = &program;
    while (!at->get_subcommands().empty()) {
        at = at->get_subcommands().front();
        path += at->get_name() + " ";
    }
    // Before what the parser says: a mistyped --collection is no missing one.
    std::string what = left_over(*at, path);
    if (what.empty()) what = error.what();
    what += what.ends_with('?') ? " See" : "; see";
    return {Code::invalid_argument, what + " 'lectern " + path + "--help'"};
}

bool asks_for_json(int argc, char** argv) {
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i)
        if (std::string_view(argv[i]) == "--json") return true;
    return false;
}

}  // namespace lectern::app

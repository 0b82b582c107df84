// lectern key: API keys for the server.
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "apps/cli/common.hpp"
#include "apps/server/api/keys.hpp"

namespace lectern::app {
namespace {

struct NewKey {
    std::string file;
    server::Key key;
    std::string right = "read";
    bool list = false;
    bool remove = false;
    bool json = false;
};

int list_keys(const NewKey& request) {
    auto keys = server::read_keys(request.file);
    if (!keys) return fail(keys.status());
    boost::json::array rows;
    for (const server::Key& key : *keys) {
        boost::json::object row{{"name", api::clean(key.name)}, {"right", server::name(key.right)}};
        std::string reach = "all collections";
        if (!key.collections.empty()) {
            row["collections"] = boost::json::value_from(key.collections);
            reach.clear();
            for (const std::string& one : key.collections)
                reach += (reach.empty() ? "" : ", ") + one;
        }
        if (key.max_concurrent > 0) row["max_concurrent"] = key.max_concurrent;
        if (key.max_per_minute > 0) row["max_per_minute"] = key.max_per_minute;
        if (!key.filter.empty()) {
            row["filter"] = api::clean(key.filter);
            reach += ", where " + key.filter;
        }
        if (!key.expires.empty()) {
            row["expires"] = api::clean(key.expires);
            row["expired"] = key.expired();
            reach += (key.expired() ? ", expired " : ", until ") + key.expires;
        }
        if (!request.json)
            std::cout << api::clean(key.name).c_str() << '\t' << server::name(key.right) << '\t'
                      << api::clean(reach).c_str() << '\n';
        rows.push_back(std::move(row));
    }
    if (request.json) print({{"keys", std::move(rows)}});
    return Exit::done;
}

int remove_key(const NewKey& request) {
    if (const Status bad = server::remove_key(request.file, request.key.name); !bad.ok())
        return fail(bad);
    if (request.json) print({{"removed", api::clean(request.key.name)}});
    return Exit::done;
}

int run(NewKey& request) {
    if (request.list) return list_keys(request);
    if (request.key.name.empty())
        return fail({Code::invalid_argument, "a key needs a NAME; --list gives those there are"});
    if (request.remove) return remove_key(request);
    for (const server::Right right :
         {server::Right::read, server::Right::write, server::Right::admin})
        if (server::name(right) == request.right) request.key.right = right;
    auto text = server::add_key(request.file, request.key);
    if (!text) return fail(text.status());
    if (request.json)
        print({{"name", api::clean(request.key.name)}, {"key", *text}});
    else
        std::cout << *text << std::endl;
    return Exit::done;
}

}  // namespace

namespace {

// As the unset variable of a script gives it: it would open what it was to close.
std::string given_empty(const std::string& value) {
    return value.empty() ? "is empty; leave it out for all" : std::string();
}

}  // namespace

void add_key(CLI::App& program, Run& run_command) {
    auto key = std::make_shared<NewKey>();
    CLI::App& keys = *program.add_subcommand(
        "key", "Make an API key for the server: it is printed once, and kept only as a hash");
    keys.add_option("NAME", key->key.name, "Its name in the log");
    keys.add_option("--keys", key->file, "The file of keys, made when it is not there")->required();
    keys.add_option("--right", key->right, "read, write (and read), or admin (and both)")
        ->check(CLI::IsMember({"read", "write", "admin"}))
        ->capture_default_str();
    keys.add_option("--collection", key->key.collections, "Only these collections (default: all)")
        ->check(given_empty);
    keys.add_option("--max-concurrent", key->key.max_concurrent, "Most requests at once");
    keys.add_option("--max-per-minute", key->key.max_per_minute, "Most requests in a minute");
    keys.add_option("--filter", key->key.filter,
                    "Only the documents that fulfil this condition on metadata: of one tenant")
        ->check(given_empty);
    keys.add_option("--expires", key->key.expires,
                    "The last day, or minute, on which it is good: 2027-01-31 (UTC)")
        ->check(given_empty);
    keys.add_flag("--list", key->list, "Print the keys there are: name, right, collections");
    keys.add_flag("--remove", key->remove,
                  "Take the key out: a running server refuses it within seconds")
        ->excludes("--list");
    keys.add_flag("--json", key->json, "One JSON object on stdout, nothing else");
    keys.callback([key, &run_command] { run_command = [key] { return run(*key); }; });
}

}  // namespace lectern::app

#include "engine/plugin_host/plugin_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

namespace lectern::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// A folder of its own for each test, with the plugins that it names.
class PluginHostTest : public ::testing::Test {
 protected:
    void SetUp() override {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        std::string name = test->name();
        std::replace(name.begin(), name.end(), '/', '-');
        folder_ = fs::temp_directory_path() /
                  ("lectern-host-test-" + std::to_string(::getpid()) + "-" + name);
        fs::create_directories(plugins());
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path plugins() const { return folder_ / "plugins"; }
    void install(const std::string& name) const { install_as(name, name); }
    void install_as(const std::string& name, const std::string& file,
                    const std::string& folder = "plugins") const {
        fs::create_directories(folder_ / folder);
        fs::copy_file(fs::path(LECTERN_TEST_PLUGINS) / (name + ".so"),
                      folder_ / folder / (file + ".so"), fs::copy_options::overwrite_existing);
    }
    HostOptions options() const {
        HostOptions out;
        out.plugin_folders = {plugins()};
        out.models_folder = folder_ / "models";
        out.cache_folder = folder_ / "cache";
        out.threads = 3;
        out.probe_program = LECTERN_PROBE_PROGRAM;
        return out;
    }
    static std::unique_ptr<PluginHost> open(HostOptions options) {
        auto host = PluginHost::open(std::move(options));
        EXPECT_TRUE(host) << host.status().message();
        return host ? std::move(*host) : nullptr;
    }
    // The only reason for which anything was refused.
    static std::string reason(const PluginHost& host) {
        const auto refused = host.refused();
        EXPECT_EQ(refused.size(), 1u);
        EXPECT_THAT(host.plugins(), IsEmpty());
        return refused.empty() ? "" : refused.front().reason;
    }

    fs::path folder_;
};

// The facts that testdata/good.c gives out.
struct Facts {
    std::uint32_t struct_size, inits, deinits, threads;
    char models[256], cache[256], model[256];
    std::int32_t pipeline_code;
    std::int64_t seed;
    double rate;
    std::int32_t fast;
    std::uint64_t stop_count;
    char last_stop[32];
    std::int32_t missing_code, type_code;
};
const Facts& facts(const Stage& stage) {
    return *static_cast<const Facts*>(stage.capability("test.facts/1"));
}

// Runs a custom stage over one text; the texts it gives.
std::vector<std::string> run(const Stage& stage, std::string_view text, Status& status,
                             CallContext& call) {
    std::vector<std::string> out;
    lectern_document record{};
    record.struct_size = sizeof record;
    record.text = {text.data(), text.size()};
    const lectern_document_sink sink{
        sizeof(lectern_document_sink),
        0,
        &out,
        [](const lectern_document_sink* self, const lectern_document* document) -> lectern_code {
            static_cast<std::vector<std::string>*>(self->host_data)
                ->emplace_back(document->text.data, document->text.size);
            return LECTERN_OK;
        },
        [](const lectern_document_sink*, lectern_text, lectern_code, lectern_text) {},
        nullptr};
    status =
        call.status(stage.table<lectern_custom>()->process(stage.get(), call.get(), &record, &sink),
                    stage.describe());
    return out;
}

// ------------------------------------------------------------- sound plugins

TEST_F(PluginHostTest, ListsAPluginWithoutLoadingIt) {
    install("good");
    const auto host = open(options());
    const auto plugins = host->plugins();
    ASSERT_EQ(plugins.size(), 1u);
    EXPECT_EQ(plugins[0].name, "good");
    EXPECT_EQ(plugins[0].version, "1.2.3");
    EXPECT_EQ(plugins[0].description, "A sound plugin");
    EXPECT_EQ(plugins[0].license, "Apache-2.0");
    EXPECT_EQ(plugins[0].path, this->plugins() / "good.so");
    EXPECT_EQ(plugins[0].abi_major, 1u);
    ASSERT_EQ(plugins[0].stage_types.size(), 1u);
    EXPECT_EQ(plugins[0].stage_types[0].name, "echo");
    EXPECT_EQ(plugins[0].stage_types[0].kind, StageKind::custom);
    EXPECT_THAT(plugins[0].stage_types[0].options_schema, StartsWith("{\"type\": \"object\""));
    EXPECT_THAT(host->refused(), IsEmpty());

    std::ifstream maps("/proc/self/maps");
    const std::string mapped{std::istreambuf_iterator<char>(maps), {}};
    EXPECT_THAT(mapped, ::testing::Not(HasSubstr((this->plugins() / "good.so").string())));
}

TEST_F(PluginHostTest, MakesAStageAndRunsIt) {
    install("good");
    std::mutex mutex;
    std::vector<std::string> log;
    HostOptions with_log = options();
    with_log.log = [&](LogLevel level, std::string_view plugin, std::string_view message) {
        const std::lock_guard lock(mutex);
        log.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(plugin) + ": " +
                      std::string(message));
        throw std::runtime_error("a log that fails stops nothing");
    };
    const auto host = open(std::move(with_log));
    fs::create_directories(folder_ / "base/mine");
    auto stage = host->create({.plugin = "good",
                               .name = "loud",
                               .options = {{"suffix", "!"},
                                           {"times", 2},
                                           {"seed", 5},
                                           {"fast", true},
                                           {"model", "mine"},
                                           {"stop", {"a", "b"}}},
                               .base_folder = folder_ / "base"});
    ASSERT_TRUE(stage) << stage.status().message();
    EXPECT_EQ(stage->kind(), StageKind::custom);
    EXPECT_EQ(stage->type(), "echo");
    EXPECT_EQ(stage->describe(), "stage 'loud' (plugin good)");
    EXPECT_EQ(stage->input(), (Port{LECTERN_PORT_TEXT, 0, ""}));
    EXPECT_EQ(stage->output(), (Port{LECTERN_PORT_TEXT, 0, ""}));
    EXPECT_NE(stage->table<lectern_custom>(), nullptr);
    EXPECT_EQ(stage->table<lectern_embedder>(), nullptr);
    EXPECT_EQ(stage->capability("lectern.nothing/1"), nullptr);
    EXPECT_THAT(log, ElementsAre("1 good: echo is made"));

    const Facts& seen = facts(*stage);
    EXPECT_EQ(seen.inits, 1u);
    EXPECT_EQ(seen.threads, 3u);
    EXPECT_EQ(seen.models, folder_ / "models");
    EXPECT_EQ(seen.cache, folder_ / "cache/plugins/good");
    EXPECT_TRUE(fs::is_directory(seen.cache));
    EXPECT_EQ(seen.model, folder_ / "base/mine");
    EXPECT_EQ(seen.pipeline_code, LECTERN_UNAVAILABLE);
    EXPECT_EQ(seen.seed, 5);
    EXPECT_EQ(seen.rate, 0.5);  // a default below an option that was not given
    EXPECT_EQ(seen.fast, 1);
    EXPECT_EQ(seen.stop_count, 2u);
    EXPECT_STREQ(seen.last_stop, "b");
    EXPECT_EQ(seen.type_code, LECTERN_INVALID_ARGUMENT);

    Status status;
    CallContext call;
    EXPECT_THAT(run(*stage, "hello", status, call), ElementsAre("hello!", "hello!"));
    EXPECT_TRUE(status.ok()) << status.message();
    ASSERT_EQ(call.item_errors().size(), 1u);
    EXPECT_EQ(call.item_errors()[0].index, 7u);
    EXPECT_EQ(call.item_errors()[0].code, Code::corrupt);
    EXPECT_THAT(run(*stage, "", status, call), IsEmpty());
    EXPECT_EQ(status.code(), Code::invalid_argument);
    EXPECT_EQ(status.message(), "stage 'loud' (plugin good): the text is empty");
}

TEST_F(PluginHostTest, CancelsACall) {
    install("good");
    const auto host = open(options());
    auto stage = host->create({.plugin = "good", .type = "echo", .name = "s"});
    ASSERT_TRUE(stage) << stage.status().message();
    std::stop_source stop;
    stop.request_stop();
    CallContext call({.stop = stop.get_token()});
    Status status;
    EXPECT_THAT(run(*stage, "text", status, call), IsEmpty());
    EXPECT_EQ(status.code(), Code::cancelled);
}

TEST_F(PluginHostTest, StagesOutliveTheirHostAndKeepThePluginInitialised) {
    install("good");
    auto host = open(options());
    auto first = host->create({.plugin = "good", .name = "first"});
    ASSERT_TRUE(first) << first.status().message();
    host.reset();
    CallContext call;
    Status status;
    EXPECT_THAT(run(*first, "still here", status, call), ElementsAre("still here"));

    // A second host shares what is loaded: init runs once for both.
    host = open(options());
    auto second = host->create({.plugin = "good", .name = "second"});
    ASSERT_TRUE(second);
    EXPECT_EQ(facts(*second).inits, 1u);
    EXPECT_EQ(facts(*second).deinits, 0u);

    // When all are gone deinit has run, and a later user gets a new init.
    *first = std::move(*second);
    host.reset();
    { const Stage last = std::move(*first); }
    host = open(options());
    auto third = host->create({.plugin = "good", .name = "third"});
    ASSERT_TRUE(third);
    EXPECT_EQ(facts(*third).inits, 2u);
    EXPECT_EQ(facts(*third).deinits, 1u);
}

TEST_F(PluginHostTest, EachHostHearsItsStagesAndWhatThePluginSaysToAll) {
    install("good");
    std::vector<std::string> heard[2];
    const auto listening = [&](std::size_t i) {
        HostOptions with = options();
        with.log = [&heard, i](LogLevel, std::string_view, std::string_view message) {
            heard[i].emplace_back(message);
        };
        return open(std::move(with));
    };
    auto first = listening(0);
    const auto second = listening(1);
    auto stage = first->create({.plugin = "good", .name = "first"});
    ASSERT_TRUE(stage) << stage.status().message();
    EXPECT_THAT(heard[0], ElementsAre("echo is made"));
    EXPECT_THAT(heard[1], IsEmpty());
    const auto other = second->create({.plugin = "good", .name = "second"});
    ASSERT_TRUE(other) << other.status().message();
    EXPECT_THAT(heard[0], ElementsAre("echo is made"));
    EXPECT_THAT(heard[1], ElementsAre("echo is made"));
    CallContext call;
    Status status;
    (void)run(*other, "text", status, call);
    EXPECT_THAT(heard[0], ElementsAre("echo is made", "an echo"));
    EXPECT_THAT(heard[1], ElementsAre("echo is made", "an echo"));
    // The one that loaded it is gone, and its log with it.
    { const Stage last = std::move(*stage); }
    first.reset();
    (void)run(*other, "text", status, call);
    EXPECT_THAT(heard[0], ElementsAre("echo is made", "an echo"));
    EXPECT_THAT(heard[1], ElementsAre("echo is made", "an echo", "an echo"));
}

TEST_F(PluginHostTest, ManyThreadsMakeStagesOfAPluginThatIsInitialisedOnce) {
    install("good");
    const auto host = open(options());
    std::atomic<int> made{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 20; ++j) {
                    auto stage = host->create({.plugin = "good", .name = "s"});
                    if (stage && facts(*stage).inits == 1) ++made;
                }
            });
    }
    EXPECT_EQ(made, 160);
}

TEST_F(PluginHostTest, WithoutACacheFolderPluginsGetATemporaryOne) {
    install("good");
    HostOptions no_cache = options();
    no_cache.cache_folder.clear();
    fs::path cache;
    {
        const auto host = open(std::move(no_cache));
        auto stage = host->create({.plugin = "good", .name = "s"});
        ASSERT_TRUE(stage);
        cache = facts(*stage).cache;
        EXPECT_TRUE(fs::is_directory(cache));
        EXPECT_NE(cache.string().find("lectern-"), std::string::npos);
    }
    EXPECT_FALSE(fs::exists(cache));
}

TEST_F(PluginHostTest, ALaterAbiMinorIsLoadedToo) {
    install("abi_minor");
    const auto host = open(options());
    ASSERT_EQ(host->plugins().size(), 1u);
    EXPECT_EQ(host->plugins()[0].abi_minor, 9u);
}

TEST_F(PluginHostTest, WithoutProbingTrustedPluginsAreLoadedToBeListed) {
    install("good");
    install("abi_major");
    HostOptions trusting = options();
    trusting.probe = false;
    trusting.probe_program = folder_ / "no-such-program";
    const auto host = open(std::move(trusting));
    ASSERT_EQ(host->plugins().size(), 1u);
    EXPECT_EQ(host->plugins()[0].name, "good");
    ASSERT_EQ(host->refused().size(), 1u);
    EXPECT_FALSE(fs::exists(folder_ / "cache/probe"));
}

TEST_F(PluginHostTest, FoldersThatDoNotExistArePassedOver) {
    HostOptions none = options();
    none.plugin_folders = {folder_ / "nowhere"};
    std::string said;
    none.log = [&said](LogLevel, std::string_view, std::string_view message) { said = message; };
    const auto host = open(std::move(none));
    EXPECT_THAT(host->plugins(), IsEmpty());
    EXPECT_EQ(host->create({.plugin = "good", .name = "s"}).status().message(),
              "no plugin 'good' in " + (folder_ / "nowhere").string() +
                  "; no plugins are installed there");
    EXPECT_EQ(said, "the plugin folder " + (folder_ / "nowhere").string() + " does not exist");
}

TEST_F(PluginHostTest, OnlyFilesThatLookLikePluginsAreSeen) {
    install("good");
    std::ofstream(plugins() / "README.md") << "not a plugin";
    std::ofstream(plugins() / ".hidden.so") << "not a plugin";
    fs::create_directories(plugins() / "folder.so");
    const auto host = open(options());
    EXPECT_EQ(host->plugins().size(), 1u);
    EXPECT_THAT(host->refused(), IsEmpty());
}

TEST_F(PluginHostTest, ACacheFolderThatCannotBeMadeIsAFailure) {
    std::ofstream(folder_ / "file") << "x";
    HostOptions bad = options();
    bad.cache_folder = folder_ / "file/cache";
    const auto host = PluginHost::open(std::move(bad));
    ASSERT_FALSE(host);
    EXPECT_THAT(host.status().message(),
                AllOf(HasSubstr("the cache folder"), HasSubstr("choose another one")));
}

// ------------------------------------------------------------ what is refused

struct Refusal {
    std::string plugin;
    std::string reason;  // a regular expression, POSIX
    friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.plugin; }
};

class RefusedPluginTest : public PluginHostTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(RefusedPluginTest, IsListedWithTheReasonAndNeverLoaded) {
    install(GetParam().plugin);
    HostOptions impatient = options();
    if (GetParam().plugin == "hang_init") impatient.probe_timeout = std::chrono::seconds(2);
    const auto host = open(impatient);
    const std::string why = reason(*host);
    EXPECT_THAT(why, MatchesRegex(GetParam().reason));
    const std::string name = host->refused().front().name;
    const Status created = host->create({.plugin = name, .name = "s"}).status();
    EXPECT_EQ(created.code(), Code::unavailable);
    EXPECT_EQ(created.message(), "the plugin '" + name + "' (" +
                                     (plugins() / (GetParam().plugin + ".so")).string() +
                                     ") is refused: " + why);
    // The second time, quickly and with the same words.
    EXPECT_EQ(reason(*open(impatient)), why);
}

constexpr const char* quarantine =
    "; it is quarantined until the file changes \\(to try it again, delete .*/cache/probe/.*\\)";

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedPluginTest,
    ::testing::Values(
        Refusal{"abi_major",
                "built for ABI 2\\.4, and this engine has ABI 1\\.4; rebuild the plugin against "
                "this engine's lectern/plugin\\.h, or use the Lectern that it was built for"},
        Refusal{"small_entry",
                "its struct_size is 24, and ABI 1\\.0 has 72; rebuild the plugin against this "
                "engine's lectern/plugin\\.h \\(ABI 1\\.4\\)"},
        Refusal{"short_symbol",
                "its symbol lectern_plugin_entry \\(4 bytes\\) cannot be a lectern_plugin; export "
                "a constant of that type"},
        Refusal{"no_symbol",
                "it has no symbol lectern_plugin_entry; it is no Lectern plugin, or its entry is "
                "not exported"},
        Refusal{"function_symbol",
                "its symbol lectern_plugin_entry is a function; export a constant of type "
                "lectern_plugin"},
        Refusal{"undefined_symbol",
                "it cannot be loaded: .*undefined symbol: "
                "lectern_test_function_that_nobody_has; install what is missing or build it "
                "again"},
        Refusal{"bad_name",
                "its name is not of letters, digits, '-' and '_' \\(64 at most\\); fix the "
                "plugin's entry"},
        Refusal{"no_types",
                "it offers no stage type that this engine can use; stage type 1: its pointer is "
                "NULL"},
        Refusal{"fail_init", "its init failed: no accelerator in this machine; remove the plugin"},
        Refusal{"throw_init",
                "its init threw an exception across the boundary \\(thrown in init\\); report it "
                "to the plugin's author"},
        Refusal{"crash_init", std::string("crashed with SIGSEGV in its init") + quarantine},
        Refusal{"abort_init",
                std::string("crashed with SIGABRT in its init \\(\"something is wrong: no "
                            "licence\"\\)") +
                    quarantine},
        Refusal{"exit_init",
                std::string("ended the process with exit code 3 in its init") + quarantine},
        Refusal{"hang_init", std::string("hung in its init \\(no end after 2 s\\)") + quarantine},
        Refusal{"crash_load", std::string("crashed with SIGABRT while it was loaded") + quarantine},
        Refusal{"crash_deinit", std::string("crashed with SIGABRT in its deinit") + quarantine}),
    [](const auto& test) { return test.param.plugin; });

TEST_F(PluginHostTest, FilesThatAreNoPluginsAreRefused) {
    std::ofstream(plugins() / "text.so") << "hello";
    std::ofstream(plugins() / "zero.so");
    std::ofstream(plugins() / "cut.so") << std::string(
                                               "\x7f"
                                               "ELF\x02\x01\x01") +
                                               std::string(100, '\0');
    fs::create_symlink("nowhere", plugins() / "link.so");
    const auto host = open(options());
    std::vector<std::string> seen;
    for (const RefusedPlugin& one : host->refused()) seen.push_back(one.name + ": " + one.reason);
    EXPECT_THAT(
        seen,
        ElementsAre("cut: it is not a 64-bit shared object; build it with -shared for 64 bits",
                    "link: it cannot be read; check its permissions",
                    "text: it is not a shared object (no ELF file); remove it or build it again",
                    "zero: it is not a shared object (no ELF file); remove it or build it again"));
}

TEST_F(PluginHostTest, OneBadPluginDoesNotHarmTheOthers) {
    for (const char* name : {"crash_init", "good", "abi_major", "stage_types"}) install(name);
    const auto host = open(options());
    EXPECT_EQ(host->refused().size(), 2u);
    ASSERT_EQ(host->plugins().size(), 2u);
    EXPECT_TRUE(host->create({.plugin = "good", .name = "s"}).ok());
}

TEST_F(PluginHostTest, StageTypesThatCannotBeUsedAreLeftOut) {
    install("stage_types");
    const auto host = open(options());
    ASSERT_EQ(host->plugins().size(), 1u);
    const UsablePlugin plugin = host->plugins().front();
    ASSERT_EQ(plugin.stage_types.size(), 1u);
    EXPECT_EQ(plugin.stage_types[0].name, "sound");
    EXPECT_THAT(
        plugin.left_out,
        ElementsAre("stage type 1: its pointer is NULL",
                    AllOf(StartsWith("stage type 2: its struct_size is 8, and ABI 1.0 has 40")),
                    "unknown: its kind 77 is not known to this engine; a newer Lectern may know it",
                    "uncreated: its create function is NULL",
                    "no name!: its name is not of letters, digits, '-' and '_'",
                    "schemaless: the option schema is broken at its top: \"type\" is a name or a "
                    "list of names",
                    "sound: an earlier stage type of the plugin has this name"));
}

TEST_F(PluginHostTest, TheFirstOfTwoPluginsOfOneNameWins) {
    install("good");
    install_as("good", "another", "more");
    HostOptions two = options();
    two.plugin_folders = {plugins(), folder_ / "more", plugins()};
    const auto host = open(std::move(two));
    ASSERT_EQ(host->plugins().size(), 1u);
    EXPECT_EQ(host->plugins()[0].path, plugins() / "good.so");
    ASSERT_EQ(host->refused().size(), 1u);
    EXPECT_EQ(host->refused()[0].path, folder_ / "more/another.so");
    EXPECT_EQ(host->refused()[0].reason, "the name 'good' is taken by " +
                                             (plugins() / "good.so").string() +
                                             ", which comes first; remove one of them");
}

TEST_F(PluginHostTest, AQuarantinedPluginIsTriedAgainWhenItsFileChanges) {
    install_as("crash_init", "plugin");
    EXPECT_THAT(reason(*open(options())), StartsWith("crashed with SIGSEGV"));
    install_as("good", "plugin");
    const auto host = open(options());
    EXPECT_THAT(host->refused(), IsEmpty());
    ASSERT_EQ(host->plugins().size(), 1u);
    EXPECT_EQ(host->plugins()[0].name, "good");
}

// What stands in the file counts, not its size and time.
TEST_F(PluginHostTest, AFileThatWasWrittenOverIsTriedAgain) {
    install_as("good", "plugin");
    install_as("crash_init", "other", "elsewhere");
    const fs::path file = plugins() / "plugin.so";
    const fs::path other = folder_ / "elsewhere/other.so";
    // As large as each other: the loader passes over what stands behind.
    const auto size = std::max(fs::file_size(file), fs::file_size(other)) + 64;
    fs::resize_file(file, size);
    fs::resize_file(other, size);
    const auto time = fs::last_write_time(file);
    const auto host = open(options());
    ASSERT_EQ(host->plugins().size(), 1u);
    {
        std::ifstream from(other, std::ios::binary);
        std::ofstream(file, std::ios::binary | std::ios::in) << from.rdbuf();
    }
    fs::last_write_time(file, time);
    ASSERT_EQ(fs::file_size(file), size);
    EXPECT_THAT(host->create({.plugin = "good", .name = "s"}).status().message(),
                HasSubstr("the file has been replaced since it was tried; start again"));
    EXPECT_THAT(reason(*open(options())), StartsWith("crashed with SIGSEGV"));
}

TEST_F(PluginHostTest, AFileThatOthersMayWriteIsRefused) {
    install("good");
    const fs::path file = plugins() / "good.so";
    fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
    EXPECT_EQ(
        reason(*open(options())),
        "everybody may write it; if it is as you want it, run: chmod o-w '" + file.string() + "'");
    fs::permissions(file, fs::perms::others_write, fs::perm_options::remove);
    EXPECT_EQ(open(options())->plugins().size(), 1u);
}

TEST_F(PluginHostTest, AFileOfAnotherUserIsRefusedUnlessTheUserIsTrusted) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root gives a file to somebody else";
    install("good");
    ASSERT_EQ(::chown((plugins() / "good.so").c_str(), 12345, 12345), 0);
    EXPECT_EQ(reason(*open(options())),
              "it belongs to the user 12345, who is neither root nor the one that runs this "
              "program; chown it, or trust that user with LECTERN_PLUGIN_OWNERS=12345");
    HostOptions trusting = options();
    trusting.owners = {1, 12345};
    EXPECT_EQ(open(std::move(trusting))->plugins().size(), 1u);
}

TEST_F(PluginHostTest, NamesOfPluginsThatShipAreTheirs) {
    install("words");
    install_as("words", "words", "shipped");
    HostOptions both = options();
    both.plugin_folders.push_back(folder_ / "shipped");
    both.shipped_folders = {folder_ / "shipped"};
    const auto host = open(std::move(both));
    ASSERT_EQ(host->plugins().size(), 1u);
    EXPECT_EQ(host->plugins()[0].path, folder_ / "shipped/words.so");
    ASSERT_EQ(host->refused().size(), 1u);
    EXPECT_EQ(host->refused()[0].path, plugins() / "words.so");
    EXPECT_EQ(host->refused()[0].reason,
              "the name 'words' is that of a plugin that ships with Lectern; give yours another "
              "name");
}

TEST_F(PluginHostTest, AKnownPluginIsListedWithoutTryingItAgain) {
    install("good");
    ASSERT_EQ(open(options())->plugins().size(), 1u);
    // A second look needs no probe process: the program is replaced by one that fails, while what
    // the cache looks at (its size and time) stays.
    HostOptions again = options();
    const fs::path probe = folder_ / "probe";
    fs::copy_file(LECTERN_PROBE_PROGRAM, probe);
    again.probe_program = probe;
    ASSERT_EQ(open(again)->plugins().size(), 1u);
    fs::permissions(probe, fs::perms::owner_read);  // not executable any more
    const auto host = open(again);
    ASSERT_EQ(host->plugins().size(), 1u);
    EXPECT_TRUE(host->create({.plugin = "good", .name = "s"}).ok());
    // A plugin that is new cannot be tried, and is not loaded untried.
    install("stage_types");
    const auto later = open(again);
    ASSERT_EQ(later->refused().size(), 1u);
    EXPECT_THAT(later->refused()[0].reason,
                AllOf(StartsWith("it cannot be tried: "), HasSubstr("cannot be run")));
}

TEST_F(PluginHostTest, APluginWhoseInitFailsOnlyHereMovesToTheRefused) {
    install("second_init");
    const auto host = open(options());
    ASSERT_EQ(host->plugins().size(), 1u);
    ::setenv("LECTERN_TEST_FAIL_INIT", "1", 1);
    const Status status = host->create({.plugin = "second_init", .name = "s"}).status();
    ::unsetenv("LECTERN_TEST_FAIL_INIT");
    EXPECT_EQ(status.message(),
              "stage 's' (plugin second_init): its init failed: failed without a message "
              "(unavailable)");
    EXPECT_EQ(reason(*host), "its init failed: failed without a message (unavailable)");
    EXPECT_EQ(host->create({.plugin = "second_init", .name = "s"}).status().code(),
              Code::unavailable);
}

// -------------------------------------------------------------- wrong requests

TEST_F(PluginHostTest, WrongRequestsSayWhereWhatAndWhatToDo) {
    install("good");
    install("stages");
    const auto host = open(options());
    const auto place = [](std::string_view option) {
        return option.empty() ? std::string("p.yaml:4:3") : "p.yaml:5:" + std::string(option);
    };
    const struct {
        StageRequest request;
        std::string message;
    } table[] = {
        {{.plugin = "goud", .name = "s", .place = place},
         "p.yaml:4:3: no plugin 'goud' in " + plugins().string() + "; did you mean 'good'?"},
        {{.plugin = "other", .name = "s"},
         "no plugin 'other' in " + plugins().string() + "; there are good, stages"},
        {{.plugin = "good", .type = "ecko", .name = "s", .place = place},
         "p.yaml:4:3: the plugin 'good' has no stage type 'ecko'; did you mean 'echo'?"},
        {{.plugin = "good", .type = "embedder", .name = "s"},
         "the plugin 'good' has no stage type 'embedder'; it has echo"},
        {{.plugin = "stages", .name = "s"},
         "the plugin 'stages' has several stage types; add 'stage:' with one of no_table, "
         "no_function, short_table, wrong_port, failing_port, no_destroy, short_stage, odd_code"},
        {{.plugin = "good", .name = "s", .options = {{"sufix", "!"}}, .place = place},
         "p.yaml:5:sufix: stages.s.options.sufix: unknown option; did you mean 'suffix'?"},
        {{.plugin = "good", .name = "s", .options = {{"times", 10}}},
         "stages.s.options.times: 10 is too large; the most is 9"},
        {{.plugin = "good", .options = {{"mode", "fast"}}},
         "options.mode: 'fast' is not a choice; choose one of auto, slow, quick"},
        {{.plugin = "good", .name = "s", .options = {{"suffix", "#"}}, .place = place},
         "p.yaml:4:3: stage 's' (plugin good): a suffix must not begin with '#'"},
    };
    for (const auto& row : table) {
        const auto stage = host->create(row.request);
        ASSERT_FALSE(stage);
        EXPECT_EQ(stage.status().message(), row.message);
    }
    EXPECT_EQ(host->find("good", "")->name, "echo");
    EXPECT_FALSE(host->find("good", "x").ok());
    EXPECT_EQ(host->check_options({.plugin = "good", .name = "s"})->at("times"), 1);
}

TEST_F(PluginHostTest, StagesThatBreakTheAbiAreRefused) {
    install("stages");
    install("throw_create");
    install("stage_types");
    const auto host = open(options());
    const struct {
        std::string plugin;
        std::string type;
        std::string message;
    } table[] = {
        {"stages", "no_table", "it is a custom without the table lectern.custom/1"},
        {"stages", "no_function", "the function process of its table lectern.custom/1 is NULL"},
        {"stages", "short_table",
         "the struct_size of its table lectern.custom/1 is 8, and ABI 1.0 has 16"},
        {"stages", "wrong_port", "its output is chunks, and a stage of its kind has text"},
        {"stages", "failing_port", "its input function failed with code 9"},
        {"stages", "no_destroy", "the destroy function of its stage is NULL"},
        {"stages", "short_stage", "the struct_size of its stage is 16, and ABI 1.0 has 48"},
        {"thrower", "thrower",
         "its create function threw an exception across the boundary (thrown in create)"},
        {"stage_types", "sound", "its create function gave no stage"},
    };
    for (const auto& row : table) {
        const auto stage = host->create({.plugin = row.plugin, .type = row.type, .name = "s"});
        ASSERT_FALSE(stage) << row.type;
        EXPECT_EQ(stage.status().code(), Code::internal);
        EXPECT_EQ(stage.status().message(), "stage 's' (plugin " + row.plugin + "): " +
                                                row.message + "; report it to the plugin's author");
    }
    EXPECT_EQ(
        host->create({.plugin = "stages", .type = "odd_code", .name = "s"}).status().message(),
        "stage 's' (plugin stages): the plugin returned the unknown code 77");
}

}  // namespace
}  // namespace lectern::host

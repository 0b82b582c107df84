// Who listens to changes of documents, with a collection that the test writes.
#include "apps/server/mcp/listeners.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/fields.hpp"
#include "apps/server/work/test_collections.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

TEST(SubscriptionsTest, IsReadAndSaidAgain) {
    const auto of = [](const char* text) {
        return Subscriptions::of(api::parse_json(text)->as_object());
    };
    const auto subscriptions =
        of(R"({"notifications":{"toolsListChanged":true,"resourcesListChanged":true,)"
           R"("resourceSubscriptions":["lectern://n/a"]}})");
    ASSERT_TRUE(subscriptions.ok());
    EXPECT_EQ(subscriptions->json(),
              (json::object{{"resourcesListChanged", true},
                            {"resourceSubscriptions", json::array{"lectern://n/a"}}}))
        << "tools never change";
    EXPECT_TRUE(of(R"({"notifications":{}})")->json().empty());
    for (const char* wrong : {R"({})", R"({"notifications":true})",
                              R"({"notifications":{"resourceSubscriptions":"x"}})",
                              R"({"notifications":{"resourceSubscriptions":[7]}})"})
        EXPECT_FALSE(of(wrong).ok()) << wrong;
}

// A stream that keeps what is written.
class KeptStream : public ResponseStream, public std::enable_shared_from_this<KeptStream> {
 public:
    using ResponseStream::begin;
    void begin(std::string_view, std::vector<Header>) override { begun_ = true; }
    bool write(std::string_view piece) override {
        take(piece);
        return true;
    }
    [[nodiscard]] bool begun() const override { return begun_; }
    void end(std::string last_piece) override {
        take(last_piece);
        ended = true;
    }
    [[nodiscard]] std::shared_ptr<ResponseStream> shared() override { return shared_from_this(); }

    // The methods of the messages, "result" for the last; taken.
    std::vector<std::string> told() {
        std::vector<std::string> out;
        for (const json::value& message : messages)
            out.emplace_back(message.as_object().contains("result")
                                 ? std::string_view("result")
                                 : std::string_view(message.at("method").as_string()));
        messages.clear();
        return out;
    }
    std::vector<json::value> messages;
    bool ended = false;

 private:
    void take(std::string_view piece) {
        messages.push_back(json::parse(piece.substr(piece.find("data: ") + 6)));
    }
    bool begun_ = false;
};

class ListenersTest : public CollectionsTest {
 protected:
    void SetUp() override {
        CollectionsTest::SetUp();
        ASSERT_TRUE(collections);
        listening.emplace(*collections, keys, day);
    }
    void store(const std::string& id, const std::string& text) {
        CollectionsTest::store("notes", id, text);
    }
    using Told = std::vector<std::string>;
    static constexpr std::chrono::hours day{24};  // the test looks itself

    Keys keys;
    std::optional<Listeners> listening;
};

const std::string acknowledged = "notifications/subscriptions/acknowledged";
const std::string updated = "notifications/resources/updated";
const std::string list_changed = "notifications/resources/list_changed";

TEST_F(ListenersTest, AreToldWhatTheyAskedForAndNothingElse) {
    make("notes");
    store("a", "moon tides");
    const auto all = std::make_shared<KeptStream>();
    const auto one = std::make_shared<KeptStream>();
    auto first = listening->add(all, 7, {true, {}}, nullptr);
    auto second = listening->add(one, "b", {false, {"lectern://notes/a", "nonsense"}}, nullptr);
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(all->told(), Told{acknowledged});
    ASSERT_EQ(one->messages.size(), 1U);
    EXPECT_EQ(
        one->messages[0].at("params").at("_meta").at("io.modelcontextprotocol/subscriptionId"),
        "b");
    EXPECT_EQ(one->told(), Told{acknowledged});
    listening->look();
    EXPECT_EQ(all->told(), Told{});

    store("b", "tides moon");
    listening->look();
    EXPECT_EQ(all->told(), Told{list_changed});
    EXPECT_EQ(one->told(), Told{});
    store("a", "moon moon tides");
    listening->look();
    EXPECT_EQ(all->told(), Told{list_changed});
    ASSERT_EQ(one->messages.size(), 1U);
    EXPECT_EQ(one->messages[0].at("params").at("uri"), "lectern://notes/a");
    EXPECT_EQ(one->told(), Told{updated});

    // Who has left is told nothing, and a collection that goes takes its documents with it.
    first = std::shared_ptr<void>();
    ASSERT_TRUE(collections->drop("notes").ok());
    listening->look();
    EXPECT_EQ(all->told(), Told{});
    EXPECT_EQ(one->told(), Told{updated});
    listening->end();
    EXPECT_TRUE(one->ended);
    EXPECT_EQ(one->told(), Told{"result"});
    EXPECT_FALSE(listening->add(one, 1, {true, {}}, nullptr).ok());
}

TEST_F(ListenersTest, AKeyHearsOfItsOwnAlone) {
    make("notes");
    make("other");
    store("a/1", "moon tides");
    auto key = std::make_shared<Key>();
    key->name = "other";
    key->collections = {"other"};
    auto tenant = std::make_shared<Key>();
    tenant->name = "tenant";
    tenant->filter = "id begins \"b/\"";
    // They are the server's own as long as they are in its file.
    std::vector<std::string> texts;
    const auto file = home.path() / "keys.json";
    for (const auto& each : {key, tenant}) {
        const auto text = add_key(file, *each);
        ASSERT_TRUE(text.ok());
        texts.push_back(*text);
    }
    ASSERT_TRUE(keys.load(file).ok());
    const std::vector<std::string> uris{"lectern://notes/a/1"};
    const auto stream = std::make_shared<KeptStream>();
    const auto bound = std::make_shared<KeptStream>();
    const auto one = listening->add(stream, 1, {true, uris}, keys.find(texts[0]));
    const auto two = listening->add(bound, 2, {true, uris}, keys.find(texts[1]));
    ASSERT_TRUE(one.ok() && two.ok());
    EXPECT_FALSE(bound->messages.at(0)
                     .at("params")
                     .at("notifications")
                     .as_object()
                     .contains("resourcesListChanged"))
        << "that others write is not told";
    EXPECT_EQ(stream->told(), Told{acknowledged});
    EXPECT_EQ(bound->told(), Told{acknowledged});
    store("a/1", "moon moon tides");
    listening->look();
    EXPECT_EQ(stream->told(), Told{});
    EXPECT_EQ(bound->told(), Told{});
    // A key that is taken out hears no more.
    ASSERT_TRUE(remove_key(file, "tenant").ok());
    ASSERT_TRUE(keys.reload().ok());
    listening->look();
    EXPECT_TRUE(bound->ended);
    EXPECT_FALSE(stream->ended);
}

TEST_F(ListenersTest, AnAliasIsItsCollectionAndGivesNoRight) {
    make("notes");
    make("other");
    store("a", "moon tides");
    bool exists = false;
    ASSERT_TRUE(collections->set_alias("mine", "notes", exists).ok());
    const auto file = home.path() / "keys.json";
    Key of_notes;
    of_notes.name = "notes";
    of_notes.collections = {"notes"};
    Key of_mine;
    of_mine.name = "mine";  // a collection that was called so, before the alias
    of_mine.collections = {"mine"};
    const auto text = add_key(file, of_notes);
    const auto other_text = add_key(file, of_mine);
    ASSERT_TRUE(text.ok() && other_text.ok());
    ASSERT_TRUE(keys.load(file).ok());
    const std::vector<std::string> uris{"lectern://mine/a"};
    const auto stream = std::make_shared<KeptStream>();
    const auto foreign = std::make_shared<KeptStream>();
    const auto one = listening->add(stream, 1, {false, uris}, keys.find(*text));
    const auto two = listening->add(foreign, 2, {true, uris}, keys.find(*other_text));
    ASSERT_TRUE(one.ok() && two.ok());
    EXPECT_EQ(stream->told(), Told{acknowledged});
    EXPECT_EQ(foreign->told(), Told{acknowledged});
    store("a", "moon moon tides");
    listening->look();
    EXPECT_EQ(stream->told(), Told{updated});
    EXPECT_EQ(foreign->told(), Told{});
    // Switched, it stands for a collection that has no such document and is not the key's.
    ASSERT_TRUE(collections->set_alias("mine", "other", exists).ok());
    listening->look();
    EXPECT_EQ(stream->told(), Told{updated});
    EXPECT_EQ(foreign->told(), Told{});
}

TEST_F(ListenersTest, AKeyThatIsChangedIsWhatItIsNow) {
    make("notes");
    store("a", "moon tides");
    const auto file = home.path() / "keys.json";
    Key key;
    key.name = "reader";
    const auto text = add_key(file, key);
    ASSERT_TRUE(text.ok());
    ASSERT_TRUE(keys.load(file).ok());
    const auto stream = std::make_shared<KeptStream>();
    const auto one = listening->add(stream, 1, {true, {}}, keys.find(*text));
    ASSERT_TRUE(one.ok());
    EXPECT_EQ(stream->told(), Told{acknowledged});
    json::object root{{"keys", json::array{json::object{{"name", "reader"},
                                                        {"sha256", hexadecimal(sha256(*text))},
                                                        {"rights", json::array{"read"}},
                                                        {"filter", "id = \"b\""}}}}};
    std::ofstream(file, std::ios::trunc) << json::serialize(root);
    ASSERT_TRUE(keys.reload().ok());
    store("a", "moon moon tides");
    listening->look();
    EXPECT_EQ(stream->told(), Told{}) << "others' documents are not its own any more";
    EXPECT_FALSE(stream->ended);
}

TEST_F(ListenersTest, OneKeyLeavesRoomForOthers) {
    make("notes");
    const auto file = home.path() / "keys.json";
    std::vector<std::string> texts;
    for (const char* name : {"greedy", "modest"}) {
        Key key;
        key.name = name;
        const auto text = add_key(file, key);
        ASSERT_TRUE(text.ok());
        texts.push_back(*text);
    }
    ASSERT_TRUE(keys.load(file).ok());
    std::vector<Result<std::shared_ptr<void>>> kept;
    for (std::size_t i = 0; i < Listeners::most_of_key; ++i) {
        kept.push_back(listening->add(std::make_shared<KeptStream>(), i, {}, keys.find(texts[0])));
        ASSERT_TRUE(kept.back().ok()) << kept.back().status().message();
    }
    const auto stream = std::make_shared<KeptStream>();
    const auto refused = listening->add(stream, 1, {}, keys.find(texts[0]));
    EXPECT_NE(refused.status().message().find("this key"), std::string::npos);
    EXPECT_TRUE(listening->add(stream, 1, {}, keys.find(texts[1])).ok());
    kept.pop_back();
    EXPECT_TRUE(listening->add(stream, 1, {}, keys.find(texts[0])).ok());
}

}  // namespace
}  // namespace lectern::server::mcp

#include "corpus/opensearch/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern::corpus::opensearch {
namespace {

using testing::HasSubstr;

TEST(Address, HasNodesAndAName) {
    const auto address =
        parse_address("opensearch://a.example,10.0.0.7:9201,[::1]:9300/my-notes_2");
    ASSERT_TRUE(address.ok()) << address.status().message();
    EXPECT_FALSE(address->tls);
    EXPECT_EQ(address->name, "my-notes_2");
    ASSERT_EQ(address->nodes.size(), 3U);
    EXPECT_EQ(address->nodes[0].host, "a.example");
    EXPECT_EQ(address->nodes[0].port, 9200U);
    EXPECT_EQ(address->nodes[1].host, "10.0.0.7");
    EXPECT_EQ(address->nodes[1].port, 9201U);
    EXPECT_EQ(address->nodes[2].host, "[::1]");
    EXPECT_EQ(address->nodes[2].port, 9300U);
    const auto secure = parse_address("opensearch+https://a/n");
    ASSERT_TRUE(secure.ok());
    EXPECT_TRUE(secure->tls);
}

TEST(Address, IsToldFromAFolder) {
    EXPECT_TRUE(is_address("opensearch://a/b"));
    EXPECT_TRUE(is_address("opensearch+https://a/b"));
    EXPECT_FALSE(is_address("opensearch"));
    EXPECT_FALSE(is_address("./opensearch:/a"));
    EXPECT_FALSE(is_address("/data/notes"));
}

TEST(Address, SaysWhatIsWrong) {
    const struct {
        const char* text;
        const char* what;
    } cases[] = {
        {"opensearch://a", "the name of the index is missing"},
        {"opensearch:///notes", "is no host"},
        {"opensearch://a,,b/notes", "is no host"},
        {"opensearch://a b/notes", "is no host"},
        {"opensearch://a:/notes", "no port"},
        {"opensearch://a:0/notes", "no port"},
        {"opensearch://a:65536/notes", "no port"},
        {"opensearch://a:12x/notes", "no port"},
        {"opensearch://[::1/notes", "a ']' is missing"},
        {"opensearch://a/", "is no name of an index"},
        {"opensearch://a/Notes", "is no name of an index"},
        {"opensearch://a/-notes", "is no name of an index"},
        {"opensearch://a/notes/more", "is no name of an index"},
    };
    for (const auto& one : cases) {
        const auto address = parse_address(one.text);
        ASSERT_FALSE(address.ok()) << one.text;
        EXPECT_EQ(address.status().code(), Code::invalid_argument);
        EXPECT_THAT(address.status().message(), HasSubstr(one.what)) << one.text;
    }
}

TEST(Address, OfAClusterHasNoName) {
    for (const char* text : {"opensearch://a:9201,b", "opensearch://a:9201,b/"}) {
        const auto address = parse_cluster(text);
        ASSERT_TRUE(address.ok()) << text << ": " << address.status().message();
        EXPECT_EQ(address->name, "");
        ASSERT_EQ(address->nodes.size(), 2U) << text;
        EXPECT_EQ(address->nodes[0].port, 9201U);
        EXPECT_EQ(address->nodes[1].host, "b");
    }
    const struct {
        const char* text;
        const char* what;
    } cases[] = {
        {"opensearch://a/notes", "'notes' names an index"},
        {"opensearch://", "is no host"},
        {"opensearch:///", "is no host"},
        {"opensearch://a:0", "no port"},
        {"opensearch://me:secret@a", "LECTERN_OPENSEARCH_PASSWORD"},
        {"/data/notes", "does not begin with opensearch://"},
    };
    for (const auto& one : cases) {
        const auto address = parse_cluster(one.text);
        ASSERT_FALSE(address.ok()) << one.text;
        EXPECT_EQ(address.status().code(), Code::invalid_argument);
        EXPECT_THAT(address.status().message(), HasSubstr(one.what)) << one.text;
    }
}

// It would stand in logs.
TEST(Address, TakesNoPassword) {
    const auto address = parse_address("opensearch://me:secret@a/notes");
    ASSERT_FALSE(address.ok());
    EXPECT_THAT(address.status().message(), HasSubstr("LECTERN_OPENSEARCH_PASSWORD"));
    EXPECT_THAT(address.status().message(), testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace lectern::corpus::opensearch

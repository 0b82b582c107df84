#include "engine/plugin_host/call_context.hpp"

#include <gtest/gtest.h>

namespace lectern::host {
namespace {

lectern_text text(std::string_view value) {
    return {value.data(), value.size()};
}

TEST(CallContext, TurnsCodesAndMessagesIntoStatus) {
    CallContext call;
    const lectern_call* c = call.get();
    c->set_error(c, text("the model has no vocabulary"));
    const Status status = call.status(LECTERN_CORRUPT, "stage 'tokens'");
    EXPECT_EQ(status.code(), Code::corrupt);
    EXPECT_EQ(status.message(), "stage 'tokens': the model has no vocabulary");
    // The message was of that call alone.
    EXPECT_EQ(call.status(LECTERN_NOT_FOUND, "stage 'tokens'").message(),
              "stage 'tokens': failed without a message (not found)");
    EXPECT_TRUE(call.status(LECTERN_OK, "stage 'tokens'").ok());
}

TEST(CallContext, AMessageWithoutAFailureIsDropped) {
    CallContext call;
    call.get()->set_error(call.get(), text("never mind"));
    EXPECT_TRUE(call.status(LECTERN_OK, "x").ok());
    EXPECT_EQ(call.status(LECTERN_INTERNAL, "x").message(),
              "x: failed without a message (internal)");
}

TEST(CallContext, UnknownCodesAreInternal) {
    CallContext call;
    EXPECT_EQ(call.status(77, "x").code(), Code::internal);
    EXPECT_EQ(call.status(-1, "x").message(), "x: the plugin returned the unknown code -1");
    call.get()->set_error(call.get(), text("odd"));
    EXPECT_EQ(call.status(77, "x").message(), "x: odd (the plugin returned the unknown code 77)");
}

TEST(CallContext, MessagesAreCutAndMadeValid) {
    CallContext call;
    call.get()->set_error(call.get(), text("bad \xff\xfe bytes \xe4\xb8"));
    EXPECT_EQ(call.status(LECTERN_INTERNAL, "x").message(), "x: bad ?? bytes ??");
    const std::string large(1 << 20, 'a');
    call.get()->set_error(call.get(), text(large));
    EXPECT_EQ(call.status(LECTERN_INTERNAL, "x").message().size(),
              3 + CallContext::max_message_bytes);
    call.get()->set_error(call.get(), {nullptr, 12});
    EXPECT_EQ(call.status(LECTERN_INTERNAL, "x").message(),
              "x: failed without a message (internal)");
}

TEST(CallContext, KeepsTheErrorsOfItems) {
    CallContext call;
    const lectern_call* c = call.get();
    c->item_error(c, 3, LECTERN_INVALID_ARGUMENT, text("too long"));
    c->item_error(c, 1, LECTERN_OK, text("an error without a code"));
    ASSERT_EQ(call.item_errors().size(), 2u);
    EXPECT_EQ(call.item_errors()[0].index, 3u);
    EXPECT_EQ(call.item_errors()[0].code, Code::invalid_argument);
    EXPECT_EQ(call.item_errors()[0].message, "too long");
    EXPECT_EQ(call.item_errors()[1].code, Code::internal);
    EXPECT_EQ(call.take_item_errors().size(), 2u);
    EXPECT_TRUE(call.item_errors().empty());
    for (std::size_t i = 0; i < CallContext::max_item_errors + 5; ++i)
        c->item_error(c, i, LECTERN_CORRUPT, text("x"));
    EXPECT_EQ(call.item_errors().size(), CallContext::max_item_errors);
}

TEST(CallContext, IsCancelledWhenAskedToStop) {
    std::stop_source source;
    CallContext call({.stop = source.get_token()});
    EXPECT_EQ(call.get()->is_cancelled(call.get()), 0);
    source.request_stop();
    EXPECT_NE(call.get()->is_cancelled(call.get()), 0);
    const Status status = call.status(LECTERN_CANCELLED, "x");
    EXPECT_EQ(status.code(), Code::cancelled);
    EXPECT_EQ(status.message(), "x: cancelled");
}

TEST(CallContext, IsCancelledPastItsDeadline) {
    const auto now = std::chrono::steady_clock::now();
    CallContext late({.deadline = now - std::chrono::seconds(1)});
    EXPECT_NE(late.get()->is_cancelled(late.get()), 0);
    EXPECT_EQ(late.status(LECTERN_CANCELLED, "x").code(), Code::deadline_exceeded);
    CallContext early({.deadline = now + std::chrono::hours(1)});
    EXPECT_EQ(early.get()->is_cancelled(early.get()), 0);
    EXPECT_EQ(early.status(LECTERN_CANCELLED, "x").code(), Code::cancelled);
}

}  // namespace
}  // namespace lectern::host

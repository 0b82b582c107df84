// Jobs with work that the test holds in its hand.
#include "apps/server/work/jobs.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// Work that says when it has begun, and goes on until it is told to end or to stop.
struct Work {
    std::promise<JobRecord> begun;
    std::promise<void> end;

    [[nodiscard]] JobWork work() {
        return [this](const JobRecord& record, JobFace& face) -> Result<json::object> {
            face.progress(2, 10);
            face.progress(5, 10);
            begun.set_value(record);
            auto ended = end.get_future();
            while (ended.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout)
                if (face.stop().stop_requested()) return Status{Code::cancelled, "cancelled"};
            return json::object{{"chunks", 10}};
        };
    }
};

class JobsTest : public testing::Test {
 protected:
    static json::object until_ended(const Jobs& jobs, const json::object& job) {
        while (true) {
            auto now = jobs.find("notes", std::string(job.at("job").as_string()));
            if (!now || now->at("state") != "running") return now.value_or(json::object{});
            std::this_thread::yield();
        }
    }
    [[nodiscard]] std::size_t records() const {
        std::error_code error;
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder, error), fs::directory_iterator()));
    }

    lectern::TestFolder home;
    fs::path folder = home.path() / "jobs";
    Work held;
    bool busy = false;
};

TEST_F(JobsTest, OneOfACollectionAtATimeWithItsProgress) {
    Jobs jobs(folder, held.work());
    const auto job = jobs.start("reembed", "notes", {{"pipeline", "bert"}}, busy);
    ASSERT_TRUE(job.ok()) << job.status().message();
    EXPECT_EQ(held.begun.get_future().get().settings.at("pipeline"), "bert");
    const auto now = jobs.find("notes", std::string(job->at("job").as_string()));
    ASSERT_TRUE(now);
    EXPECT_EQ(now->at("state"), "running");
    EXPECT_EQ(now->at("percent"), 50.0);
    EXPECT_GT(now->at("per_second").as_double(), 0);
    EXPECT_EQ(records(), 1U);
    EXPECT_FALSE(jobs.start("verify", "notes", {}, busy).ok());
    EXPECT_TRUE(busy);
    EXPECT_FALSE(jobs.find("other", std::string(job->at("job").as_string())));
    held.end.set_value();
    const json::object ended = until_ended(jobs, *job);
    EXPECT_EQ(ended.at("state"), "done");
    EXPECT_EQ(ended.at("percent"), 100.0);
    EXPECT_EQ(ended.at("done"), 10);  // all of it, though 5 was the last that the work told
    EXPECT_EQ(ended.at("result").as_object().at("chunks"), 10);
    EXPECT_EQ(jobs.list("notes").size(), 1U);
    EXPECT_EQ(records(), 0U);
}

TEST_F(JobsTest, ACancelledOneIsNotGoneOnWith) {
    {
        Jobs jobs(folder, held.work());
        const auto job = jobs.start("reembed", "notes", {}, busy);
        ASSERT_TRUE(job.ok());
        held.begun.get_future().wait();
        EXPECT_TRUE(jobs.cancel("notes", std::string(job->at("job").as_string())));
        EXPECT_EQ(until_ended(jobs, *job).at("state"), "cancelled");
        EXPECT_FALSE(jobs.cancel("notes", "none"));
    }
    EXPECT_EQ(records(), 0U);
}

TEST_F(JobsTest, WhatTheEndOfTheServerBreaksOffIsGoneOnWith) {
    std::string id;
    {
        Jobs jobs(folder, held.work());
        const auto job = jobs.start("reembed", "notes", {{"truncate", true}}, busy);
        ASSERT_TRUE(job.ok());
        id = job->at("job").as_string();
        held.begun.get_future().wait();
    }
    ASSERT_EQ(records(), 1U);
    std::ofstream(folder / "other.json") << "{\"job\": \"x\"}";
    std::ofstream(folder / "half.json.part") << "{";
    Work next;
    Jobs jobs(folder, next.work());
    jobs.resume();
    const JobRecord record = next.begun.get_future().get();
    EXPECT_EQ(record.id, id);
    EXPECT_EQ(record.collection, "notes");
    EXPECT_EQ(record.settings.at("truncate"), true);
    EXPECT_EQ(jobs.list("notes").size(), 1U);
    next.end.set_value();
    EXPECT_EQ(until_ended(jobs, {{"job", id}}).at("state"), "done");
}

TEST_F(JobsTest, OtherKindsEndWithTheServer) {
    {
        Jobs jobs(folder, held.work());
        ASSERT_TRUE(jobs.start("verify", "notes", {}, busy).ok());
        held.begun.get_future().wait();
    }
    EXPECT_EQ(records(), 0U);
}

TEST_F(JobsTest, AFailureIsAProblem) {
    Jobs jobs(folder, [](const JobRecord&, JobFace&) -> Result<json::object> {
        return Status{Code::invalid_argument, "a chunk is too long"};
    });
    const auto job = jobs.start("reembed", "notes", {}, busy);
    ASSERT_TRUE(job.ok());
    const json::object ended = until_ended(jobs, *job);
    EXPECT_EQ(ended.at("state"), "failed");
    EXPECT_EQ(ended.at("error").as_object().at("detail"), "a chunk is too long");
    EXPECT_EQ(ended.at("error").as_object().at("status"), 400);
}

TEST_F(JobsTest, ACollectionIsClearedBeforeItIsDropped) {
    Jobs jobs(folder, held.work());
    ASSERT_TRUE(jobs.start("reembed", "notes", {}, busy).ok());
    held.begun.get_future().wait();
    EXPECT_TRUE(jobs.clear("notes", std::chrono::seconds(60)));
    EXPECT_EQ(records(), 0U);
    EXPECT_TRUE(jobs.clear("other", std::chrono::seconds(60)));
}

}  // namespace
}  // namespace lectern::server

// apps/server/work/jobs.hpp: work on a collection that outlives its request: changing the model,
// checking, backing up.
//
// A collection has one job at a time, and each has a thread of its own. What has ended is kept to
// be looked at, the last 100. A change of model that was under way when the server ended is found
// again by its record (job_record.hpp) and gone on with under the same id; other kinds are not.
// Threads: everything is safe from any thread.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "apps/server/work/job_record.hpp"
#include "apps/server/work/webhooks.hpp"
#include "lectern/status.hpp"

namespace lectern::server {

// What the work of a job is given, on the job's thread.
class JobFace {
 public:
    virtual ~JobFace() = default;
    [[nodiscard]] virtual std::stop_token stop() const = 0;
    // How much is done, of how much: chunks, documents.
    virtual void progress(std::uint64_t done, std::uint64_t total) = 0;
};

// Does the work that a record describes; what it gives is the job's result.
using JobWork = std::function<Result<boost::json::object>(const JobRecord& record, JobFace& face)>;

class Jobs {
 public:
    // Records are kept in `folder`, which is made when there is something to keep. "": none are.
    // `webhooks` are told when one ends: where its settings say ("webhook"), and always where the
    // operator says. nullptr: nobody is. Must outlive this.
    Jobs(std::filesystem::path folder, JobWork work, Webhooks* webhooks = nullptr);
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;
    ~Jobs() { end(); }

    // Begins what `kind` is and gives it as JSON, as find() does. `busy`: the collection has a
    // job; then, and when too many run, it is not begun.
    [[nodiscard]] Result<boost::json::object> start(const std::string& kind,
                                                    const std::string& collection,
                                                    boost::json::object settings, bool& busy);
    // Goes on with what was under way when the server ended. Once, before requests come.
    void resume();

    // Newest first.
    [[nodiscard]] boost::json::array list(const std::string& collection) const;
    [[nodiscard]] std::optional<boost::json::object> find(const std::string& collection,
                                                          const std::string& id) const;
    // Asks it to end; what it was before the call's end. Nothing: there is no such job.
    [[nodiscard]] std::optional<boost::json::object> cancel(const std::string& collection,
                                                            const std::string& id);
    // Cancels what the collection's job is and waits for its end; false: it takes too long.
    [[nodiscard]] bool clear(const std::string& collection, std::chrono::seconds longest);

    // The server ends: what can be gone on with is stopped and keeps its record. stop() only asks,
    // end() waits.
    void stop();
    void end();

 private:
    struct Job;
    struct Told;
    void launch(std::shared_ptr<Job> job);  // with mutex_
    void run(Job& job);
    [[nodiscard]] static std::vector<Told> to_be_told(const WebhookRules& rules,
                                                      const JobRecord& record);
    void tell(Job& job, const std::vector<Told>& addresses);
    void prune();                                                                    // with mutex_
    [[nodiscard]] std::shared_ptr<Job> active(const std::string& collection) const;  // with mutex_

    const std::filesystem::path folder_;
    const JobWork work_;
    Webhooks* const webhooks_;
    mutable std::mutex mutex_;
    std::condition_variable ended_;
    std::vector<std::shared_ptr<Job>> jobs_;  // oldest first
    bool stopping_ = false;
};

}  // namespace lectern::server

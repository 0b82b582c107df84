#include "apps/server/work/jobs.hpp"

#include <algorithm>
#include <utility>

#include "apps/server/http/digest.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/work/log.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_kept = 100;
constexpr std::size_t most_running = 8;
constexpr std::size_t id_bytes = 8;

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

std::int64_t milliseconds_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

// An address that is told of a job's end.
struct Jobs::Told {
    std::optional<Destination> to;  // nothing: it is not allowed any more
    Telling telling;
};

struct Jobs::Job : public JobFace, public std::enable_shared_from_this<Job> {
    explicit Job(JobRecord its_record) : record(std::move(its_record)) {}

    [[nodiscard]] std::stop_token stop() const override { return stopping.get_token(); }
    void progress(std::uint64_t now_done, std::uint64_t now_total) override {
        const std::lock_guard lock(mutex);
        // The rate is that of this run: what an earlier one had done is there at the first call.
        if (!first) first = {Clock::now(), now_done};
        done = now_done;
        total = now_total;
        last = Clock::now();
    }
    [[nodiscard]] bool running() const {
        const std::lock_guard lock(mutex);
        return state == "running";
    }
    void finish(Result<json::object> outcome, std::vector<Telling> to_tell) {
        const std::lock_guard lock(mutex);
        tellings = std::move(to_tell);
        seconds = seconds_between(begun, Clock::now());
        if (outcome) {
            state = "done";
            result = std::move(*outcome);
            // The last part of the work need not have been told.
            done = std::max(done, total);
            if (first) last = Clock::now();
        } else if (outcome.status().code() == Code::cancelled) {
            state = "cancelled";
        } else {
            state = "failed";
            error = problem_document(outcome.status());
        }
    }
    [[nodiscard]] json::object object() const {
        const std::lock_guard lock(mutex);
        json::object out{{"job", record.id},
                         {"kind", record.kind},
                         {"collection", record.collection},
                         {"state", state},
                         {"created_at", record.created_at},
                         {"settings", record.settings}};
        const bool all = state == "done";
        out["percent"] = all          ? 100.0
                         : total == 0 ? 0.0
                                      : 100.0 * static_cast<double>(std::min(done, total)) /
                                            static_cast<double>(total);
        out["done"] = done;
        out["total"] = total;
        const double took = first ? seconds_between(first->first, last) : 0.0;
        out["per_second"] =
            took > 0 ? static_cast<double>(done - std::min(done, first->second)) / took : 0.0;
        out["seconds"] = state == "running" ? seconds_between(begun, Clock::now()) : seconds;
        if (result) out["result"] = *result;
        if (error) out["error"] = *error;
        if (!tellings.empty()) {
            json::array told;
            for (const Telling& one : tellings) told.push_back(one.json());
            out["webhooks"] = std::move(told);
        }
        return out;
    }

    const JobRecord record;
    std::stop_source stopping;
    std::atomic<bool> to_be_resumed{false};  // the server ends; the next one goes on
    mutable std::mutex mutex;
    std::string state = "running";
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::optional<std::pair<Clock::time_point, std::uint64_t>> first;
    Clock::time_point last;
    const Clock::time_point begun = Clock::now();
    double seconds = 0;
    std::optional<json::object> result;
    std::optional<json::object> error;
    std::vector<Telling> tellings;  // of its webhooks, when it has ended
    std::thread thread;             // joined by prune() or end()
};

Jobs::Jobs(std::filesystem::path folder, JobWork work, Webhooks* webhooks)
    : folder_(std::move(folder)), work_(std::move(work)), webhooks_(webhooks) {}

std::vector<Jobs::Told> Jobs::to_be_told(const WebhookRules& rules, const JobRecord& record) {
    std::vector<Told> out;
    for (const Destination& always : rules.always) {
        out.emplace_back().to = always;
        out.back().telling.url = always.url;
    }
    const json::value* wanted = record.settings.if_contains("webhook");
    if (wanted == nullptr || !wanted->is_string()) return out;
    const std::string url(wanted->get_string());
    const bool known = std::any_of(out.begin(), out.end(),
                                   [&url](const Told& one) { return one.telling.url == url; });
    if (known) return out;
    Told one;
    one.telling.url = url;
    // Asked again: a job that was gone on with may be of a server that allowed more.
    if (auto found = rules.find(url)) {
        one.to = std::move(*found);
    } else {
        one.telling.state = "failed";
        one.telling.error = found.status().message();
    }
    out.push_back(std::move(one));
    return out;
}

std::shared_ptr<Jobs::Job> Jobs::active(const std::string& collection) const {
    for (const auto& job : jobs_)
        if (job->record.collection == collection && job->running()) return job;
    return nullptr;
}

void Jobs::launch(std::shared_ptr<Job> job) {
    // The job lives until its thread is joined.
    job->thread = std::thread([this, raw = job.get()] { run(*raw); });
    jobs_.push_back(std::move(job));
}

void Jobs::run(Job& job) {
    Result<json::object> outcome = Status{Code::internal, "not run"};
    try {
        outcome = work_(job.record, job);
    } catch (const std::exception& error) {
        outcome = Status{Code::internal, std::string("a defect: ") + error.what()};
    }
    const bool kept = job.to_be_resumed && !outcome && outcome.status().code() == Code::cancelled;
    if (!kept) remove_record(folder_, job.record.id);
    if (!outcome && outcome.status().code() != Code::cancelled)
        log_line(LogLevel::error, job.record.kind + " of '" + job.record.collection +
                                      "': " + outcome.status().message());
    std::vector<Told> addresses;
    if (!kept && webhooks_ != nullptr) addresses = to_be_told(webhooks_->rules(), job.record);
    {
        const std::lock_guard lock(mutex_);
        std::vector<Telling> tellings;
        for (const Told& one : addresses) tellings.push_back(one.telling);
        job.finish(std::move(outcome), std::move(tellings));
    }
    ended_.notify_all();
    if (!addresses.empty()) tell(job, addresses);
}

void Jobs::tell(Job& job, const std::vector<Told>& addresses) {
    json::object about = job.object();
    about.erase("webhooks");
    const json::object message{{"type", "job." + std::string(about.at("state").as_string())},
                               {"timestamp", utc_now()},
                               {"data", about}};
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        if (!addresses[i].to) continue;
        webhooks_->send(*addresses[i].to, job.record.id + "-" + std::to_string(i), message,
                        [self = job.shared_from_this(), i](const Telling& telling) {
                            const std::lock_guard lock(self->mutex);
                            self->tellings[i] = telling;
                        });
    }
}

void Jobs::prune() {
    for (auto job = jobs_.begin(); job != jobs_.end() && jobs_.size() >= most_kept;) {
        if ((*job)->running()) {
            ++job;
            continue;
        }
        (*job)->thread.join();
        job = jobs_.erase(job);
    }
}

Result<json::object> Jobs::start(const std::string& kind, const std::string& collection,
                                 json::object settings, bool& busy) {
    busy = false;
    const std::lock_guard lock(mutex_);
    if (stopping_) return Status{Code::unavailable, "the server is shutting down"};
    if (const auto other = active(collection)) {
        busy = true;
        return Status{Code::unavailable, "the collection '" + collection + "' has a job already: " +
                                             other->record.kind + ", " + other->record.id};
    }
    const auto running =
        std::count_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->running(); });
    if (static_cast<std::size_t>(running) >= most_running)
        return Status{Code::resource_exhausted,
                      "the server runs " + std::to_string(running) + " jobs already"};
    prune();
    const JobRecord record{hexadecimal(random_bytes(id_bytes)), kind, collection,
                           std::move(settings), milliseconds_now()};
    if (goes_on(kind)) LECTERN_TRY(write_record(folder_, record));
    auto job = std::make_shared<Job>(record);
    launch(job);
    return job->object();
}

void Jobs::resume() {
    const std::lock_guard lock(mutex_);
    for (JobRecord& record : read_records(folder_)) {
        log_line(LogLevel::info, "going on with the " + record.kind + " of '" + record.collection +
                                     "' that the end of the server broke off");
        launch(std::make_shared<Job>(std::move(record)));
    }
}

json::array Jobs::list(const std::string& collection) const {
    const std::lock_guard lock(mutex_);
    json::array out;
    for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job)
        if ((*job)->record.collection == collection) out.push_back((*job)->object());
    return out;
}

std::optional<json::object> Jobs::find(const std::string& collection, const std::string& id) const {
    const std::lock_guard lock(mutex_);
    for (const auto& job : jobs_)
        if (job->record.id == id && job->record.collection == collection) return job->object();
    return {};
}

std::optional<json::object> Jobs::cancel(const std::string& collection, const std::string& id) {
    const std::lock_guard lock(mutex_);
    for (const auto& job : jobs_) {
        if (job->record.id != id || job->record.collection != collection) continue;
        json::object before = job->object();
        job->stopping.request_stop();
        return before;
    }
    return {};
}

bool Jobs::clear(const std::string& collection, std::chrono::seconds longest) {
    std::unique_lock lock(mutex_);
    if (const auto job = active(collection)) job->stopping.request_stop();
    return ended_.wait_for(lock, longest, [&] { return active(collection) == nullptr; });
}

void Jobs::stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& job : jobs_) {
        if (job->stopping.stop_requested()) continue;  // by its owner: it is not gone on with
        job->to_be_resumed = goes_on(job->record.kind);
        job->stopping.request_stop();
    }
}

void Jobs::end() {
    stop();
    // Nobody starts another any more.
    for (const auto& job : jobs_)
        if (job->thread.joinable()) job->thread.join();
}

}  // namespace lectern::server

#include "apps/server/work/metrics.hpp"

#include <cstdio>
#include <numeric>

namespace lectern::server {
namespace {

constexpr std::size_t latest_recalls = 100;

std::string number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

// A label's value: quotes, backslashes and line ends are escaped.
std::string label(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '\\' || c == '"') out.push_back('\\');
        if (c == '\n')
            out += "\\n";
        else
            out.push_back(c);
    }
    return out + "\"";
}

void head(std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
    out += "# HELP ";
    out.append(name).append(" ").append(help).append("\n# TYPE ");
    out.append(name).append(" ").append(kind).append("\n");
}

void line(std::string& out, std::string_view name, const std::string& labels, double value) {
    out.append(name);
    if (!labels.empty()) out += "{" + labels + "}";
    out += " " + number(value) + "\n";
}

}  // namespace

void Metrics::Histogram::add(double value) {
    for (std::size_t i = 0; i < bounds.size(); ++i)
        if (value <= bounds[i]) ++counts[i];
    ++count;
    sum += value;
}

void Metrics::request(std::string_view method, std::string_view route, unsigned status,
                      double seconds) {
    const std::string labels = "method=" + label(method) + ",route=" + label(route);
    const std::lock_guard lock(mutex_);
    ++requests_[labels + ",status=\"" + std::to_string(status) + "\""];
    latency_[labels].add(seconds);
}

void Metrics::stages(const std::vector<StageTiming>& stages) {
    const std::lock_guard lock(mutex_);
    for (const StageTiming& timing : stages) {
        Stage& stage = stages_["stage=" + label(timing.stage)];
        stage.busy.add(timing.busy_seconds);
        stage.wait.add(timing.wait_seconds);
        stage.items += timing.items;
        stage.tokens += timing.tokens;
        if (timing.batch_fill > 0) {
            stage.fill += timing.batch_fill;
            ++stage.filled;
        }
    }
}

void Metrics::tokens(std::uint64_t embedded, std::uint64_t generated) {
    const std::lock_guard lock(mutex_);
    embedded_ += embedded;
    generated_ += generated;
}

void Metrics::rejected(std::string_view why) {
    const std::lock_guard lock(mutex_);
    ++rejected_["reason=" + label(why)];
}

void Metrics::waited(std::string_view lane, double seconds) {
    const std::lock_guard lock(mutex_);
    waited_["lane=" + label(lane)].add(seconds);
}

void Metrics::recall(const std::string& collection, std::size_t found, std::size_t wanted) {
    const std::lock_guard lock(mutex_);
    Recall& recall = recall_[collection];
    recall.found += found;
    recall.wanted += wanted;
    ++recall.samples;
    recall.latest.push_back(static_cast<double>(found) / static_cast<double>(wanted));
    if (recall.latest.size() > latest_recalls) recall.latest.pop_front();
}

void Metrics::recall_left_out(std::string_view why) {
    const std::lock_guard lock(mutex_);
    ++recall_left_out_["reason=" + label(why)];
}

void Metrics::print(std::string& out, std::string_view name, const std::string& labels,
                    const Histogram& histogram) {
    const std::string bucket = std::string(name) + "_bucket";
    for (std::size_t i = 0; i < bounds.size(); ++i)
        line(out, bucket, labels + ",le=\"" + number(bounds[i]) + "\"",
             static_cast<double>(histogram.counts[i]));
    line(out, bucket, labels + ",le=\"+Inf\"", static_cast<double>(histogram.count));
    line(out, std::string(name) + "_sum", labels, histogram.sum);
    line(out, std::string(name) + "_count", labels, static_cast<double>(histogram.count));
}

void Metrics::print_stages(std::string& out) const {
    head(out, "lectern_stage_seconds", "histogram", "Busy time of a stage in one operation.");
    for (const auto& [labels, stage] : stages_)
        print(out, "lectern_stage_seconds", labels, stage.busy);
    head(out, "lectern_stage_wait_seconds", "histogram",
         "Time that items stood before a stage in one operation.");
    for (const auto& [labels, stage] : stages_)
        print(out, "lectern_stage_wait_seconds", labels, stage.wait);
    head(out, "lectern_stage_items_total", "counter",
         "Documents, chunks, sequences or hits that a stage took.");
    for (const auto& [labels, stage] : stages_)
        line(out, "lectern_stage_items_total", labels, static_cast<double>(stage.items));
    head(out, "lectern_stage_tokens_total", "counter",
         "Tokens that a stage took, where it counts them.");
    for (const auto& [labels, stage] : stages_)
        if (stage.tokens > 0)
            line(out, "lectern_stage_tokens_total", labels, static_cast<double>(stage.tokens));
    head(out, "lectern_batch_fill_ratio", "gauge",
         "Useful tokens in all tokens of a stage's batches, the mean over operations.");
    for (const auto& [labels, stage] : stages_)
        if (stage.filled > 0)
            line(out, "lectern_batch_fill_ratio", labels,
                 stage.fill / static_cast<double>(stage.filled));
}

void Metrics::print_recall(std::string& out, const Shows& shows) const {
    std::map<std::string, const Recall*> shown;  // by labels
    for (const auto& [collection, recall] : recall_)
        if (!shows || shows(collection)) shown.emplace("collection=" + label(collection), &recall);
    head(out, "lectern_index_recall_ratio", "gauge",
         "Share of the 10 exact nearest chunks that the vector index found, the mean of the last "
         "samples.");
    for (const auto& [labels, recall] : shown)
        line(out, "lectern_index_recall_ratio", labels,
             std::accumulate(recall->latest.begin(), recall->latest.end(), 0.0) /
                 static_cast<double>(recall->latest.size()));
    const auto counter = [&](const char* name, const char* help, auto value) {
        head(out, name, "counter", help);
        for (const auto& [labels, recall] : shown)
            line(out, name, labels, static_cast<double>(value(*recall)));
    };
    counter("lectern_index_recall_samples_total", "Searches compared with an exact one.",
            [](const Recall& recall) { return recall.samples; });
    counter("lectern_index_recall_wanted_total", "Exact nearest chunks of these.",
            [](const Recall& recall) { return recall.wanted; });
    counter("lectern_index_recall_found_total", "Of them, those that the index found.",
            [](const Recall& recall) { return recall.found; });
    head(out, "lectern_index_recall_left_out_total", "counter",
         "Searches that were to be compared and were not, by reason.");
    for (const auto& [labels, count] : recall_left_out_)
        line(out, "lectern_index_recall_left_out_total", labels, static_cast<double>(count));
}

std::string Metrics::text(const std::vector<Gauge>& gauges, const Shows& shows) const {
    std::string out;
    const std::lock_guard lock(mutex_);
    head(out, "lectern_requests_total", "counter", "Requests by route and status.");
    for (const auto& [labels, count] : requests_)
        line(out, "lectern_requests_total", labels, static_cast<double>(count));
    head(out, "lectern_request_seconds", "histogram",
         "From the header's last byte to the response's.");
    for (const auto& [labels, histogram] : latency_)
        print(out, "lectern_request_seconds", labels, histogram);
    print_stages(out);
    if (!waited_.empty())
        head(out, "lectern_queue_seconds", "histogram", "Time before a worker was free, by lane.");
    for (const auto& [labels, histogram] : waited_)
        print(out, "lectern_queue_seconds", labels, histogram);
    head(out, "lectern_rejected_total", "counter", "Requests that were turned away, by reason.");
    for (const auto& [labels, count] : rejected_)
        line(out, "lectern_rejected_total", labels, static_cast<double>(count));
    head(out, "lectern_tokens_total", "counter", "Tokens embedded and generated.");
    line(out, "lectern_tokens_total", "kind=\"embedded\"", static_cast<double>(embedded_));
    line(out, "lectern_tokens_total", "kind=\"generated\"", static_cast<double>(generated_));
    print_recall(out, shows);
    std::string last;
    for (const Gauge& gauge : gauges) {
        if (gauge.name != last) head(out, gauge.name, gauge.kind, gauge.help);
        last = gauge.name;
        line(out, gauge.name, gauge.labels, gauge.value);
    }
    return out;
}

}  // namespace lectern::server

// apps/server/work/metrics.hpp: counters and histograms in Prometheus' text format
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern::server {

class Metrics {
 public:
    void request(std::string_view method, std::string_view route, unsigned status, double seconds);
    void stages(const std::vector<StageTiming>& stages);
    void tokens(std::uint64_t embedded, std::uint64_t generated);
    void rejected(std::string_view why);  // "queue_full", "draining", …
    // How long a request stood before its lane's workers.
    void waited(std::string_view lane, double seconds);
    // Of a sampled search: how many of the exact nearest the index found.
    void recall(const std::string& collection, std::size_t found, std::size_t wanted);
    void recall_left_out(std::string_view why);  // "load", "too_large"

    // A figure of this moment, with its labels ("lane=\"read\"" or ""). Those of one name stand
    // together.
    struct Gauge {
        std::string name;
        std::string help;
        std::string labels;
        double value = 0;
        std::string kind = "gauge";  // or "counter"
    };
    // What is counted by collection is told of those that `shows` has; without it of all.
    using Shows = std::function<bool(const std::string& collection)>;
    [[nodiscard]] std::string text(const std::vector<Gauge>& gauges, const Shows& shows = {}) const;

 private:
    // Upper bounds in seconds.
    static constexpr std::array<double, 16> bounds{
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120};
    struct Histogram {
        std::array<std::uint64_t, bounds.size()> counts{};
        std::uint64_t count = 0;
        double sum = 0;
        void add(double value);
    };
    struct Stage {
        Histogram busy;
        Histogram wait;
        std::uint64_t items = 0;
        std::uint64_t tokens = 0;
        double fill = 0;  // summed, over `filled` operations
        std::uint64_t filled = 0;
    };
    void print_stages(std::string& out) const;
    void print_recall(std::string& out, const Shows& shows) const;
    static void print(std::string& out, std::string_view name, const std::string& labels,
                      const Histogram& histogram);

    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t> requests_;  // by labels
    std::map<std::string, Histogram> latency_;
    std::map<std::string, Stage> stages_;
    std::map<std::string, std::uint64_t> rejected_;
    std::uint64_t embedded_ = 0;
    std::uint64_t generated_ = 0;
    struct Recall {
        std::uint64_t found = 0;
        std::uint64_t wanted = 0;
        std::uint64_t samples = 0;
        std::deque<double> latest;  // shares, the last few
    };
    std::map<std::string, Histogram> waited_;
    std::map<std::string, Recall> recall_;  // by collection
    std::map<std::string, std::uint64_t> recall_left_out_;
};

// Memory, time and descriptors of this process, by the names that Prometheus' clients use
// (https://prometheus.io/docs/instrumenting/writing_clientlibs/).
void add_process_figures(std::vector<Metrics::Gauge>& to);

}  // namespace lectern::server

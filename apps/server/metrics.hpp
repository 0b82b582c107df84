// apps/server/metrics.hpp: counters and histograms in Prometheus' text format
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Safe from any thread.
#pragma once

#include <array>
#include <cstdint>
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
    void rejected(std::string_view why);  // "queue_full", "rate", …
    // Of a sampled search: the share of the exact nearest that it found.
    void recall(double share);

    // A figure of this moment, with its labels ("{lane=\"read\"}" or "").
    struct Gauge {
        std::string name;
        std::string help;
        std::string labels;
        double value = 0;
    };
    [[nodiscard]] std::string text(const std::vector<Gauge>& gauges) const;

 private:
    // Upper bounds in seconds.
    static constexpr std::array<double, 14> bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                   0.1,    0.25,  0.5,    1,     2.5,  5,     10};
    struct Histogram {
        std::array<std::uint64_t, bounds.size()> counts{};
        std::uint64_t count = 0;
        double sum = 0;
        void add(double value);
    };
    struct Stage {
        Histogram busy;
        double fill = 0;  // summed, over `filled` operations
        std::uint64_t filled = 0;
    };
    static void print(std::string& out, std::string_view name, const std::string& labels,
                      const Histogram& histogram);

    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t> requests_;  // by labels
    std::map<std::string, Histogram> latency_;
    std::map<std::string, Stage> stages_;
    std::map<std::string, std::uint64_t> rejected_;
    std::uint64_t embedded_ = 0;
    std::uint64_t generated_ = 0;
    double recall_ = 0;
    std::uint64_t recalled_ = 0;
};

}  // namespace lectern::server

#include "apps/server/work/metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace lectern::server {
namespace {

// Fields of proc(5), stat, counted from 1; 0 where there is no such field.
class Stat {
 public:
    Stat() {
        std::ifstream file("/proc/self/stat");
        std::string text{std::istreambuf_iterator<char>(file), {}};
        // The second field is a name in parentheses, which may hold anything.
        text.erase(0, text.rfind(')') == std::string::npos ? 0 : text.rfind(')') + 1);
        std::istringstream in(text);
        fields_ = {std::istream_iterator<std::string>(in), {}};
    }
    [[nodiscard]] double field(std::size_t number) const {
        const std::size_t at = number - 3;  // two are cut off
        if (at >= fields_.size()) return 0;
        std::istringstream in(fields_[at]);
        double value = 0;
        in >> value;
        return value;
    }

 private:
    std::vector<std::string> fields_;
};

double boot_time() {
    std::ifstream file("/proc/stat");
    for (std::string word; file >> word;) {
        double value = 0;
        if (word == "btime" && file >> value) return value;
    }
    return 0;
}

double open_descriptors() {
    std::error_code error;
    double count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
         at.increment(error))
        ++count;
    return count;
}

}  // namespace

void add_process_figures(std::vector<Metrics::Gauge>& to) {
    const Stat stat;
    const auto tick = static_cast<double>(::sysconf(_SC_CLK_TCK));
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    to.push_back({"process_resident_memory_bytes", "Memory of the process that is in RAM.", "",
                  stat.field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE))});
    to.push_back(
        {"process_virtual_memory_bytes", "Address space of the process.", "", stat.field(23)});
    to.push_back({"process_cpu_seconds_total", "User and system time of the process.", "",
                  (stat.field(14) + stat.field(15)) / tick, "counter"});
    to.push_back({"process_threads", "Threads of the process.", "", stat.field(20)});
    to.push_back({"process_open_fds", "Open file descriptors.", "", open_descriptors()});
    to.push_back({"process_max_fds", "Most open file descriptors.", "",
                  static_cast<double>(files.rlim_cur)});
    to.push_back({"process_start_time_seconds", "When the process was started, since 1970-01-01.",
                  "", boot_time() + stat.field(22) / tick});
}

}  // namespace lectern::server

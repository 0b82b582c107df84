// api/result_json.hpp: the engine's results as JSON, the same from the command line, the server
// and the C interface. Every string is valid UTF-8, whatever the bytes it comes from. Pure
// functions.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern {
struct CopyReport;  // copy.hpp
}

namespace lectern::api {

// Valid UTF-8, whatever the bytes: JSON is refused by its readers otherwise.
[[nodiscard]] boost::json::string clean(std::string_view bytes);
// A JSON object kept as text; an empty object when it is none.
[[nodiscard]] boost::json::value parsed(std::string_view object);

[[nodiscard]] boost::json::object json_of(const Hit& hit);
[[nodiscard]] boost::json::object json_of(const Place& place);
[[nodiscard]] boost::json::object json_of(const Citation& citation);
[[nodiscard]] boost::json::array json_of(const std::vector<Citation>& citations);
// {"year": [{"value": "2020", "count": 3}, …], …}
[[nodiscard]] boost::json::object json_of(const std::vector<Facet>& facets);
[[nodiscard]] boost::json::object json_of(const SearchResult& result);
// Each hit with the name of its collection; without names, its place among them.
[[nodiscard]] boost::json::object json_of(const JointResult& result,
                                          std::span<const std::string> names);
[[nodiscard]] boost::json::object json_of(const Summary& summary);
[[nodiscard]] boost::json::object json_of(const Answer& answer);
[[nodiscard]] boost::json::object json_of(std::string_view document, const Summary& summary);
[[nodiscard]] boost::json::object json_of(const Document& document);
[[nodiscard]] boost::json::object json_of(const Stats& stats);
[[nodiscard]] boost::json::object json_of(const Overview& overview);
[[nodiscard]] boost::json::object json_of(const IngestReport& report);
[[nodiscard]] boost::json::object json_of(const SyncReport& report);
[[nodiscard]] boost::json::object json_of(const Source& source);
[[nodiscard]] boost::json::object json_of(const IngestProgress& progress);
[[nodiscard]] boost::json::object json_of(const ReembedProgress& progress);
[[nodiscard]] boost::json::object json_of(const BackupInfo& backup);
[[nodiscard]] boost::json::array json_of(const std::vector<Finding>& findings);
[[nodiscard]] boost::json::object json_of(const VerifyReport& report);
[[nodiscard]] boost::json::object json_of(const CopyReport& report);
[[nodiscard]] boost::json::object json_of(const ReembedReport& report);
[[nodiscard]] boost::json::object json_of(const std::vector<PluginInfo>& plugins);

// Busy milliseconds of each stage, and "total".
[[nodiscard]] boost::json::object milliseconds(const Timing& timing);
// The --explain table: one object a stage.
[[nodiscard]] boost::json::array json_of(const std::vector<StageTiming>& stages);

}  // namespace lectern::api

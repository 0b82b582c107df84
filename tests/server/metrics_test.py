"""/metrics as a scraper reads it: its format, what is in it, and that it follows what happens."""
import json
import os
import re
import time
import unittest

from metrics_format import families
from serving import SOURCE, Server


class FormatTest(unittest.TestCase):
    """The reader refuses what a scraper would."""

    def test_wrong_texts_are_refused(self):
        good = "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\"} 2\n"
        families(good)
        for wrong in [good[:-1], good + good, good + "a_total{x=\"1\"} 3\n", good + "b 1\n",
                      good.replace("counter", "gauge"), good.replace('"1"', '"1'),
                      good.replace(" 2", ""), good.replace("# HELP a_total A.\n", ""),
                      "# HELP h H.\n# TYPE h histogram\n" + "h_bucket{le=\"1\"} 2\n"
                      "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n"]:
            with self.subTest(wrong), self.assertRaises(AssertionError):
                families(wrong)


class MetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--recall-every", "1", "--no-access-log")
        assert cls.server.request("PUT", "/collections/notes")[0] == 201
        for number in range(20):
            status, _, _ = cls.server.request(
                "PUT", f"/collections/notes/documents/d{number}",
                {"text": f"Report {number} on the lighthouse, its keeper and the tides."})
            assert status == 201
        cls.server.request("POST", "/collections/notes/ask", {"question": "Who keeps the light?"})

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()

    def scrape(self):
        status, headers, text = self.server.request("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        return families(text.decode())

    def value(self, found, family, **labels):
        return sum(value for name, of, value in found[family][1]
                   if all(of.get(key) == wanted for key, wanted in labels.items())
                   and not name.endswith(("_bucket", "_sum")))

    def search(self, query="tides"):
        status, _, _ = self.server.request("POST", "/collections/notes/search", {"query": query})
        self.assertEqual(status, 200)

    def test_everything_is_there(self):
        self.search()
        found = self.scrape()
        for name, kind in {
                "lectern_requests_total": "counter", "lectern_request_seconds": "histogram",
                "lectern_stage_seconds": "histogram", "lectern_stage_wait_seconds": "histogram",
                "lectern_stage_tokens_total": "counter", "lectern_tokens_total": "counter",
                "lectern_batch_fill_ratio": "gauge", "lectern_queue_depth": "gauge",
                "lectern_queue_seconds": "histogram", "lectern_rejected_total": "counter",
                "lectern_rocksdb_block_cache_bytes": "gauge", "lectern_rocksdb_memtable_bytes": "gauge",
                "lectern_rocksdb_live_sst_bytes": "gauge",
                "lectern_rocksdb_pending_compaction_bytes": "gauge",
                "lectern_rocksdb_stopped_writes_total": "counter",
                "process_resident_memory_bytes": "gauge", "process_cpu_seconds_total": "counter",
                "process_open_fds": "gauge", "lectern_build_info": "gauge"}.items():
            self.assertEqual(found[name][0], kind, name)
        self.assertEqual(self.value(found, "lectern_documents", collection="notes"), 20)
        self.assertGreater(self.value(found, "process_resident_memory_bytes"), 1 << 20)
        self.assertLess(abs(time.time() - self.value(found, "process_start_time_seconds")), 600)

    def test_what_the_dashboard_and_the_alerts_ask_for_is_there(self):
        self.search()
        found = self.scrape()
        # What this server has not done yet.
        absent = {"up", "lectern_rejected_total", "lectern_index_recall_ratio"}
        folder = os.path.join(SOURCE, "packaging", "monitoring")
        with open(os.path.join(folder, "lectern-dashboard.json"), encoding="utf-8") as file:
            dashboard = json.load(file)
        panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
        self.assertEqual(len({panel["id"] for panel in dashboard["panels"]}), len(dashboard["panels"]))
        asked = [target["expr"] for panel in panels for target in panel["targets"]]
        with open(os.path.join(folder, "lectern.rules.yml"), encoding="utf-8") as file:
            rules = re.findall(r"- alert: (\w+)\n +expr: (?:>-\n)?((?:.|\n)*?)\n +for: ", file.read())
        self.assertGreaterEqual(len(rules), 8)
        for expression in asked + [rule for _, rule in rules]:
            with self.subTest(expression):
                for opening, closing in ("()", "{}", "[]"):
                    self.assertEqual(expression.count(opening), expression.count(closing))
                names = re.findall(r"(?:up|(?:lectern|process)_[a-z_]+)(?=[{\[) ]|$)", expression)
                self.assertTrue(names)
                for name in names:
                    if name in absent:
                        continue
                    family = re.sub("_(bucket|sum|count)$", "", name)
                    self.assertIn(family if family in found else name, found)
                    labels = {label for _, of, _ in found.get(family, found.get(name))[1] for label in of}
                    selector = re.search(re.escape(name) + r"\{((?:[^{}\"]|\"[^\"]*\")*)\}", expression)
                    for label in re.findall(r"(\w+)=~?\"", selector[1] if selector else ""):
                        self.assertIn(label, labels | {"instance", "job"})
                    by = re.findall(r"by \(([^)]*)\)", expression)
                    for label in {one.strip() for group in by for one in group.split(",")}:
                        self.assertIn(label, labels | {"instance", "job", "le"} if len(names) == 1 else labels | {"instance"})

    def test_searches_are_counted(self):
        route = "/collections/{name}/search"
        before = self.scrape()
        for number in range(3):
            self.search(f"the keeper {number}")
        after = self.scrape()
        for family, labels in [("lectern_requests_total", {"route": route, "status": "200"}),
                               ("lectern_request_seconds", {"route": route}),
                               ("lectern_stage_seconds", {"stage": "vectors"})]:
            self.assertEqual(self.value(after, family, **labels) - self.value(before, family, **labels), 3)
        self.assertGreaterEqual(self.value(after, "lectern_tokens_total", kind="embedded")
                                - self.value(before, "lectern_tokens_total", kind="embedded"), 9)

    def test_recall_is_sampled_in_the_background(self):
        for _ in range(600):
            self.search()
            found = self.scrape()
            if self.value(found, "lectern_index_recall_samples_total") > 0:
                break
            time.sleep(0.05)
        self.assertEqual(self.value(found, "lectern_index_recall_ratio", collection="notes"), 1)
        self.assertEqual(self.value(found, "lectern_index_recall_wanted_total"),
                         10 * self.value(found, "lectern_index_recall_samples_total"))
        # It takes the locks of searches: a thread of low priority would keep them too long.
        process = self.server.process.pid
        mine = os.getpriority(os.PRIO_PROCESS, process)
        for thread in os.listdir(f"/proc/{process}/task"):
            self.assertEqual(os.getpriority(os.PRIO_PROCESS, int(thread)), mine)


if __name__ == "__main__":
    unittest.main()

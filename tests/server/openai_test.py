"""OpenAI's own client for Python against the server; and keys, which it sends."""
import base64
import json
import os
import struct
import subprocess
import tempfile
import time
import unittest

import openai

from serving import PROGRAM, Server


class OpenAiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = os.path.join(tempfile.mkdtemp(prefix="lectern-keys-"), "keys.json")
        cls.admin = cls.make_key("admin", "admin")
        cls.reader = cls.make_key("reader", "read", "--collection", "other")
        cls.server = Server("--keys", cls.keys)
        headers = {"Authorization": f"Bearer {cls.admin}"}
        assert cls.server.request("PUT", "/collections/notes", None, headers)[0] == 201
        assert cls.server.request(
            "PUT", "/collections/notes/documents/beacon",
            {"text": "A lighthouse warns ships of the rocks near the coast."}, headers)[0] == 201
        cls.client = cls.client_of(cls.admin)

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()

    @classmethod
    def make_key(cls, name, right, *more):
        return subprocess.run([PROGRAM, "key", name, "--keys", cls.keys, "--right", right, *more],
                              check=True, capture_output=True, text=True).stdout.strip()

    @classmethod
    def client_of(cls, key):
        return openai.OpenAI(base_url=f"http://127.0.0.1:{cls.server.port}/v1", api_key=key,
                             max_retries=0)

    def test_models(self):
        self.assertEqual([model.id for model in self.client.models.list()],
                         ["default", "collection:notes"])
        self.assertEqual(self.client.models.retrieve("default").owned_by, "lectern")
        with self.assertRaises(openai.NotFoundError):
            self.client.models.retrieve("gpt-5")

    def test_embeddings_in_both_formats(self):
        made = self.client.embeddings.create(model="default", input=["the sea", "the sea", "bread"])
        rows = [item.embedding for item in made.data]
        self.assertEqual(len(rows[0]), 384)
        self.assertEqual(rows[0], rows[1])
        self.assertAlmostEqual(sum(value * value for value in rows[0]), 1, places=2)
        self.assertGreater(made.usage.prompt_tokens, 0)
        plain = self.client.embeddings.create(model="default", input="bread", encoding_format="float")
        encoded = self.client.embeddings.create(model="collection:notes", input="bread",
                                                encoding_format="base64")
        values = struct.unpack("<384f", base64.b64decode(encoded.data[0].embedding))
        for one, other in zip(plain.data[0].embedding, values):
            self.assertAlmostEqual(one, other, places=2)

    def test_a_plain_model_is_the_bare_generator(self):
        said = self.client.chat.completions.create(
            model="default", max_tokens=12, messages=[{"role": "user", "content": "Say hello."}])
        self.assertTrue(said.choices[0].message.content)
        self.assertIn(said.choices[0].finish_reason, ["stop", "length"])
        self.assertLessEqual(said.usage.completion_tokens, 12)
        chunks = list(self.client.chat.completions.create(
            model="default", max_tokens=12, stream=True, stream_options={"include_usage": True},
            messages=[{"role": "user", "content": [{"type": "text", "text": "Say hello."}]}]))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        self.assertEqual(text, said.choices[0].message.content)
        self.assertEqual(chunks[-1].usage.completion_tokens, said.usage.completion_tokens)
        self.assertEqual(chunks[-1].choices, [])
        self.assertTrue(all("usage" in chunk.model_fields_set and chunk.usage is None for chunk in chunks[:-1]))
        self.assertEqual([chunk.choices[0].finish_reason for chunk in chunks[:-1]],
                         [None] * (len(chunks) - 2) + [said.choices[0].finish_reason])

    def test_a_stop_ends_the_answer_before_itself(self):
        messages = [{"role": "user", "content": "Say hello."}]
        whole = self.client.chat.completions.create(model="default", max_tokens=12, messages=messages)
        text = whole.choices[0].message.content
        stop = text.split()[1]
        said = self.client.chat.completions.create(model="default", max_tokens=12, messages=messages,
                                                   stop=[stop])
        self.assertEqual(said.choices[0].message.content, text.partition(stop)[0])
        self.assertEqual(said.choices[0].finish_reason, "stop")

    def test_a_turn_that_called_a_function_has_no_content(self):
        said = self.client.chat.completions.create(
            model="default", max_tokens=4, messages=[
                {"role": "user", "content": "Hello."}, {"role": "assistant", "content": None},
                {"role": "user", "content": "Say hello."}])
        self.assertTrue(said.choices[0].message.content)

    def test_parameters_for_other_models_do_not_fail(self):
        messages = [{"role": "user", "content": "What does a lighthouse warn ships of?"}]
        ask = self.client.chat.completions.create
        for more in [{"max_tokens": 4096}, {"max_completion_tokens": 32000}, {"max_tokens": -1}, {"max_tokens": 0},
                     {"seed": -1}, {"temperature": 9, "top_p": 7}, {"stop": ["x"] * 5, "seed": 1 << 70}]:
            with self.subTest(more):
                said = ask(model="collection:notes", messages=messages, **more)
                self.assertEqual(said.model_extra["lectern"]["citations"][0]["document"], "beacon")
        hello = [{"role": "user", "content": "Say hello."}]
        said = ask(model="default", messages=hello, max_tokens=32000, stop=["\n", "."], seed=-1, temperature=0)
        self.assertIn(said.choices[0].finish_reason, ["stop", "length"])

    def test_a_history_with_functions_is_read(self):
        tools = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}]
        messages = [{"role": "user", "content": "What does a lighthouse warn ships of?"},
                    {"role": "assistant", "content": None, "tool_calls": [
                        {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}]},
                    {"role": "tool", "tool_call_id": "c1", "content": "42"},
                    {"role": "assistant", "content": [{"type": "refusal", "refusal": "I cannot say."}]}]
        raw = self.client.chat.completions.with_raw_response.create
        for stream in [False, True]:
            answered = raw(model="collection:notes", messages=messages, tools=tools, tool_choice="auto", stream=stream)
            self.assertEqual(answered.headers["X-Lectern-Ignored"], "tools")
            said = answered.parse()
            if stream:
                chunks = list(said)
                self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")
                self.assertTrue(all(chunk.choices[0].delta.tool_calls is None for chunk in chunks))
            else:
                self.assertIsNone(said.choices[0].message.tool_calls)
                self.assertEqual(said.model_extra["lectern"]["citations"][0]["document"], "beacon")
        answered = raw(model="collection:notes", messages=messages, tools=[])
        self.assertNotIn("X-Lectern-Ignored", answered.headers)
        said = self.client.chat.completions.create(
            model="default", max_tokens=4, messages=[*messages, {"role": "user", "content": "Say hello."}])
        self.assertTrue(said.choices[0].message.content)
        with self.assertRaises(openai.BadRequestError) as caught:
            raw(model="collection:notes", messages=messages[1:2] + messages[3:])
        self.assertEqual(caught.exception.param, "messages")

    def test_a_prompt_beyond_the_context_is_the_clients_failure(self):
        messages = [{"role": "user", "content": "word " * 30000}]
        for stream in [False, True]:
            with self.assertRaises(openai.BadRequestError) as caught:
                list(self.client.chat.completions.create(model="default", messages=messages, stream=stream))
            failure = caught.exception
            self.assertEqual((failure.code, failure.type, failure.param),
                             ("context_length_exceeded", "invalid_request_error", "messages"))
        # One that leaves less room than was asked for has what room there is.
        long = [{"role": "user", "content": "one two " * 750 + "\nSay hello."}]
        said = self.client.chat.completions.create(model="default", messages=long, max_tokens=1024, stop=["e"])
        self.assertGreater(said.usage.prompt_tokens, 1400)

    def test_a_text_that_is_too_long_to_embed_is_not_cut_in_silence(self):
        same = "the sea and the moon " * 100
        texts = ["short", same + "one", same + "other"]
        embed = lambda **more: self.client.embeddings.create(model="default", input=texts, encoding_format="float", **more)
        with self.assertRaises(openai.BadRequestError) as caught:
            embed()
        self.assertEqual((caught.exception.param, caught.exception.code), ("input", "context_length_exceeded"))
        self.assertIn("text 1 has", caught.exception.message)
        made = embed(extra_body={"truncate": True})
        self.assertEqual(made.model_extra["lectern"]["truncated"], [1, 2])
        self.assertEqual(made.data[1].embedding, made.data[2].embedding)
        made = self.client.embeddings.create(model="default", input=texts[:1], encoding_format="float")
        self.assertNotIn("lectern", made.model_extra or {})
        for empty in ["", ["a", ""], []]:
            with self.assertRaises(openai.BadRequestError) as caught:
                self.client.embeddings.create(model="default", input=empty, encoding_format="float")
            self.assertEqual(caught.exception.param, "input")

    def test_models_have_their_dates(self):
        for model in self.client.models.list():
            self.assertLess(abs(model.created - time.time()), 3600, model.id)
            self.assertEqual(self.client.models.retrieve(model.id).created, model.created)

    def test_addresses_may_have_slashes_at_their_end(self):
        for address in ["/v1/", "/v1//", "//v1"]:
            client = openai.OpenAI(base_url=f"http://127.0.0.1:{self.server.port}{address}", api_key=self.admin,
                                   max_retries=0)
            self.assertEqual(len(list(client.models.list())), 2, address)
        headers = {"Authorization": f"Bearer {self.admin}"}
        for path in ["/v1//models", "/v1/models/", "//v1/models"]:
            self.assertEqual(self.server.request("GET", path, None, headers)[0], 200, path)
        status, _, failed = self.server.request("GET", "//v1/none", None, headers)
        self.assertEqual((status, failed["error"]["type"]), (404, "invalid_request_error"))

    def test_a_pipeline_without_a_reranker_says_so(self):
        headers = {"Authorization": f"Bearer {self.admin}"}
        body = {"query": "tides", "documents": ["The moon.", {"text": "Bread."}]}
        status, _, failed = self.server.request("POST", "/v1/rerank", body, headers)
        self.assertEqual(status, 422)
        self.assertIn("reranker", failed["error"]["message"])
        self.assertEqual(self.server.request("POST", "/rerank", body, headers)[0], 422)
        for wrong in [{}, {"query": "x"}, {"query": "", "documents": ["a"]}, {"query": "x", "documents": []},
                      {"query": "x", "documents": [1]}, {"query": "x", "documents": ["a"], "top_n": 0}]:
            self.assertEqual(self.server.request("POST", "/rerank", wrong, headers)[0], 400, wrong)

    def test_a_collection_answers_with_citations(self):
        messages = [{"role": "user", "content": "What does a lighthouse warn ships of?"}]
        said = self.client.chat.completions.create(model="collection:notes", messages=messages)
        extension = said.model_extra["lectern"]
        self.assertIn(extension["status"], ["answered", "extractive"])
        self.assertEqual(extension["citations"][0]["document"], "beacon")
        self.assertIn("[1]", said.choices[0].message.content)
        self.assertGreater(said.usage.prompt_tokens, 5)
        chunks = list(self.client.chat.completions.create(model="collection:notes",
                                                          messages=messages, stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        self.assertEqual(text, said.choices[0].message.content)
        self.assertEqual(chunks[-1].model_extra["lectern"]["citations"], extension["citations"])

    def test_failures_are_the_clients_own(self):
        ask = self.client.chat.completions.create
        with self.assertRaises(openai.NotFoundError):
            ask(model="none", messages=[{"role": "user", "content": "x"}])
        with self.assertRaises(openai.BadRequestError) as caught:
            ask(model="default", messages=[])
        self.assertIn("messages", caught.exception.message)
        self.assertEqual((caught.exception.param, caught.exception.type), ("messages", "invalid_request_error"))
        plain = [{"role": "user", "content": "x"}]
        for name, value in [("response_format", {"type": "json_object"}), ("logprobs", True),
                            ("tool_choice", "required"), ("n", 2), ("model", "")]:
            with self.subTest(name), self.assertRaises(openai.BadRequestError) as caught:
                ask(**{"model": "default", "messages": plain, name: value})
            self.assertEqual(caught.exception.param, name)
        with self.assertRaises(openai.BadRequestError) as caught:
            self.client.embeddings.create(model="default", input=[[1, 2, 3]])
        self.assertIn("tokenizer", caught.exception.message)
        with self.assertRaises(openai.AuthenticationError):
            self.client_of("wrong").models.list()
        with self.assertRaises(openai.PermissionDeniedError):
            self.client_of(self.reader).embeddings.create(model="collection:notes", input="x")

    def test_keys_are_rotated_without_a_restart(self):
        fresh = self.make_key("fresh", "read")
        self.server.process.send_signal(1)
        # The log says when it is done.
        while "the keys were read again" not in self.server.log_text():
            self.assertIsNone(self.server.process.poll())
        self.client_of(fresh).models.list()
        log = self.server.log_text()
        for key in [fresh, self.admin, self.reader]:
            self.assertNotIn(key, log)
        for line in log.splitlines():
            json.loads(line)


if __name__ == "__main__":
    unittest.main()

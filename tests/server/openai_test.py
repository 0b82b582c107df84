"""OpenAI's own client for Python against the server; and keys, which it sends."""
import base64
import json
import os
import struct
import subprocess
import tempfile
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

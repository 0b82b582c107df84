// OpenAI's own client for Node against a server: LECTERN_URL and the folder of node_modules beside.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(process.env.LECTERN_CLIENTS_DIR + '/node/');
const OpenAI = require('openai').default ?? require('openai');
const client = new OpenAI({ baseURL: process.env.LECTERN_URL + '/v1', apiKey: 'none', maxRetries: 0 });

const models = [];
for await (const model of client.models.list()) models.push(model.id);
assert.deepEqual(models, ['default', 'collection:notes']);

const made = await client.embeddings.create({ model: 'default', input: ['the sea', 'bread'] });
assert.equal(made.data.length, 2);
assert.equal(made.data[0].embedding.length, 384);

const messages = [{ role: 'user', content: 'What does a lighthouse warn ships of?' }];
const said = await client.chat.completions.create({ model: 'collection:notes', messages });
assert.equal(said.lectern.citations[0].document, 'beacon');

let text = '';
let citations;
for await (const chunk of await client.chat.completions.create(
  { model: 'collection:notes', messages, stream: true })) {
  text += chunk.choices[0].delta.content ?? '';
  citations = chunk.lectern?.citations ?? citations;
}
assert.equal(text, said.choices[0].message.content);
assert.deepEqual(citations, said.lectern.citations);

await assert.rejects(client.chat.completions.create({ model: 'none', messages }), OpenAI.NotFoundError);
console.log('1 passed, 0 failed');

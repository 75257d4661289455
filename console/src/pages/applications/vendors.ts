/** Code with the SDKs of other vendors than OpenAI, each in its own dialect. */
import type { Schemas } from '@/api/client';
import type { Snippet } from '@/parts/CodeBlock';
import { type Call, PROMPT, type Purpose } from './purposes';

/** With the SDKs of other vendors, each in its own dialect. */
export function vendors(call: Call, purpose: Purpose): Snippet[] {
  const [url, key, model] = [call.gateway, call.key, call.model].map(quoted);
  const google = 'from google import genai';
  const googleClient = `client = genai.Client(api_key=${key}, http_options={"base_url": ${url}})`;
  const cohere = `client = cohere.ClientV2(api_key=${key}, base_url=${url})`;
  switch (purpose) {
    case 'chat':
      return [
        {
          label: 'Anthropic',
          code: python(
            'import anthropic',
            `client = anthropic.Anthropic(api_key=${key}, base_url=${url})`,
            'answer = client.messages.create(',
            `    model=${model},`,
            '    max_tokens=1000,',
            `    messages=[{"role": "user", "content": "${PROMPT}"}],`,
            ')',
            'print(answer.content[0].text)',
          ),
        },
        {
          label: 'Google',
          code: python(
            google,
            googleClient,
            `answer = client.models.generate_content(model=${model}, contents="${PROMPT}")`,
            'print(answer.text)',
          ),
        },
        {
          label: 'Cohere',
          code: python(
            'import cohere',
            cohere,
            'answer = client.chat(',
            `    model=${model}, messages=[{"role": "user", "content": "${PROMPT}"}]`,
            ')',
            'print(answer.message.content[0].text)',
          ),
        },
        {
          label: 'Ollama',
          code: python(
            'import ollama',
            `headers = {"Authorization": "Bearer " + ${key}}`,
            `client = ollama.Client(host=${url}, headers=headers)`,
            'answer = client.chat(',
            `    model=${model}, messages=[{"role": "user", "content": "${PROMPT}"}]`,
            ')',
            'print(answer.message.content)',
          ),
        },
        ...(call.aws ? [awsSnippet({ ...call, aws: call.aws })] : []),
      ];
    case 'embeddings':
      return [
        {
          label: 'Google',
          code: python(
            google,
            googleClient,
            `answer = client.models.embed_content(model=${model}, contents="a lamp")`,
            'print(answer.embeddings[0].values[:4])',
          ),
        },
        {
          label: 'Cohere',
          code: python(
            'import cohere',
            cohere,
            'answer = client.embed(',
            `    model=${model}, texts=["a lamp"], input_type="search_query", embedding_types=["float"]`,
            ')',
            'print(answer.embeddings.float_[0][:4])',
          ),
        },
      ];
    case 'rerank':
      return [
        {
          label: 'Cohere',
          code: python(
            'import cohere',
            cohere,
            `answer = client.rerank(model=${model}, query="a light", documents=["a lamp", "a spoon"])`,
            'print(answer.results)',
          ),
        },
      ];
    default:
      return [];
  }
}

/** Code for SDKs of AWS that sign with a key pair. */
export function awsSnippet({
  gateway,
  aws,
  model,
}: Omit<Call, 'key'> & { aws: Schemas['KeyPair'] }): Snippet {
  return {
    label: 'AWS',
    code: python(
      'import boto3',
      'bedrock = boto3.client(',
      '    "bedrock-runtime",',
      '    region_name="us-east-1",',
      `    endpoint_url=${quoted(gateway)},`,
      `    aws_access_key_id=${quoted(aws.access_key_id)},`,
      `    aws_secret_access_key=${quoted(aws.secret_access_key)},`,
      ')',
      'answer = bedrock.converse(',
      `    modelId=${quoted(model)},`,
      `    messages=[{"role": "user", "content": [{"text": "${PROMPT}"}]}],`,
      ')',
      'print(answer["output"]["message"]["content"][0]["text"])',
    ),
  };
}

/** Lines of Python with an empty one after the import. */
export function python(first: string, ...rest: string[]): string {
  return [first, '', ...rest].join('\n');
}

/** A text as a literal of Python and JavaScript. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

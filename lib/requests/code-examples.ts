/**
 * How to connect a user to one resource, in seven languages, and by the published client. Pure. Each runs as copied once the placeholder
 * values are replaced: names and values are written as literals of the language, so that quotes, `$`, `#` and backslashes stay what they
 * are. The user token comes from `USER_TOKEN`, in a page from a global of that name; the REST ones call `PATCHBAY_API_URL` where it is
 * exported, else `apiUrl`.
 */
import type { SuppliedField } from "#lib/credentials/schema.ts";
import { connectPath } from "#lib/paths.ts";

export type CodeLanguage = "javascript" | "published-client" | "curl" | "typescript" | "python" | "go" | "ruby" | "php";
export type CodeExample = { language: CodeLanguage; title: string; code: string };

export type CodeExampleInput = {
  projectId: string;
  resourceId: string;
  /** The current name: the published client looks the resource up by it. */
  name: string;
  fields: readonly Pick<SuppliedField, "key" | "example">[];
  /** Without a slash at the end. */
  apiUrl: string;
};

type Snippet = Omit<CodeExampleInput, "fields"> & { path: string; values: [key: string, placeholder: string][] };

const WRITERS: [CodeLanguage, string, (snippet: Snippet) => string][] = [
  ["javascript", "JavaScript SDK", writeJavaScript],
  ["curl", "cURL", writeCurl],
  ["typescript", "TypeScript", writeTypeScript],
  ["python", "Python", writePython],
  ["go", "Go", writeGo],
  ["ruby", "Ruby", writeRuby],
  ["php", "PHP", writePhp],
  ["published-client", "Using @useparagon/connect", writePublishedClient],
];

export function codeExamples({ fields, ...rest }: CodeExampleInput): CodeExample[] {
  const path = connectPath(rest.projectId, rest.resourceId);
  const values = fields.map(({ key, example }): [string, string] => [key, placeholderOf(key, example)]);
  return WRITERS.map(([language, title, write]) => ({ language, title, code: write({ ...rest, path, values }) }));
}

/** A field that has no example of its own still says what goes there. */
const placeholderOf = (key: string, example: string): string =>
  example === "" || example === "..." ? `YOUR_${key.replaceAll("-", "_").toUpperCase()}` : example;

/** A JSON string is a string literal of JavaScript, TypeScript, Python and Go as well. */
export const json = JSON.stringify;
/** Ruby would read `#{...}` in it. */
const ruby = (text: string): string => json(text).replaceAll("#", "\\#");
/** PHP reads nothing but these two in single quotes. */
const php = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
/** Inside double quotes of a POSIX shell. */
export const shell = (text: string): string => text.replace(/[$`"\\}]/g, "\\$&");

const property = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : json(key));

/** Lines between an opening and a closing bracket; nothing between them when there are none. */
const block = (open: string, lines: string[], close: string): string =>
  lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join("\n")}\n${close}`;

const CLIENT_HOSTS = ["ZEUS", "HERMES", "WORKER_PROXY", "CONNECT", "DASHBOARD", "PASSPORT", "CDN", "API_TRIGGER_KIT"];

/** In Node from the environment; in a page from where the app has put what its back end signed. Needs no bundler to fill it in. */
const READ_TOKEN = `// A user token that your back end signed: from the environment, or from window.USER_TOKEN in a page.
const userToken = globalThis.process?.env?.USER_TOKEN ?? globalThis.USER_TOKEN;`;

type Place = { projectId: string; apiUrl: string };

/** Our client, ready for a user. */
export const openClient = ({ projectId, apiUrl }: Place): string => `// npm install ${apiUrl}/connect.tgz
import { patchbay } from "@patchbay/connect";

${READ_TOKEN}
await patchbay.authenticate(${json(projectId)}, userToken, { host: ${json(apiUrl)} });`;

function writeJavaScript({ projectId, name, values, apiUrl }: Snippet): string {
  return `${openClient({ projectId, apiUrl })}
await patchbay.connectAction(${json(name)}, ${objectOf(values)});
`;
}

/** The client that people may have in their apps already: the same calls, with all its hosts named. */
export const openPublishedClient = ({ projectId, apiUrl }: Place): string => `// npm install @useparagon/connect@2.4.0
import { paragon } from "@useparagon/connect";

const api = ${json(apiUrl)};
paragon.configureGlobal(
  { host: new URL(api).hostname },
  {
${CLIENT_HOSTS.map((host) => `    ${host}_PUBLIC_URL: api,`).join("\n")}
  },
);

${READ_TOKEN}
await paragon.authenticate(${json(projectId)}, userToken);`;

function writePublishedClient({ projectId, name, values, apiUrl }: Snippet): string {
  return `${openPublishedClient({ projectId, apiUrl })}
await paragon.connectAction(${json(name)}, ${objectOf(values)});
`;
}

const objectOf = (values: Snippet["values"]): string =>
  block(
    "{",
    values.map(([key, value]) => `  ${property(key)}: ${json(value)},`),
    "}",
  );

function writeCurl({ path, values, apiUrl }: Snippet): string {
  const body = block(
    "{",
    values
      .map(([key, value]) => `  ${json(key)}: ${json(value)}`)
      .join(",\n")
      .split("\n")
      .filter(Boolean),
    "}",
  );
  return `curl --fail-with-body --request POST \\
  "\${PATCHBAY_API_URL:-${shell(apiUrl)}}${path}" \\
  --header "Authorization: Bearer $USER_TOKEN" \\
  --header "Content-Type: application/json" \\
  --data-binary @- <<'JSON'
${body}
JSON
`;
}

function writeTypeScript({ path, values, apiUrl }: Snippet): string {
  const body = block(
    "{",
    values.map(([key, value]) => `    ${property(key)}: ${json(value)},`),
    values.length === 0 ? "}" : "  }",
  );
  return `const api = process.env.PATCHBAY_API_URL ?? ${json(apiUrl)};

const response = await fetch(\`\${api}${path}\`, {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.USER_TOKEN}\`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify(${body}),
});
if (!response.ok) throw new Error(await response.text());
console.log(await response.json());
`;
}

function writePython({ path, values, apiUrl }: Snippet): string {
  const body = block(
    "{",
    values.map(([key, value]) => `    ${json(key)}: ${json(value)},`),
    "}",
  );
  return `import json
import os
import urllib.error
import urllib.request

api = os.environ.get("PATCHBAY_API_URL", ${json(apiUrl)})
values = ${body}

request = urllib.request.Request(
    api + "${path}",
    data=json.dumps(values).encode(),
    headers={
        "Authorization": "Bearer " + os.environ["USER_TOKEN"],
        "Content-Type": "application/json",
    },
    method="POST",
)
try:
    with urllib.request.urlopen(request) as response:
        print(json.load(response))
except urllib.error.HTTPError as error:
    raise SystemExit(error.read().decode())
`;
}

function writeGo({ path, values, apiUrl }: Snippet): string {
  const body = block(
    "map[string]string{",
    values.map(([key, value]) => `\t\t${json(key)}: ${json(value)},`),
    values.length === 0 ? "}" : "\t}",
  );
  return `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	api := os.Getenv("PATCHBAY_API_URL")
	if api == "" {
		api = ${json(apiUrl)}
	}
	body, err := json.Marshal(${body})
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest("POST", api+"${path}", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("USER_TOKEN"))
	request.Header.Set("Content-Type", "application/json")

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		log.Fatal(string(answer))
	}
	fmt.Println(string(answer))
}
`;
}

function writeRuby({ path, values, apiUrl }: Snippet): string {
  const body = block(
    "{",
    values.map(([key, value]) => `  ${ruby(key)} => ${ruby(value)},`),
    "}",
  );
  return `require "json"
require "net/http"

api = ENV.fetch("PATCHBAY_API_URL", ${ruby(apiUrl)})
values = ${body}

response = Net::HTTP.post(
  URI("#{api}${path}"),
  values.to_json,
  "Authorization" => "Bearer #{ENV.fetch("USER_TOKEN")}",
  "Content-Type" => "application/json",
)
abort response.body unless response.is_a?(Net::HTTPSuccess)
puts response.body
`;
}

function writePhp({ path, values, apiUrl }: Snippet): string {
  const body = block(
    "[",
    values.map(([key, value]) => `    ${php(key)} => ${php(value)},`),
    "]",
  );
  return `<?php
$api = getenv('PATCHBAY_API_URL') ?: ${php(apiUrl)};
$values = ${body};

$answer = file_get_contents($api . '${path}', false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => [
        'Authorization: Bearer ' . getenv('USER_TOKEN'),
        'Content-Type: application/json',
    ],
    'content' => json_encode((object) $values),
    'ignore_errors' => true,
]]));
echo $answer, PHP_EOL;
`;
}

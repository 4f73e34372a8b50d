// SPDX-License-Identifier: Apache-2.0
// Prompts, resources, completion: everything that is not a tool.

import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { image, PNG, strings } from "./samples.js";
import type { State } from "./state.js";

export const WATCHED = "test://watched-resource";

const says = (...blocks: ({ type: "text"; text: string } | typeof image | { type: "resource"; resource: { uri: string; mimeType: string; text: string } })[]) => ({
  messages: blocks.map((content) => ({ role: "user" as const, content })),
});
const words = (text: string) => ({ type: "text" as const, text });

export function addPrompts(server: McpServer): void {
  server.registerPrompt("test_simple_prompt", { description: "A prompt without arguments" }, () => says(words("This is a simple prompt for testing.")));
  server.registerPrompt("test_prompt_with_arguments", { description: "A prompt with two arguments", argsSchema: strings("arg1", "arg2") }, ({ arg1, arg2 }) =>
    says(words(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt("test_prompt_with_embedded_resource", { description: "A prompt that embeds a resource", argsSchema: strings("resourceUri") }, ({ resourceUri }) =>
    says({ type: "resource", resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." } }, words("Please process the embedded resource above.")),
  );
  server.registerPrompt("test_prompt_with_image", { description: "A prompt with an image" }, () => says(image, words("Please analyze the image above.")));
}

export function addResources(server: McpServer, state: State): void {
  const fixed = (name: string, uri: string, mimeType: string, description: string, body: () => { text: string } | { blob: string }) =>
    server.registerResource(name, uri, { mimeType, description }, () => ({ contents: [{ uri, mimeType, ...body() }] }));
  fixed("static-text", "test://static-text", "text/plain", "A text that stays", () => ({ text: "This is the content of the static text resource." }));
  fixed("static-binary", "test://static-binary", "image/png", "An image that stays", () => ({ blob: PNG }));
  fixed("watched-resource", WATCHED, "text/plain", "A text that changes", () => ({ text: `Changed ${state.watchedAt} times.` }));
  const template = new ResourceTemplate("test://template/{id}/data", { list: undefined });
  server.registerResource("template", template, { mimeType: "application/json", description: "Data by id" }, (uri, { id }) => ({
    contents: [{ uri: uri.href, mimeType: "application/json", text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }) }],
  }));
}

// Subscriptions by request are of the legacy era; the modern one subscribes with its listening stream.
export function addSubscriptions(server: McpServer, watched: Set<string>): void {
  server.server.setRequestHandler("resources/subscribe", ({ params }) => {
    watched.add(params.uri);
    return {};
  });
  server.server.setRequestHandler("resources/unsubscribe", ({ params }) => {
    watched.delete(params.uri);
    return {};
  });
}

const SUGGESTIONS = ["paris", "park", "party", "hello", "world"];
export function addCompletion(server: McpServer): void {
  server.server.setRequestHandler("completion/complete", ({ params }) => {
    const values = SUGGESTIONS.filter((s) => s.startsWith(params.argument.value));
    return { completion: { values, total: values.length, hasMore: false } };
  });
}

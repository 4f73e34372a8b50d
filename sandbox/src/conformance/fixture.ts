// SPDX-License-Identifier: Apache-2.0
// One server instance with everything the conformance suite asks for by name.

import { McpServer } from "@modelcontextprotocol/server";
import { addAsking, codec } from "./asking.js";
import { addPlainTools } from "./plain.js";
import { text } from "./samples.js";
import type { Kind, State } from "./state.js";
import { addCompletion, addPrompts, addResources, addSubscriptions, WATCHED } from "./texts.js";

export interface Fixture {
  server: McpServer;
  // To be called when the instance serves a connection that stays open.
  keep: () => void;
}

function addTriggers(server: McpServer, state: State): void {
  for (const kind of ["tool", "prompt", "resource"] as Kind[])
    server.registerTool(`test_trigger_${kind}_change`, { description: `Adds or takes away a ${kind}` }, () => {
      state.toggle(kind);
      return text(`The spare ${kind} is ${state.shown[kind] ? "there" : "gone"}.`);
    });
  server.registerTool("test_trigger_resource_update", { description: "Changes the watched resource" }, async () => {
    await state.touch(WATCHED);
    return text(`Changed ${state.watchedAt} times.`);
  });
}

function addSpare(server: McpServer, state: State) {
  const spare = {
    tool: server.registerTool("spare_tool", { description: "Comes and goes" }, () => text("spare")),
    prompt: server.registerPrompt("spare_prompt", { description: "Comes and goes" }, () => ({ messages: [] })),
    resource: server.registerResource("spare-resource", "test://spare", { description: "Comes and goes" }, () => ({ contents: [{ uri: "test://spare", text: "spare" }] })),
  };
  for (const kind of Object.keys(spare) as Kind[]) if (!state.shown[kind]) spare[kind].disable();
  return spare;
}

export function makeFixture(state: State, versions?: string[]): Fixture {
  const server = new McpServer(
    { name: "postern-conformance-server", version: "1.0.0" },
    {
      instructions: "Tools of the conformance suite, under its names.",
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        completions: {},
        logging: {},
      },
      requestState: { verify: codec.verify },
      ...(versions ? { supportedProtocolVersions: versions } : {}),
    },
  );
  const watched = new Set<string>();
  addPlainTools(server, state);
  addAsking(server);
  addTriggers(server, state);
  addPrompts(server);
  addResources(server, state);
  addSubscriptions(server, watched);
  addCompletion(server);
  const spare = addSpare(server, state);
  return { server, keep: () => state.keep(server, spare, watched) };
}

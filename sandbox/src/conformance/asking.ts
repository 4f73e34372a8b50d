// SPDX-License-Identifier: Apache-2.0
// Tools and a prompt that ask the client for something before they answer: its user (elicitation), its
// model (sampling), its folders (roots). Written once as `input_required` results; towards clients of
// 2025 the SDK turns them into requests and calls the tool again with the answers.

import { randomBytes } from "node:crypto";
import { type CallToolResult, createRequestStateCodec, type InputRequest, inputRequired, inputResponse, type McpServer, type ServerContext } from "@modelcontextprotocol/server";
import { strings, text } from "./samples.js";

interface Step {
  step: number;
  name?: string;
}
// Sealed for as long as the program runs, and only good for the method it was made for.
export const codec = createRequestStateCodec<Step>({ key: randomBytes(32), bind: (ctx) => ctx.mcpReq.method });

type Property = Record<string, unknown>;
const form = (message: string, properties: Record<string, Property>, required?: string[]): InputRequest =>
  inputRequired.elicit({ message, requestedSchema: { type: "object", properties, ...(required ? { required } : {}) } as never });
const question = (message: string, field: string, type = "string") => form(message, { [field]: { type } }, [field]);
const sampling = (words: string, maxTokens: number) => inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: words } }], maxTokens });

// What was answered under a key, in words; undefined when nothing usable was.
function answer(ctx: ServerContext, key: string): string | undefined {
  const given = inputResponse(ctx.mcpReq.inputResponses, key);
  if (given.kind === "elicit") return `action=${given.action}, content=${JSON.stringify(given.content ?? {})}`;
  if (given.kind === "roots") return given.roots.map((r) => r.uri).join(" ") || "no roots";
  if (given.kind === "sampling") {
    const block = [given.result.content].flat()[0];
    return block?.type === "text" ? block.text : `(${block?.type ?? "nothing"})`;
  }
  return undefined;
}

// Asks until every question has an answer, then says them.
function ask(ctx: ServerContext, questions: Record<string, InputRequest>, say: (answers: Record<string, string>) => string, requestState?: string) {
  const answers: Record<string, string> = {};
  const open = Object.entries(questions).filter(([key]) => {
    const found = answer(ctx, key);
    if (found !== undefined) answers[key] = found;
    return found === undefined;
  });
  return open.length === 0 ? text(say(answers)) : inputRequired({ inputRequests: Object.fromEntries(open), ...(requestState ? { requestState } : {}) });
}

const DEFAULTS = {
  name: { type: "string", description: "User name", default: "John Doe" },
  age: { type: "integer", description: "User age", default: 30 },
  score: { type: "number", description: "User score", default: 95.5 },
  status: { type: "string", description: "User status", enum: ["active", "inactive", "pending"], default: "active" },
  verified: { type: "boolean", description: "Verification status", default: true },
};
const titled = (...titles: string[]) => titles.map((title, i) => ({ const: `value${i + 1}`, title }));
const CHOICES = {
  untitledSingle: { type: "string", description: "Pick one", enum: ["option1", "option2", "option3"] },
  titledSingle: { type: "string", description: "Pick one by its title", oneOf: titled("First Option", "Second Option", "Third Option") },
  legacyEnum: { type: "string", description: "Pick one, the older way", enum: ["opt1", "opt2", "opt3"], enumNames: ["Option One", "Option Two", "Option Three"] },
  untitledMulti: { type: "array", description: "Pick some", minItems: 1, maxItems: 3, items: { type: "string", enum: ["option1", "option2", "option3"] } },
  titledMulti: { type: "array", description: "Pick some by their titles", minItems: 1, maxItems: 3, items: { anyOf: titled("First Choice", "Second Choice", "Third Choice") } },
};
const PERSON = { username: { type: "string", description: "User's response" }, email: { type: "string", description: "User's email address" } };

const elicited = (a: Record<string, string>) => `Elicitation completed: ${a.form}`;
const nameQuestion = () => question("What is your name?", "name");
const nameOf = (ctx: ServerContext, key: string) => {
  const given = inputResponse(ctx.mcpReq.inputResponses, key);
  return given.kind === "elicit" && given.action === "accept" ? String(given.content?.name ?? given.content?.color ?? "nobody") : undefined;
};

// Tools of both eras, under the names of the scenarios of 2025.
function addLiveTools(server: McpServer): void {
  server.registerTool("test_sampling", { description: "Has the client's model answer", inputSchema: strings("prompt") }, ({ prompt }, ctx) =>
    ask(ctx, { sample: sampling(prompt, 100) }, (a) => `LLM response: ${a.sample}`),
  );
  server.registerTool("test_elicitation", { description: "Asks the user", inputSchema: strings("message") }, ({ message }, ctx) =>
    ask(ctx, { form: form(message, PERSON, Object.keys(PERSON)) }, (a) => `User response: ${a.form}`),
  );
  server.registerTool("test_elicitation_sep1034_defaults", { description: "Asks the user, with defaults of every type" }, (ctx) =>
    ask(ctx, { form: form("Please review and update the form fields with defaults", DEFAULTS) }, elicited),
  );
  server.registerTool("test_elicitation_sep1330_enums", { description: "Asks the user to choose, in every form of choice" }, (ctx) =>
    ask(ctx, { form: form("Please select options from the enum fields", CHOICES) }, elicited),
  );
  server.registerTool("test_list_roots", { description: "Lists the client's roots" }, (ctx) => ask(ctx, { roots: inputRequired.listRoots() }, (a) => `Roots: ${a.roots}`));
  server.registerTool("test_missing_capability", { description: "Cannot work without the client's model" }, (ctx) =>
    ask(ctx, { sample: sampling("Say something", 10) }, (a) => `LLM response: ${a.sample}`),
  );
  server.registerTool("test_streaming_elicitation", { description: "Asks the user in the middle of a stream" }, async (ctx) => {
    await ctx.mcpReq.log("info", "About to ask", "conformance");
    return ask(ctx, { confirm: question("Go on?", "ok", "boolean") }, (a) => `Asked: ${a.confirm}`);
  });
  server.registerTool("test_url_elicitation", { description: "Sends the user to a page" }, (ctx) =>
    ask(ctx, { page: inputRequired.elicitUrl({ message: "Please open the page", url: "https://example.com/consent" }) }, (a) => `Page: ${a.page}`),
  );
}

function addRoundTools(server: McpServer): void {
  const tool = (name: string, description: string, run: (ctx: ServerContext) => CallToolResult | ReturnType<typeof inputRequired> | Promise<CallToolResult | ReturnType<typeof inputRequired>>) =>
    server.registerTool(`test_input_required_result_${name}`, { description }, run);

  tool("elicitation", "Asks for a name", (ctx) => ask(ctx, { user_name: nameQuestion() }, () => `Hello, ${nameOf(ctx, "user_name") ?? "stranger"}!`));
  tool("sampling", "Asks the client's model", (ctx) => ask(ctx, { capital_question: sampling("What is the capital of France?", 100) }, (a) => `Answered: ${a.capital_question}`));
  tool("list_roots", "Asks for the client's roots", (ctx) => ask(ctx, { client_roots: inputRequired.listRoots() }, (a) => `Roots: ${a.client_roots}`));
  tool("multiple_inputs", "Asks for three things at once", async (ctx) =>
    ask(
      ctx,
      { user_name: nameQuestion(), greeting: sampling("Generate a greeting", 50), client_roots: inputRequired.listRoots() },
      (a) => `${a.greeting} ${nameOf(ctx, "user_name") ?? "stranger"}, with ${a.client_roots}`,
      await codec.mint({ step: 1 }, ctx),
    ),
  );
  for (const [name, description] of [["request_state", "Keeps its place in sealed state"], ["tampered_state", "Refuses state that was tampered with"]] as const)
    tool(name, description, async (ctx) => {
      if (ctx.mcpReq.requestState<Step>()?.step === 1 && answer(ctx, "confirm") !== undefined) return text("state-ok");
      return inputRequired({ inputRequests: { confirm: question("Please confirm", "ok", "boolean") }, requestState: await codec.mint({ step: 1 }, ctx) });
    });
  tool("multi_round", "Asks twice, one after the other", async (ctx) => {
    const at = ctx.mcpReq.requestState<Step>();
    const [name, color] = [nameOf(ctx, "step1"), nameOf(ctx, "step2")];
    if (at?.step === 2 && color !== undefined) return text(`${at.name} likes ${color}.`);
    if (at?.step === 1 && name !== undefined)
      return inputRequired({ inputRequests: { step2: question("Step 2: What is your favorite color?", "color") }, requestState: await codec.mint({ step: 2, name }, ctx) });
    return inputRequired({ inputRequests: { step1: question("Step 1: What is your name?", "name") }, requestState: await codec.mint({ step: 1 }, ctx) });
  });
  tool("capabilities", "Asks for what the client said it can do, and nothing else", (ctx) => {
    const can = server.server.getClientCapabilities() ?? {}; // of this request, in the modern era
    const questions: Record<string, InputRequest> = {
      ...(can.sampling ? { sample: sampling("Say something", 50) } : {}),
      ...(can.elicitation ? { user_name: nameQuestion() } : {}),
      ...(can.roots ? { client_roots: inputRequired.listRoots() } : {}),
    };
    return ask(ctx, questions, (a) => `Asked: ${Object.keys(a).join(" ") || "nothing"}`);
  });
}

export function addAsking(server: McpServer): void {
  addLiveTools(server);
  addRoundTools(server);
  server.registerPrompt("test_input_required_result_prompt", { description: "A prompt that asks for its context" }, (ctx) => {
    const given = inputResponse(ctx.mcpReq.inputResponses, "user_context");
    if (given.kind !== "elicit") return inputRequired({ inputRequests: { user_context: question("What context should the prompt use?", "context") } });
    return { messages: [{ role: "user", content: { type: "text", text: `Context: ${String(given.content?.context ?? given.action)}` } }] };
  });
}

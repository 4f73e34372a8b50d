// SPDX-License-Identifier: Apache-2.0
// A vendor with words that can be asked about, whose answers can be held back, limited and broken: projects, and the notes
// of each. Example:
//   const book = await startNotebook(world);      // an account "book"; book.account
//   book.hold(); … book.let();                    // notes wait in between
//   book.limited = 1; book.broken = "p2";         // the next call of notes gets a 429; notes of one project a 500
//   book.unlisted = 1; book.wait = "300";         // the next call of projects gets a 429; what 429s ask to wait
import { startVendor } from "./vendor.mjs";

export const PROJECTS = ["alpha", "beta", "gamma", "delta"].map((name, i) => ({ id: `p${i + 1}`, name }));
export const NOTES = PROJECTS.length * 2;

export async function startNotebook(world, { name = "book", projects = PROJECTS } = {}) {
  const book = { limited: 0, unlisted: 0, wait: "1", broken: "", gate: undefined };
  const limit = () => ({ status: 429, headers: { "retry-after": book.wait }, body: {} });
  const vendor = await startVendor({
    list_projects: { path: "/projects", word: { class: "list" }, answer: () => (book.unlisted-- > 0 ? limit() : { body: projects }) },
    list_notes: {
      path: "/projects/{project_id}/notes",
      word: { class: "list" },
      parameters: [{ name: "project_id", in: "path", required: true, schema: { type: "string" } }],
      answer: async ({ path }) => {
        await book.gate?.wait;
        const project = path.split("/")[2];
        if (book.limited-- > 0) return limit();
        if (project === book.broken) return { status: 500, body: {} };
        return { body: ["eve", "bob"].map((author) => ({ title: `${author} on ${project}`, author })) };
      },
    },
    wipe_notes: { path: "/projects/{project_id}/notes", method: "delete", readOnly: false, parameters: [{ name: "project_id", in: "path", required: true, schema: { type: "string" } }], word: { class: "delete" } },
  });
  book.account = await vendor.connect(world, {
    name,
    more: {
      fences: [{ key: "project_id", names: ["project"], list: { tool: "list_projects", id: "id", name: "name" }, paths: ["/projects/*"], outside: ["list_projects"] }],
      ask: {
        things: {
          projects: { names: ["project"], steps: [{ id: "projects", tool: "list_projects" }], key: "id", gives: { project_id: "projects.id", project: "projects.name" }, label: "name", lookup: true, columns: { name: { sql: "projects.name" } } },
          notes: { names: ["note"], within: "projects", steps: [{ id: "notes", tool: "list_notes", arguments: { project_id: { $: "project_id" } } }], label: "title", show: ["author"], columns: { title: { sql: "notes.title" }, author: { sql: "notes.author", names: ["author"], values: { eve: ["eve"], bob: ["bob"] } }, project: { sql: "notes.project", names: ["project"] } } },
        },
      },
    },
  });
  return Object.assign(book, {
    seen: vendor.seen,
    notes: () => vendor.seen.filter((r) => r.path.endsWith("/notes")).length,
    hold() {
      book.gate = {};
      book.gate.wait = new Promise((resolve) => (book.gate.open = resolve));
    },
    let() {
      book.gate?.open();
      book.gate = undefined;
    },
    reset() {
      book.let();
      Object.assign(book, { limited: 0, unlisted: 0, wait: "1", broken: "" });
      vendor.seen.length = 0;
    },
    close: () => (book.let(), vendor.close()),
  });
}

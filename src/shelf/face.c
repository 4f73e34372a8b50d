// SPDX-License-Identifier: Apache-2.0
#include "shelf/face.h"

#include "data/json.h"
#include "program/program.h"
#include "program/schema.h"

static const char *face_type(enum program_type type) {
  static const char *const types[PROGRAM_TYPES] = {
      [PROGRAM_TEXT] = "string",     [PROGRAM_INTEGER] = "integer", [PROGRAM_NUMBER] = "number",
      [PROGRAM_BOOLEAN] = "boolean", [PROGRAM_TIME] = "string",     [PROGRAM_ZONE] = "string"};
  return types[type];
}

// What its type alone does not say.
static const char *face_says(enum program_type type) {
  return type == PROGRAM_TIME
             ? "A time: 2026-11-20, 2026-11-20T08:15:00Z, now, now-24h, now-7d, today, yesterday"
         : type == PROGRAM_ZONE ? "A time zone by its IANA name, such as Europe/Berlin"
                                : "";
}

static void face_parameter(const struct program_parameter *p, struct arena *a, struct buf *out) {
  struct str says = str_of(face_says(p->type)), text = p->description;
  if (says.n) text = text.n ? ARENA_JOIN(a, text, STR(". "), says) : says;
  json_add_string(out, p->name);
  buf_printf(out, ":{\"type\":\"%s\"", face_type(p->type));
  if (text.n) {
    buf_add_z(out, ",\"description\":");
    json_add_string(out, text);
  }
  if (p->value) {
    buf_add_z(out, ",\"default\":");
    json_write(out, p->value);
  }
  buf_add_z(out, "},");
}

static void face_input(const struct program *p, struct arena *a, struct buf *out) {
  size_t required = 0;
  buf_add_z(out, ",\"inputSchema\":{\"type\":\"object\",\"properties\":{");
  for (size_t i = 0; i < p->parameter_count; i++) face_parameter(&p->parameters[i], a, out);
  buf_add_z(out, "\"" SHELF_CONTINUE
                 "\":{\"type\":\"string\",\"description\":\"The handle of a paused run, to go on "
                 "with it; what else is given then counts for nothing\"}}");
  for (size_t i = 0; i < p->parameter_count; i++) {
    if (p->parameters[i].value) continue;
    buf_add_z(out, required++ ? "," : ",\"required\":[");
    json_add_string(out, p->parameters[i].name);
  }
  if (required) buf_add_char(out, ']');
  buf_add_z(out, ",\"additionalProperties\":false}");
}

void shelf_face_write(const struct shelf_face *face, struct arena *a, struct buf *out) {
  struct program *p = ARENA_NEW(a, struct program);
  struct program_faults ignored = {
      .arena = a}; // it was checked when it was kept; its keys are no members of a program
  (void)program_read(face->root, a, p, &ignored);
  struct str title = p->title.n ? p->title : face->name,
             says = face->description.n ? face->description : title;
  buf_add_z(out, "{\"name\":");
  json_add_string(out, face->name);
  buf_add_z(out, ",\"title\":");
  json_add_string(out, title);
  buf_add_z(out, ",\"description\":");
  json_add_string(out, says);
  face_input(p, a, out);
  buf_printf(out, ",\"outputSchema\":%s,\"annotations\":{\"title\":", program_outcome_schema);
  json_add_string(out, title);
  buf_add_z(
      out,
      ",\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":true}}");
}

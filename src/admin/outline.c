// SPDX-License-Identifier: Apache-2.0
#include "admin/outline.h"

#include <stdlib.h>

#include "data/json.h"
#include "data/yaml.h"
#include "openapi/security.h"
#include "openapi/servers.h"

enum { OUTLINE_REMARKS_MOST = 16 * 1024 };

struct outline_job {
  struct outline *out;
  struct document *document;
  struct arena *arena;
  yyjson_mut_doc *doc; // what becomes the definition
};

static bool outline_where(struct outline_job *job, struct str *base, struct err *err) {
  yyjson_mut_val *root = yyjson_mut_doc_get_root(job->doc), *said = yyjson_mut_obj_get(root, "base_url");
  if (said) {
    *base = str_make(yyjson_mut_get_str(said), yyjson_mut_get_len(said));
    return true;
  }
  if (!servers_base_url(job->document, STR_NONE, job->arena, base, err)) {
    err_hint(err, "base_url gives the address, such as https://api.example.com/v1");
    snprintf(err->field, sizeof err->field, "base_url");
    return false;
  }
  job->out->says_where = true;
  return yyjson_mut_obj_add_strncpy(job->doc, root, "base_url", base->p, base->n);
}

static bool outline_how(struct outline_job *job, struct str base, struct err *err) {
  yyjson_mut_val *root = yyjson_mut_doc_get_root(job->doc);
  if (yyjson_mut_obj_get(root, "auth")) return true;
  yyjson_mut_val *ways = yyjson_mut_obj_add_arr(job->doc, root, "auth");
  security_ways(&(struct security_ask){job->document, base, job->arena, &job->out->remarks}, job->doc, ways);
  job->out->says_how = true;
  if (yyjson_mut_arr_size(ways)) return true;
  err_at(err, ERR_INVALID, "auth",
         "how does the vendor know who asks? The document names no way that can be sent");
  err_hint(err, "auth says how, or that the API is open to all");
  return false;
}

static bool outline_fill(struct outline_job *job, struct str document, struct err *err) {
  struct str base;
  if (!document_parse(document, job->arena, &job->document, err)) {
    struct str at = arena_dup(job->arena, str_of(err->field)); // a line and column of YAML's reader
    snprintf(err->field, sizeof err->field, "document");
    return at.n ? err_wrap(err, "at %.*s", STR_ARG(at)) : false;
  }
  bool ok = outline_where(job, &base, err) && outline_how(job, base, err);
  document_close(job->document);
  size_t n = 0;
  char *text = ok ? yyjson_mut_write(job->doc, 0, &n) : NULL;
  if (text) job->out->text = arena_dup(job->arena, str_make(text, n));
  free(text);
  return ok;
}

bool outline_complete(struct str text, struct str document, struct arena *a, struct outline *out,
                      struct err *err) {
  struct yaml_doc *given;
  *out = (struct outline){.text = text, .remarks = BUF_MAX(OUTLINE_REMARKS_MOST)};
  if (!yaml_read(text, &given, err)) return false;
  yyjson_val *root = yaml_root(given);
  bool whole = !yyjson_is_obj(root) || (yyjson_obj_get(root, "base_url") && yyjson_obj_get(root, "auth"));
  bool ok = true;
  if (document.n && !whole) {
    struct outline_job job = {.out = out, .arena = a, .doc = yyjson_mut_doc_new(NULL)};
    yyjson_mut_doc_set_root(job.doc, yyjson_val_mut_copy(job.doc, root));
    ok = outline_fill(&job, document, err);
    yyjson_mut_doc_free(job.doc);
  }
  yaml_close(given);
  return ok;
}

// SPDX-License-Identifier: Apache-2.0
// Which of several accounts of one vendor a question names: "how many zones does globex have?". Their names are taken out of
// the words, and the program asks those accounts alone.
#include <string.h>

#include "ask/plan_parts.h"
#include "ask/reading_parts.h"

enum { ACCOUNTS_MOST = 64 }; // names that are looked for

// ---- in the question

struct accounts_name {
  struct str account;
  struct ask_words words;
};

// "globex's" and in quotes, too.
static size_t accounts_at(const struct ask_words *w, size_t at, const struct accounts_name *name) {
  if (w->items[at].kind == WORD_QUOTED) return str_eq_nocase(w->items[at].low, name->account);
  for (size_t i = 0; i < name->words.n; i++)
    if (at + i >= w->n || !str_eq(w->items[at + i].stem, name->words.items[i].stem)) return 0;
  return name->words.n;
}

// Names of accounts that are some of several of one vendor.
static size_t accounts_known(const struct reader_state *s, struct accounts_name *out) {
  const struct model *m = s->in->model;
  const struct model_source *last = NULL;
  size_t n = 0;
  for (size_t t = 0; t < model_count(m); t++) {
    const struct model_source *source = model_at(m, t)->source;
    bool asked = source != last && source->worded && source->account_count > 1;
    for (size_t i = 0; asked && i < source->account_count && n < ACCOUNTS_MOST; i++) {
      struct err err;
      out[n].account = source->accounts[i];
      n += language_words(source->accounts[i], s->arena, &out[n].words, &err);
    }
    last = source;
  }
  return n;
}

// So many words from a place on are the longest of them; what a word means besides goes before.
static size_t accounts_named(const struct reader_state *s, const struct accounts_name *known, size_t count,
                             size_t at, struct str *account) {
  struct phrase_hit hit;
  size_t most = 0;
  if (phrases_at(&s->in->model->phrases, &s->out->words, at, &hit, 1)) return 0;
  for (size_t i = 0; i < count; i++) {
    size_t n = accounts_at(&s->out->words, at, &known[i]);
    if (n > most) most = n, *account = known[i].account;
  }
  return most;
}

static bool accounts_are(const struct reading *r, struct str account) {
  for (size_t i = 0; i < r->account_count; i++)
    if (str_eq(r->accounts[i], account)) return true;
  return false;
}

static bool accounts_is_denied(const struct reader_state *s, size_t at) {
  for (size_t k = 1; k <= 2 && k <= at; k++)
    if (language_at(s->out->language, &s->out->words, at - k, LANGUAGE_NOT, NULL)) return true;
  return false;
}

void reading_take_accounts(struct reader_state *s) {
  struct reading *r = s->out;
  struct ask_words *w = &r->words;
  struct accounts_name *known = ARENA_ARRAY(s->arena, ACCOUNTS_MOST, struct accounts_name);
  size_t count = accounts_known(s, known), at = 0;
  while (count && at < w->n && r->account_count < READING_ACCOUNTS_MOST) {
    struct str account;
    size_t n = accounts_named(s, known, count, at, &account);
    if (!n || accounts_is_denied(s, at)) {
      at++;
      continue;
    }
    if (at) w->items[at - 1].end = w->items[at + n - 1].end;
    memmove(w->items + at, w->items + at + n, (w->n - at - n) * sizeof *w->items);
    w->n -= n;
    if (!accounts_are(r, account)) r->accounts[r->account_count++] = account;
  }
}

// Of the same accounts as before, if none is named.
void reading_same_accounts(struct reading *r, const struct reading *before) {
  if (r->account_count) return;
  memcpy(r->accounts, before->accounts, sizeof r->accounts);
  r->account_count = before->account_count;
}

// ---- in the program

// True: the step asks one that is named.
static bool accounts_narrow_step(const struct reading *r, yyjson_mut_doc *doc, yyjson_mut_val *step) {
  yyjson_mut_val *all = yyjson_mut_obj_get(step, "account"), *some = yyjson_mut_arr(doc), *one;
  size_t i, n;
  yyjson_mut_arr_foreach (all, i, n, one) {
    struct str name = str_make(yyjson_mut_get_str(one), yyjson_mut_get_len(one));
    if (accounts_are(r, name)) yyjson_mut_arr_append(some, yyjson_mut_strncpy(doc, name.p, name.n));
  }
  if (!yyjson_mut_arr_size(some)) return false;
  yyjson_mut_obj_put(step, yyjson_mut_str(doc, "account"), some);
  return true;
}

bool plan_narrow_accounts(const struct reading *r, yyjson_mut_doc *program) {
  yyjson_mut_val *steps = yyjson_mut_obj_get(yyjson_mut_doc_get_root(program), "steps"), *step;
  size_t i, n;
  bool narrowed = false;
  yyjson_mut_arr_foreach (steps, i, n, step) narrowed |= accounts_narrow_step(r, program, step);
  return narrowed;
}

// SPDX-License-Identifier: Apache-2.0
#include "openapi/template.h"

// RFC 6570 §2.2 and §3.2: what stands behind the brace, what it puts before the first value and before others.
static const struct {
  char operator;
  const char *first, *joint, *style;
  bool query, whole, gone;
} template_forms[] = {
    {'+', "", ",", NULL, false, true, false},
    {'#', "", "", NULL, false, false, true}, // a fragment, which is never sent
    {'.', ".", ".", NULL, false, false, false},
    {'/', "/", "/", NULL, false, false, false},
    {';', "", "", "matrix", false, false, false},
    {'?', "", "", NULL, true, false, false},
    {'&', "", "", NULL, true, false, false},
    {'*', "", ",", NULL, false, true, false}, // ASP.NET's {*name}, {**name}
    {0, "", ",", NULL, false, false, false},  // none: the last row
};
enum { TEMPLATE_PLAIN = sizeof template_forms / sizeof *template_forms - 1 };

struct template_reader {
  struct template *out;
  struct arena *arena;
  struct str before; // text that no part has yet
};

static void template_put_before(struct template_reader *r, struct str text) {
  r->before = r->before.n ? arena_printf(r->arena, "%.*s%.*s", STR_ARG(r->before), STR_ARG(text)) : text;
}

// What routers write behind the name: "=projects/*" and ":.*" take slashes, ":[0-9]+" and ":int" do not.
static struct str template_plain_name(struct str text, struct template_part *part) {
  size_t n = 0;
  while (n < text.n && text.p[n] != '=' && text.p[n] != ':') n++;
  struct str form = str_from(text, n), name = str_trim(str_make(text.p, n));
  bool any = str_contains(form, STR(".*")) || str_contains(form, STR(".+")) || str_is(form, ":path");
  bool path = form.n && form.p[0] == '=' && (str_find(form, '/') >= 0 || str_contains(form, STR("**")));
  part->whole |= any || path;
  while (name.n && strchr("*+?", name.p[name.n - 1])) {
    part->explode |= name.p[name.n - 1] == '*';
    part->whole |= name.p[name.n - 1] == '+'; // a proxy's {name+}
    name.n--;
  }
  return name;
}

static bool template_part(struct template_reader *r, struct str text, size_t form, bool first,
                          struct err *err) {
  struct template_part part = {.raw = text,
                               .query = template_forms[form].query,
                               .whole = template_forms[form].whole,
                               .style = template_forms[form].style};
  if (template_forms[form].gone) return true;
  template_put_before(r, str_of(first ? template_forms[form].first : template_forms[form].joint));
  part.before = r->before;
  part.name = template_plain_name(text, &part);
  if (!part.name.n) return err_set(err, ERR_INVALID, "the path has a parameter without a name");
  if (r->out->count == TEMPLATE_PARTS_MOST)
    return err_set(err, ERR_LIMIT, "the path has more than %d parameters", TEMPLATE_PARTS_MOST);
  r->before = STR_NONE;
  r->out->parts[r->out->count++] = part;
  return true;
}

// What stands between two braces: one name, or several with commas.
static bool template_expression(struct template_reader *r, struct str text, struct err *err) {
  size_t form = 0, before = r->out->count;
  struct str all = text;
  while (form < TEMPLATE_PLAIN && !(text.n && text.p[0] == template_forms[form].operator)) form++;
  if (form < TEMPLATE_PLAIN) text = str_from(text, 1);
  while (text.n && text.p[0] == '*') text = str_from(text, 1);
  struct str rest = text, name;
  if (!text.n) return err_set(err, ERR_INVALID, "the path has a parameter without a name");
  bool one = str_find(text, ':') >= 0 || str_find(text, '=') >= 0;
  if (one && !template_part(r, text, form, true, err)) return false;
  for (bool first = true; !one && str_cut(&rest, ',', &name); first = false)
    if (!template_part(r, name, form, first, err)) return false;
  if (r->out->count == before + 1) r->out->parts[before].raw = all;
  return true;
}

// Braces nest: {id:[0-9]{4}}.
static size_t template_end(struct str path, size_t start) {
  unsigned depth = 0;
  for (size_t i = start; i < path.n; i++) {
    if (path.p[i] == '{') depth++;
    if (path.p[i] == '}' && --depth == 0) return i;
  }
  return path.n;
}

bool template_read(struct str path, struct arena *a, struct template *out, struct err *err) {
  struct template t = {.count = 0};
  struct template_reader r = {.out = &t, .arena = a};
  size_t i = 0, start = 0;
  for (; i < path.n && path.p[i] != '#'; i++) {
    if (path.p[i] == '}') return err_set(err, ERR_INVALID, "the path has a '}' without a '{'");
    if (path.p[i] != '{') continue;
    size_t end = template_end(path, i);
    if (end == path.n) return err_set(err, ERR_INVALID, "the path has a '{' without a '}'");
    template_put_before(&r, str_make(path.p + start, i - start));
    if (!template_expression(&r, str_make(path.p + i + 1, end - i - 1), err)) return false;
    i = end;
    start = end + 1;
  }
  template_put_before(&r, str_make(path.p + start, i - start));
  t.rest = r.before;
  t.fragment = str_from(path, i);
  *out = t;
  return true;
}

// SPDX-License-Identifier: Apache-2.0
#include "cli/args.h"

#include "base/clock.h"
#include "cli/command.h"
#include "settings/value.h"

static bool args_unknown(const struct command *k, struct str name, struct err *err) {
  const struct args_flag *f, *near = NULL;
  unsigned best = 4;
  for (size_t at = 0; (f = command_next_flag(k, &at));) {
    unsigned d = str_distance(name, str_of(f->name));
    if (d < best) best = d, near = f;
  }
  err_set(err, ERR_INVALID, "'postern %s' has no flag --%.*s", k->path, STR_ARG(name));
  struct str setting = k->traits & COMMAND_SETTINGS ? settings_nearest(name, 3) : STR_NONE;
  char spelled[64];
  size_t n = 0;
  for (; n < setting.n && n + 1 < sizeof spelled; n++) spelled[n] = setting.p[n] == '_' ? '-' : setting.p[n];
  spelled[n] = 0;
  if (near)
    err_hint(err, "did you mean --%s?", near->name);
  else if (setting.n)
    err_hint(err, "did you mean --%s?", spelled);
  else
    err_hint(err, "'postern help %s' lists its flags", k->path);
  return false;
}

// Whether a flag takes only "read|write" is in its value's name.
static bool args_check_choice(const struct args_flag *f, struct str value, struct err *err) {
  if (!strchr(f->value, '|')) return true;
  for (struct str rest = str_of(f->value), word; str_cut(&rest, '|', &word);)
    if (str_eq(word, value)) return true;
  err_set(err, ERR_INVALID, "--%s takes one of %s, not '%.*s'", f->name, f->value, STR_ARG(value));
  return false;
}

static bool args_give(const struct args_flag *f, struct str value, struct args *out, struct err *err) {
  if (f->value && !value.n && !f->empty) {
    err_set(err, ERR_INVALID, "--%s must not be empty: %s", f->name, f->value);
    return false;
  }
  if (f->value && !args_check_choice(f, value, err)) return false;
  if (!f->many && args_has(out, f->name)) return err_set(err, ERR_INVALID, "--%s is given twice", f->name);
  if (out->given_count == ARGS_FLAGS_MOST)
    return err_set(err, ERR_LIMIT, "more than %d flags", ARGS_FLAGS_MOST);
  out->given[out->given_count++] = (struct args_given){f, value};
  return true;
}

// One flag; *i moves on where its value is the next word.
static bool args_flag(const struct command *k, int argc, char *const *argv, int *i, struct args *out,
                      struct err *err) {
  struct str rest = str_of(argv[*i]), name;
  bool help = str_is(rest, "-h");
  rest = help ? STR("help") : str_from(rest, 2);
  bool glued = str_find(rest, '=') >= 0;
  if (!str_cut(&rest, '=', &name)) name = STR_NONE;
  const struct args_flag *f = command_find_flag(k, name);
  if (!f) return args_unknown(k, name, err);
  if (!f->value)
    return glued ? err_set(err, ERR_INVALID, "--%s takes no value", f->name)
                 : args_give(f, STR_NONE, out, err);
  if (!glued) {
    if (*i + 1 >= argc) return err_set(err, ERR_INVALID, "--%s needs a value: %s", f->name, f->value);
    rest = str_of(argv[++*i]);
  }
  return args_give(f, rest, out, err);
}

// Most likely a variable of a script that is not set.
static bool args_empty(const struct command *k, size_t at, struct err *err) {
  size_t i = 0;
  while (i < at && i + 1 < COMMAND_ARGUMENTS_MOST && k->arguments[i + 1].name) i++;
  const char *name = k->arguments[i].name;
  return err_set(err, ERR_INVALID, "%s must not be empty", name ? name : "an argument");
}

static bool args_check_words(const struct command *k, const struct args *in, struct err *err) {
  size_t least = 0, most = 0;
  for (size_t i = 0; i < in->word_count; i++)
    if (!in->words[i].n) return args_empty(k, i, err);
  for (size_t i = 0; i < COMMAND_ARGUMENTS_MOST && k->arguments[i].name; i++) {
    const struct command_argument *a = &k->arguments[i];
    least += !a->optional;
    most = a->many ? ARGS_MOST : most + 1;
    if (!a->optional && in->word_count < least) {
      err_set(err, ERR_INVALID, "'postern %s' needs %s: %s", k->path, a->name, a->help);
      err_hint(err, "'postern help %s' shows how it is used", k->path);
      return false;
    }
  }
  if (in->word_count <= most) return true;
  err_set(err, ERR_INVALID, "'postern %s' takes no '%.*s'", k->path, STR_ARG(in->words[most]));
  err_hint(err, "'postern help %s' shows how it is used", k->path);
  return false;
}

bool args_parse(const struct command *k, int argc, char *const *argv, struct args *out, struct err *err) {
  struct args in = {0};
  bool flags = true;
  for (int i = 0; i < argc; i++) {
    struct str word = str_of(argv[i]);
    if (flags && str_is(word, "--")) {
      flags = false;
    } else if (flags && (str_starts(word, "--") || str_is(word, "-h"))) {
      if (!args_flag(k, argc, argv, &i, &in, err)) return false;
    } else if (flags && word.n > 1 && word.p[0] == '-') {
      return err_set(err, ERR_INVALID, "flags are written out: '%s' is none", argv[i]);
    } else if (in.word_count == ARGS_MOST) {
      return err_set(err, ERR_LIMIT, "more than %d arguments", ARGS_MOST);
    } else {
      in.words[in.word_count++] = word;
    }
  }
  if (!args_has(&in, "help") && !args_check_words(k, &in, err)) return false;
  *out = in;
  return true;
}

struct str args_word(const struct args *in, size_t i) {
  return i < in->word_count ? in->words[i] : STR_NONE;
}

bool args_next(const struct args *in, const char *flag, size_t *at, struct str *value) {
  while (*at < in->given_count) {
    const struct args_given *g = &in->given[(*at)++];
    if (strcmp(g->flag->name, flag) != 0) continue;
    *value = g->value;
    return true;
  }
  return false;
}

bool args_has(const struct args *in, const char *flag) {
  struct str value;
  size_t at = 0;
  return args_next(in, flag, &at, &value);
}

struct str args_text(const struct args *in, const char *flag) {
  struct str value = STR_NONE;
  size_t at = 0;
  return args_next(in, flag, &at, &value) ? value : STR_NONE;
}

bool args_duration(struct str text, int64_t *ms) {
  static const struct {
    char unit;
    int64_t ms;
  } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 604800000}};
  enum { AMOUNT_MOST = 1000000 };
  int64_t amount;
  if (text.n < 2 || !str_to_i64(str_make(text.p, text.n - 1), &amount) || amount < 0 || amount > AMOUNT_MOST)
    return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (units[i].unit != text.p[text.n - 1]) continue;
    *ms = amount * units[i].ms;
    return true;
  }
  return false;
}

// "2026-12-31" is its first moment.
static bool args_date(struct str text, int64_t *ms) {
  char whole[CLOCK_TEXT];
  if (text.n != sizeof "2026-12-31" - 1) return false;
  snprintf(whole, sizeof whole, "%.*sT00:00:00Z", STR_ARG(text));
  return clock_parse_rfc3339(str_of(whole), ms);
}

bool args_time(const struct args *in, const char *flag, int sign, int64_t *ms, struct err *err) {
  struct str text = args_text(in, flag);
  int64_t span;
  if (args_duration(text, &span)) {
    *ms = clock_now_ms() + sign * span;
    return true;
  }
  if (clock_parse_rfc3339(text, ms) || args_date(text, ms)) return true;
  err_set(err, ERR_INVALID, "--%s: '%.*s' is no time", flag, STR_ARG(text));
  err_hint(err, "write 2026-12-31T00:00:00Z, 2026-12-31, or a span such as 90s, 30m, 24h or 7d");
  return false;
}

bool args_pair(struct str text, struct str *name, struct str *value) {
  ptrdiff_t at = str_find(text, '=');
  if (at <= 0) return false;
  *name = str_make(text.p, (size_t)at);
  *value = str_from(text, (size_t)at + 1);
  return true;
}

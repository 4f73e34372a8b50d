// SPDX-License-Identifier: Apache-2.0
#include "cli/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/home.h"
#include "cli/out.h"
#include "cli/terminal.h"
#include "crypto/secret.h"

enum { LOCAL_SAID_MOST = 16 * 1024 };

// ---- the settings it is to have

static void local_set(struct cli *c, const char *key, struct str value) {
  struct settings_input *in = &c->settings;
  struct settings_flag *flags = ARENA_ARRAY(c->arena, in->flag_count + 1, struct settings_flag);
  for (size_t i = 0; i < in->flag_count; i++) flags[i] = in->flags[i];
  flags[in->flag_count++] = (struct settings_flag){str_of(key), value};
  in->flags = flags;
}

// Without a word on it, data lie in the user's folder rather than wherever the command was typed.
static bool local_settle(struct cli *c, struct settings **out, struct err *err) {
  struct str data = home_data(c);
  if (!settings_load(&c->settings, out, err)) return false;
  if ((*out)->values[SETTINGS_ID_data_dir].source != SETTINGS_DEFAULT || !data.n) return true;
  settings_free(*out);
  local_set(c, "data_dir", data);
  return settings_load(&c->settings, out, err);
}

bool local_address(struct cli *c, struct str *url, struct err *err) {
  struct settings *s;
  if (!settings_load(&c->settings, &s, err)) return false;
  struct str listen = s->listen;
  *url = str_ends(listen, ":0")
             ? STR_NONE
             : arena_printf(c->arena, "%s://%.*s", s->tls_cert.n ? "https" : "http", STR_ARG(listen));
  settings_free(s);
  return true;
}

// ---- the process

static char **local_words(struct cli *c) {
  const struct settings_input *in = &c->settings;
  char **words = ARENA_ARRAY(c->arena, 2 * in->flag_count + 5, char *);
  size_t n = 0;
  words[n++] = arena_z(c->arena, STR("postern"));
  words[n++] = arena_z(c->arena, STR("serve"));
  if (in->file) {
    words[n++] = arena_z(c->arena, STR("--config"));
    words[n++] = arena_z(c->arena, str_of(in->file));
  }
  for (size_t i = 0; i < in->flag_count; i++) {
    words[n++] = arena_z(c->arena, arena_printf(c->arena, "--%.*s", STR_ARG(in->flags[i].key)));
    words[n++] = arena_z(c->arena, in->flags[i].value);
  }
  words[n] = NULL;
  return words;
}

// In a session of its own, so that it outlives the terminal; what it says at the start comes by the pipe.
static void local_become(char **words, int said, int log) {
  int nothing = open("/dev/null", O_RDONLY);
  if (setsid() >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && out_redirect(said, log))
    execv("/proc/self/exe", words);
  _exit(127);
}

static bool local_launch(char **words, int log, struct local_server *out, int *said, struct err *err) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return err_set(err, ERR_INTERNAL, "no pipe: %s", strerror(errno));
  pid_t child = fork();
  if (child == 0) local_become(words, ends[1], log);
  close(ends[1]);
  out->process = child;
  *said = ends[0];
  if (child > 0) return true;
  close(ends[0]);
  return err_set(err, ERR_UNAVAILABLE, "the server cannot be started: %s", strerror(errno));
}

// What stands behind a word in what the server says; a token is made of no blanks.
static struct str local_behind(struct str text, const char *word) {
  ptrdiff_t at = str_find_text(text, str_of(word));
  if (at < 0) return STR_NONE;
  struct str rest = str_from(text, (size_t)at + strlen(word));
  size_t n = 0;
  while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '\n') n++;
  return n < rest.n ? str_make(rest.p, n) : STR_NONE; // the line has not ended yet
}

static bool local_hear(struct cli *c, int said, struct local_server *out) {
  struct buf text = BUF_MAX(LOCAL_SAID_MOST);
  char part[1024];
  out->url = STR_NONE;
  for (ssize_t n; !out->url.n && !text.full && (n = read(said, part, sizeof part)) > 0;) {
    buf_add(&text, str_make(part, (size_t)n));
    out->url = local_behind(buf_str(&text), "answers on ");
  }
  struct str token = local_behind(buf_str(&text), "POSTERN_TOKEN=");
  out->url = arena_dup(c->arena, out->url);
  if (token.n < sizeof out->token) {
    if (token.n) memcpy(out->token, token.p, token.n);
    out->token[token.n] = 0;
  }
  secret_wipe(part, sizeof part);
  if (text.p) secret_wipe(text.p, text.n);
  buf_free(&text);
  return out->url.n > 0;
}

// Of what it logged, the error that it ended with, as it wrote that for whoever started it: a line, and a hint below.
static struct str local_last_words(struct str log, struct str *hint) {
  struct str last = STR_NONE, line;
  *hint = STR_NONE;
  while (str_cut(&log, '\n', &line)) {
    if (str_starts(line, "postern: ")) {
      last = str_from(line, sizeof "postern: " - 1);
      *hint = STR_NONE;
    } else if (last.n && !hint->n && str_starts(line, "  ")) {
      *hint = str_trim(line);
    } else if (!last.n) {
      *hint = line; // until something better comes
    }
  }
  if (last.n) return last;
  last = *hint;
  *hint = STR_NONE;
  return last;
}

static bool local_failed(struct cli *c, off_t from, const struct local_server *s, struct err *err) {
  char *text = arena_alloc(c->arena, LOCAL_SAID_MOST);
  int status = 0, fd = open(arena_z(c->arena, s->log), O_RDONLY | O_CLOEXEC);
  waitpid((pid_t)s->process, &status, 0);
  ssize_t n = fd >= 0 ? pread(fd, text, LOCAL_SAID_MOST, from) : 0;
  if (fd >= 0) close(fd);
  struct str hint, said = local_last_words(str_make(text, n > 0 ? (size_t)n : 0), &hint);
  err_set(err, ERR_UNAVAILABLE, "the server did not start: %.*s", STR_ARG(said));
  if (hint.n)
    err_hint(err, "%.*s", STR_ARG(hint));
  else
    err_hint(err, "its log is %.*s", STR_ARG(s->log));
  return false;
}

// A database from before, and nobody who knows a token of it: whoever may read its key may make one.
static bool local_recover(struct cli *c, const struct settings *s, struct local_server *out,
                          struct err *err) {
  bool running;
  if (s->key.n || access(arena_z(c->arena, s->key_file), F_OK) != 0) return true; // its first start makes one
  return c->program->recover(s, STR("up"), out->token, &running, err);
}

static bool local_run(struct cli *c, const struct settings *s, struct local_server *out, struct err *err) {
  char heard[TOKEN_TEXT];
  int said = -1;
  if (!home_folder(c, s->data_dir, err)) return false;
  out->log = arena_printf(c->arena, "%.*s/postern.log", STR_ARG(s->data_dir));
  int log = open(arena_z(c->arena, out->log), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0)
    return err_at(err, ERR_DENIED, arena_z(c->arena, out->log), "cannot be written: %s", strerror(errno));
  off_t from = lseek(log, 0, SEEK_END);
  memcpy(heard, out->token, sizeof heard);
  bool ok = local_launch(local_words(c), log, out, &said, err);
  close(log);
  if (!ok) return false;
  ok = local_hear(c, said, out) || local_failed(c, from, out, err);
  close(said);
  if (!out->token[0]) memcpy(out->token, heard, sizeof heard);
  secret_wipe(heard, sizeof heard);
  return ok;
}

bool local_start(struct cli *c, struct str listen, bool has_token, struct local_server *out,
                 struct err *err) {
  struct settings *s;
  *out = (struct local_server){0};
  if (!local_settle(c, &s, err)) return false;
  if (listen.n && s->values[SETTINGS_ID_listen].source == SETTINGS_DEFAULT) local_set(c, "listen", listen);
  bool ok = (has_token || local_recover(c, s, out, err)) && local_run(c, s, out, err);
  settings_free(s);
  return ok;
}

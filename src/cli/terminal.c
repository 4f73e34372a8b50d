// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static size_t terminal_width_of(int fd) {
  struct winsize size;
  if (!isatty(fd)) return 0;
  uint64_t columns;
  if (str_to_u64(str_of(getenv("COLUMNS")), &columns) && columns > 0 && columns < 10000)
    return (size_t)columns;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

size_t terminal_width(void) {
  return terminal_width_of(STDOUT_FILENO);
}

size_t terminal_notes_width(void) {
  return terminal_width_of(out_notes());
}

bool terminal_moves(void) {
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return term && strcmp(term, "dumb") != 0 && !(no && *no);
}

bool terminal_is_there(void) {
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

static bool terminal_line(int fd, struct buf *line) {
  char c;
  ssize_t n;
  while ((n = read(fd, &c, 1)) == 1 && c != '\n') buf_add_char(line, c);
  return n == 1 || line->n > 0;
}

bool terminal_ask(const char *question, bool secret, struct buf *line, struct err *err) {
  struct termios before, quiet;
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return err_set(err, ERR_INVALID, "there is no terminal to ask for: %s", question);
  *line = BUF_MAX(TERMINAL_LINE_MOST);
  bool changed = secret && tcgetattr(fd, &before) == 0;
  if (changed) {
    quiet = before;
    quiet.c_lflag &= (tcflag_t) ~(ECHO | ECHONL);
    tcsetattr(fd, TCSAFLUSH,
              &quiet); // before the question: what answers it must be neither shown nor flushed
  }
  out_question(fd, str_of(question));
  out_question(fd, STR(": "));
  bool ok = terminal_line(fd, line);
  if (changed) {
    tcsetattr(fd, TCSADRAIN, &before); // the answer to the next question may be there already
    out_line_end(fd);
  }
  close(fd);
  if (!ok) return err_set(err, ERR_CANCELED, "no answer to: %s", question);
  return !line->full || err_set(err, ERR_LIMIT, "an answer has at most %d bytes", TERMINAL_LINE_MOST);
}

bool terminal_read(struct str path, size_t most, struct buf *text, struct err *err) {
  char name[4096], part[16384];
  bool input = str_is(path, "-");
  if (!path.n || path.n >= sizeof name)
    return err_set(err, ERR_INVALID, "'%.*s' names no file", 80, path.n ? path.p : "");
  snprintf(name, sizeof name, "%.*s", STR_ARG(path));
  FILE *f = input ? stdin : fopen(name, "re");
  if (!f)
    return err_at(err, errno == ENOENT ? ERR_MISSING : ERR_DENIED, name, "cannot be read: %s",
                  strerror(errno));
  *text = BUF_MAX(most);
  for (size_t n; !text->full && (n = fread(part, 1, sizeof part, f)) > 0;) buf_add(text, str_make(part, n));
  bool failed = ferror(f) != 0, full = text->full;
  if (!input) fclose(f);
  if (!failed && !full) return true;
  buf_free(text);
  return full ? err_at(err, ERR_LIMIT, name, "has more than %zu bytes", most)
              : err_at(err, ERR_DENIED, name, "cannot be read");
}

bool terminal_is_file(struct str path) {
  struct arena *a = arena_new();
  bool there = str_is(path, "-") || access(arena_z(a, path), F_OK) == 0;
  arena_free(a);
  return there;
}

// SPDX-License-Identifier: Apache-2.0
// main: start, signals, stop. The main thread waits for signals and keeps house; every loop has a thread of
// its own. `postern serve` runs here over what wiring.c makes, all other commands in cli/.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backup.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/cli.h"
#include "demo/demo.h"
#include "drain.h"
#include "fetch/local.h"
#include "house.h"
#include "move.h"
#include "program/schema.h"
#include "recover.h"
#include "version.h"
#include "wiring.h"

extern char **environ;

enum { HOUSEKEEPING_US = 20 * 1000 * 1000 };
enum { UNWIND_MS = 1000, PAUSE_US = 500 * 1000 }; // after the drain: for what was cut off; between two looks

// The only mutable global of the program: what is wired together.
static struct wiring program;

// Once listening works: a start that fails has made no token that nobody saw.
static bool main_first_token(bool *made, struct err *err) {
  char token[TOKEN_TEXT];
  if (!admin_first_token(program.store, token, err)) return false;
  *made = token[0];
  if (!*made) return true;
  cli_print("Admin token, shown once:\n\n    %s\n\nUse it:  export POSTERN_URL=%.*s POSTERN_TOKEN=%s\n\n",
            token, STR_ARG(program.public_url), token);
  secret_wipe(token, sizeof token);
  return catalog_rebuild(&program.catalog, err);
}

// Where the console is. A link that lets somebody in goes to whoever starts the program, not into a log at each start.
static bool main_show_console(bool first, struct err *err) {
  char link[TOKEN_TEXT];
  if (!first && !isatty(STDOUT_FILENO)) {
    cli_print("Console: %.*s/ui/   ('postern open' makes a link that signs in)\n",
              STR_ARG(program.public_url));
    return true;
  }
  if (!admin_start_link(program.store, program.audit, link, err)) return false;
  cli_print("Console, by a link that signs in once, within 15 minutes:\n\n    %.*s/ui/enter/%s\n\n",
            STR_ARG(program.public_url), link);
  secret_wipe(link, sizeof link);
  return catalog_rebuild(&program.catalog, err);
}

// Waits for signals until one says stop; the loops run meanwhile. The house is kept when its time has come,
// however many signals come before.
static void main_wait(const sigset_t *signals) {
  uint64_t due_us = clock_mono_us() + HOUSEKEEPING_US;
  for (;;) {
    uint64_t now = clock_mono_us(), left = now < due_us ? due_us - now : 0;
    struct timespec pause = {(time_t)(left / 1000000), (long)(left % 1000000) * 1000};
    int number = sigtimedwait(signals, NULL, &pause);
    if (number == SIGTERM || number == SIGINT) return;
    if (number == SIGHUP) wiring_reload(&program);
    if (clock_mono_us() < due_us) continue;
    house_keep(&program.account, program.loops[0], &program.set->admin);
    due_us = clock_mono_us() + HOUSEKEEPING_US;
  }
}

static void main_on_done(void) {
  kill(getpid(), SIGUSR1); // wakes main_await
}

// Until nothing is busy any more, or the time is over. False: asked to stop once more, which means now.
static bool main_await(const sigset_t *signals, uint64_t ms) {
  uint64_t now, end_us = clock_mono_us() + ms * 1000;
  while (program.busy > 0 && (now = clock_mono_us()) < end_us) {
    uint64_t left = end_us - now < PAUSE_US ? end_us - now : PAUSE_US;
    struct timespec pause = {.tv_nsec = (long)left * 1000};
    int number = sigtimedwait(signals, NULL, &pause);
    if (number == SIGTERM || number == SIGINT) return false;
  }
  return true;
}

// What runs may finish until the deadline; then the servers cut it off, and it unwinds. Where that takes
// long, the loops' end is what waits for it: nothing is gained by doing so here.
static void main_drain(const sigset_t *signals) {
  static drain_step *const steps[] = {drain_clients, drain_node, drain_doors};
  const struct settings *s = program.set->settings;
  drain_begin(&program);
  program.busy = 1; // with being there for those who have not heard of it yet
  if (!main_await(signals, s->drain_delay)) return;
  uint64_t end_us = clock_mono_us() + (s->drain_timeout + UNWIND_MS) * 1000, now;
  for (size_t i = 0; i < sizeof steps / sizeof *steps && (now = clock_mono_us()) < end_us; i++) {
    steps[i](&program, main_on_done);
    if (!main_await(signals, (end_us - now) / 1000)) return;
  }
}

static void main_stop(const sigset_t *signals) {
  main_drain(signals);
  wiring_stop(&program);
}

// A core dump would hold what no wiping reaches: libcurl's buffers, what sockets delivered, memory freed
// since. The same keeps other processes of our user from attaching. Leak checking must attach, so not there.
static void main_refuse_dumps(void) {
#ifndef __SANITIZE_ADDRESS__
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

// What is left of the command line once the settings are taken: nothing, or a slip of the pen.
static bool main_check_rest(int argc, char **argv, struct err *err) {
  if (argc <= 1) return true;
  err_at(err, ERR_INVALID, argv[1], "postern serve takes settings only, as --name value");
  char *key = arena_z(program.arena, str_of(argv[1] + strspn(argv[1], "-")));
  for (char *p = key; *p; p++)
    if (*p == '-') *p = '_';
  struct str nearest = settings_nearest(str_of(key), 3);
  if (nearest.n) err_hint(err, "did you mean --%.*s?", STR_ARG(nearest));
  return false;
}

static int main_serve(int argc, char **argv) {
  struct err err = {0};
  main_refuse_dumps();
  sigset_t signals;
  sigemptyset(&signals);
  for (const int *s = (const int[]){SIGTERM, SIGINT, SIGHUP, SIGUSR1, 0}; *s; s++) sigaddset(&signals, *s);
  pthread_sigmask(SIG_BLOCK, &signals, NULL); // the loops' threads inherit it
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); // a file that may not grow is a disk that is full: an error of the one who writes
  umask(0077);
  program.arena = arena_new();
  program.input.environment = environ;
  fetch_local(DEMO_ORIGIN, demo_answer);
  bool ok = settings_take_flags(&argc, argv, program.arena, &program.input, &err);
  ok = ok && main_check_rest(argc, argv, &err);
  bool first = false;
  ok = ok && wiring_open(&program, &err) && main_first_token(&first, &err) && main_show_console(first, &err);
  if (ok) {
    wiring_run(&program);
    cli_print("Postern %s answers on %.*s\n", POSTERN_VERSION, STR_ARG(program.public_url));
    main_wait(&signals);
    main_stop(&signals);
  } else {
    cli_print_error(&err);
  }
  wiring_close(&program);
  if (ok) log_info("stopped");
  return ok ? 0 : err_exit_code(err.code);
}

int main(int argc, char **argv) {
  const struct cli_program parts = {.version = POSTERN_VERSION,
                                    .serve = main_serve,
                                    .write_api = admin_write_reference,
                                    .write_openapi = admin_write_openapi,
                                    .program_schema = program_schema,
                                    .recover = recover_token,
                                    .backup = backup_make,
                                    .restore = backup_restore,
                                    .copy = move_store};
  return cli_main(argc, argv, &parts);
}

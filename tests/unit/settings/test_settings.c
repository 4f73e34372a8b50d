// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "settings/settings.h"

static char folder[64], file[128];

static int setup(void **state) {
  (void)state;
  temp_make(folder);
  snprintf(file, sizeof file, "%s/postern.yaml", folder);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  temp_remove(folder);
  return 0;
}

static struct settings *load(const struct settings_input *in) {
  struct settings *s = NULL;
  struct err err;
  if (!settings_load(in, &s, &err)) fail_msg("%s: %s", err.field, err.text);
  return s;
}

static struct err refuse(const char *text, char *const *environment) {
  struct settings *s = NULL;
  struct err err = {0};
  struct settings_input in = {.file = text ? file : NULL, .environment = environment};
  if (text) temp_write(file, text);
  assert_false(settings_load(&in, &s, &err));
  assert_null(s);
  return err;
}

static void defaults_are_sound(void **state) {
  (void)state;
  struct settings_input in = {0};
  struct settings *s = load(&in);
  assert_true(str_is(s->listen, "127.0.0.1:8080"));
  assert_true(str_is(s->store, "sqlite:postern-data/postern.db"));
  assert_true(str_is(s->key_file, "postern-data/postern.key"));
  assert_int_equal(s->max_body_bytes, 16 << 20);
  assert_int_equal(s->tool_schema_bytes, 24 << 10);
  assert_int_equal(s->header_timeout, 10000);
  assert_int_equal(s->audit_retention, 90LL * 86400 * 1000);
  assert_int_equal(s->hosts.count, 0);
  assert_false(s->allow_plain);
  assert_int_equal(s->file.n, 0);
  settings_free(s);
}

static void a_port_and_localhost_are_this_machine(void **state) {
  (void)state;
  static const char *const rows[][2] = {{"8080", "127.0.0.1:8080"},
                                        {"localhost:8081", "127.0.0.1:8081"},
                                        {"LocalHost:0", "127.0.0.1:0"},
                                        {"[::1]:8080", "[::1]:8080"},
                                        {"0.0.0.0:8080", "0.0.0.0:8080"},
                                        {"localhost", "localhost"},
                                        {"localhost.example:1", "localhost.example:1"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct settings_flag flag = {STR("listen"), str_of(rows[i][0])};
    struct settings_input in = {NULL, (char *[]){NULL}, &flag, 1};
    struct settings *s = load(&in);
    assert_true(str_is(s->listen, rows[i][1]));
    settings_free(s);
  }
}

static void later_sources_win(void **state) {
  (void)state;
  temp_write(
      file,
      "# comment\nlisten: 127.0.0.1:1\nmax_connections: 7\njson_depth: 9\nhosts: [a.example, b.example]\n"
      "allow_plain: true\ndata_dir: /srv/p\n");
  char *environment[] = {"PATH=/bin",
                         "POSTERN_MAX_CONNECTIONS=8",
                         "POSTERN_LISTEN=127.0.0.1:2",
                         "STATE_DIRECTORY=/var/lib/p",
                         "POSTERN_ALLOWED_ORIGINS= https://x.example , https://y.example,",
                         NULL};
  struct settings_flag flags[] = {{STR("listen"), STR("127.0.0.1:3")}};
  struct settings_input in = {file, environment, flags, 1};
  struct settings *s = load(&in);
  assert_true(str_is(s->listen, "127.0.0.1:3"));
  assert_int_equal(s->max_connections, 8);
  assert_int_equal(s->json_depth, 9);
  assert_true(s->allow_plain);
  assert_int_equal(s->hosts.count, 2);
  assert_true(str_is(s->hosts.items[1], "b.example"));
  assert_int_equal(s->allowed_origins.count, 2);
  assert_true(str_is(s->allowed_origins.items[0], "https://x.example"));
  assert_true(str_is(s->store, "sqlite:/srv/p/postern.db"));
  assert_int_equal(s->values[SETTINGS_ID_json_depth].line, 4);
  settings_free(s);
  in.file = NULL;
  char *named[] = {"POSTERN_CONFIG=", "STATE_DIRECTORY=/var/lib/p:/var/lib/q", NULL};
  in = (struct settings_input){.environment = named};
  s = load(&in);
  assert_true(str_is(s->data_dir, "/var/lib/p"));
  settings_free(s);
}

static void a_file_may_be_empty_or_named_by_the_environment(void **state) {
  (void)state;
  char variable[160];
  snprintf(variable, sizeof variable, "POSTERN_CONFIG=%s", file);
  char *environment[] = {variable, NULL};
  struct settings_input in = {.environment = environment};
  static const char *const empty[] = {"", "\n", "# nothing set\n"};
  for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
    temp_write(file, empty[i]);
    struct settings *s = load(&in);
    assert_true(str_is(s->file, file));
    settings_free(s);
  }
}

static void unknown_keys_name_the_place_and_the_nearest(void **state) {
  (void)state;
  char at[160];
  struct err err = refuse("listen: 127.0.0.1:1\n\nmax_body_byte: 1MiB\n", NULL);
  snprintf(at, sizeof at, "%s:3", file);
  assert_string_equal(err.field, at);
  assert_int_equal(err.code, ERR_INVALID);
  assert_non_null(strstr(err.hint, "'max_body_bytes'"));
  char *slip[] = {"POSTERN_MAX_CONECTIONS=1", NULL};
  err = refuse(NULL, slip);
  assert_string_equal(err.field, "POSTERN_MAX_CONECTIONS");
  assert_non_null(strstr(err.hint, "'max_connections'"));
  // What Kubernetes makes of a service "postern", and what the command line reads, is not for us.
  char *others[] = {"POSTERN_PORT=tcp://192.0.2.1:80",
                    "POSTERN_SERVICE_HOST=192.0.2.1",
                    "POSTERN_SERVICE_PORT=80",
                    "POSTERN_PORT_8080_TCP_ADDR=192.0.2.1",
                    "POSTERN_TOKEN=x",
                    "POSTERN_URL=y",
                    NULL};
  struct settings_input in = {.environment = others};
  settings_free(load(&in));
}

static void wrong_values_name_the_place_and_the_form(void **state) {
  (void)state;
  static const struct {
    const char *text, *says;
  } bad[] = {
      {"header_timeout: 5", "header_timeout: '5' is not a duration"},
      {"header_timeout: 2h", "100ms..10m"},
      {"max_body_bytes: lots", "is not a size like"},
      {"max_body_bytes: 18446744073709551615GiB", "is not a size like"},
      {"loops: -1", "loops: must be a whole number"},
      {"loops: 1.5", "loops: must be a whole number"},
      {"log_level: loud", "is not one of debug|info|warn|error"},
      {"allow_plain: maybe", "is not true or false"},
      {"listen: [a, b]", "listen: must be text"},
      {"listen: {a: b}", "listen: must be text"},
      {"listen:", "listen: must be text"},
      {"hosts: [a, {b: c}]", "hosts: must be a list"},
      {"public_url: postern.example", "public_url: 'postern.example': not a usable URL"},
      {"tls_cert: a.pem", "tls_cert and tls_key go together"},
      {"key: k1 00", "not read from a file"},
      {"- a\n- b", "a settings file is a mapping"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err err = refuse(bad[i].text, NULL);
    if (!strstr(err.text, bad[i].says)) fail_msg("%s: %s", bad[i].text, err.text);
    assert_int_equal(err.code, ERR_INVALID);
    assert_true(err.field[0]);
  }
  struct err err = refuse("listen: x\nlisten: y\n", NULL);
  assert_non_null(strstr(err.field, "postern.yaml:2"));
}

static void a_named_file_must_be_there(void **state) {
  (void)state;
  struct settings_input in = {.file = file};
  struct settings *s;
  struct err err;
  assert_false(settings_load(&in, &s, &err));
  assert_int_equal(err.code, ERR_MISSING);
  assert_string_equal(err.field, file);
}

static void a_reload_keeps_what_cannot_change(void **state) {
  (void)state;
  struct settings_input in = {.file = file};
  struct buf kept = BUF_MAX(1024);
  struct err err;
  temp_write(file, "listen: 127.0.0.1:1\nlog_level: info\nloops: 1\n");
  struct settings *now = load(&in), *next = NULL;
  temp_write(file, "\nlisten: 127.0.0.1:2\nlog_level: debug\nloops: 2\n");
  assert_true(settings_reload(&in, now, &kept, &next, &err));
  assert_true(str_is(buf_str(&kept), "listen, loops"));
  assert_true(str_is(next->listen, "127.0.0.1:1"));
  assert_true(str_is(next->log_level, "debug"));
  assert_int_equal(next->loops, 1);
  temp_write(file, "log_level: x\n");
  struct settings *third = NULL;
  assert_false(settings_reload(&in, next, &kept, &third, &err));
  assert_null(third);
  settings_free(now);
  settings_free(next);
  buf_free(&kept);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(defaults_are_sound),
      cmocka_unit_test_setup_teardown(a_port_and_localhost_are_this_machine, setup, teardown),
      cmocka_unit_test_setup_teardown(later_sources_win, setup, teardown),
      cmocka_unit_test_setup_teardown(a_file_may_be_empty_or_named_by_the_environment, setup, teardown),
      cmocka_unit_test_setup_teardown(unknown_keys_name_the_place_and_the_nearest, setup, teardown),
      cmocka_unit_test_setup_teardown(wrong_values_name_the_place_and_the_form, setup, teardown),
      cmocka_unit_test_setup_teardown(a_named_file_must_be_there, setup, teardown),
      cmocka_unit_test_setup_teardown(a_reload_keeps_what_cannot_change, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

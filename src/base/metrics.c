// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

// Upper bounds in microseconds, with the text Prometheus wants in seconds; the last one is +Inf.
static const struct {
  uint64_t us;
  const char *seconds;
} metrics_bounds[] = {
    {500, "0.0005"},  {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},
    {10000, "0.01"},  {25000, "0.025"}, {50000, "0.05"},  {100000, "0.1"},
    {250000, "0.25"}, {500000, "0.5"},  {1000000, "1"},   {2500000, "2.5"},
    {5000000, "5"},   {10000000, "10"}, {30000000, "30"}, {UINT64_MAX, "+Inf"},
};
enum { METRICS_BUCKETS = sizeof metrics_bounds / sizeof *metrics_bounds };

static atomic_int_fast64_t metrics_values[METRIC_COUNT]; // of a histogram: the sum in microseconds
static atomic_uint_fast64_t metrics_buckets[METRIC_COUNT][METRICS_BUCKETS];

static const struct {
  const char *kind, *name, *labels, *help;
} metrics_table[] = {
#define X(id, kind, name, labels, help) [METRIC_##id] = {#kind, name, labels, help},
    METRICS(X)
#undef X
};

void metrics_add(enum metric m, int64_t n) {
  atomic_fetch_add_explicit(&metrics_values[m], n, memory_order_relaxed);
}

void metrics_set(enum metric m, int64_t v) {
  atomic_store_explicit(&metrics_values[m], v, memory_order_relaxed);
}

int64_t metrics_get(enum metric m) {
  return atomic_load_explicit(&metrics_values[m], memory_order_relaxed);
}

void metrics_observe_us(enum metric m, uint64_t us) {
  size_t i = 0;
  while (us > metrics_bounds[i].us) i++;
  atomic_fetch_add_explicit(&metrics_buckets[m][i], 1, memory_order_relaxed);
  metrics_add(m, (int64_t)us);
}

static void metrics_print_histogram(struct buf *out, enum metric m) {
  const char *name = metrics_table[m].name;
  uint64_t total = 0;
  for (size_t i = 0; i < METRICS_BUCKETS; i++) {
    total += atomic_load_explicit(&metrics_buckets[m][i], memory_order_relaxed);
    buf_printf(out, "%s_bucket{le=\"%s\"} %llu\n", name, metrics_bounds[i].seconds,
               (unsigned long long)total);
  }
  buf_printf(out, "%s_sum %.6f\n", name, (double)metrics_get(m) / 1e6);
  buf_printf(out, "%s_count %llu\n", name, (unsigned long long)total);
}

// From proc(5): field 22 of stat is the start in clock ticks after boot, btime the moment of boot.
static double metrics_start_time(void) {
  char text[1024], *behind_name;
  unsigned long long ticks = 0, boot = 0;
  FILE *f = fopen("/proc/self/stat", "re");
  if (f) {
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    behind_name = strrchr(text, ')'); // the name may have any characters
    for (int field = 2; behind_name && field < 22; field++) behind_name = strchr(behind_name + 1, ' ');
    if (behind_name) ticks = strtoull(behind_name, NULL, 10);
  }
  f = fopen("/proc/stat", "re");
  while (f && boot == 0 && fgets(text, sizeof text, f))
    if (strncmp(text, "btime ", 6) == 0) boot = strtoull(text + 6, NULL, 10);
  if (f) fclose(f);
  return (double)boot + (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

// What cannot be read now, for lack of a descriptor to read it with, is left out rather than told as 0.
static void metrics_print_process(struct buf *out) {
  long pages = 0, resident = 0;
  FILE *f = fopen("/proc/self/statm", "re");
  if (f) {
    if (fscanf(f, "%ld %ld", &pages, &resident) != 2) resident = 0;
    fclose(f);
  }
  unsigned descriptors = 0;
  DIR *d = opendir("/proc/self/fd");
  while (d && readdir(d)) descriptors++;
  if (d) closedir(d);
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  double cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
               (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
  if (resident)
    buf_printf(
        out,
        "# HELP process_resident_memory_bytes Resident memory\n# TYPE process_resident_memory_bytes gauge\n"
        "process_resident_memory_bytes %ld\n",
        resident * sysconf(_SC_PAGESIZE));
  // Less ".", ".." and the descriptor that reads the folder.
  if (descriptors)
    buf_printf(
        out,
        "# HELP process_open_fds Open file descriptors\n# TYPE process_open_fds gauge\nprocess_open_fds %u\n",
        descriptors > 3 ? descriptors - 3 : 0);
  buf_printf(out,
             "# HELP process_start_time_seconds Start of the process since the epoch\n"
             "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds %.3f\n",
             metrics_start_time());
  buf_printf(out,
             "# HELP process_cpu_seconds_total CPU time\n# TYPE process_cpu_seconds_total counter\n"
             "process_cpu_seconds_total %.3f\n",
             cpu);
}

void metrics_print(struct buf *out) {
  for (unsigned m = 0; m < METRIC_COUNT; m++) {
    // Neighbours in the table with the same name are one metric with several labels.
    if (m == 0 || strcmp(metrics_table[m].name, metrics_table[m - 1].name) != 0)
      buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metrics_table[m].name, metrics_table[m].help,
                 metrics_table[m].name, metrics_table[m].kind);
    if (metrics_table[m].kind[0] == 'h')
      metrics_print_histogram(out, (enum metric)m);
    else if (metrics_table[m].labels[0])
      buf_printf(out, "%s{%s} %lld\n", metrics_table[m].name, metrics_table[m].labels,
                 (long long)metrics_get((enum metric)m));
    else
      buf_printf(out, "%s %lld\n", metrics_table[m].name, (long long)metrics_get((enum metric)m));
  }
  metrics_print_process(out);
}

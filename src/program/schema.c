// SPDX-License-Identifier: Apache-2.0
#include "program/schema.h"

// clang-format off
const char program_schema[] =
  "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Answer program\",\"type\":\"object\","
  "\"description\":\"A few read-only tool calls, and one SQL query (SQLite) over their results for each thing to know.\","
  "\"required\":[\"version\",\"results\"],\"additionalProperties\":false,\"properties\":{"
  "\"version\":{\"const\":1},"
  "\"title\":{\"type\":\"string\",\"maxLength\":200},"
  "\"parameters\":{\"type\":\"object\",\"maxProperties\":24,\"description\":\"Names and their defaults; SQL reads them as :name, arguments as {\\\"$param\\\":\\\"name\\\"}. since, until (times: now-7d, today, 2026-11-20T08:00:00Z) and zone (an IANA name) have their meaning.\","
    "\"additionalProperties\":{\"anyOf\":[{\"type\":[\"string\",\"number\",\"boolean\"]},{\"type\":\"object\",\"additionalProperties\":false,"
    "\"properties\":{\"type\":{\"enum\":[\"text\",\"string\",\"integer\",\"number\",\"boolean\",\"time\",\"zone\"]},\"default\":{\"type\":[\"string\",\"number\",\"boolean\",\"null\"]},\"description\":{\"type\":\"string\",\"maxLength\":500}}}]}},"
  "\"steps\":{\"type\":\"array\",\"maxItems\":24,\"description\":\"Calls of read-only tools. What each gives is a table named after it. Steps run side by side, and after those whose tables their queries read.\","
    "\"items\":{\"type\":\"object\",\"required\":[\"id\",\"tool\"],\"additionalProperties\":false,\"properties\":{"
    "\"id\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z_][A-Za-z0-9_]*$\",\"maxLength\":64,\"description\":\"The name of its table; no word of SQL\"},"
    "\"account\":{\"description\":\"The account, where several have the tool; a list calls each, and the table gets a column account\",\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":1,\"maxItems\":32}]},"
    "\"tool\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":200},"
    "\"for_each\":{\"type\":\"string\",\"description\":\"A SELECT over other steps' tables: one call for each row. Its columns are in this step's table too.\"},"
    "\"batch\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000,\"description\":\"So many rows of for_each for one call; arguments read them with {\\\"$rows\\\":\\\"SELECT … FROM batch\\\"}\"},"
    "\"arguments\":{\"type\":\"object\",\"description\":\"Of the tool. Anywhere in it: {\\\"$\\\":\\\"column\\\"} of the for_each row, {\\\"$param\\\":\\\"name\\\"}, {\\\"$sql\\\":\\\"SELECT one cell\\\"}, {\\\"$rows\\\":\\\"SELECT a list\\\"}\"},"
    "\"rows\":{\"type\":\"string\",\"pattern\":\"^/\",\"description\":\"Where the rows are in an answer, as a JSON pointer in which * is each member of an array; left out: found by shape\"},"
    "\"pages\":{\"type\":\"integer\",\"minimum\":1,\"description\":\"At most so many; left out: all, within limits\"}}}},"
  "\"tables\":{\"type\":\"object\",\"maxProperties\":8,\"description\":\"Results of an earlier program, by the handle that its outcome has\","
    "\"additionalProperties\":{\"type\":\"object\",\"required\":[\"kept\"],\"additionalProperties\":false,\"properties\":{\"kept\":{\"type\":\"string\"},\"result\":{\"type\":\"string\"}}}},"
  "\"results\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":6,\"description\":\"Named queries; the first is the main one.\","
    "\"additionalProperties\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"object\",\"required\":[\"query\"],\"additionalProperties\":false,\"properties\":{"
    "\"query\":{\"type\":\"string\",\"description\":\"One SELECT. Nested members are columns such as plan__name; arrays are JSON for json_each. Beside SQLite's functions: time_bucket(t, 'hour', zone), local_time(t, zone), time_of(x), median(x), percentile(x, 95), x REGEXP 'pattern', in_domain(host, zone), parent_domain(host), in_cidr(address, network), dec_sum, dec_cmp, quote_lucene, quote_graphql\"},"
    "\"title\":{\"type\":\"string\",\"maxLength\":200},"
    "\"columns\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
      "\"kind\":{\"enum\":[\"count\",\"gauge\",\"ratio\"]},\"unit\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"type\":{\"enum\":[\"text\",\"integer\",\"decimal\",\"boolean\",\"time\",\"json\"]}}}},"
    "\"time\":{\"type\":\"object\",\"required\":[\"column\",\"bucket\"],\"additionalProperties\":false,\"description\":\"Fills missing buckets and marks an unfinished last one\",\"properties\":{\"column\":{\"type\":\"string\"},\"bucket\":{\"type\":\"string\"}}},"
    "\"chart\":{\"type\":\"object\",\"description\":\"A wish: {\\\"mark\\\",\\\"x\\\",\\\"y\\\",\\\"color\\\"}\"}}}]}}}}";

const char program_outcome_schema[] =
  "{\"type\":\"object\",\"required\":[\"status\",\"results\"],\"properties\":{"
  "\"status\":{\"enum\":[\"complete\",\"partial\",\"paused\",\"failed\"]},\"handle\":{\"type\":\"string\"},\"wait_seconds\":{\"type\":\"integer\"},"
  "\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"warnings\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}";
// clang-format on

// SPDX-License-Identifier: Apache-2.0
// source: where API descriptions come from: a file, standard input, an https address; and the shipped
// connectors as data. Private to cli/.
#ifndef POSTERN_CLI_SOURCE_H
#define POSTERN_CLI_SOURCE_H

#include "cli/command.h"
#include "data/yaml.h"

bool source_is_url(struct str from);
// FILE, "-" or an https:// URL, which may name public addresses only. The caller frees.
MUST_USE bool source_read(struct cli *c, struct str from, struct buf *text, struct err *err);
// --connectors, else the setting connectors_dir.
MUST_USE bool source_folder(struct cli *c, struct str *out, struct err *err);
// connectors/NAME/connector.yaml of --connectors or the setting connectors_dir. Free with yaml_close.
MUST_USE bool source_connector(struct cli *c, struct str name, struct yaml_doc **out, struct err *err);

#endif

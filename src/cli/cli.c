// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <stdio.h>

int cli_main(int argc, char **argv, const struct cli_program *program) {
  if (argc > 1 && str_is(str_of(argv[1]), "serve")) return program->serve(argc - 1, argv + 1);
  if (argc > 1 && str_is(str_of(argv[1]), "version")) return printf("postern %s\n", program->version) < 0;
  fprintf(stderr, "postern: no command\n");
  return err_exit_code(ERR_INVALID);
}

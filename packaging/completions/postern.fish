# SPDX-License-Identifier: Apache-2.0
# fish completion for postern
function __postern_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (postern complete $words[2..-1] 2>/dev/null)
  if set -q found[1]
    printf '%s\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c postern -f -a '(__postern_complete)'

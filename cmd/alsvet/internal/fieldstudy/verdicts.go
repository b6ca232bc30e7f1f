package main

import (
	"fmt"
	"os"
	"strings"
)

// A verdict is what the readers said of a position. Its values are yes, no, unsure, or ""
// if none of them judged that.
type verdict struct {
	right  string // of a fix
	useful string // of a finding, with or without a fix
}

// verdicts are those of all rounds by the name of the module and the position. What a
// later round says of a position holds.
type verdicts map[[2]string]verdict

func readVerdicts(path string) (verdicts, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all := make(verdicts)
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 6 {
			return nil, fmt.Errorf("%s:%d: %d fields instead of 6", path, n, len(fields))
		}
		place, kind, right, useful := [2]string{fields[1], fields[2]}, fields[3], fields[4], fields[5]
		v := all[place]
		if kind == "fix" && right != "" {
			v.right = right
		}
		if useful != "" {
			v.useful = useful
		}
		all[place] = v
	}
	return all, nil
}

// of returns the verdict on a finding. That of a fix does not count for a finding without.
func (all verdicts) of(m module, f finding) verdict {
	v := all[[2]string{m.name(), f.line()}]
	if !f.fix {
		v.right = ""
	}
	return v
}

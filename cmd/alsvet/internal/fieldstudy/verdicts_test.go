package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestVerdicts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "verdicts.tsv")
	text := "round\tmodule\tposition\tkind\tright\tuseful\n" +
		"1\ta/b\tx.go:1\tfix\tno\tno\n" +
		"1\ta/b\tx.go:2\tserver\tyes\tyes\n" +
		"2\ta/b\tx.go:1\tfix\tyes\t\n" +
		"3\ta/b\tx.go:1\tserver\tno\tyes\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := readVerdicts(path)
	if err != nil {
		t.Fatal(err)
	}
	m := module{path: "github.com/a/b"}
	for _, c := range []struct {
		why       string
		f         finding
		want      verdict
		notJudged bool
	}{
		{"the last round that judged it holds", finding{position: "x.go:1:5", fix: true}, verdict{"yes", "yes"}, false},
		{"a fix is not judged without one", finding{position: "x.go:1:5"}, verdict{"", "yes"}, false},
		{"a reason is no verdict on a fix", finding{position: "x.go:2:5", fix: true}, verdict{"", "yes"}, true},
		{"another position has no verdict", finding{position: "x.go:3:5"}, verdict{}, true},
	} {
		got := all.of(m, c.f)
		if got != c.want || got.notJudged(c.f) != c.notJudged {
			t.Errorf("%s: got %+v, not judged %v", c.why, got, got.notJudged(c.f))
		}
	}
}

// TestVerdictsOfListedModules fails if a module has verdicts but is not listed under that name.
func TestVerdictsOfListedModules(t *testing.T) {
	all, err := readVerdicts("../../../../docs/alsvet-field-study.tsv")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"module": true} // the head
	studied, err := readings("", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range studied {
		for _, m := range r.modules {
			names[m.name()] = true
		}
	}
	for place := range all {
		if !names[place[0]] {
			t.Errorf("no reading lists %s", place[0])
			names[place[0]] = true
		}
	}
}

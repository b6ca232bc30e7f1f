package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// A score counts the verdicts on the findings in some modules.
type score struct {
	modules, findings, fixes, right, wrong, unsure, useful, notJudged int
}

func (s *score) add(f finding, v verdict) {
	s.findings++
	if f.fix {
		s.fixes++
	}
	switch v.right {
	case "yes":
		s.right++
	case "no":
		s.wrong++
	case "unsure":
		s.unsure++
	}
	if v.useful == "yes" {
		s.useful++
	}
	if v.notJudged(f) {
		s.notJudged++
	}
}

func (v verdict) notJudged(f finding) bool { return v.useful == "" || f.fix && v.right == "" }

func (s *score) plus(other *score) {
	s.modules += other.modules
	s.findings += other.findings
	s.fixes += other.fixes
	s.right += other.right
	s.wrong += other.wrong
	s.unsure += other.unsure
	s.useful += other.useful
	s.notJudged += other.notJudged
}

func (s *score) row(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %s | %d | %d | %s | %d |", name, s.modules, s.findings, s.fixes,
		share(s.right, s.fixes), s.wrong, s.unsure, share(s.useful, s.findings), s.notJudged)
}

func share(n, of int) string {
	if of == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%.0f %%)", n, 100*float64(n)/float64(of))
}

// scores prints the findings, all or only those that no reader has judged, and how many
// findings of each reading have which verdict.
func (s *study) scores(studied []reading, list, table bool) error {
	all, err := readVerdicts(filepath.Join(s.root, "docs", "alsvet-field-study.tsv"))
	if err != nil {
		return err
	}
	byReading := make(map[string]*score)
	failed := each(studied, func(r string, m module) error {
		if byReading[r] == nil {
			byReading[r] = &score{}
		}
		byReading[r].modules++
		return s.judge(m, all, byReading[r], list)
	})
	if table {
		printScores(studied, byReading)
	}
	return failed
}

// judge adds what alsvet finds in a module to the score. With an error it has added what
// was found in spite of it.
func (s *study) judge(m module, all verdicts, sum *score, list bool) error {
	dir, err := s.prepare(m)
	if err != nil {
		return err
	}
	found, err := analyze(dir, m.packages...)
	for _, f := range found {
		v := all.of(m, f)
		sum.add(f, v)
		if list || v.notJudged(f) {
			fmt.Println(judged(m, f, v))
		}
	}
	return err
}

// judged returns a line for a finding and its verdict, so that the lines of two versions of
// alsvet can be compared.
func judged(m module, f finding, v verdict) string {
	fix := "no fix"
	if f.fix {
		fix = "fix right=" + orUnknown(v.right)
	}
	return fmt.Sprintf("%s %s %s useful=%s %s", m.name(), f.position, fix, orUnknown(v.useful), f.message)
}

func orUnknown(verdict string) string {
	if verdict == "" {
		return "?"
	}
	return verdict
}

func printScores(studied []reading, byReading map[string]*score) {
	fmt.Println("| reading | modules | findings | fixes | right | wrong | unsure | useful | not judged |")
	fmt.Println("|" + strings.Repeat("---|", 9))
	var sum score
	for _, r := range studied {
		fmt.Println(byReading[r.name].row(r.name))
		sum.plus(byReading[r.name])
	}
	if len(studied) > 1 {
		fmt.Println(sum.row("all"))
	}
}

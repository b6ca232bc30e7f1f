// Package pages checks that the code in docs/recipes and docs/tracing.md occurs in programs
// that are compiled and tested.
package pages

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A block of a page is code, or output if lang is "text".
type block struct {
	page, lang string
	line       int    // of the page
	file       string // target of the last link before it
	text       string
}

var (
	relative = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	link     = regexp.MustCompile(`\]\(([^)#:]+\.go)\)`)
	fence    = regexp.MustCompile("^```(\\w*)$")
)

// Check returns the problems of a page. Each block of Go or output must occur, in whole
// lines, in the Go file that the last link before it leads to: output as a comment, as in
// an Example of package testing. Other blocks, such as commands, are not checked.
func Check(page string) (problems []string, err error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	var checked []string
	for _, b := range blocks(page, string(text)) {
		if b.lang != "go" && b.lang != "text" {
			continue
		}
		checked = append(checked, b.lang)
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Sprintf("%s:%d: %s", b.page, b.line, fmt.Sprintf(format, args...)))
		}
		if b.file == "" {
			problem("no link to a Go file before this block")
			continue
		}
		source, err := os.ReadFile(b.file)
		if err != nil {
			problem("%v", err)
			continue
		}
		if !strings.Contains("\n"+string(source), "\n"+b.asSource()) {
			problem("%s does not have this block", b.file)
		}
	}
	for _, lang := range []string{"go", "text"} {
		if !slices.Contains(checked, lang) {
			problems = append(problems, fmt.Sprintf("%s: no block of %s", page, lang))
		}
	}
	return problems, nil
}

// Links returns the relative links of a page that are broken.
func Links(page string) (problems []string, err error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	for _, m := range relative.FindAllSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(filepath.Dir(page), string(m[1]))); err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", page, err))
		}
	}
	return problems, nil
}

func blocks(page, text string) (all []block) {
	var current *block
	file := ""
	for i, l := range strings.Split(text, "\n") {
		m := fence.FindStringSubmatch(l)
		switch {
		case current != nil && m != nil:
			all = append(all, *current)
			current = nil
		case current != nil:
			current.text += l + "\n"
		case m != nil:
			current = &block{page: page, lang: m[1], line: i + 1, file: file}
		default:
			for _, m := range link.FindAllStringSubmatch(l, -1) {
				file = filepath.Join(filepath.Dir(page), m[1])
			}
		}
	}
	return all
}

// asSource returns the text as it is written in the Go file.
func (b block) asSource() string {
	if b.lang != "text" {
		return b.text
	}
	var source strings.Builder
	for l := range strings.Lines(b.text) {
		source.WriteString(strings.TrimRight("\t// "+strings.TrimSuffix(l, "\n"), " ") + "\n")
	}
	return source.String()
}

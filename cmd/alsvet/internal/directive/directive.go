// Package directive reads the comments that silence findings:
//
//	//alsvet:ignore reason
//	//alsvet:ignore gostmt,callback: reason
//
// What such a comment covers depends on its position (scope.go): the statement that
// begins on its line or on the line below it, a function, or a file.
package directive

import (
	"bytes"
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// Analyzer reports nothing. Its result is an *Index, to which all analyzers report.
var Analyzer = &analysis.Analyzer{
	Name:             "alsignore",
	Doc:              "collect the //alsvet:ignore comments",
	Run:              run,
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Index](),
}

const prefix = "alsvet:ignore"

// A Comment is one //alsvet:ignore.
type Comment struct {
	Pos, End token.Pos
	Names    []string // of analyzers; all if empty
	Reason   string
	Spaced   bool // a blank before the word, which makes it prose

	scope scope
	used  map[string]bool
}

// Unused returns the analyzers that the comment names and keeps from nothing. For
// one that names none it is ["*"] if it suppresses nothing at all.
func (c *Comment) Unused() []string {
	if len(c.Names) == 0 {
		if len(c.used) == 0 {
			return []string{"*"}
		}
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Names), func(name string) bool { return c.used[name] })
}

// An Index holds the comments of a package. Analyzers use it concurrently.
type Index struct {
	mu        sync.Mutex
	fset      *token.FileSet
	all       []*Comment
	generated map[*token.File]bool
}

// All returns the comments in the order of the files.
func (x *Index) All() []*Comment { return x.all }

// Report reports d for the pass's analyzer unless a comment silences it, or the file is
// generated. While active is false nothing is reported, but the comment counts as
// needed: it silences a finding of other settings. The message
// begins with the analyzer's name.
func (x *Index) Report(pass *analysis.Pass, active bool, d analysis.Diagnostic) {
	if x.Wants(pass, active, &d) {
		pass.Report(d)
	}
}

// Wants completes the message of d and reports whether an analyzer should report it,
// for analyzers that do so later.
func (x *Index) Wants(pass *analysis.Pass, active bool, d *analysis.Diagnostic) bool {
	if x.Silences(pass.Analyzer.Name, d.Pos) || !active {
		return false
	}
	d.Message = Named(pass.Analyzer, d.Message)
	return true
}

// DriverNames says that the driver puts the analyzer's name before each message, as
// golangci-lint does. It is set before any analyzer runs.
var DriverNames bool

// Named returns a message with the name of its analyzer.
func Named(a *analysis.Analyzer, message string) string {
	if DriverNames {
		return message
	}
	return a.Name + ": " + message
}

// Silences reports whether an analyzer reports nothing at a position: a comment silences it there,
// or the file is generated.
func (x *Index) Silences(name string, pos token.Pos) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	silent := x.generated[x.fset.File(pos)]
	for _, c := range x.all {
		if !c.Spaced && c.scope.covers(x.fset, pos) && (len(c.Names) == 0 || slices.Contains(c.Names, name)) {
			c.used[name] = true
			silent = silent || c.Reason != ""
		}
	}
	return silent
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{fset: pass.Fset, generated: make(map[*token.File]bool)}
	for _, file := range pass.Files {
		x.generated[pass.Fset.File(file.FileStart)] = ast.IsGenerated(file)
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if c := parse(comment); c != nil {
					c.scope = scopeOf(pass, file, group, c)
					x.all = append(x.all, c)
				}
			}
		}
	}
	return x, nil
}

// parse returns nil for other comments.
func parse(comment *ast.Comment) *Comment {
	text, isLine := strings.CutPrefix(comment.Text, "//")
	if !isLine {
		return nil
	}
	trimmed := strings.TrimLeft(text, " \t")
	rest, found := strings.CutPrefix(trimmed, prefix)
	if !found || rest != "" && !strings.ContainsAny(rest[:1], " \t") {
		return nil
	}
	// A second comment on the line, such as the want of a fixture, does not belong to
	// the reason.
	rest, _, _ = strings.Cut(rest, "//")
	c := &Comment{
		Pos:    comment.Pos(),
		End:    comment.End(),
		Spaced: trimmed != text,
		Reason: strings.TrimSpace(rest),
		used:   make(map[string]bool),
	}
	names, reason, hasNames := strings.Cut(c.Reason, ":")
	if hasNames && !strings.ContainsAny(names, " \t") {
		c.Names, c.Reason = strings.Split(names, ","), strings.TrimSpace(reason)
	}
	return c
}

// ownLine reports whether there is nothing but blanks before pos on its line.
func ownLine(pass *analysis.Pass, pos token.Pos) bool {
	file := pass.Fset.File(pos)
	text, err := pass.ReadFile(file.Name())
	if err != nil {
		return false
	}
	offset := file.Offset(pos)
	begin := bytes.LastIndexByte(text[:offset], '\n') + 1
	return len(bytes.TrimSpace(text[begin:offset])) == 0
}

// Package rewrite has what the fixes of all analyzers share: the text of the source, the
// name of package als in a file and its import, which operands may be evaluated later,
// and the check of the fixed package.
package rewrite

import (
	"bytes"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// A Source is the text of one file of a pass.
type Source struct {
	Pass *analysis.Pass
	File *ast.File

	tokens *token.File
	text   []byte
}

// NewSource reads the file that contains pos. It returns nil, and there is no fix, if the
// file cannot be read, has changed, or was made from another file, as cgo does.
func NewSource(pass *analysis.Pass, pos token.Pos) *Source {
	tokens := pass.Fset.File(pos)
	text, err := pass.ReadFile(tokens.Name())
	if err != nil || len(text) != tokens.Size() || pass.Fset.Position(pos).Filename != tokens.Name() {
		return nil
	}
	for _, file := range pass.Files {
		if file.FileStart <= pos && pos < file.FileEnd {
			return &Source{Pass: pass, File: file, tokens: tokens, text: text}
		}
	}
	return nil
}

// Text returns the source between two positions.
func (s *Source) Text(from, to token.Pos) string {
	return string(s.text[s.tokens.Offset(from):s.tokens.Offset(to)])
}

// Node returns the source of a node.
func (s *Source) Node(n ast.Node) string { return s.Text(n.Pos(), n.End()) }

// SkipBlanks returns the first position from pos on that is not blank.
func (s *Source) SkipBlanks(pos token.Pos) token.Pos {
	offset := s.tokens.Offset(pos)
	rest := s.text[offset:]
	return pos + token.Pos(len(rest)-len(bytes.TrimLeft(rest, " \t")))
}

// LineEnd returns the end of the line of a statement that ends at pos, after a comment
// that stands there, or pos if the line goes on with something else.
func (s *Source) LineEnd(pos token.Pos) token.Pos {
	rest, _, _ := bytes.Cut(s.text[s.tokens.Offset(pos):], []byte("\n"))
	rest = bytes.TrimRight(rest, " \t\r")
	if comment := bytes.TrimLeft(rest, " \t"); len(comment) > 0 && !bytes.HasPrefix(comment, []byte("//")) {
		return pos
	}
	return pos + token.Pos(len(rest))
}

// HasComment reports whether there is a comment between two positions.
func (s *Source) HasComment(from, to token.Pos) bool {
	for _, group := range s.File.Comments {
		if from < group.End() && group.Pos() < to {
			return true
		}
	}
	return false
}

// SeveralLines reports whether there is a line break between two positions.
func (s *Source) SeveralLines(from, to token.Pos) bool {
	return strings.Contains(s.Text(from, to), "\n")
}

// Replace returns the edit that puts text in the place of what is between two
// positions.
func Replace(from, to token.Pos, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: from, End: to, NewText: []byte(text)}
}

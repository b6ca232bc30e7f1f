package cli

import (
	"fmt"
	"io"
	"strings"
)

// A Part is a part of a program's output, about the work done in one way. The zero Part
// is empty.
type Part struct{ lines []line }

type line struct{ text, should string }

// Add adds a line, and, unless should is "", a mark with the expected text.
func (p *Part) Add(text, should string) { p.lines = append(p.lines, line{text, should}) }

// Wrong prints the part with the work done in the wrong way, which how describes.
func (p *Part) Wrong(out io.Writer, how string) { p.print(out, "WRONG  "+how) }

// Right prints the part with the work done in the right way, which how describes.
func (p *Part) Right(out io.Writer, how string) { p.print(out, "RIGHT  "+how) }

func (p *Part) print(out io.Writer, heading string) {
	fmt.Fprintf(out, "\n%s:\n", heading)
	width := 0 // of the lines with a mark
	for _, l := range p.lines {
		if l.should != "" {
			width = max(width, len(l.text))
		}
	}
	for _, l := range p.lines {
		if l.should != "" {
			l.text = fmt.Sprintf("%-*s   <- should be %s", width, l.text, l.should)
		}
		fmt.Fprintln(out, strings.TrimRight("  "+l.text, " "))
	}
}

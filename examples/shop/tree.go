package main

import (
	"fmt"
	"slices"
	"strings"
)

// tree returns the spans of a trace, each below its parent, with its process. Spans
// whose parent is missing are not indented.
func tree(spans []span) string {
	var b strings.Builder
	walk(spans, func(depth int, s span) {
		fmt.Fprintf(&b, "%-6s %s%s\n", s.process, strings.Repeat("   ", depth), s.name)
	})
	return b.String()
}

// walk calls visit for each span, parents first, siblings by name.
func walk(spans []span, visit func(depth int, s span)) {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return strings.Compare(a.name+a.process, b.name+b.process) })
	known := map[string]bool{}
	for _, s := range spans {
		known[s.id.String()] = true
	}
	var below func(parent string, depth int)
	below = func(parent string, depth int) {
		for _, s := range spans {
			is := s.parent.String()
			if is == parent || parent == "" && !known[is] {
				visit(depth, s)
				below(s.id.String(), depth+1)
			}
		}
	}
	below("", 0)
}

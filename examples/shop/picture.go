package main

import (
	"fmt"
	"html"
	"strings"
)

// picture draws a trace as an SVG: a box for each span, a color for each process.
func picture(spans []span) []byte {
	const row, indent, width = 30, 34, 640
	colors := map[string]string{"front": "#0072b2", "stock": "#009e73", "mail": "#d55e00"}
	var b strings.Builder
	n := 0
	walk(spans, func(depth int, s span) {
		x, y := 10+depth*indent, 10+n*row
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" rx="4" fill="%s"/>`+"\n", x, y, width-20-x, row-6, colors[s.process])
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="white">%s</text>`+"\n", x+8, y+17, html.EscapeString(s.name))
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="white" text-anchor="end">%s</text>`+"\n", width-28, y+17, html.EscapeString(s.process))
		n++
	})
	height := 20 + n*row
	return []byte(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="Liberation Sans,Arial,sans-serif" font-size="13">`+
		"\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n%s</svg>\n", width, height, width, height, b.String()))
}

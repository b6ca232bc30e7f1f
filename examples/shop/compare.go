package main

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:embed front.go stock.go mail.go stores.go explicit.go
var source embed.FS

// compare runs both shops in turn and prints the medians of the ratios, the ambient one
// to the explicit one, with their quartiles. Every run is checked.
func compare(o options, out io.Writer) error {
	var rate, allocations []float64
	for range o.compare {
		var took, allocated [2]float64
		for i, style := range []string{ambientStyle, explicitStyle} {
			r, err := once(o, style)
			if err != nil {
				return err
			}
			if err := check(r.answers, r.log, r.traces).err(); err != nil {
				return fmt.Errorf("%s: %w", style, err)
			}
			took[i], allocated[i] = r.took.Seconds(), float64(r.allocations)
		}
		rate = append(rate, took[1]/took[0])
		allocations = append(allocations, allocated[0]/allocated[1])
	}
	fmt.Fprintf(out, "the shop with als compared with the shop with contexts, %d rounds of %d requests:\n", o.compare, o.requests)
	fmt.Fprintf(out, "  requests per second       %s\n", spread(rate))
	fmt.Fprintf(out, "  allocations per request   %s\n", spread(allocations))
	with, without := lines("front.go")+lines("stock.go")+lines("mail.go")+lines("stores.go"), lines("explicit.go")
	fmt.Fprintf(out, "  lines of code             %.2f (%d, %d)\n", float64(with)/float64(without), with, without)
	return nil
}

func spread(ratios []float64) string {
	slices.Sort(ratios)
	at := func(quarter int) float64 { return ratios[quarter*(len(ratios)-1)/4] }
	return fmt.Sprintf("%.2f (%.2f to %.2f)", at(2), at(1), at(3))
}

// lines counts the lines of a file that have code: no comments, blanks or imports.
func lines(file string) (n int) {
	text, err := source.ReadFile(file)
	if err != nil {
		return 0
	}
	_, body, _ := strings.Cut(string(text), "\n)\n") // after the imports
	for l := range strings.Lines(body) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "//") {
			n++
		}
	}
	return n
}
